"""What happens in a replay, and when: an agenda of dated acts, in the order of the plan's time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session

from db import tables as t
from domain.calendar import JST, BusinessCalendar
from japan_calendar import business_calendar
from records.change import Change


@dataclass(frozen=True)
class Moment:
    """An instant of the plan at which somebody acts."""

    at: datetime

    @property
    def today(self) -> date:
        return self.at.astimezone(JST).date()

    @property
    def calendar(self) -> BusinessCalendar:
        return business_calendar(range(self.today.year - 1, self.today.year + 3))

    def change(self, by: t.User) -> Change:
        """A change made now by a person."""
        return Change(by.email, self.at, by.id)


Act = Callable[[Session, Moment], None]
"""What people do in the record at a moment: one transaction in the plan's municipality."""


@dataclass(frozen=True)
class Entry:
    """An act and its instant. Without an act the scheduler looks at its calendar, as it does all the time outside."""

    at: datetime
    act: Act | None = None


def on(day: date, hour: int, minute: int, act: Act | None = None) -> Entry:
    """An entry at a time of day (JST).

    Mails leave at the plan's `send_at`, mostly a full hour: acts at another minute leave no doubt what came first.
    """
    return Entry(datetime.combine(day, time(hour, minute), JST), act)


def at_once(act: Act) -> Act:
    """An act on many reports, none of which reads what another wrote: all is written at the end."""

    def written_at_the_end(session: Session, moment: Moment) -> None:
        with session.no_autoflush:
            act(session, moment)

    return written_at_the_end
