"""What everybody may read without signing in: only of plans that the city shows, only what is decided, no names.

Which part of the record is meant for the public is Meguru's own rule, for no source says it:
editions that are decided and whose day has come; of a year only once its cycle is closed, and of its reports the
progress and what was done, of its evaluations grade and direction, not the comment; the annual reports and the
documents of reviews, never papers; answered opinions once their review is published; key projects that have begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.clock import jst_day
from domain.evaluation import CycleState
from domain.lineage import Life, Turn
from domain.opinion import OTHER_DEPARTMENT
from domain.phase_review import PUBLISHED
from domain.plan import PlanDefinition
from records import (
    annual_report,
    document_archive,
    evaluations,
    indicator_places,
    lineage,
    measure_history,
    opinion_lists,
    plan_pages,
    plans,
    words,
)
from records.change import NotFound
from records.indicator_places import IndicatorBranch, IndicatorGroup
from records.indicators import Series
from records.lineage import LifeStep, PlanLineage
from records.measure_history import Said, YearOfMeasure
from records.opinion_lists import OpinionOfMeasure
from records.plan_pages import Placed, PlanCard, PlanFrame

PUBLISHED_ANSWERS = (annual_report.PROGRESS_QUESTION, "achievements", "done")
"""The questions of Meguru's question sets that say how far a measure has come and what was done. What stands in the
way, what is planned, people and money at work are written for the city hall. Meguru's own default."""

PUBLISHED_DOCUMENTS = ("annual-report", "phase-review-report", "comparison-table", "revised-plan")
"""The kinds of document that are offered; a new kind is not, until somebody has made sure that it names nobody."""


@dataclass(frozen=True)
class PublishedYear:
    """A measure in a closed year: its report (None: none was handed in) and its primary evaluation, if any."""

    cycle: t.AnnualCycle
    report: YearOfMeasure | None
    evaluation: t.Evaluation | None

    def said(self, node: t.Node, language: str) -> tuple[Said, ...]:
        """The published questions that were asked, with their answers in words ("" not answered)."""
        told = self.report.said(node, language) if self.report else ()
        return tuple(one for one in told if one.question_id in PUBLISHED_ANSWERS)


PublishedYears = Mapping[tuple[int | None, int], PublishedYear]
"""By a measure's origin and the fiscal year."""


@dataclass(frozen=True)
class PublishedDocuments:
    """The documents of a closed year, or of a review whose result is published, without their content."""

    of: t.AnnualCycle | t.PhaseReview
    documents: tuple[t.Document, ...]


@dataclass(frozen=True)
class PublishedOpinion:
    """An answered opinion, and the nodes it is about as they were called then."""

    said: OpinionOfMeasure
    nodes: tuple[t.Node, ...]


def cards(session: Session, at: datetime) -> tuple[PlanCard, ...]:
    """The plans that the city shows."""
    return tuple(card for card in plan_pages.cards(session, at) if card.definition.is_public)


def frame(session: Session, code: str, at: datetime) -> PlanFrame:
    """A plan with the editions that everybody may see. Raises `NotFound` also for a plan that is not shown."""
    found = plan_pages.frame(session, code, at)
    if not found.definition.is_public:
        raise NotFound(f"public plan {code}")
    shown = [e for e in found.editions if not e.is_draft and e.effective_on <= found.today]
    return replace(found, editions=shown or [found.in_force])


def node_of(session: Session, frame: PlanFrame, node_id: int) -> t.Node:
    """A node of an edition that is shown. Raises `NotFound`."""
    node = measure_history.find_node(session, frame.plan, node_id)
    if node.edition_id not in {e.id for e in frame.editions}:
        raise NotFound(f"public node {node_id}")
    return node


def lineage_of(session: Session, frame: PlanFrame) -> PlanLineage:
    """The lineage up to the edition in force."""
    told = lineage.read(session, frame.plan)
    until = frame.editions[-1].effective_on
    return replace(told, editions=tuple(e for e in told.editions if e.effective_on <= until))


def steps_of(told: PlanLineage, life: Life, frame: PlanFrame) -> tuple[LifeStep, ...]:
    """A life as everybody may read it: without drafts that came before a decided edition."""
    shown = {e.code for e in frame.editions}

    def without_drafts(turn: Turn) -> Turn:
        return replace(turn, others=tuple(other for other in turn.others if other.edition in shown))

    return tuple(
        replace(
            step,
            turn=without_drafts(step.turn) if step.turn else None,
            merged_in=tuple(map(without_drafts, step.merged_in)),
        )
        for step in told.steps(life)
        if step.edition.code in shown
    )


def is_shown(frame: PlanFrame, series: Series) -> bool:
    """Whether a series tells of the plan, or of a node of an edition that is shown."""
    return series.node is None or series.node.edition_id in {e.id for e in frame.editions}


def branches_of(session: Session, frame: PlanFrame, tree: Sequence[Placed]) -> tuple[IndicatorBranch, ...]:
    """The series that are shown, by the tree of the edition in force."""

    def shown(group: IndicatorGroup) -> IndicatorGroup:
        return replace(group, series=tuple(one for one in group.series if is_shown(frame, one.series)))

    def with_series(branch: IndicatorBranch) -> IndicatorBranch:
        return replace(branch, groups=tuple(group for group in map(shown, branch.groups) if group.series))

    found = indicator_places.branches(session, frame.plan, frame.definition, tree, frame.today)
    return tuple(branch for branch in map(with_series, found) if branch.top or branch.groups)


def closed_cycles(session: Session, plan: t.Plan) -> Sequence[t.AnnualCycle]:
    """The years whose result is decided, the latest first."""
    query = select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id, t.AnnualCycle.state == CycleState.CLOSED)
    return session.exec(query.order_by(col(t.AnnualCycle.fiscal_year).desc())).all()


def years_of(session: Session, frame: PlanFrame, nodes: Sequence[t.Node]) -> PublishedYears:
    """The closed years of some measures, over all editions; a fixed number of queries for many.

    The last round of a year speaks for a measure. What was reported in another plan counts where that plan is shown
    and its year is closed too.
    """
    cycles = closed_cycles(session, frame.plan)
    shown = {plan.id for plan in plans.every(session) if plans.definition_of(plan).is_public}
    judged = evaluations.standing(session, col(t.Evaluation.cycle_id).in_([c.id for c in cycles]))
    asked = _asked(session, cycles)
    origins = {n.id: n.origin_id for n in nodes}
    found = {}
    for node_id, years in measure_history.years_of_each(session, nodes).items():
        origin = origins[node_id]
        for cycle in cycles:
            if (cycle.id, origin) not in asked:
                continue
            own = measure_history.report_of(years, cycle)
            report = own if own and _is_published(own, shown) else None
            found[origin, cycle.fiscal_year] = PublishedYear(cycle, report, judged.get((cycle.id, origin)))
    return found


def _is_published(year: YearOfMeasure, shown: set[int]) -> bool:
    if not year.is_handed_in or year.cycle.state is not CycleState.CLOSED:
        return False
    return year.elsewhere is None or year.elsewhere.plan.id in shown


def _asked(session: Session, cycles: Sequence[t.AnnualCycle]) -> frozenset[tuple[int, int | None]]:
    """Which measures stood in the edition of each year."""
    query = (
        select(t.AnnualCycle.id, t.Node.origin_id)
        .join(t.Node, col(t.Node.edition_id) == col(t.AnnualCycle.edition_id))
        .where(col(t.AnnualCycle.id).in_([c.id for c in cycles]), col(t.Node.is_reported))
    )
    return frozenset(session.exec(query).all())


def progress_in_words(year: PublishedYear, node: t.Node, language: str) -> str:
    """How far the measure had come, "" where nothing was reported."""
    return next((s.answer for s in year.said(node, language) if s.question_id == annual_report.PROGRESS_QUESTION), "")


def done_in_words(year: PublishedYear, node: t.Node, language: str) -> str:
    """What was done, "" where nothing was reported."""
    told = (s.answer for s in year.said(node, language) if s.question_id != annual_report.PROGRESS_QUESTION)
    return "\n".join(filter(None, told))


def evaluation_in_words(year: PublishedYear, definition: PlanDefinition, language: str) -> tuple[str, str]:
    """Grade and direction, "" where the measure was not evaluated."""
    if year.evaluation is None:
        return "", ""
    grades = {g.code: g.label.in_language(language) for g in definition.grades}
    code = year.evaluation.grade
    return grades.get(code, code), words.direction_labels(language)[year.evaluation.direction]


def measures_in_words(
    session: Session, frame: PlanFrame, cycle: t.AnnualCycle, language: str
) -> tuple[tuple[t.Node, str, str, str], ...]:
    """Every measure of a closed year with its progress, grade and direction."""
    if cycle.edition_id not in {e.id for e in frame.editions}:
        return ()
    nodes = plans.measures_of(session, cycle.edition_id)
    years = years_of(session, frame, nodes)
    told = ((node, years[node.origin_id, cycle.fiscal_year]) for node in nodes)
    return tuple(
        (node, progress_in_words(year, node, language), *evaluation_in_words(year, frame.definition, language))
        for node, year in told
    )


def documents_of(session: Session, plan: t.Plan) -> tuple[PublishedDocuments, ...]:
    """What is offered of a plan, the latest first."""
    reviews = session.exec(
        select(t.PhaseReview).where(t.PhaseReview.plan_id == plan.id, col(t.PhaseReview.state).in_(PUBLISHED))
    ).all()
    owners: list[t.AnnualCycle | t.PhaseReview] = [*closed_cycles(session, plan), *reviews]
    owners.sort(key=lambda owner: owner.fiscal_year, reverse=True)
    found = (PublishedDocuments(owner, _offered(session, owner)) for owner in owners)
    return tuple(one for one in found if one.documents)


def _offered(session: Session, owner: t.AnnualCycle | t.PhaseReview) -> tuple[t.Document, ...]:
    documents = [d for d in document_archive.listed(session, owner) if d.kind in PUBLISHED_DOCUMENTS]
    return tuple(sorted(documents, key=lambda d: PUBLISHED_DOCUMENTS.index(d.kind)))


def document(session: Session, plan: t.Plan, document_id: int) -> t.Document:
    """A document that is offered, with its content. Raises `NotFound`."""
    offered = {d.id for one in documents_of(session, plan) for d in one.documents}
    query = (
        select(t.Document)
        .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.Document.review_id))
        .where(t.Document.id == document_id, document_archive.is_for_everybody())
        .execution_options(populate_existing=True)
    )
    found = session.exec(query).first()
    if found is None or document_id not in offered:
        raise NotFound(f"public document {document_id}")
    return found


def opinions_of(session: Session, plan: t.Plan, node: t.Node | None = None) -> tuple[PublishedOpinion, ...]:
    """The answered opinions on a plan, or on a node in any edition, the latest first.

    Those of a review wait for its result; those of other departments stay in the city hall.
    """
    query = (
        select(t.Opinion)
        .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.Opinion.review_id))
        .where(
            t.Opinion.plan_id == plan.id,
            t.Opinion.source != OTHER_DEPARTMENT,
            col(t.Opinion.reflection).is_not(None),
            or_(col(t.Opinion.review_id).is_(None), col(t.PhaseReview.state).in_(PUBLISHED)),
        )
        .order_by(col(t.Opinion.received_on).desc(), col(t.Opinion.id).desc())
    )
    rows = session.exec(query).all()
    nodes = opinion_lists.nodes_of(session, [o.id for o in rows])
    return tuple(
        PublishedOpinion(
            OpinionOfMeasure(o.id, o.plan_id, o.source, o.text, o.received_on, o.answer, o.reflection),
            nodes.get(o.id, ()),
        )
        for o in rows
        if o.reflection is not None
        and (node is None or node.origin_id in {linked.origin_id for linked in nodes.get(o.id, ())})
    )


def modified_on(session: Session, frame: PlanFrame) -> date:
    """The day on which what is shown of a plan last changed: an edition, a closed year, an import of its file."""
    closed = [c.closed_on for c in closed_cycles(session, frame.plan) if c.closed_on]
    imported = session.exec(
        select(t.AuditEntry.at)
        .where(t.AuditEntry.subject == f"plan/{frame.plan.code}", t.AuditEntry.action == "plan.imported")
        .order_by(col(t.AuditEntry.sequence).desc())
    ).first()
    days = [*closed, *(e.effective_on for e in frame.editions), *([jst_day(imported)] if imported else [])]
    return max(days)
