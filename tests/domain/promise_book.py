"""What a round owes, kept as a book of promises: the model with which the rules of a round are compared.

Whenever a spell of owing begins, its steps are written into the book, each with its day. What is said is struck out;
what happens strikes out, writes anew or moves the rest. The rules of the domain keep no such book: they derive what is
owed from the state, each time they are asked. Days are counted here along one list of open days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum, auto

from domain.calendar import JST
from domain.collection import DueMail, RoundEvent, RoundEventKind
from domain.ladder import Anchor, Ladder, Step, StepKind
from tests.domain.rounds import CALENDAR

_FIRST = date(2020, 12, 1)
_DAYS = [_FIRST + timedelta(days=n) for n in range(1500)]
_OPEN = [day for day in _DAYS if day.isoweekday() <= 5 and day not in CALENDAR.closed_on]
_UP_THE_LINE = {StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION}


class Standing(Enum):
    ASKED = auto()
    SENT_BACK = auto()
    WAITS = auto()
    APPROVED = auto()
    EXEMPT = auto()


ANCHORS = {
    Standing.ASKED: {Anchor.OPENED, Anchor.DUE},
    Standing.SENT_BACK: {Anchor.RETURNED, Anchor.DUE},
    Standing.WAITS: {Anchor.SUBMITTED},
    Standing.APPROVED: set[Anchor](),
    Standing.EXEMPT: set[Anchor](),
}
"""What the steps count from that concern a measure as it stands."""

OWED = (Standing.ASKED, Standing.SENT_BACK)


@dataclass
class Line:
    """One measure: where it stands, and the days of what is still to be said about it, by step."""

    request: int
    due_on: date
    since: date
    standing: Standing = Standing.ASKED
    returns: int = 0
    promised: dict[Step, date] = field(default_factory=dict)

    def is_too_short_for(self, step: Step) -> bool:
        """A notice of the due date that would not come after the request itself is not promised to anybody."""
        return step.anchor is Anchor.DUE and step.business_days <= 0 and self.promised[step] <= self.since


class PromiseBook:
    def __init__(self, ladder: Ladder, lines: dict[int, Line]) -> None:
        self.ladder = ladder
        self.lines = lines
        self.paused_since: date | None = None
        self.is_closed = False
        for line in lines.values():
            self._promise(line, ANCHORS[line.standing])

    def hears(self, event: RoundEvent) -> None:
        match event.kind:
            case RoundEventKind.CLOSED:
                self.is_closed = True
            case RoundEventKind.PAUSED:
                self.paused_since = self.paused_since or event.on
            case RoundEventKind.RESUMED:
                for line in self.lines.values() if self.paused_since else ():
                    self._move(line, self.paused_since or event.on, event.on)
                self.paused_since = None
            case _ if self.lines[event.measure].standing is not Standing.EXEMPT:
                self._happened(self.lines[event.measure], event)

    def say(self, at: datetime) -> set[DueMail]:
        """What is to be said at an instant, struck out at once."""
        said: dict[tuple[object, ...], list[tuple[int, Step, date]]] = defaultdict(list)
        for measure, step, on in self._open():
            if self._instant(step, on) <= at:
                line = self.lines[measure]
                family = "outstanding" if step.kind in _UP_THE_LINE else step.kind
                said[line.request, step.to, family].append((measure, step, on))
                del line.promised[step]
        return {self._one(promises) for promises in said.values()}

    def next_at(self) -> datetime | None:
        """When something is to be said next."""
        return min((self._instant(step, on) for _, step, on in self._open()), default=None)

    def _open(self) -> list[tuple[int, Step, date]]:
        if self.is_closed or self.paused_since:
            return []
        return [
            (measure, step, on)
            for measure, line in self.lines.items()
            for step, on in line.promised.items()
            if not line.is_too_short_for(step)
        ]

    def _instant(self, step: Step, on: date) -> datetime:
        return datetime.combine(on, time(0) if step.kind is StepKind.RETURN else self.ladder.send_at, JST)

    def _one(self, promises: list[tuple[int, Step, date]]) -> DueMail:
        """The word that is left of several to one rank of one department: the one furthest up its ladder."""
        gravest = max((step for _, step, _ in promises), key=self.ladder.steps.index)
        key = f"{gravest.code}@{max(on for _, step, on in promises if step == gravest)}"
        if gravest.kind is StepKind.RETURN:
            key += f"/{max(self.lines[measure].returns for measure, _, _ in promises)}"
        measures = tuple(sorted({measure for measure, _, _ in promises}))
        return DueMail(self.lines[measures[0]].request, gravest.kind, gravest.to, key, measures)

    def _happened(self, line: Line, event: RoundEvent) -> None:
        if event.due_on:
            line.due_on = open_day(event.due_on)
        match event.kind:
            case RoundEventKind.SUBMITTED:
                self._begin(line, Standing.WAITS, event.on)
            case RoundEventKind.APPROVED:
                self._begin(line, Standing.APPROVED, event.on)
            case RoundEventKind.EXEMPTED:
                self._begin(line, Standing.EXEMPT, event.on)
            case RoundEventKind.RETURNED:
                line.returns = event.returns
                self._begin(line, Standing.SENT_BACK, event.on)
            case RoundEventKind.EXTENDED if line.standing in OWED:
                self._promise(line, {Anchor.DUE})
            case RoundEventKind.REASSIGNED:
                line.request = event.request
                if line.standing in OWED:
                    self._begin(line, line.standing, event.on)

    def _begin(self, line: Line, standing: Standing, on: date) -> None:
        line.standing, line.since, line.promised = standing, on, {}
        self._promise(line, ANCHORS[standing])

    def _promise(self, line: Line, anchors: set[Anchor]) -> None:
        for step in self.ladder.steps:
            if step.anchor in anchors:
                line.promised[step] = self._day(line, step)

    def _day(self, line: Line, step: Step) -> date:
        if step.anchor is not Anchor.DUE:
            return open_day(line.since, step.business_days)
        return open_day(line.due_on, step.business_days + (self.ladder.grace_days if step.business_days > 0 else 0))

    def _move(self, line: Line, first: date, last: date) -> None:
        """After a pause: whatever was promised comes as many open days later as were lost since it was promised."""
        if line.standing in (Standing.APPROVED, Standing.EXEMPT):
            return
        lost, lost_of_line = open_days(first, last), open_days(max(first, line.since), last)
        began_before = line.since < first
        if not began_before:
            line.since = last
        elif lost:
            line.since = open_day(line.since, lost)
        line.due_on = open_day(line.due_on, lost_of_line)
        for step, on in line.promised.items():
            if step.anchor is Anchor.DUE:
                line.promised[step] = open_day(on, lost_of_line)
            else:
                line.promised[step] = open_day(on, lost) if began_before else self._day(line, step)


def open_day(day: date, further: int = 0) -> date:
    """The first open day from a day on, or one so many open days further."""
    return _OPEN[bisect_left(_OPEN, day) + further]


def open_days(first: date, last: date) -> int:
    """How many days are open from one day to another, both included."""
    return max(bisect_right(_OPEN, last) - bisect_left(_OPEN, first), 0)
