"""The closed days of Japanese city halls: 祝日 (from `holidays`) and 12/29 to 1/3."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays

from domain.calendar import BusinessCalendar

# 地方自治法 第4条の2 with the municipalities' ordinances: the year-end closure of public offices.
_YEAR_END = ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))


@cache
def _closed_in(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=year)) | {date(year, m, d) for m, d in _YEAR_END}


def business_calendar(years: Iterable[int]) -> BusinessCalendar:
    """The business days of some calendar years."""
    return _calendar_of(frozenset(years))


@cache
def _calendar_of(years: frozenset[int]) -> BusinessCalendar:
    return BusinessCalendar(frozenset().union(*(_closed_in(year) for year in years)))


def closed_weekdays(first: date, last: date, language: str) -> dict[date, str]:
    """The days from Monday to Friday on which city halls are closed, with the name of the holiday ("" none)."""
    years = range(first.year, last.year + 1)
    names = holidays.country_holidays("JP", years=years, language="en_US" if language == "en" else "ja")
    closed = sorted(day for year in years for day in _closed_in(year) if first <= day <= last and day.weekday() < 5)
    return {day: names.get(day, "") for day in closed}
