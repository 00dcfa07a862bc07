"""Moves a plan to a day while real processes run on it."""

from __future__ import annotations

from datetime import datetime

import wall_clock
from db.session import Database
from domain.clock import PlanClock
from records import plans
from records.change import Change
from replay.agenda import Act, Moment


def show(database: Database, municipality: int, plan: str, plan_time: datetime) -> None:
    """Set the plan's clock to a plan time, from now on at the pace of real life."""
    at = wall_clock.now()
    with database.writing(municipality) as session:
        plans.set_clock(session, Change("test", at), plans.find(session, plan), PlanClock(plan_time, at))


def perform(database: Database, municipality: int, plan: str, act: Act) -> None:
    """Somebody acts in the record, at the plan's time of now."""
    at = wall_clock.now()
    with database.writing(municipality) as session:
        act(session, Moment(plans.clock_of(plans.find(session, plan), at).plan_time(at)))
