"""The small rules behind the desk: what the calendar opens next, typed days, complete evaluations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import plan_files
from domain.evaluation import EvaluationProblem, check
from domain.kick_off import Opening, next_opening, round_opens_on
from domain.text import typed_day
from japan_calendar import business_calendar

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
CALENDAR = business_calendar(range(2017, 2029))


@pytest.mark.parametrize(
    ("opened", "today", "expected"),
    [
        ([], date(2017, 6, 1), Opening(2018, date(2018, 4, 2))),  # 1 April 2018 is a Sunday
        ([2020], date(2021, 1, 15), Opening(2021, date(2021, 4, 1))),
        ([], date(2021, 1, 15), Opening(2020, date(2021, 1, 15))),  # missed so far: at the next look
        ([2020, 2021], date(2021, 1, 15), Opening(2022, date(2022, 4, 1))),
        ([2026], date(2026, 9, 1), None),
        ([], date(2027, 4, 1), None),
    ],
)
def test_the_calendar_opens_the_next_year_that_is_not_open(
    opened: list[int], today: date, expected: Opening | None
) -> None:
    assert next_opening(PLAN, opened, today, CALENDAR) == expected


def test_a_round_opens_on_the_next_business_day() -> None:
    assert round_opens_on(PLAN, "yearly", 2020, CALENDAR) == date(2021, 1, 15)
    assert round_opens_on(PLAN, "yearly", 2022, CALENDAR) == date(2023, 1, 16)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2021-02-15", date(2021, 2, 15)),
        ("２０２１年２月１５日", date(2021, 2, 15)),
        (" 2021/2/5 ", date(2021, 2, 5)),
        ("2021-02-30", None),
        ("21-02-15", None),
        ("令和3年2月15日", None),
        ("0000-01-01", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, day: date | None) -> None:
    assert typed_day(typed) == day


def test_an_evaluation_needs_a_grade_of_the_plan_and_a_direction() -> None:
    assert check("A", "continue", ["A", "B"]) == ()
    assert check("Z", "", ["A", "B"]) == (EvaluationProblem.GRADE_MISSING, EvaluationProblem.DIRECTION_MISSING)
    assert check("", "continue", []) == (), "a plan without grades asks for none"
