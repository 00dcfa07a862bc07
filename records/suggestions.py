"""評価区分の目安 of a year's measures, from the series as they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from db import tables as t
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition
from domain.progress_report import ReportState
from domain.reported_figure import said_of
from domain.suggestion import Suggestion, suggested
from records import indicators
from records.evaluation_sheet import MeasureToEvaluate


def of_measures(
    session: Session, cycle: t.AnnualCycle, definition: PlanDefinition, measures: Sequence[MeasureToEvaluate]
) -> Mapping[int, Suggestion]:
    """Node → what its indicators suggest for the year; the same few queries for many measures."""
    found = indicators.of_lives(session, [m.node for m in measures])
    year = FiscalYear(cycle.fiscal_year)
    return {
        m.node.id: suggested(
            [one.indicator for one in found[m.node.id]],
            definition.rating,
            year,
            frozenset(one.indicator.code for one in found[m.node.id] if _awaits_approval(one.indicator.code, m.report)),
        )
        for m in measures
    }


def _awaits_approval(code: str, report: t.ProgressReport | None) -> bool:
    """Whether the report gives a value that enters the series once it is approved."""
    if report is None or report.is_exempted or report.state is not ReportState.SUBMITTED:
        return False
    return bool(said_of(code, report.answers).value)
