"""An indicator for a measure of the sample plan, which has none: its values are invented."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from db import tables as t
from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.source import Source
from domain.text import Bilingual
from records import plan_reading, plans
from records.change import Change

CODE = "wifi-users"
KEY = f"indicator.{CODE}"
TYPE, CONFIRMED, CAUSE, REMEDY = (f"indicator-{part}.{CODE}" for part in ("type", "confirmed", "cause", "remedy"))
VALUES = (
    IndicatorValue(Decimal(900), ValueType.FINAL, fiscal_year=2018),
    IndicatorValue(Decimal(1000), ValueType.FINAL, fiscal_year=2019),
    IndicatorValue(Decimal(1200), ValueType.TARGET, fiscal_year=2020),
)
"""Of the year 2020, whose round is open, there is a target and no actual yet."""


def indicator(
    edition: str, node: str, *values: IndicatorValue, direction: IndicatorDirection = IndicatorDirection.HIGHER
) -> Indicator:
    return Indicator(
        CODE,
        Bilingual("公衆無線LANの利用者数", "Users of the public wireless network"),
        Bilingual("人", "people"),
        IndicatorKind.YEARLY_TOTAL,
        direction,
        values or VALUES,
        edition=edition,
        node=node,
    )


def measure(session: Session, change: Change, plan: t.Plan, report: t.ProgressReport, *values: IndicatorValue) -> None:
    """Bring in the plan's file again, now with an indicator for the measure of a report."""
    node = session.get_one(t.Node, report.node_id)
    edition = session.get_one(t.Edition, node.edition_id)
    definition = plan_reading.read(session, plan)
    told = replace(definition, indicators=(indicator(edition.code, node.code, *values),))
    plans.import_definition(session, change, told, Bilingual(""))


def of_year(session: Session, plan: t.Plan, year: int) -> list[tuple[ValueType, Decimal | None, Source | None]]:
    """The actuals of a year as the plan now tells them."""
    (one,) = plan_reading.read(session, plan).indicators
    return [
        (v.type, v.value, v.source)
        for v in one.values
        if v.fiscal_year == year and v.type in (ValueType.EXPECTED, ValueType.FINAL)
    ]
