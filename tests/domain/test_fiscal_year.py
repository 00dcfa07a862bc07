"""年度 and 和暦."""

from __future__ import annotations

from datetime import date

import pytest

from domain.fiscal_year import FiscalYear, era_fiscal_year, era_year


@pytest.mark.parametrize(
    ("day", "starts_in"),
    [(date(2021, 3, 31), 2020), (date(2021, 4, 1), 2021), (date(2021, 1, 1), 2020), (date(2020, 12, 31), 2020)],
)
def test_a_fiscal_year_runs_from_april_to_march(day: date, starts_in: int) -> None:
    assert FiscalYear.of(day) == FiscalYear(starts_in)
    assert FiscalYear(starts_in).first_day <= day <= FiscalYear(starts_in).last_day


def test_a_day_of_january_lies_in_the_second_half() -> None:
    assert FiscalYear(2020).day(1, 15) == date(2021, 1, 15)
    assert FiscalYear(2020).day(4, 1) == date(2020, 4, 1)
    assert FiscalYear(2020).day(3, 31) == date(2021, 3, 31)


def test_29_february_is_the_28th_in_a_year_without_one() -> None:
    assert FiscalYear(2019).day(2, 29) == date(2020, 2, 29)
    assert FiscalYear(2020).day(2, 29) == date(2021, 2, 28)


def test_fiscal_years_follow_one_another() -> None:
    assert FiscalYear(2020).previous == FiscalYear(2019) < FiscalYear(2020)
    assert str(FiscalYear(2020)) == "2020"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2019, 4, 30), "平成31年"),
        (date(2019, 5, 1), "令和元年"),
        (date(2020, 1, 1), "令和2年"),
        (date(1989, 1, 7), "昭和64年"),
        (date(1989, 1, 8), "平成元年"),
        (date(1926, 12, 25), "昭和元年"),
        (date(1926, 12, 24), "1926年"),
    ],
)
def test_the_era_of_a_day_changes_on_the_day_of_the_law(day: date, shown: str) -> None:
    assert era_year(day) == shown


@pytest.mark.parametrize(
    ("starts_in", "shown"),
    [
        (2018, "平成30年度"),
        (2019, "令和元年度"),
        (2020, "令和2年度"),
        (1988, "昭和63年度"),
        (1989, "平成元年度"),
        (1900, "1900年度"),
    ],
)
def test_a_fiscal_year_has_one_era_name(starts_in: int, shown: str) -> None:
    assert era_fiscal_year(FiscalYear(starts_in)) == shown
