"""年度: the Japanese fiscal year, and 和暦 for showing it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

# First day, name, and year offset of each era (元号法; the dates are public law).
_ERAS = (
    (date(2019, 5, 1), "令和", 2018),
    (date(1989, 1, 8), "平成", 1988),
    (date(1926, 12, 25), "昭和", 1925),
)


@dataclass(frozen=True, order=True)
class FiscalYear:
    """A fiscal year, April to March, named by the year it starts in."""

    starts_in: int

    @classmethod
    def of(cls, day: date) -> FiscalYear:
        return cls(day.year if day.month >= 4 else day.year - 1)

    @property
    def first_day(self) -> date:
        return date(self.starts_in, 4, 1)

    @property
    def last_day(self) -> date:
        return date(self.starts_in + 1, 3, 31)

    @property
    def previous(self) -> FiscalYear:
        return FiscalYear(self.starts_in - 1)

    def day(self, month: int, day: int) -> date:
        """The calendar date `month`/`day` inside this fiscal year.

        29 February in a year without one is 28 February.
        """
        year = self.starts_in if month >= 4 else self.starts_in + 1
        if (month, day) == (2, 29) and not calendar.isleap(year):
            day = 28
        return date(year, month, day)

    def __str__(self) -> str:
        return str(self.starts_in)


def era_year(day: date) -> str:
    """The 和暦 year of a day, such as 「令和2年」; the first year is 元年.

    Days before 昭和 are shown as the western year only.
    """
    for first_day, name, offset in _ERAS:
        if day >= first_day:
            number = day.year - offset
            return f"{name}{'元' if number == 1 else number}年"
    return f"{day.year}年"


def era_fiscal_year(fiscal_year: FiscalYear) -> str:
    """The 和暦 name of a fiscal year.

    The year takes the era of its last day, so that 2019 年度 is 令和元年度, as the offices write it.
    """
    for first_day, name, offset in _ERAS:
        if fiscal_year.last_day >= first_day and fiscal_year.starts_in > offset:
            number = fiscal_year.starts_in - offset
            return f"{name}{'元' if number == 1 else number}年度"
    return f"{fiscal_year.starts_in}年度"
