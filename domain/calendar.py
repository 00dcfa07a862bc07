"""Japanese business days. The closed days are data, so that a workflow's dates never move by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class BusinessCalendar:
    """Which days the city hall works: not on Saturdays, Sundays and `closed_on` (祝日, 12/29–1/3)."""

    closed_on: frozenset[date] = field(default_factory=frozenset)

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed_on

    def on_or_after(self, day: date) -> date:
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day

    def shift(self, day: date, business_days: int) -> date:
        """`day` moved by a number of business days; a closed `day` counts from the next open one."""
        day = self.on_or_after(day)
        step = timedelta(days=1 if business_days > 0 else -1)
        for _ in range(abs(business_days)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """Business days after `first` up to and including `last`; 0 when `last` is not later."""
        days = (last - first).days
        return sum(self.is_business_day(first + timedelta(days=n)) for n in range(1, days + 1))
