"""What the planning division decides in a review: of each measure of the edition before, and of new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from db import tables as t
from domain import proposal, revision
from domain.phase_review import ReviewState
from domain.plan import Edition, PlanDefinition, PlanNode
from domain.progress_report import ReportState
from domain.questions import QuestionSet
from domain.revision import Decision, NewMeasure, Refusal, Revision
from records import audit, plan_reading
from records.change import Change, Conflict, NotFound
from records.round_state import question_set_of

_DECISION = TypeAdapter(Decision)
_NEW_MEASURE = TypeAdapter(NewMeasure)
_HANDED_IN = (ReportState.SUBMITTED, ReportState.APPROVED, ReportState.CONFIRMED)


class DecidedMeanwhile(Exception):
    """Somebody else decided this measure since the page was opened. Nothing was overwritten."""

    def __init__(self, row: t.MeasureDecision) -> None:
        super().__init__(f"decision {row.id} is at revision {row.revision}")
        self.row = row


@dataclass(frozen=True)
class Proposal:
    """What a department proposes of a measure: its answers, and the decision that they suggest (None: nothing yet).

    `is_handed_in` False: a draft, taken as it stood.
    """

    report: t.ProgressReport
    department: t.Department | None
    answers: Mapping[str, str]
    questions: QuestionSet
    suggestion: Decision | None

    @property
    def is_handed_in(self) -> bool:
        return self.report.state in _HANDED_IN


@dataclass(frozen=True)
class MeasureInReview:
    """A measure of the edition under review with what is proposed and what is decided of it."""

    node: t.Node
    measure: PlanNode
    proposal: Proposal | None
    row: t.MeasureDecision | None

    @property
    def decision(self) -> Decision | None:
        return decision_of(self.row) if self.row else None


@dataclass(frozen=True)
class NewInReview:
    """A new measure as decided; `proposal` is the department's, if it came from one."""

    row: t.MeasureDecision
    new: NewMeasure
    proposal: t.NewMeasureProposal | None


@dataclass(frozen=True)
class DecisionSheet:
    """Everything on which a review decides. `open_proposals`: new measures proposed and not answered yet."""

    definition: PlanDefinition
    edition: Edition
    measures: tuple[MeasureInReview, ...]
    new: tuple[NewInReview, ...]
    open_proposals: tuple[t.NewMeasureProposal, ...]

    @property
    def revision(self) -> Revision:
        decided = (m.decision for m in self.measures)
        return Revision(tuple(d for d in decided if d is not None), tuple(n.new for n in self.new))

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every contradiction of what is decided so far; measures not decided yet are among them."""
        return revision.refusals(self.edition, self.revision, self.definition.reported_levels, self.definition.classes)


def decision_of(row: t.MeasureDecision) -> Decision:
    return _DECISION.validate_python(row.decision)


def new_measure_of(row: t.MeasureDecision) -> NewMeasure:
    return _NEW_MEASURE.validate_python(row.decision)


def sheet_of(session: Session, review: t.PhaseReview) -> DecisionSheet:
    """The measures of the edition under review in its order, each with proposal and decision."""
    definition = plan_reading.read(session, session.get_one(t.Plan, review.plan_id))
    edition = definition.edition(session.get_one(t.Edition, review.edition_id).code)
    assert edition is not None
    by_code = {n.code: n for n in edition.nodes}
    rows = session.exec(select(t.MeasureDecision).where(t.MeasureDecision.review_id == review.id)).all()
    decided = {row.node_id: row for row in rows if row.node_id is not None}
    proposals = _proposals(session, review, by_code, definition)
    nodes = session.exec(
        select(t.Node)
        .where(t.Node.edition_id == review.edition_id, col(t.Node.is_reported))
        .order_by(col(t.Node.position))
    )
    measures = tuple(
        MeasureInReview(node, by_code[node.code], proposals.get(node.id), decided.get(node.id)) for node in nodes
    )
    wanted = {p.id: p for p in proposals_of_new(session, review)}
    new = tuple(
        NewInReview(row, new_measure_of(row), wanted.get(row.proposal_id or 0)) for row in rows if row.node_id is None
    )
    answered = {one.row.proposal_id for one in new}
    open_ = tuple(p for p in wanted.values() if p.id not in answered and not p.is_withdrawn and not p.declined_reason)
    return DecisionSheet(definition, edition, measures, new, open_)


def refusals_of(session: Session, review: t.PhaseReview) -> tuple[Refusal, ...]:
    return sheet_of(session, review).refusals


def proposals_of_new(session: Session, review: t.PhaseReview) -> Sequence[t.NewMeasureProposal]:
    query = select(t.NewMeasureProposal).where(t.NewMeasureProposal.review_id == review.id)
    return session.exec(query.order_by(col(t.NewMeasureProposal.id))).all()


def decide(
    session: Session, change: Change, review: t.PhaseReview, node_id: int, decision: Decision, seen: int
) -> t.MeasureDecision:
    """Decide of one measure. `seen` is the revision the page was opened with (0: not decided then).

    Contradictions are kept as they are and refused when the decisions are finished. Raises `DecidedMeanwhile`.
    """
    _require_deciding(review)
    node = session.get(t.Node, node_id)
    if node is None or node.edition_id != review.edition_id or not node.is_reported or node.code != decision.measure:
        raise NotFound(f"measure {node_id} of review {review.id}")
    row = session.exec(
        select(t.MeasureDecision)
        .where(t.MeasureDecision.review_id == review.id, t.MeasureDecision.node_id == node_id)
        .with_for_update()
    ).first()
    if (row.revision if row else 0) != seen:
        assert row is not None, "a decision is never taken away"
        raise DecidedMeanwhile(row)
    row = row or t.MeasureDecision(review_id=review.id, node_id=node_id, decision={}, revision=0, decided_at=change.at)
    row.decision = _DECISION.dump_python(decision, mode="json")
    row.revision, row.decided_at, row.decided_by_id = row.revision + 1, change.at, change.user
    session.add(row)
    session.flush()
    audit.write(
        session, change, "review.measure_decided", f"{review.workflow_id}/{node.code}", fate=decision.fate.value
    )
    return row


def accept_proposals(session: Session, change: Change, review: t.PhaseReview, *, rest_continues: bool) -> int:
    """Decide every measure that is not decided yet as its department proposes; the number decided.

    A measure without a proposal stays undecided, unless `rest_continues`.
    """
    _require_deciding(review)
    accepted = 0
    for one in sheet_of(session, review).measures:
        suggestion = one.proposal.suggestion if one.proposal else None
        if suggestion is None and rest_continues:
            suggestion = proposal.continued(one.measure)
        if one.row is None and suggestion is not None:
            decide(session, change, review, one.node.id, suggestion, 0)
            accepted += 1
    return accepted


def decide_new(
    session: Session, change: Change, review: t.PhaseReview, new: NewMeasure, proposal_id: int | None = None
) -> t.MeasureDecision:
    """Take a new measure into the next edition."""
    _require_deciding(review)
    if proposal_id is not None:
        _proposal(session, review, proposal_id)
    row = t.MeasureDecision(
        review_id=review.id,
        proposal_id=proposal_id,
        decision=_NEW_MEASURE.dump_python(new, mode="json"),
        decided_at=change.at,
        decided_by_id=change.user,
    )
    session.add(row)
    session.flush()
    audit.write(session, change, "review.new_measure_decided", f"{review.workflow_id}/{new.measure.code}")
    return row


def change_new(
    session: Session, change: Change, review: t.PhaseReview, decision_id: int, new: NewMeasure, seen: int
) -> None:
    _require_deciding(review)
    row = _new(session, review, decision_id)
    if row.revision != seen:
        raise DecidedMeanwhile(row)
    row.decision, row.revision = _NEW_MEASURE.dump_python(new, mode="json"), row.revision + 1
    row.decided_at, row.decided_by_id = change.at, change.user
    session.add(row)
    audit.write(session, change, "review.new_measure_changed", f"{review.workflow_id}/{new.measure.code}")


def drop_new(session: Session, change: Change, review: t.PhaseReview, decision_id: int) -> None:
    """Leave a new measure out again; a department's proposal of it is open again."""
    _require_deciding(review)
    row = _new(session, review, decision_id)
    code = new_measure_of(row).measure.code
    session.delete(row)
    audit.write(session, change, "review.new_measure_dropped", f"{review.workflow_id}/{code}")


def decline(session: Session, change: Change, review: t.PhaseReview, proposal_id: int, reason: str) -> None:
    """Do not take up what a department proposed anew; it reads the reason."""
    _require_deciding(review)
    if not reason.strip():
        raise Conflict("reason_missing")
    wanted = _proposal(session, review, proposal_id)
    wanted.declined_reason = reason.strip()
    session.add(wanted)
    audit.write(session, change, "review.proposal_declined", f"{review.workflow_id}/{proposal_id}")


def _require_deciding(review: t.PhaseReview) -> None:
    if review.state is not ReviewState.DECIDING:
        raise Conflict("review_not_deciding")


def _proposal(session: Session, review: t.PhaseReview, proposal_id: int) -> t.NewMeasureProposal:
    wanted = session.get(t.NewMeasureProposal, proposal_id)
    if wanted is None or wanted.review_id != review.id:
        raise NotFound(f"proposal {proposal_id} of review {review.id}")
    return wanted


def _new(session: Session, review: t.PhaseReview, decision_id: int) -> t.MeasureDecision:
    row = session.get(t.MeasureDecision, decision_id, with_for_update=True)
    if row is None or row.review_id != review.id or row.node_id is not None:
        raise NotFound(f"new measure {decision_id} of review {review.id}")
    return row


def _proposals(
    session: Session, review: t.PhaseReview, measures: Mapping[str, PlanNode], definition: PlanDefinition
) -> dict[int, Proposal]:
    """Node → what its department proposes; nothing of a report that was exempted."""
    rows = session.exec(
        select(t.ProgressReport, t.CollectionRound, t.Node, t.Department)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(t.CollectionRound.review_id == review.id, col(t.ProgressReport.is_exempted).is_(False))
    ).all()
    questions = {round_.id: question_set_of(round_) for _, round_, _, _ in rows[:1]}
    found: dict[int, Proposal] = {}
    for report, round_, node, department in rows:
        asked = questions[round_.id]
        suggestion = proposal.suggested(measures[node.code], report.answers, asked, definition)
        found[node.id] = Proposal(report, department, report.answers, asked, suggestion)
    return found
