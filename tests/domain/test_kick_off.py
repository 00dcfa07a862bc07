"""Which years' cycles the calendar has begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.kick_off import Opening, cycle_due, next_opening, opens_on, round_opens_on, rounds_ahead
from domain.plan import CalendarDay
from japan_calendar import business_calendar
from tests.domain.rounds import PLAN

CALENDAR = business_calendar(range(2016, 2030))


@pytest.mark.parametrize(
    ("today", "fiscal_year"),
    [
        (date(2018, 3, 30), None),  # before the plan
        (date(2018, 4, 1), None),  # a Sunday
        (date(2018, 4, 2), 2018),
        (date(2021, 3, 31), 2020),
        (date(2021, 4, 1), 2021),
        (date(2027, 3, 31), 2026),
        (date(2027, 4, 1), None),  # the plan is over
    ],
)
def test_only_the_running_year_of_the_plan_is_due(today: date, fiscal_year: int | None) -> None:
    assert cycle_due(PLAN, today, CALENDAR) == fiscal_year


def test_a_cycle_that_opens_in_autumn_is_not_due_in_spring() -> None:
    autumn = replace(PLAN, cycle_opens=CalendarDay(10, 3))
    assert opens_on(autumn, 2020, CALENDAR) == date(2020, 10, 5), "3 October 2020 is a Saturday"
    assert cycle_due(autumn, date(2020, 10, 4), CALENDAR) is None
    assert cycle_due(autumn, date(2020, 10, 5), CALENDAR) == 2020


def test_a_cycle_of_the_year_end_waits_for_the_new_year() -> None:
    closing = replace(PLAN, cycle_opens=CalendarDay(12, 29))
    assert opens_on(closing, 2020, CALENDAR) == date(2021, 1, 4)
    assert cycle_due(closing, date(2021, 1, 3), CALENDAR) is None


def test_the_next_opening_passes_over_the_years_that_are_open() -> None:
    assert next_opening(PLAN, [2020], date(2021, 1, 15), CALENDAR) == Opening(2021, date(2021, 4, 1))
    assert next_opening(PLAN, [2020, 2021], date(2021, 1, 15), CALENDAR) == Opening(2022, date(2022, 4, 1))


def test_a_year_that_should_have_begun_opens_today() -> None:
    assert next_opening(PLAN, [], date(2021, 1, 15), CALENDAR) == Opening(2020, date(2021, 1, 15))


def test_before_the_plan_the_first_year_is_next_and_after_it_none() -> None:
    assert next_opening(PLAN, [], date(2016, 5, 1), CALENDAR) == Opening(2018, date(2018, 4, 2))
    assert next_opening(PLAN, [], date(2027, 4, 1), CALENDAR) is None
    assert next_opening(PLAN, range(2018, 2027), date(2026, 5, 1), CALENDAR) is None


def test_a_round_opens_on_a_business_day_of_its_fiscal_year() -> None:
    assert round_opens_on(PLAN, "yearly", 2020, CALENDAR) == date(2021, 1, 15)
    assert round_opens_on(PLAN, "yearly", 2021, CALENDAR) == date(2022, 1, 17), "15 January 2022 is a Saturday"


def test_the_rounds_ahead_open_on_their_day_or_when_it_is_past_on_the_next_business_day() -> None:
    saturday = date(2020, 11, 21)
    assert [(r.code, on) for r, on in rounds_ahead(PLAN, 2020, saturday, CALENDAR, collect_now=False)] == [
        ("yearly", date(2021, 1, 15))
    ]
    next_open_day = date(2020, 11, 24)
    assert [on for _, on in rounds_ahead(PLAN, 2020, saturday, CALENDAR, collect_now=True)] == [next_open_day]
    assert [on for _, on in rounds_ahead(PLAN, 2019, saturday, CALENDAR, collect_now=False)] == [next_open_day]
