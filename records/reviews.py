"""見直し in the database: opening, gathering the term, asking departments, consulting bodies, closing.

What is decided of each measure is in `review_decisions`, the edition that follows in `next_edition`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain.calendar import BusinessCalendar
from domain.clock import PlanClock
from domain.fiscal_year import FiscalYear
from domain.identifiers import phase_review_id, proposals_id
from domain.orders import ReviewOrder
from domain.phase_review import (
    ConsultationOutcome,
    EditionHead,
    ReviewEvent,
    ReviewEventKind,
    ReviewOutcome,
    ReviewState,
    after_consultation,
    head_problems,
    is_closing_review,
)
from domain.plan import REVIEW_ROUND, PlanDefinition, Term
from domain.proposal import fitted
from domain.review_snapshot import Snapshot
from domain.revision import Refusal
from records import audit, outbox, plan_reading, plans, review_decisions, review_snapshot, rounds
from records.change import Change, Conflict, NotFound

_SNAPSHOT = TypeAdapter(Snapshot)
_HEAD = TypeAdapter(EditionHead)


class NotDecided(Exception):
    """The decisions do not make an edition yet; `refusals` lists every contradiction, `head` what its head lacks."""

    def __init__(self, refusals: tuple[Refusal, ...], problems: tuple[str, ...]) -> None:
        super().__init__(f"{len(refusals)} contradictions, {len(problems)} further problems")
        self.refusals = refusals
        self.problems = problems


def find(session: Session, review_id: int, *, lock: bool = False) -> t.PhaseReview:
    review = session.get(t.PhaseReview, review_id, with_for_update=lock or None)
    if review is None:
        raise NotFound(f"review {review_id}")
    return review


def of_plan(session: Session, plan: t.Plan) -> Sequence[t.PhaseReview]:
    """The reviews of a plan, the latest first."""
    query = select(t.PhaseReview).where(t.PhaseReview.plan_id == plan.id)
    return session.exec(query.order_by(col(t.PhaseReview.fiscal_year).desc(), col(t.PhaseReview.id).desc())).all()


def of_term(session: Session, plan: t.Plan, term: str) -> t.PhaseReview | None:
    query = select(t.PhaseReview).where(t.PhaseReview.plan_id == plan.id, t.PhaseReview.term == term)
    return session.exec(query).first()


def plan_of(session: Session, review: t.PhaseReview) -> t.Plan:
    return session.get_one(t.Plan, review.plan_id)


def term_of(session: Session, review: t.PhaseReview) -> Term:
    term = plans.definition_of(plan_of(session, review)).term(review.term)
    if term is None:
        raise NotFound(f"term {review.term}")
    return term


def round_of(session: Session, review: t.PhaseReview) -> t.CollectionRound | None:
    """The round of the departments' proposals, once it is open."""
    return session.exec(select(t.CollectionRound).where(t.CollectionRound.review_id == review.id)).first()


def snapshot_of(review: t.PhaseReview) -> Snapshot | None:
    return None if review.snapshot is None else _SNAPSHOT.validate_python(review.snapshot)


def head_of(review: t.PhaseReview) -> EditionHead | None:
    return None if review.edition_head is None else _HEAD.validate_python(review.edition_head)


def open_review(
    session: Session, change: Change, plan: t.Plan, term_code: str, clock: PlanClock
) -> tuple[t.PhaseReview, bool]:
    """Open the review of a term, once: a second call finds the first one's. Returns it and whether it is new.

    Raises `Conflict`: `plan_without_review`, `unknown_term`, `term_not_begun`, `review_running` (another term's),
    `edition_ahead` (an edition that has been made already is not in force yet).
    """
    session.refresh(plan, with_for_update=True)  # of several who open at once, the others wait and find it open
    known = of_term(session, plan, term_code)
    if known is not None:
        return known, False
    definition = plans.definition_of(plan)
    if definition.review is None or not definition.rounds:
        raise Conflict("plan_without_review")
    term = definition.term(term_code)
    if term is None:
        raise Conflict("unknown_term")
    today = clock.today(change.at)
    if FiscalYear(term.first_fiscal_year).first_day > today:
        raise Conflict("term_not_begun")
    if any(r.state is not ReviewState.CLOSED for r in of_plan(session, plan)):
        raise Conflict("review_running")
    edition = plans.edition_in_force(session, plan, today)
    if any(e.effective_on > today and not e.is_draft for e in plans.editions_of(session, plan)):
        raise Conflict("edition_ahead")
    review = t.PhaseReview(
        plan_id=plan.id,
        term=term.code,
        fiscal_year=term.last_fiscal_year,
        edition_id=edition.id,
        workflow_id=phase_review_id(plans.municipality_of(session, plan).code, plan.code, term.code),
        opened_on=today,
        opened_by=change.by,
        opinions_from=today,
    )
    session.add(review)
    session.flush()
    outbox.start_review(session, change, review.workflow_id, ReviewOrder(plan.municipality_id, review.id, clock))
    audit.write(session, change, "review.opened", review.workflow_id)
    return review, True


def freeze_term(session: Session, change: Change, review: t.PhaseReview, today: date) -> None:
    """Keep the term as it is found today. Repeating changes nothing."""
    if review.snapshot is not None:
        return
    snapshot = review_snapshot.gather(session, review, term_of(session, review), today)
    review.snapshot = _SNAPSHOT.dump_python(snapshot, mode="json")
    session.add(review)
    standings = {standing.value: n for standing, n in snapshot.standings().items()}
    audit.write(session, change, "review.term_frozen", review.workflow_id, **standings)


def ask_departments(
    session: Session, change: Change, review: t.PhaseReview, today: date, calendar: BusinessCalendar
) -> t.CollectionRound:
    """Open the round in which departments propose, fitted to the plan. Repeating finds the round that is open."""
    known = round_of(session, review)
    if known is not None:
        return known
    plan = plan_of(session, review)
    definition = plans.definition_of(plan)
    rules = definition.round_of(REVIEW_ROUND)
    opened_on = calendar.on_or_after(today)
    round_ = t.CollectionRound(
        plan_id=plan.id,
        fiscal_year=review.fiscal_year,
        review_id=review.id,
        code=REVIEW_ROUND,
        workflow_id=proposals_id(plans.municipality_of(session, plan).code, plan.code, review.term),
        opened_on=opened_on,
        due_on=calendar.shift(opened_on, rules.due_after_days),
        question_set=_questions(session, plan, definition, review),
        rules=plan_files.to_json(rules),
    )
    session.add(round_)
    session.flush()
    owners = plans.owners_on(session, review.edition_id, opened_on)
    measures = plans.measures_of(session, review.edition_id)
    asked = [(m.id, owners[m.id].id if m.id in owners else None) for m in measures]
    requests = rounds.ask(session, round_, asked)
    review.state = ReviewState.PROPOSING
    session.add(review)
    audit.write(session, change, "round.opened", round_.workflow_id, requests=requests)
    return round_


def begin_deciding(session: Session, change: Change, review: t.PhaseReview, today: date) -> None:
    """Close the proposals; what was not handed in is taken as it stands. Raises `Conflict`."""
    round_ = round_of(session, review)
    if review.state is not ReviewState.PROPOSING or round_ is None:
        raise Conflict("review_not_proposing")
    rounds.close(session, change, round_, today)
    review.state = ReviewState.DECIDING
    session.add(review)
    audit.write(session, change, "review.proposals_closed", review.workflow_id)


def answer_criterion(
    session: Session, change: Change, review: t.PhaseReview, criterion: str, answer: str
) -> t.CriterionAnswer:
    """What the review says from one point of view; writing it again replaces it while the review is being decided."""
    if review.state not in (ReviewState.PROPOSING, ReviewState.DECIDING):
        raise Conflict("review_not_deciding")
    rule = plans.definition_of(plan_of(session, review)).review
    if rule is None or criterion not in {c.code for c in rule.criteria}:
        raise NotFound(f"criterion {criterion}")
    assert change.user is not None
    answered = next((a for a in criterion_answers(session, review) if a.criterion == criterion), None)
    row = answered or t.CriterionAnswer(
        review_id=review.id, criterion=criterion, answer="", answered_at=change.at, answered_by_id=change.user
    )
    row.answer, row.answered_at, row.answered_by_id = answer.strip(), change.at, change.user
    session.add(row)
    session.flush()
    audit.write(session, change, "review.criterion_answered", f"{review.workflow_id}/{criterion}")
    return row


def criterion_answers(session: Session, review: t.PhaseReview) -> Sequence[t.CriterionAnswer]:
    query = select(t.CriterionAnswer).where(t.CriterionAnswer.review_id == review.id)
    return session.exec(query.order_by(col(t.CriterionAnswer.id))).all()


def set_outcome(
    session: Session,
    change: Change,
    review: t.PhaseReview,
    outcome: ReviewOutcome,
    reason: str,
    head: EditionHead | None,
) -> None:
    """Say whether the plan is revised, and under which head; anything is kept until it is finished."""
    if review.state is not ReviewState.DECIDING:
        raise Conflict("review_not_deciding")
    review.outcome, review.outcome_reason = outcome, reason.strip()
    review.edition_head = None if head is None else _HEAD.dump_python(head, mode="json")
    session.add(review)
    audit.write(session, change, "review.outcome_set", review.workflow_id, outcome=outcome.value)


def problems_of(session: Session, review: t.PhaseReview, today: date) -> tuple[str, ...]:
    """What keeps the decisions from being finished, beside contradictions: codes that the pages say in words."""
    plan = plan_of(session, review)
    definition = plans.definition_of(plan)
    assert definition.review is not None
    answered = {a.criterion for a in criterion_answers(session, review) if a.answer}
    found = ["criteria_not_answered"] if any(c.code not in answered for c in definition.review.criteria) else []
    if review.outcome is None:
        return (*found, "outcome_missing")
    if review.outcome is ReviewOutcome.NO_REVISION:
        return (*found, *([] if review.outcome_reason else ["no_revision_reason_missing"]))
    if is_closing_review(definition, term_of(session, review)):
        return (*found, "no_edition_after_the_last_term")
    head = head_of(review)
    if head is None:
        return (*found, "edition_head_missing")
    taken = {e.code for e in plans.editions_of(session, plan)}
    in_force = session.get_one(t.Edition, review.edition_id)
    return (*found, *(p.value for p in head_problems(head, taken, in_force.effective_on, today)))


def finish_deciding(session: Session, change: Change, review: t.PhaseReview, today: date) -> None:
    """Everything is decided: on to the bodies, or straight to the edition. Refused whole with `NotDecided`."""
    if review.state is not ReviewState.DECIDING:
        raise Conflict("review_not_deciding")
    problems = problems_of(session, review, today)
    refusals = () if review.outcome is ReviewOutcome.NO_REVISION else review_decisions.refusals_of(session, review)
    if problems or refusals:
        raise NotDecided(refusals, problems)
    asked = _consult(session, review)
    review.state = ReviewState.CONSULTING if asked else ReviewState.MAKING
    session.add(review)
    _tell(session, change, review, ReviewEventKind.DECIDED, today)
    if not asked:
        _tell(session, change, review, ReviewEventKind.CONSULTED, today)
    audit.write(session, change, "review.decided", review.workflow_id, bodies=asked)


def consultations_of(session: Session, review: t.PhaseReview) -> Sequence[t.Consultation]:
    """Every turn of every body, the latest attempt last."""
    query = select(t.Consultation).where(t.Consultation.review_id == review.id)
    return session.exec(query.order_by(col(t.Consultation.attempt), col(t.Consultation.position))).all()


def current_consultations(session: Session, review: t.PhaseReview) -> list[t.Consultation]:
    """The bodies that have the papers now, or had them last."""
    every = consultations_of(session, review)
    return [c for c in every if c.attempt == every[-1].attempt]


def record_consultation(
    session: Session,
    change: Change,
    review: t.PhaseReview,
    consultation_id: int,
    outcome: ConsultationOutcome,
    comment: str,
    met_on: date,
    today: date,
) -> None:
    """What a body decided. Raises `Conflict`: `review_not_consulting`, `bodies_in_order`, `body_comment_missing`,
    `meeting_ahead`, `consultation_recorded`, `effective_date_passed` (no edition begins in the past: the body returns
    the papers, and another day is decided).
    """
    if review.state is not ReviewState.CONSULTING:
        raise Conflict("review_not_consulting")
    turns = current_consultations(session, review)
    turn = next((c for c in turns if c.id == consultation_id), None)
    if turn is None:
        raise NotFound(f"consultation {consultation_id}")
    if turn.outcome is not None:
        raise Conflict("consultation_recorded")
    if any(c.outcome is None for c in turns if c.position < turn.position):
        raise Conflict("bodies_in_order")
    if outcome is not ConsultationOutcome.APPROVED and not comment.strip():
        raise Conflict("body_comment_missing")
    if met_on > today:
        raise Conflict("meeting_ahead")
    turn.outcome, turn.comment, turn.met_on = outcome, comment.strip(), met_on
    turn.recorded_at, turn.recorded_by_id = change.at, change.user
    session.add(turn)
    session.flush()
    audit.write(session, change, "review.body_decided", f"{review.workflow_id}/{turn.body}", outcome=outcome.value)
    follows = after_consultation([c.outcome for c in turns])
    head = head_of(review) if review.outcome is ReviewOutcome.REVISION else None
    if follows is ReviewEventKind.CONSULTED and head is not None and head.effective_on <= today:
        raise Conflict("effective_date_passed")
    if follows is not None:
        review.state = ReviewState.DECIDING if follows is ReviewEventKind.RETURNED else ReviewState.MAKING
        session.add(review)
        _tell(session, change, review, follows, today)


def await_effect(session: Session, review: t.PhaseReview) -> None:
    """The edition and its documents are made; until its day it can be undone."""
    if review.state is ReviewState.MAKING and review.made_edition_id is not None:
        review.state = ReviewState.AWAITING_EFFECT
        session.add(review)


def close(session: Session, change: Change, review: t.PhaseReview, today: date) -> None:
    """The review is over. Repeating changes nothing."""
    if review.state is ReviewState.CLOSED:
        return
    review.state, review.closed_on = ReviewState.CLOSED, today
    session.add(review)
    audit.write(session, change, "review.closed", review.workflow_id)


def tell_undone(session: Session, change: Change, review: t.PhaseReview, today: date) -> None:
    review.state = ReviewState.DECIDING
    session.add(review)
    _tell(session, change, review, ReviewEventKind.UNDONE, today)


def _consult(session: Session, review: t.PhaseReview) -> int:
    """A turn for each body of the plan's rule; how many there are."""
    definition = plans.definition_of(plan_of(session, review))
    assert definition.review is not None
    names = {body.code: body.name for body in definition.bodies}
    attempt = max((c.attempt for c in consultations_of(session, review)), default=0) + 1
    for position, rule in enumerate(definition.review.consultations):
        session.add(
            t.Consultation(
                review_id=review.id,
                attempt=attempt,
                position=position,
                body=rule.body,
                body_name=names[rule.body].ja if rule.body in names else rule.body,
                stage=rule.stage,
            )
        )
    return len(definition.review.consultations)


def _questions(session: Session, plan: t.Plan, definition: PlanDefinition, review: t.PhaseReview) -> dict[str, Any]:
    edition = session.get_one(t.Edition, review.edition_id)
    stored = plan_reading.read(session, plan).edition(edition.code)
    assert stored is not None
    measures = [n for n in stored.nodes if n.level in definition.reported_levels]
    return plan_files.to_json(fitted(plan_files.review_questions(), definition, measures))


def _tell(session: Session, change: Change, review: t.PhaseReview, kind: ReviewEventKind, today: date) -> None:
    outbox.tell_review(session, change, review.workflow_id, ReviewEvent(0, kind, today))
