"""What day it was: an instant of the past is told by the clock the plan had then."""

from __future__ import annotations

from datetime import UTC, datetime

from db.session import Database
from domain.calendar import JST
from domain.clock import PlanClock
from records import plans
from records.change import Change
from tests.conftest import PLAN


def test_an_instant_is_told_by_the_clock_of_then_and_before_any_clock_as_it_is(
    sample_database: Database, city: int
) -> None:
    first, second = (datetime(2030, 5, day, 12, tzinfo=UTC) for day in (2, 3))
    plan_days = {first: datetime(2021, 1, 15, 9, tzinfo=JST), second: datetime(2021, 3, 1, 9, tzinfo=JST)}
    with sample_database.writing(city) as session:
        plan = plans.find(session, PLAN)
        for at, plan_time in plan_days.items():
            plans.set_clock(session, Change("test", at), plan, PlanClock(plan_time, at))
    with sample_database.reading(city) as session:
        told = plans.time_told(session, plans.find(session, PLAN))
    assert [told(at) for at in (first, second)] == list(plan_days.values())
    assert told(datetime(2020, 1, 1, tzinfo=UTC)) == datetime(2020, 1, 1, tzinfo=UTC)
