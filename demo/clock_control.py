"""Moving the demo's clock: to the next business day, or at another pace."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.calendar import JST, BusinessCalendar
from domain.clock import SECONDS_PER_DAY, PlanClock


class Move(StrEnum):
    NEXT_DAY = "next-day"
    NEXT_WEEK = "next-week"
    FAST = "fast"
    SLOW = "slow"
    REAL = "real"


_PACES = {Move.FAST: 5.0, Move.SLOW: 60.0, Move.REAL: float(SECONDS_PER_DAY)}
_MORNING = time(9, 0)


def moved(clock: PlanClock, at: datetime, calendar: BusinessCalendar, move: Move) -> PlanClock:
    """The clock after a move. Days are skipped to 9:00 JST of a business day, never backwards."""
    now = clock.plan_time(at)
    match move:
        case Move.NEXT_DAY:
            return PlanClock(_morning(now, 1, calendar), at, clock.seconds_per_day)
        case Move.NEXT_WEEK:
            return PlanClock(_morning(now, 5, calendar), at, clock.seconds_per_day)
        case _:
            return PlanClock(now, at, _PACES[move])


def _morning(now: datetime, business_days: int, calendar: BusinessCalendar) -> datetime:
    return datetime.combine(calendar.shift(now.date() + timedelta(days=1), business_days - 1), _MORNING, JST)
