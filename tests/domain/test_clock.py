"""The plan's clock against the world's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import JST
from domain.clock import SECONDS_PER_DAY, PlanClock, real_clock

NOW = datetime(2026, 5, 1, 3, tzinfo=UTC)
SAMPLE = datetime(2021, 1, 15, 8, tzinfo=JST)

paces = st.sampled_from([1.0, 3.0, 10.0, 600.0, 86_400.0])
plan_days = st.floats(-365, 3_650)


def test_the_real_clock_shows_the_worlds_time_in_japan() -> None:
    clock = real_clock(NOW)
    assert clock.plan_time(NOW) == NOW
    assert clock.plan_time(NOW).tzinfo is JST
    assert clock.instant(NOW + timedelta(hours=5)) == NOW + timedelta(hours=5)


def test_a_day_in_japan_begins_while_utc_is_still_yesterday() -> None:
    assert real_clock(NOW).today(datetime(2021, 3, 31, 15, tzinfo=UTC)) == date(2021, 4, 1)
    assert real_clock(NOW).today(datetime(2021, 3, 31, 14, 59, tzinfo=UTC)) == date(2021, 3, 31)


def test_the_demo_lets_a_day_pass_in_seconds() -> None:
    clock = PlanClock(SAMPLE, NOW, seconds_per_day=10)
    assert clock.plan_time(NOW) == SAMPLE
    assert clock.plan_time(NOW + timedelta(seconds=25)) == SAMPLE + timedelta(days=2, hours=12)
    assert clock.today(NOW + timedelta(seconds=10)) == date(2021, 1, 16)


def test_a_replay_starts_in_the_past_and_runs_at_the_pace_of_life() -> None:
    clock = PlanClock(SAMPLE, NOW)
    assert clock.seconds_per_day == SECONDS_PER_DAY
    assert clock.plan_time(NOW + timedelta(days=3)) == SAMPLE + timedelta(days=3)


def test_sleeping_is_counted_in_seconds_of_the_world() -> None:
    clock = PlanClock(SAMPLE, NOW, seconds_per_day=10)
    assert clock.seconds_until(SAMPLE + timedelta(days=1), NOW) == 10.001
    assert clock.seconds_until(SAMPLE + timedelta(days=1), NOW + timedelta(seconds=4)) == 6.001


def test_nobody_sleeps_until_the_past() -> None:
    assert PlanClock(SAMPLE, NOW).seconds_until(SAMPLE - timedelta(days=5), NOW) == 0.001


@settings(max_examples=150, deadline=None)
@given(plan_days, paces)
def test_a_plan_time_leads_back_to_its_instant(days: float, seconds_per_day: float) -> None:
    clock = PlanClock(SAMPLE, NOW, seconds_per_day)
    instant = NOW + timedelta(seconds=days * seconds_per_day)
    assert abs(clock.instant(clock.plan_time(instant)) - instant) < timedelta(milliseconds=1)


@settings(max_examples=150, deadline=None)
@given(plan_days, paces, st.integers(0, 400 * 24 * 60))
def test_whoever_sleeps_until_a_plan_time_wakes_when_it_has_come(
    days: float, seconds_per_day: float, minutes: int
) -> None:
    clock = PlanClock(SAMPLE, NOW, seconds_per_day)
    now = NOW + timedelta(seconds=days * seconds_per_day)
    wanted = clock.plan_time(now).replace(microsecond=0) + timedelta(minutes=minutes)
    woken = now + timedelta(seconds=clock.seconds_until(wanted, now))
    assert clock.plan_time(woken) >= wanted
