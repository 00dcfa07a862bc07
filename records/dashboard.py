"""What the dashboard of a plan reads: a year's measures, their years over all editions, how departments answer.

Each read takes a fixed number of queries, however many measures, departments and years there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.lineage import Life
from domain.plan import PlanDefinition
from domain.progress_report import ReportState
from domain.punctuality import Asked, Punctuality
from domain.punctuality import of as punctuality_of
from domain.questions import Choice, Question
from japan_calendar import business_calendar
from records import (
    annual_report,
    cycle_year,
    evaluations,
    lineage,
    measure_history,
    plan_pages,
    punctuality,
    view_progress,
)
from records.change import NotFound
from records.lineage import PlanLineage
from records.round_state import question_set_of
from records.view_progress import ViewProgress


@dataclass(frozen=True)
class MeasureOfYear:
    """A measure in a year's cycle; `above` by level. `progress` None: not answered, or nobody's word yet (a draft)."""

    node: t.Node
    above: Mapping[str, t.Node]
    department: t.Department | None
    report: t.ProgressReport | None
    evaluation: t.Evaluation | None
    progress: Choice | None


@dataclass(frozen=True)
class YearOfPlan:
    """All that is counted of a year. `choices` are the answers to how far a measure has come, none: not asked."""

    cycle: t.AnnualCycle
    measures: tuple[MeasureOfYear, ...]
    choices: tuple[Choice, ...]
    views: tuple[ViewProgress, ...]


class YearMark(StrEnum):
    """What a measure's year is, from what it was asked to what it was judged."""

    EVALUATED = "evaluated"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    OWED = "owed"
    EXEMPTED = "exempted"
    NOT_ASKED = "not_asked"
    NOT_YET = "not_yet"  # the measure is of a later edition
    ENDED = "ended"  # it went into others, or nothing came of it


@dataclass(frozen=True)
class YearCell:
    mark: YearMark
    grade: str = ""


@dataclass(frozen=True)
class MeasureYears:
    """A measure over the years, whatever it was called; `node` is its latest row. `years` has every year asked for."""

    node: t.Node
    life: Life
    years: Mapping[int, YearCell]


@dataclass(frozen=True)
class DepartmentYears:
    """How a department answered, by fiscal year; None: all departments together."""

    department: t.Department | None
    years: Mapping[int, Punctuality]


_MARKS = {
    ReportState.DRAFT: YearMark.OWED,
    ReportState.SUBMITTED: YearMark.SUBMITTED,
    ReportState.RETURNED: YearMark.RETURNED,
    ReportState.APPROVED: YearMark.APPROVED,
    ReportState.CONFIRMED: YearMark.APPROVED,
}


def years(session: Session, plan: t.Plan) -> Sequence[t.AnnualCycle]:
    """The years of a plan that were opened, the earliest first."""
    query = select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id)
    return session.exec(query.order_by(col(t.AnnualCycle.fiscal_year))).all()


def chosen(session: Session, cycles: Sequence[t.AnnualCycle], fiscal_year: int | None) -> t.AnnualCycle | None:
    """The year asked for, else the latest in which anything was collected, else the latest. Raises `NotFound`."""
    if fiscal_year is not None:
        found = next((c for c in cycles if c.fiscal_year == fiscal_year), None)
        if found is None:
            raise NotFound(f"fiscal year {fiscal_year}")
        return found
    collected = set(session.exec(select(t.CollectionRound.cycle_id)))
    return max(cycles, key=lambda c: (c.id in collected, c.fiscal_year), default=None)


def year_of(session: Session, cycle: t.AnnualCycle, definition: PlanDefinition) -> YearOfPlan:
    """A year's measures as the record stands. Who was asked speaks for a measure; else who was to be asked."""
    tree = plan_pages.tree(session, cycle.edition_id)
    told = cycle_year.read(session, cycle)
    asked = _progress_question(annual_report.cycle_questions(session, cycle, definition))
    owners = _owners(session, cycle)
    nodes = {p.row.id: p.row for p in plan_pages.everything(tree)}
    measures = []
    for node in (n for n in nodes.values() if n.is_reported):
        elsewhere = told.elsewhere.get(node.id)
        question = _progress_question(question_set_of(elsewhere.round).questions) if elsewhere else asked
        report = told.reports.get(node.id)
        measures.append(
            MeasureOfYear(
                node,
                _above(nodes, node),
                told.departments[node.id] if report else owners.get(node.id),
                report,
                told.evaluations.get(node.id),
                _progress(question, report),
            )
        )
    views = view_progress.of_cycle(session, cycle, definition)
    return YearOfPlan(cycle, tuple(measures), asked.choices if asked else (), views)


def measures_over_years(
    session: Session, plan: t.Plan, cycles: Sequence[t.AnnualCycle]
) -> tuple[PlanLineage, tuple[MeasureYears, ...]]:
    """Every measure that ever was, those of the newest edition first; a year is read from the edition it ran on."""
    told = lineage.read(session, plan)
    editions = {e.code: position for position, e in enumerate(told.editions)}
    rows = session.exec(
        select(t.Node, t.Edition)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Edition.plan_id == plan.id, col(t.Node.is_reported))
        .order_by(col(t.Edition.effective_on), col(t.Node.position))
    ).all()
    latest = {node.origin_id: (node, editions[edition.code]) for node, edition in rows}
    edition_of = {edition.id: editions[edition.code] for _, edition in rows}
    nodes = [node for node, _ in sorted(latest.values(), key=lambda one: (-one[1], one[0].position))]
    reported = measure_history.years_of_each(session, nodes)
    judged = evaluations.standing(session, col(t.AnnualCycle.plan_id) == plan.id)
    found = []
    for node in nodes:
        life = told.life_of(node)
        stood = [editions[station.edition] for station in life.stations]
        cells = {}
        for cycle in cycles:
            at = edition_of.get(cycle.edition_id, 0)
            if at < stood[0] or at > stood[-1]:
                cells[cycle.fiscal_year] = YearCell(YearMark.NOT_YET if at < stood[0] else YearMark.ENDED)
                continue
            year = measure_history.report_of(reported[node.id], cycle)
            evaluation = judged.get((cycle.id, node.origin_id))
            cells[cycle.fiscal_year] = _cell(year.report if year else None, evaluation)
        found.append(MeasureYears(node, life, cells))
    return told, tuple(found)


def departments_over_years(session: Session, plan: t.Plan, today: date) -> tuple[DepartmentYears, ...]:
    """How each department that was asked in some year answered, and last all together (none where nobody was asked).

    A department stands under the name it had when it was asked. What was asked of nobody is left out.
    """
    asked: dict[int, dict[int, list[Asked]]] = defaultdict(lambda: defaultdict(list))
    departments: dict[int, t.Department] = {}
    for asking in punctuality.of_plan(session, plan):
        department = asking.department
        if department is not None:
            departments[department.id] = department
            asked[department.id][asking.round.fiscal_year].append(asking.asked)
    every = [one for by_year in asked.values() for several in by_year.values() for one in several]
    if not every:
        return ()
    first = min(one.asked_on for one in every)
    calendar = business_calendar(range(first.year, max(one.first_on or first for one in every).year + 1))
    together: dict[int, list[Asked]] = defaultdict(list)
    for by_year in asked.values():
        for fiscal_year, several in by_year.items():
            together[fiscal_year] += several
    return (
        *(_answered(departments[id_], asked[id_], today, calendar) for id_ in sorted(asked)),
        _answered(None, together, today, calendar),
    )


def _answered(
    department: t.Department | None, by_year: Mapping[int, Sequence[Asked]], today: date, calendar: BusinessCalendar
) -> DepartmentYears:
    return DepartmentYears(department, {y: punctuality_of(by_year[y], today, calendar) for y in sorted(by_year)})


def _progress_question(questions: Sequence[Question]) -> Question | None:
    return next((q for q in questions if q.id == annual_report.PROGRESS_QUESTION), None)


def _progress(question: Question | None, report: t.ProgressReport | None) -> Choice | None:
    if question is None or report is None or report.state is ReportState.DRAFT or report.is_exempted:
        return None
    answer = report.answers.get(question.id, "")
    return next((c for c in question.choices if c.code == answer), None)


def _above(nodes: Mapping[int, t.Node], node: t.Node) -> dict[str, t.Node]:
    found: dict[str, t.Node] = {}
    above = nodes.get(node.parent_id or 0)
    while above is not None:
        found[above.level] = above
        above = nodes.get(above.parent_id or 0)
    return found


def _owners(session: Session, cycle: t.AnnualCycle) -> dict[int, t.Department]:
    """Measure → the department that was to be asked, as frozen when the year opened."""
    query = (
        select(t.CycleMeasure.node_id, t.Department)
        .join(t.Department, col(t.Department.id) == col(t.CycleMeasure.department_id))
        .where(t.CycleMeasure.cycle_id == cycle.id)
    )
    return dict(session.exec(query).all())


def _cell(report: t.ProgressReport | None, evaluation: t.Evaluation | None) -> YearCell:
    if evaluation is not None:
        return YearCell(YearMark.EVALUATED, evaluation.grade)
    if report is None:
        return YearCell(YearMark.NOT_ASKED)
    return YearCell(YearMark.EXEMPTED if report.is_exempted else _MARKS[report.state])
