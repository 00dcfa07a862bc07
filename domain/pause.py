"""停止（災害対応）: while a city is paused its deadlines stand still; on resuming they move by the days it lasted.

A business day on which the pause was in force, be it for an hour, counts for nobody: its first and its last day are
both part of it (Meguru's own rule; no source speaks of a pause).
"""

from __future__ import annotations

from datetime import date

from domain.calendar import BusinessCalendar


def counted_day(paused_since: date | None, today: date) -> date:
    """The day by which it is judged what is late: during a pause no day passes."""
    return today if paused_since is None else min(today, paused_since)


def days_lost(first: date, last: date, calendar: BusinessCalendar) -> int:
    """The business days of a pause from `first` to `last`, both included; 0 when `last` is earlier."""
    if last < first:
        return 0
    return int(calendar.is_business_day(first)) + calendar.between(first, last)


def moved(day: date, days: int, calendar: BusinessCalendar) -> date:
    """A due date, or the day another counts from, after a pause of so many business days."""
    return calendar.shift(day, days) if days else day


def counts_from(since: date, first: date, last: date, calendar: BusinessCalendar) -> date:
    """The day from which to count after a pause what has counted from `since`.

    What came up during the pause counts from the pause's last day: people hear of it as soon as it is over.
    """
    return last if since >= first else moved(since, days_lost(first, last, calendar), calendar)


def due_after(due_on: date, since: date, first: date, last: date, calendar: BusinessCalendar) -> date:
    """The due date after a pause of what stands as it does since a day: as many business days later as it lost."""
    return moved(due_on, days_lost(max(first, since), last, calendar), calendar)
