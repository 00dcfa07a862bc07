"""Japanese business days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import BusinessCalendar
from japan_calendar import business_calendar

CALENDAR = business_calendar(range(2019, 2024))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2021, 1, 16), "a Saturday"),
        (date(2021, 1, 17), "a Sunday"),
        (date(2021, 2, 23), "天皇誕生日"),
        (date(2019, 5, 1), "the accession, a holiday of one year"),
        (date(2019, 4, 30), "a bridge day between two holidays"),
        (date(2019, 5, 6), "振替休日 for a Sunday's holiday"),
        (date(2021, 7, 23), "スポーツの日, moved for the games"),
        (date(2020, 12, 29), "the year-end closure"),
        (date(2022, 1, 3), "the year-end closure"),
    ],
)
def test_the_city_hall_is_closed(day: date, why: str) -> None:
    assert not CALENDAR.is_business_day(day), why


@pytest.mark.parametrize("day", [date(2020, 12, 28), date(2021, 1, 4), date(2021, 10, 11), date(2020, 2, 24 + 1)])
def test_the_city_hall_works(day: date) -> None:
    assert CALENDAR.is_business_day(day)


def test_a_closed_day_rolls_on_over_the_year_end() -> None:
    assert CALENDAR.on_or_after(date(2020, 12, 29)) == date(2021, 1, 4)
    assert CALENDAR.on_or_after(date(2020, 12, 28)) == date(2020, 12, 28)


def test_business_days_are_counted_forwards_and_backwards_around_golden_week() -> None:
    assert CALENDAR.shift(date(2019, 4, 26), 1) == date(2019, 5, 7), "ten closed days"
    assert CALENDAR.shift(date(2019, 5, 7), -1) == date(2019, 4, 26)
    assert CALENDAR.shift(date(2019, 5, 7), 0) == date(2019, 5, 7)


def test_a_closed_day_counts_from_the_next_open_one() -> None:
    assert CALENDAR.shift(date(2021, 2, 20), 1) == CALENDAR.shift(date(2021, 2, 22), 1) == date(2021, 2, 24)
    assert CALENDAR.shift(date(2021, 2, 20), 0) == date(2021, 2, 22)


def test_business_days_between_leave_out_the_first_day_and_closed_days() -> None:
    assert CALENDAR.between(date(2021, 2, 19), date(2021, 2, 24)) == 2
    assert CALENDAR.between(date(2021, 2, 24), date(2021, 2, 24)) == 0
    assert CALENDAR.between(date(2021, 2, 24), date(2021, 2, 19)) == 0


def test_a_city_may_close_on_days_of_its_own() -> None:
    assert not BusinessCalendar(frozenset({date(2021, 6, 1)})).is_business_day(date(2021, 6, 1))


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2022, 12, 1)), st.integers(-40, 40))
def test_shifting_lands_on_a_business_day_and_back_again(day: date, business_days: int) -> None:
    there = CALENDAR.shift(day, business_days)
    assert CALENDAR.is_business_day(there)
    assert CALENDAR.shift(there, -business_days) == CALENDAR.on_or_after(day)
    if business_days > 0:
        assert CALENDAR.between(CALENDAR.on_or_after(day), there) == business_days
        assert there >= day + timedelta(days=business_days)
