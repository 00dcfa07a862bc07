"""Which years' cycles the calendar has begun."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.calendar import BusinessCalendar
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition, RoundDefinition


def opens_on(plan: PlanDefinition, fiscal_year: int, calendar: BusinessCalendar) -> date | None:
    """The business day on which the calendar opens a fiscal year's cycle; None where it opens by hand only."""
    opens = plan.cycle_opens
    return calendar.on_or_after(FiscalYear(fiscal_year).day(opens.month, opens.day)) if opens else None


def cycle_due(plan: PlanDefinition, today: date, calendar: BusinessCalendar) -> int | None:
    """The fiscal year whose cycle should be open today, or None.

    Only the running year: a scheduler that was away for years does not ask departments about the past;
    the planning division opens such a year by hand if it wants it.
    """
    year = FiscalYear.of(today).starts_in
    opens = opens_on(plan, year, calendar)
    return year if plan.runs_in(year) and opens is not None and opens <= today else None


@dataclass(frozen=True)
class Opening:
    """The cycle that the calendar opens next, and when."""

    fiscal_year: int
    on: date


def next_opening(
    plan: PlanDefinition, opened: Collection[int], today: date, calendar: BusinessCalendar
) -> Opening | None:
    """What the calendar opens next, given the years that are open or over; None when the plan has no more years.

    Years before the running one never come: the calendar does not look back (see `cycle_due`).
    """
    year = max(FiscalYear.of(today).starts_in, plan.first_fiscal_year or 0)
    while year in opened:
        year += 1
    opens = opens_on(plan, year, calendar)
    return Opening(year, max(opens, today)) if plan.runs_in(year) and opens is not None else None


def round_opens_on(plan: PlanDefinition, code: str, fiscal_year: int, calendar: BusinessCalendar) -> date:
    """The business day on which a round of a fiscal year opens by the calendar."""
    opens = plan.round_of(code).opens
    return calendar.on_or_after(FiscalYear(fiscal_year).day(opens.month, opens.day))


def rounds_ahead(
    plan: PlanDefinition, fiscal_year: int, today: date, calendar: BusinessCalendar, *, collect_now: bool
) -> tuple[tuple[RoundDefinition, date], ...]:
    """The rounds of a cycle that is opened today, with the business day on which each opens; at once where asked."""
    soonest = calendar.on_or_after(today)
    return tuple(
        (r, soonest if collect_now else max(soonest, round_opens_on(plan, r.code, fiscal_year, calendar)))
        for r in plan.rounds
    )
