"""What a calendar of the coming year (年間予定) says: what opens, falls due, is sent and takes effect, day by day.

Titles are already in the calendar's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.fiscal_year import FiscalYear


class EntryKind(StrEnum):
    CYCLE_OPENS = "cycle_opens"
    ROUND_OPENS = "round_opens"
    REVIEW_OPENS = "review_opens"
    ROUND_DUE = "round_due"
    MAILS = "mails"
    MEETING = "meeting"
    PAUSE = "pause"
    REORGANISATION = "reorganisation"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Entry:
    """One thing on one day. `key` names it across calendars of the same plan and year, so that two can be compared.

    `mails`: how many leave. `plan`: whose it is, "" the whole city's. `link`: the path of the page that tells more.
    """

    key: str
    kind: EntryKind
    on: date
    title: str
    at: time | None = None
    mails: int = 0
    plan: str = ""
    link: str = ""


@dataclass(frozen=True)
class MovedEntry:
    """An entry before and after a change of dates; None: it is not there then."""

    before: Entry | None
    after: Entry | None

    @property
    def title(self) -> str:
        return (self.after or self.before or _NOTHING).title


_NOTHING = Entry("", EntryKind.MAILS, date.min, "")


@dataclass(frozen=True)
class Month:
    """A month of the calendar: its weeks from Sunday to Saturday (None: a day of another month)."""

    first: date
    weeks: tuple[tuple[date | None, ...], ...]

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class YearCalendar:
    """The entries of a fiscal year in their order, some of them after its last day. `closed`: 閉庁日 on weekdays.

    `unknown` are sentences about what no calendar knows. `made_at` is the instant of asking. `marks` must stand on
    every format, such as the mark of sample data.
    """

    language: str
    name: str
    fiscal_year: int
    made_at: datetime
    entries: tuple[Entry, ...]
    closed: Mapping[date, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def total_mails(self) -> int:
        return sum(entry.mails for entry in self.entries)

    def on(self, day: date) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.on == day)

    def days_of(self, month: Month) -> list[tuple[date, tuple[Entry, ...]]]:
        """The days of a month that have entries."""
        days = dict.fromkeys(
            e.on for e in self.entries if (e.on.year, e.on.month) == (month.first.year, month.first.month)
        )
        return [(day, self.on(day)) for day in days]

    @property
    def months(self) -> tuple[Month, ...]:
        """April to March, and on to the month of the last entry."""
        year = FiscalYear(self.fiscal_year)
        last = max([year.last_day, *(entry.on for entry in self.entries)])
        first = min([year.first_day, *(entry.on for entry in self.entries)])
        return tuple(_months(first, last))


def moved(before: YearCalendar, after: YearCalendar) -> tuple[MovedEntry, ...]:
    """What is on another day or at another hour, or comes or goes, by the day it is on afterwards."""
    then, now = ({entry.key: entry for entry in one.entries} for one in (before, after))
    pairs = [MovedEntry(then.get(key), now.get(key)) for key in dict.fromkeys((*now, *then))]
    different = [p for p in pairs if p.before is None or p.after is None or _when(p.before) != _when(p.after)]
    return tuple(sorted(different, key=lambda p: _when(p.after or p.before or _NOTHING)))


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    kinds = list(EntryKind)
    return tuple(sorted(entries, key=lambda e: (e.on, e.at or time(), kinds.index(e.kind), e.plan)))


def _when(entry: Entry) -> tuple[date, time]:
    return entry.on, entry.at or time()


def _months(first: date, last: date) -> Iterator[Month]:
    month = first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        days: list[date | None] = [None] * ((month.weekday() + 1) % 7)
        days += [month + timedelta(days=n) for n in range((following - month).days)]
        days += [None] * (-len(days) % 7)
        yield Month(month, tuple(tuple(days[i : i + 7]) for i in range(0, len(days), 7)))
        month = following
