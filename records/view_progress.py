"""How far a year has come by view (行革の視点、リーディングプロジェクト): what is reported and evaluated, and how.

Departments report on measures; what a plan places in a view may be smaller (取組み). So a value of a view is told by
the measures that have something in it, and a measure counts under every value in which it has something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db import tables as t
from domain.evaluation import CycleState, Direction
from domain.plan import PlanDefinition, View, ViewValue
from domain.progress_report import ReportState
from domain.roles import Actor
from records import cycle_year, plan_pages
from records.cycle_year import CycleYear
from records.plan_pages import CrossRow, CrossTable, Placed

_HANDED_IN = (ReportState.SUBMITTED, ReportState.APPROVED, ReportState.CONFIRMED)
_APPROVED = (ReportState.APPROVED, ReportState.CONFIRMED)
_DECIDED = (CycleState.CLOSING, CycleState.CLOSED)


@dataclass(frozen=True)
class MeasureInView:
    """A measure with what of it stands in a value (itself, or nodes under it), its report and its evaluation."""

    measure: Placed
    placed: tuple[Placed, ...]
    report: t.ProgressReport | None
    evaluation: t.Evaluation | None

    @property
    def is_handed_in(self) -> bool:
        return self._is_in(_HANDED_IN)

    @property
    def is_approved(self) -> bool:
        return self._is_in(_APPROVED)

    def _is_in(self, states: tuple[ReportState, ...]) -> bool:
        return self.report is not None and not self.report.is_exempted and self.report.state in states


@dataclass(frozen=True)
class ValueProgress:
    """One value of a view; None: what the plan leaves without a value (記載なし)."""

    value: ViewValue | None
    measures: tuple[MeasureInView, ...]

    @property
    def placed(self) -> int:
        """How many nodes the plan places here."""
        return len({p.row.id for m in self.measures for p in m.placed})

    @property
    def handed_in(self) -> int:
        return sum(m.is_handed_in for m in self.measures)

    @property
    def approved(self) -> int:
        return sum(m.is_approved for m in self.measures)

    @property
    def evaluated(self) -> int:
        return sum(m.evaluation is not None for m in self.measures)

    @property
    def grades(self) -> Mapping[str, int]:
        return Counter(m.evaluation.grade for m in self.measures if m.evaluation and m.evaluation.grade)

    @property
    def directions(self) -> Mapping[Direction, int]:
        return Counter(m.evaluation.direction for m in self.measures if m.evaluation)


@dataclass(frozen=True)
class ViewProgress:
    """A view in a year, its values in their order."""

    view: View
    values: tuple[ValueProgress, ...]

    @property
    def level(self) -> str:
        """The level of what is reported, of the first where there are several; "" where nothing stands in the view."""
        return next((m.measure.row.level for value in self.values for m in value.measures), "")

    @property
    def placed_level(self) -> str:
        """The level of what the plan places in the view, of the first where there are several."""
        return next((p.row.level for value in self.values for m in value.measures for p in m.placed), "")

    @property
    def measures(self) -> int:
        """How many measures stand in it at all."""
        return len({m.measure.row.id for value in self.values for m in value.measures})


def years_shown(session: Session, plan: t.Plan, actor: Actor) -> Sequence[t.AnnualCycle]:
    """The years that a person may see the progress of, the latest first.

    Until a year's evaluation is decided it is a draft, and a department's reports are its own: only planning sees it.
    """
    query = select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id)
    if not actor.is_planning:
        query = query.where(col(t.AnnualCycle.state).in_(_DECIDED))
    return session.exec(query.order_by(col(t.AnnualCycle.fiscal_year).desc())).all()


def of_cycle(session: Session, cycle: t.AnnualCycle, definition: PlanDefinition) -> tuple[ViewProgress, ...]:
    """The views of a plan in a year, those without any placed node left out: there is nothing to count (記載なし)."""
    tree = plan_pages.tree(session, cycle.edition_id)
    crossed = [table for table in plan_pages.crossed(definition, tree) if table.has_members]
    if not crossed:
        return ()
    year = cycle_year.read(session, cycle)
    return tuple(_progress(table, year) for table in crossed)


def _progress(table: CrossTable, year: CycleYear) -> ViewProgress:
    values: list[ViewValue | None] = [*table.view.values]
    if any(row.cells.get("") for row in table.rows):
        values.append(None)
    return ViewProgress(table.view, tuple(_value(value, table, year) for value in values))


def _value(value: ViewValue | None, table: CrossTable, year: CycleYear) -> ValueProgress:
    code = value.code if value else ""
    return ValueProgress(
        value,
        tuple(
            MeasureInView(
                measure,
                tuple(row.cells[code]),
                year.reports.get(measure.row.id),
                year.evaluations.get(measure.row.id),
            )
            for row in table.rows
            if row.cells.get(code)
            for measure in _reported(row)
        ),
    )


def _reported(row: CrossRow) -> tuple[Placed, ...]:
    """The measures that a row speaks for: itself, or what is under a chapter that stands in the view as a whole."""
    return tuple(p for p in plan_pages.everything((row.placed,)) if p.row.is_reported)
