"""The plan's clock: the only answer to "what day is it"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import JST

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class PlanClock:
    """Maps instants of the world to instants of the plan and back.

    `origin_at` is the plan's time at the world's instant `started_at`; `seconds_per_day` says how long
    a plan day lasts. Real life: both instants equal, 86,400 seconds. A replay starts its origin in the
    past, the demo lets a day pass in seconds. All instants are time zone aware.
    """

    origin_at: datetime
    started_at: datetime
    seconds_per_day: float = SECONDS_PER_DAY

    def plan_time(self, instant: datetime) -> datetime:
        """The plan's time at an instant of the world, in JST."""
        days = (instant - self.started_at).total_seconds() / self.seconds_per_day
        return (self.origin_at + timedelta(days=days)).astimezone(JST)

    def instant(self, plan_time: datetime) -> datetime:
        """The instant of the world at which the plan's clock shows `plan_time`."""
        days = (plan_time - self.origin_at).total_seconds() / SECONDS_PER_DAY
        return self.started_at + timedelta(seconds=days * self.seconds_per_day)

    def seconds_until(self, plan_time: datetime, now: datetime) -> float:
        """How long to sleep at `now` so that the plan's clock shows `plan_time` or later on waking.

        A millisecond more than computed: a timer that rounds down would wake just too early.
        """
        return max((self.instant(plan_time) - now).total_seconds(), 0) + 0.001

    def today(self, instant: datetime) -> date:
        return self.plan_time(instant).date()


def real_clock(instant: datetime) -> PlanClock:
    """The clock of real life."""
    return PlanClock(instant, instant)


def jst_day(instant: datetime) -> date:
    """The day in Japan at an instant of the world: rights and validity dates go by it."""
    return instant.astimezone(JST).date()
