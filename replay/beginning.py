"""A plan as it was on a day, its first if no other is meant: what is decided and done later is not known yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator, IndicatorValue, ValueType
from domain.plan import Edition, PlanDefinition
from domain.series import AsOf, time_of


class CannotBePlayed(Exception):
    """The plan does not say what a replay needs; the message says what is missing."""


def first_day(plan: PlanDefinition) -> date:
    """The day on which a plan's past begins: of its first year, else the one its first edition took effect on."""
    if plan.first_fiscal_year is not None:
        return FiscalYear(plan.first_fiscal_year).first_day
    return plan.editions[0].effective_on


def last_day(plan: PlanDefinition, until: date | None) -> date:
    """The last day to play. Raises `CannotBePlayed`."""
    ends = FiscalYear(plan.last_fiscal_year).last_day if plan.last_fiscal_year is not None else None
    if until is None and ends is None:
        raise CannotBePlayed(f"{plan.code} does not say when it ends: name a day with --until")
    last = min(day for day in (until, ends) if day is not None)
    if last < first_day(plan):
        raise CannotBePlayed(f"{plan.code} begins on {first_day(plan)}: there is nothing to play until {last}")
    return last


def first_day_of_year(plan: PlanDefinition, fiscal_year: int) -> date:
    """The day from which a single year of a plan is played. Raises `CannotBePlayed` for a year outside its time."""
    year = FiscalYear(fiscal_year)
    if not plan.runs_in(fiscal_year) or year.last_day < first_day(plan):
        raise CannotBePlayed(f"{plan.code} does not run in fiscal {fiscal_year}")
    return max(year.first_day, first_day(plan))


def as_it_began(plan: PlanDefinition, day: date | None = None) -> PlanDefinition:
    """The plan with the editions that were in force on a day (None: its first) or before, and nothing of later.

    There is always at least its first edition. Links lead to plans that are not played, so they are left out too.
    """
    begins = day or first_day(plan)
    editions = tuple(e for e in plan.editions if e.effective_on <= begins) or plan.editions[:1]
    as_of = {d.code: d.as_of for d in plan.documents}
    return replace(
        plan,
        editions=editions,
        achievements=tuple(
            a
            for a in plan.achievements
            if a.fiscal_year is not None
            and FiscalYear(a.fiscal_year).last_day < begins
            and (a.node is None or _has(editions, a.node.edition))
        ),
        indicators=tuple(
            _as_it_began(i, begins, as_of) for i in plan.indicators if not i.node or _has(editions, i.edition)
        ),
        term_evaluations=tuple(e for e in plan.term_evaluations if _has(editions, e.edition)),
        links=(),
    )


def _has(editions: tuple[Edition, ...], code: str) -> bool:
    return any(e.code == code for e in editions)


def _as_it_began(indicator: Indicator, begins: date, as_of: AsOf) -> Indicator:
    """An indicator with its targets, but only the actual values of the time before."""
    return replace(indicator, values=tuple(v for v in indicator.values if _is_known(v, begins, as_of)))


def _is_known(value: IndicatorValue, day: date, as_of: AsOf) -> bool:
    """Whether a value is known on a day; one without a date is known when its document is."""
    if value.type in (ValueType.BASELINE, ValueType.TARGET):
        return True
    known_on = time_of(value) or as_of.get(value.source.document if value.source else "")
    return known_on is not None and known_on <= day
