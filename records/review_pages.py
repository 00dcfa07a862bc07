"""What the planning division's pages of a review count and list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, or_, select

from db import tables as t
from domain.fiscal_year import FiscalYear
from domain.phase_review import ReviewOutcome, ReviewState, is_closing_review
from domain.plan import PlanDefinition, Term
from domain.progress_report import EDITABLE
from domain.review_snapshot import MeasureYear, Snapshot
from domain.revision import Contradiction
from records import opinion_lists, plans, review_decisions, reviews
from records.opinions import Intake
from records.review_decisions import DecisionSheet

"""How the kinds of document begin that are papers for a body; its place in the order follows, from 1."""

STEPS = (
    *("review.opened", "review.term_frozen", "round.opened", "review.proposals_closed", "review.outcome_set"),
    *("review.decided", "review.body_decided", "edition.made", "edition.undone", "edition.took_effect"),
    "review.closed",
)
"""The audit entries that tell how a review went on; decisions of single measures are not among them."""


@dataclass(frozen=True)
class PlacedReview:
    """A review with its plan, its term, the edition under review and the one that it made."""

    review: t.PhaseReview
    plan: t.Plan
    term: Term
    edition: t.Edition
    made: t.Edition | None


@dataclass(frozen=True)
class ReviewCard:
    """A review on the desk. Counts are measures."""

    review: t.PhaseReview
    term: Term
    asked: int
    handed_in: int
    decided: int
    measures: int


@dataclass(frozen=True)
class ReviewsOfPlan:
    """The reviews of a plan, the latest first, and the terms whose review may be opened by hand."""

    running: tuple[ReviewCard, ...] = ()
    closed: tuple[ReviewCard, ...] = ()
    to_open: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a review has come. `refused` counts contradictions beside measures that are not decided yet."""

    asked: int
    handed_in: int
    exempted: int
    opinions: int
    unanswered: int
    measures: int
    decided: int
    refused: int
    criteria: int
    answered: int

    @property
    def undecided(self) -> int:
        return self.measures - self.decided


@dataclass(frozen=True)
class ProposedAnew:
    """A new measure as a department proposes it; `parent` None: it leaves its place open."""

    row: t.NewMeasureProposal
    department: t.Department
    parent: t.Node | None


@dataclass(frozen=True)
class Happened:
    """One step of a review as the audit log tells it; `who` is a person where one acted. `about`: body or edition.

    `at` is the plan's time of then.
    """

    at: datetime
    action: str
    who: t.User | None
    about: str
    outcome: str


def of_municipality(session: Session, at: datetime) -> dict[int, ReviewsOfPlan]:
    """Plan → its reviews; the number of queries does not depend on how many there are."""
    by_plan: dict[int, list[t.PhaseReview]] = defaultdict(list)
    for review in session.exec(select(t.PhaseReview).order_by(col(t.PhaseReview.id).desc())):
        by_plan[review.plan_id].append(review)
    counts = _Counts(session)
    return {plan.id: _of_plan(plan, by_plan[plan.id], counts, at) for plan in plans.every(session)}


class _Counts:
    """What is counted over all reviews at once."""

    def __init__(self, session: Session) -> None:
        self.asked: dict[int, int] = defaultdict(int)
        self.handed_in: dict[int, int] = defaultdict(int)
        reports = (
            select(t.CollectionRound.review_id, t.ProgressReport.state, func.count())
            .join(t.ProgressReport, col(t.ProgressReport.round_id) == col(t.CollectionRound.id))
            .where(col(t.CollectionRound.review_id).is_not(None), col(t.ProgressReport.is_exempted).is_(False))
            .group_by(col(t.CollectionRound.review_id), col(t.ProgressReport.state))
        )
        for review, state, n in session.exec(reports):
            assert review is not None
            self.asked[review] += n
            self.handed_in[review] += 0 if state in EDITABLE else n
        decided = select(t.MeasureDecision.review_id, func.count()).where(col(t.MeasureDecision.node_id).is_not(None))
        self.decided = dict(session.exec(decided.group_by(col(t.MeasureDecision.review_id))).all())
        measures = select(t.Node.edition_id, func.count()).where(col(t.Node.is_reported))
        self.measures = dict(session.exec(measures.group_by(col(t.Node.edition_id))).all())


def _of_plan(plan: t.Plan, known: Sequence[t.PhaseReview], counts: _Counts, at: datetime) -> ReviewsOfPlan:
    definition = plans.definition_of(plan)
    terms = {term.code: term for term in definition.terms}
    found = [
        ReviewCard(
            r,
            terms[r.term],
            counts.asked[r.id],
            counts.handed_in[r.id],
            counts.decided.get(r.id, 0),
            counts.measures.get(r.edition_id, 0),
        )
        for r in known
        if r.term in terms
    ]
    running = tuple(one for one in found if one.review.state is not ReviewState.CLOSED)
    today = plans.clock_of(plan, at).today(at)
    reviewed = {r.term for r in known}
    return ReviewsOfPlan(
        running=running,
        closed=tuple(one for one in found if one.review.state is ReviewState.CLOSED),
        to_open=() if running else terms_to_review(definition, reviewed, today),
    )


def placed(session: Session, review: t.PhaseReview) -> PlacedReview:
    made = session.get_one(t.Edition, review.made_edition_id) if review.made_edition_id else None
    return PlacedReview(
        review,
        reviews.plan_of(session, review),
        reviews.term_of(session, review),
        session.get_one(t.Edition, review.edition_id),
        made,
    )


def terms_to_review(definition: PlanDefinition, reviewed: Collection[str], today: date) -> tuple[Term, ...]:
    """The terms that have begun and have no review; none of a plan that says nothing of reviews."""
    if definition.review is None:
        return ()
    return tuple(
        term
        for term in definition.terms
        if term.code not in reviewed and FiscalYear(term.first_fiscal_year).first_day <= today
    )


def progress_of(session: Session, review: t.PhaseReview, sheet: DecisionSheet) -> Progress:
    round_ = reviews.round_of(session, review)
    reports = (
        session.exec(select(t.ProgressReport).where(t.ProgressReport.round_id == round_.id)).all() if round_ else []
    )
    asked = [r for r in reports if not r.is_exempted]
    opinions = opinion_lists.counts(session, Intake(session.get_one(t.Plan, review.plan_id), review))
    criteria = sheet.definition.review.criteria if sheet.definition.review else ()
    answered = {a.criterion for a in reviews.criterion_answers(session, review) if a.answer}
    return Progress(
        asked=len(asked),
        handed_in=sum(r.state not in EDITABLE for r in asked),
        exempted=len(reports) - len(asked),
        opinions=opinions.total,
        unanswered=opinions.unanswered,
        measures=len(sheet.measures),
        decided=sum(m.row is not None for m in sheet.measures),
        refused=sum(r.contradiction is not Contradiction.UNDECIDED for r in sheet.refusals),
        criteria=len(criteria),
        answered=sum(c.code in answered for c in criteria),
    )


def progress_by_year(snapshot: Snapshot) -> dict[int, Counter[str]]:
    """Fiscal year → how many measures were how far, in the words of their answers."""
    return _by_year(snapshot, lambda year: year.progress)


def grades_by_year(snapshot: Snapshot) -> dict[int, Counter[str]]:
    """Fiscal year → how many measures were given which grade, by its code."""
    return _by_year(snapshot, lambda year: year.grade)


def _by_year(snapshot: Snapshot, said: Callable[[MeasureYear], str]) -> dict[int, Counter[str]]:
    years = range(snapshot.first_fiscal_year, snapshot.last_fiscal_year + 1)
    found: dict[int, Counter[str]] = {year: Counter() for year in years}
    for measure in snapshot.measures:
        for year in measure.years:
            if said(year):
                found[year.fiscal_year][said(year)] += 1
    return found


def makes_no_edition(session: Session, review: t.PhaseReview) -> bool:
    """Whether it is said that the plan is not revised, or the plan ends with this term: nothing is decided then."""
    definition = plans.definition_of(reviews.plan_of(session, review))
    closing = is_closing_review(definition, reviews.term_of(session, review))
    return closing or review.outcome is ReviewOutcome.NO_REVISION


def proposed_anew(session: Session, rows: Sequence[t.NewMeasureProposal]) -> tuple[ProposedAnew, ...]:
    return tuple(
        ProposedAnew(
            row,
            session.get_one(t.Department, row.department_id),
            session.get_one(t.Node, row.parent_id) if row.parent_id else None,
        )
        for row in rows
    )


def declined(session: Session, review: t.PhaseReview) -> list[t.NewMeasureProposal]:
    """The new measures that departments proposed and the planning division does not take up."""
    rows = review_decisions.proposals_of_new(session, review)
    return [row for row in rows if row.declined_reason and not row.is_withdrawn]


def steps_of(session: Session, review: t.PhaseReview) -> tuple[Happened, ...]:
    """How the review went on, the latest first."""
    round_ = reviews.round_of(session, review)
    is_about = or_(
        col(t.AuditEntry.subject) == review.workflow_id,
        col(t.AuditEntry.subject).startswith(f"{review.workflow_id}/", autoescape=True),
        col(t.AuditEntry.subject) == (round_.workflow_id if round_ else review.workflow_id),
    )
    query = select(t.AuditEntry).where(is_about, col(t.AuditEntry.action).in_(STEPS))
    entries = session.exec(query.order_by(col(t.AuditEntry.sequence).desc())).all()
    people = {u.email: u for u in session.exec(select(t.User).where(col(t.User.email).in_({e.actor for e in entries})))}
    told = plans.time_told(session, reviews.plan_of(session, review))
    bodies = {c.body: c.body_name for c in reviews.consultations_of(session, review)}
    return tuple(
        Happened(
            at=told(e.at),
            action=e.action,
            who=people.get(e.actor),
            about=bodies.get(e.subject.rpartition("/")[2], "") or str(e.detail.get("edition", "")),
            outcome=str(e.detail.get("outcome", "")),
        )
        for e in entries
    )
