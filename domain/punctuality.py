"""期限内の提出と回答までの日数: how departments answer what they are asked. Meguru's own, all of it.

The rule, as the dashboard tells it to its readers:

- What counts is the first submission of a report. It is on time on or before the day the report was then owed: an
  extension that was granted by then moves that day (so does a pause of the city, or that another department took
  over), a return (差戻し) does not undo a submission that was on time.
- A report that is not there counts as not on time once its day has passed or its round was closed; before that it is
  pending and not counted. An exempted report is not counted.
- Days are business days after the day of the request, up to the first submission. The time for mending after a return
  is not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from statistics import median

from domain.calendar import BusinessCalendar


class Timeliness(StrEnum):
    ON_TIME = "on_time"  # 期限内
    LATE = "late"  # 期限後
    MISSING = "missing"  # 未提出
    PENDING = "pending"  # 期限前
    EXEMPTED = "exempted"  # 報告免除


@dataclass(frozen=True)
class Extension:
    """A new due date, and when it was granted."""

    granted_at: datetime
    due_on: date


@dataclass(frozen=True)
class Asked:
    """One report that a department was asked for.

    `due_on` is the day it is owed now, which a return sets anew; `round_due_on` that of its round. `first_on` and
    `first_at` tell the first submission; None: there is none (`first_at` also where its instant is not recorded).
    `extensions` are those of its request.
    """

    asked_on: date
    round_due_on: date
    due_on: date
    first_on: date | None = None
    first_at: datetime | None = None
    returns: int = 0
    is_exempted: bool = False
    is_round_closed: bool = False
    extensions: tuple[Extension, ...] = ()

    @property
    def owed_on(self) -> date:
        """The day it was owed when it was first handed in. A report that never came back still has that day.

        Of one that was returned only the extensions are remembered, not what else may have moved its day before.
        """
        if not self.returns:
            return self.due_on
        granted = [e for e in self.extensions if self.first_at is not None and e.granted_at <= self.first_at]
        return max(granted, key=lambda e: e.granted_at).due_on if granted else self.round_due_on

    @property
    def is_extended(self) -> bool:
        return self.owed_on > self.round_due_on

    def timeliness(self, today: date) -> Timeliness:
        if self.is_exempted:
            return Timeliness.EXEMPTED
        if self.first_on is not None:
            return Timeliness.ON_TIME if self.first_on <= self.owed_on else Timeliness.LATE
        return Timeliness.MISSING if self.is_round_closed or self.owed_on < today else Timeliness.PENDING


@dataclass(frozen=True)
class Punctuality:
    """How several reports came in. `days` has the business days to the first answer of those that came."""

    counts: dict[Timeliness, int]
    days: tuple[int, ...]
    extended: int
    returned: int

    @property
    def counted(self) -> int:
        """The reports that the rate speaks of."""
        return sum(self.counts[one] for one in (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING))

    @property
    def rate(self) -> Decimal | None:
        """Reports on time in % of those counted, unrounded; None where nothing is counted yet."""
        return Decimal(100 * self.counts[Timeliness.ON_TIME]) / self.counted if self.counted else None

    @property
    def median_days(self) -> Decimal | None:
        """Half of the answers took no longer; one answer that took months does not move it."""
        return Decimal(str(median(self.days))) if self.days else None

    @property
    def longest(self) -> int | None:
        return max(self.days, default=None)


def of(several: Sequence[Asked], today: date, calendar: BusinessCalendar) -> Punctuality:
    """What several reports come to on a day."""
    told = [one.timeliness(today) for one in several]
    asked = [one for one in several if not one.is_exempted]
    return Punctuality(
        counts={kind: told.count(kind) for kind in Timeliness},
        days=tuple(_days(asked, calendar)),
        extended=sum(one.is_extended for one in asked),
        returned=sum(one.returns > 0 for one in asked),
    )


def _days(asked: Iterable[Asked], calendar: BusinessCalendar) -> Iterable[int]:
    return (calendar.between(one.asked_on, one.first_on) for one in asked if one.first_on is not None)
