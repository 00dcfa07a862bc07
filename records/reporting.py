"""進捗報告 from draft to approval. Each function is one transaction's worth: report, audit, outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db import tables as t
from domain import draft, progress_report, proposal, questions
from domain.calendar import BusinessCalendar
from domain.collection import RoundEvent, RoundEventKind
from domain.draft import Merged
from domain.plan import PlanDefinition
from domain.progress_report import EDITABLE, RETURNABLE, NotPossible, awaits_approval, is_owed
from domain.questions import AnswerProblem, QuestionSet
from domain.roles import Actor
from records import audit, outbox, plan_reading, plans, report_figures
from records.change import Change, Conflict, NotAllowed, NotFound
from records.round_state import rules_of

_NO_REMARKS: Mapping[str, str] = {}


class EditedMeanwhile(Exception):
    """Somebody else saved this draft since it was opened. Nothing was overwritten."""

    def __init__(self, report: t.ProgressReport, editor: str) -> None:
        super().__init__(f"report {report.id} is at revision {report.revision}")
        self.report = report
        self.editor = editor


class NotAnswered(Exception):
    """The answers cannot be submitted yet; `problems` lists all of them."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class ReportInHand:
    """A report with what belongs to it."""

    report: t.ProgressReport
    request: t.UpdateRequest
    round: t.CollectionRound
    plan: t.Plan
    node: t.Node

    @property
    def is_proposal(self) -> bool:
        """Whether it is a proposal for a review, and no report of a year."""
        return self.round.review_id is not None


@dataclass(frozen=True)
class Remark:
    """What to mend in one answer (差戻し): the id of its question, and the answer as it read then."""

    question: str
    answer: str
    remark: str


_WITH_ALL = (
    select(t.ProgressReport, t.UpdateRequest, t.CollectionRound, t.Node)
    .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
    .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
    .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
)
# Built once: it is asked for at every step of a report.
_IN_HAND = _WITH_ALL.where(t.ProgressReport.id == bindparam("report"))


def find(session: Session, report_id: int, actor: Actor, *, lock: bool = False) -> ReportInHand:
    """A report the actor may see. Raises `NotFound` also where it exists but is not theirs to see."""
    found = _IN_HAND.with_for_update(of=t.ProgressReport) if lock else _IN_HAND
    row = session.exec(found, params={"report": report_id}).first()
    if row is None or not may_see(actor, row[1]):
        raise NotFound(f"report {report_id}")
    report, request, round_, node = row
    return ReportInHand(report, request, round_, session.get_one(t.Plan, round_.plan_id), node)


def find_each(session: Session, reports: Sequence[int], actor: Actor) -> tuple[ReportInHand, ...]:
    """Those of the reports that the actor may see, in the order given; the same few queries for many."""
    rows = session.exec(_WITH_ALL.where(col(t.ProgressReport.id).in_(reports))).all()
    of_rounds = {round_.plan_id for _, _, round_, _ in rows}
    known = {plan.id: plan for plan in session.exec(select(t.Plan).where(col(t.Plan.id).in_(of_rounds)))}
    found = {
        report.id: ReportInHand(report, request, round_, known[round_.plan_id], node)
        for report, request, round_, node in rows
        if may_see(actor, request)
    }
    return tuple(found[one] for one in reports if one in found)


def save_draft(
    session: Session, change: Change, actor: Actor, report_id: int, answers: Mapping[str, str], revision: int
) -> t.ProgressReport:
    """Keep what was typed so far; anything is accepted. Raises `EditedMeanwhile` on a stale revision."""
    return save_held(session, change, held_for_writing(session, actor, report_id, "save"), answers, revision)


def save_held(
    session: Session, change: Change, held: ReportInHand, answers: Mapping[str, str], revision: int
) -> t.ProgressReport:
    """Keep the draft of a report that `held_for_writing` gave in this transaction."""
    _keep(session, change, held, answers, revision)
    return held.report


def merge_draft(
    session: Session,
    change: Change,
    actor: Actor,
    report_id: int,
    answers: Mapping[str, str],
    seen: Mapping[str, str] | None,
) -> Merged:
    """Keep what was typed beside what somebody else saved meanwhile, by the marks of what the typing person was shown.

    See `domain/draft.py`. Where both changed an answer the other's stays, and the result names it.
    """
    held = held_for_writing(session, actor, report_id, "save")
    found = draft.merged(held.report.answers, answers, seen)
    if found.answers != held.report.answers:
        _keep(session, change, held, found.answers, held.report.revision)
    return found


def seen_at(report: t.ProgressReport, revision: int) -> dict[str, str] | None:
    """The marks of what somebody was shown who knows the report at a revision; None where it has changed since."""
    return draft.marks(report.answers) if report.revision == revision else None


def submit(
    session: Session,
    change: Change,
    actor: Actor,
    report_id: int,
    answers: Mapping[str, str],
    revision: int,
    today: date,
) -> t.ProgressReport:
    """Submit a report: the row, its submission, audit and outbox in one transaction.

    Raises `NotAnswered` (the draft is NOT kept then: call `save_draft`), `EditedMeanwhile`,
    `NotPossible`, `NotAllowed`.
    """
    held = held_for_writing(session, actor, report_id, "submit")
    return submit_held(session, change, actor, held, answers, revision, today)


def submit_held(
    session: Session,
    change: Change,
    actor: Actor,
    held: ReportInHand,
    answers: Mapping[str, str],
    revision: int,
    today: date,
) -> t.ProgressReport:
    """Submit a report that `held_for_writing` gave in this transaction."""
    cleaned, problems = checked(session, held, answers)
    if problems:
        raise NotAnswered(problems)
    _keep(session, change, held, cleaned, revision)
    report = held.report
    report.state = progress_report.submitted(report.state)
    report.submitted_on = report.since_on = today
    session.add(
        t.Submission(
            report_id=report.id,
            revision=report.revision,
            answers=cleaned,
            submitted_on=today,
            submitted_at=change.at,
            submitted_by_id=actor.user,
        )
    )
    _tell(session, change, held, RoundEventKind.SUBMITTED, today)
    audit.write(session, change, "report.submitted", subject(held), revision=report.revision)
    return report


def checked(
    session: Session, held: ReportInHand, answers: Mapping[str, str]
) -> tuple[dict[str, str], tuple[AnswerProblem, ...]]:
    """The answers as they would be submitted, and all that keeps them from being submitted."""
    question_set, measure_class = questions_of(session, held), held.node.measure_class or ""
    cleaned = questions.applying(question_set, questions.cleaned(question_set, answers), measure_class)
    problems = questions.check(question_set, cleaned, measure_class)
    if held.is_proposal:
        problems += proposal.problems(plan_reading.told(held.node), cleaned, plans.definition_of(held.plan))
    return cleaned, problems


def questions_of(session: Session, held: ReportInHand) -> QuestionSet:
    """What the report asks: the questions its round started with, and the values of the measure's indicators."""
    return report_figures.form_of(session, held.round, held.node)


def questions_of_each(session: Session, several: Sequence[ReportInHand]) -> dict[int, QuestionSet]:
    """Report → what it asks, as `questions_of` says; the same few queries for many."""
    forms = report_figures.forms_of(session, [(held.round, held.node) for held in several])
    return {held.report.id: form for held, form in zip(several, forms, strict=True)}


def approve(session: Session, change: Change, actor: Actor, report_id: int, today: date) -> t.ProgressReport:
    held = _held_for_approval(session, actor, report_id)
    held.report.state = progress_report.approved(held.report.state)
    held.report.since_on, held.report.return_comment, held.report.return_remarks = today, "", []
    session.add(held.report)
    _tell(session, change, held, RoundEventKind.APPROVED, today)
    audit.write(session, change, "report.approved", subject(held))
    report_figures.take_over(session, change, held.report)
    return held.report


def return_(
    session: Session,
    change: Change,
    actor: Actor,
    report_id: int,
    comment: str,
    today: date,
    calendar: BusinessCalendar,
    definition: PlanDefinition,
    remarks: Mapping[str, str] = _NO_REMARKS,
) -> t.ProgressReport:
    """差戻し with what to mend: a comment on the whole, `remarks` on single answers by question, or both.

    The report is owed again, with a due date of its own.
    """
    said = {question: remark.strip() for question, remark in remarks.items() if remark.strip()}
    if not comment.strip() and not said:
        raise Conflict("comment_missing")
    held = _held_for_approval(session, actor, report_id)
    report = held.report
    report.state = progress_report.returned(report.state)
    report.return_comment, report.since_on = comment.strip(), today
    report.return_remarks = [asdict(Remark(q, report.answers.get(q, ""), remark)) for q, remark in said.items()]
    report.due_on = calendar.shift(today, rules_of(held.round, definition).return_due_days)
    report.returns += 1
    session.add(report)
    _tell(session, change, held, RoundEventKind.RETURNED, today, due_on=report.due_on)
    audit.write(session, change, "report.returned", subject(held), due_on=report.due_on.isoformat(), **_marked(said))
    return report


def remarks_of(report: t.ProgressReport) -> tuple[Remark, ...]:
    """What its last return asked to mend, answer by answer."""
    return tuple(Remark(**row) for row in report.return_remarks)


def may_write(held: ReportInHand, actor: Actor) -> bool:
    """Whether the actor may write in the report now."""
    department, report = held.request.department_id, held.report
    owed = is_owed(report.state, report.is_exempted, held.round.closed_on is not None)
    return owed and department is not None and actor.may_write_for(department)


def may_approve(held: ReportInHand, actor: Actor) -> bool:
    """Whether the actor may approve the report now."""
    report = held.report
    awaited = awaits_approval(report.state, report.is_exempted, held.round.closed_on is not None)
    return awaited and _approves(held, actor)


def may_return(held: ReportInHand, actor: Actor) -> bool:
    """Whether the actor may send the report back now."""
    report = held.report
    open_ = held.round.closed_on is None and not report.is_exempted
    return open_ and report.state in RETURNABLE and _approves(held, actor)


def is_still_owed(held: ReportInHand) -> bool:
    return is_owed(held.report.state, held.report.is_exempted, held.round.closed_on is not None)


def is_late(held: ReportInHand, today: date) -> bool:
    """Whether the report is owed and its day has passed."""
    return is_still_owed(held) and held.report.due_on < today


def last_year(session: Session, held: ReportInHand) -> t.ProgressReport | None:
    """Last year's report of the same measure, under whatever code, whatever its state was, if it says anything.

    A proposal has none: it looks back on its whole term (`records/term_of_measure.py`).
    """
    found = last_year_of_each(session, [held]).get(held.report.id)
    return found[0] if found else None


def last_year_of_each(
    session: Session, several: Sequence[ReportInHand]
) -> dict[int, tuple[t.ProgressReport, t.CollectionRound]]:
    """Report → that of last year, as `last_year` says, with its round; where there is none the report is left out."""
    asked = {
        held.report.id: ((held.plan.id, held.round.fiscal_year - 1, held.round.code), held.node.origin_id)
        for held in several
        if not held.is_proposal
    }
    wanted = {of_round for of_round, _ in asked.values()}
    plan_ids, years, codes = ({of_round[i] for of_round in wanted} for i in range(3))
    found = session.exec(
        select(t.CollectionRound).where(
            col(t.CollectionRound.plan_id).in_(plan_ids),
            col(t.CollectionRound.cycle_id).is_not(None),
            col(t.CollectionRound.fiscal_year).in_(years),
            col(t.CollectionRound.code).in_(codes),
        )
    )
    rounds = {key: one for one in found if (key := (one.plan_id, one.fiscal_year, one.code)) in wanted}
    rows = session.exec(
        select(t.ProgressReport, t.Node.origin_id)
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(
            col(t.ProgressReport.round_id).in_([one.id for one in rounds.values()]),
            col(t.Node.origin_id).in_({origin for _, origin in asked.values()}),
        )
        .order_by(col(t.Node.position).desc())
    )
    said = {(report.round_id, origin): report for report, origin in rows if report.answers}
    return {
        report: (said[before.id, origin], before)
        for report, (of_round, origin) in asked.items()
        if (before := rounds.get(of_round)) and (before.id, origin) in said
    }


def of_last_year(
    session: Session, held: ReportInHand, origins: Collection[int]
) -> Sequence[tuple[t.ProgressReport, t.Node]]:
    """The reports of the same round a year ago on measures given by their origins, if they say anything."""
    query = (
        select(t.ProgressReport, t.Node)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(
            t.CollectionRound.plan_id == held.plan.id,
            col(t.CollectionRound.cycle_id).is_not(None),
            t.CollectionRound.fiscal_year == held.round.fiscal_year - 1,
            t.CollectionRound.code == held.round.code,
            col(t.Node.origin_id).in_(origins),
        )
        .order_by(col(t.Node.position))
    )
    return [(report, node) for report, node in session.exec(query) if report.answers]


def may_see(actor: Actor, request: t.UpdateRequest) -> bool:
    """Whether a request and its reports are the actor's to see."""
    return actor.is_planning if request.department_id is None else actor.may_see(request.department_id)


def held_for_writing(session: Session, actor: Actor, report_id: int, action: str) -> ReportInHand:
    """A report that the actor may write in now, locked. Raises what keeps from it; `action` says what was meant."""
    held = find(session, report_id, actor, lock=True)
    if held.request.department_id is None or not actor.may_write_for(held.request.department_id):
        raise NotAllowed(action)
    if held.round.closed_on is not None:
        raise Conflict("round_closed")
    if held.report.is_exempted:
        raise Conflict("report_exempted")
    if held.report.state not in EDITABLE:
        raise NotPossible(action, held.report.state)
    return held


def _approves(held: ReportInHand, actor: Actor) -> bool:
    department = held.request.department_id
    return actor.is_planning or (department is not None and actor.may_approve_for(department))


def _held_for_approval(session: Session, actor: Actor, report_id: int) -> ReportInHand:
    held = find(session, report_id, actor, lock=True)
    if not _approves(held, actor):
        raise NotAllowed("approve")
    if held.round.closed_on is not None:
        raise Conflict("round_closed")
    if held.report.is_exempted:
        raise Conflict("report_exempted")
    return held


def _keep(session: Session, change: Change, held: ReportInHand, answers: Mapping[str, str], revision: int) -> None:
    report = held.report
    if report.revision != revision:
        editor = session.get(t.User, report.edited_by_id) if report.edited_by_id else None
        raise EditedMeanwhile(report, editor.name if editor else "")
    report.answers = {key: value for key, value in answers.items() if value.strip()}
    report.revision += 1
    report.edited_at, report.edited_by_id = change.at, change.user
    session.add(report)


def _marked(remarks: Mapping[str, str]) -> dict[str, list[str]]:
    return {"questions": list(remarks)} if remarks else {}


def _tell(
    session: Session,
    change: Change,
    held: ReportInHand,
    kind: RoundEventKind,
    today: date,
    *,
    due_on: date | None = None,
) -> None:
    event = RoundEvent(0, kind, today, measure=held.node.id, due_on=due_on, returns=held.report.returns)
    outbox.tell_round(session, change, held.round.workflow_id, event)


def subject(held: ReportInHand) -> str:
    """How the audit log names a report."""
    return f"{held.round.workflow_id}/{held.node.code}"
