"""Key projects: cadences that never drift, and decisions that say what they need."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.key_project import (
    Cadence,
    ProjectState,
    RouteOutcome,
    RouteProblem,
    RouteStep,
    next_check_on,
    route_problems,
)
from japan_calendar import business_calendar

CALENDAR = business_calendar(range(2017, 2035))


def checks(cadence: Cadence, since: date, number: int) -> list[date]:
    """The first check-ins of a cadence, each asked for on its day."""
    found, last = [], since
    for _ in range(number):
        on = next_check_on(cadence, since, last, CALENDAR)
        assert on is not None
        found.append(on)
        last = on
    return found


def test_a_weekly_check_in_moves_off_a_holiday_and_comes_back_to_its_weekday() -> None:
    # Monday 29 April 2024 (昭和の日) moves to Tuesday, Monday 6 May (振替休日) too.
    assert checks(Cadence.WEEKLY, date(2024, 4, 15), 4) == [
        date(2024, 4, 22),
        date(2024, 4, 30),
        date(2024, 5, 7),
        date(2024, 5, 13),
    ]


def test_a_monthly_check_in_of_the_31st_comes_at_the_end_of_shorter_months_and_does_not_drift() -> None:
    assert checks(Cadence.MONTHLY, date(2024, 1, 31), 4) == [
        date(2024, 2, 29),
        date(2024, 4, 1),  # 31 March is a Sunday
        date(2024, 4, 30),
        date(2024, 5, 31),
    ]


def test_after_a_long_silence_the_next_check_in_is_the_next_one_and_not_all_that_were_missed() -> None:
    assert next_check_on(Cadence.WEEKLY, date(2024, 4, 1), date(2024, 6, 20), CALENDAR) == date(2024, 6, 24)


def test_a_project_that_checks_after_events_only_is_not_asked_by_the_calendar() -> None:
    assert next_check_on(Cadence.AFTER_EVENT, date(2024, 4, 1), date(2024, 4, 1), CALENDAR) is None


@given(
    cadence=st.sampled_from([c for c in Cadence if c is not Cadence.AFTER_EVENT]),
    since=st.dates(date(2018, 1, 1), date(2026, 12, 31)),
    days=st.integers(0, 900),
)
def test_the_next_check_in_is_a_business_day_after_the_last_and_within_one_period(
    cadence: Cadence, since: date, days: int
) -> None:
    last = since + timedelta(days=days)
    on = next_check_on(cadence, since, last, CALENDAR)
    assert on is not None
    assert on > last
    assert CALENDAR.is_business_day(on)
    longest = {Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14, Cadence.MONTHLY: 31, Cadence.QUARTERLY: 92}
    # The long closure at the new year may move one by up to a week.
    assert (on - last).days <= longest.get(cadence, 366) + 12


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        (RouteStep(RouteOutcome.CHANGE_PATH, "", path="x"), RouteProblem.REASON_MISSING),
        (RouteStep(RouteOutcome.CHANGE_PATH, "why"), RouteProblem.PATH_MISSING),
        (RouteStep(RouteOutcome.CHANGE_GOAL, "why"), RouteProblem.GOAL_MISSING),
        (RouteStep(RouteOutcome.MERGE, "why"), RouteProblem.MERGE_TARGET_MISSING),
        (RouteStep(RouteOutcome.MERGE, "why", merged_into=5), RouteProblem.MERGE_TARGET_MISSING),
        (RouteStep(RouteOutcome.STOP, " "), RouteProblem.REASON_MISSING),
    ],
)
def test_a_decision_says_what_it_needs(step: RouteStep, missing: RouteProblem) -> None:
    assert route_problems(step, ProjectState.RUNNING, 5) == (missing,)


@pytest.mark.parametrize(
    "step",
    [
        RouteStep(RouteOutcome.CONTINUE, ""),
        RouteStep(RouteOutcome.CHANGE_PATH, "why", path="the other way"),
        RouteStep(RouteOutcome.CHANGE_GOAL, "why", goal="another goal"),
        RouteStep(RouteOutcome.SCALE, "why"),
        RouteStep(RouteOutcome.MERGE, "why", merged_into=6),
        RouteStep(RouteOutcome.STOP, "why"),
    ],
)
def test_a_complete_decision_is_taken_while_the_project_runs_and_only_then(step: RouteStep) -> None:
    assert route_problems(step, ProjectState.RUNNING, 5) == ()
    for state in (ProjectState.CONSIDERED, ProjectState.ENDED):
        assert route_problems(step, state, 5) == (RouteProblem.PROJECT_NOT_RUNNING,)
