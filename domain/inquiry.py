"""照会: one question that waits for an answer outside the rounds of a year, and the ladder that reminds of it.

A check-in waits for its team, a matter for a body, a vacant seat for a successor, a meeting for its members and then
for its minutes. What is open stands in the record; these functions say who is owed a mail at an instant of the plan,
and when to look again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum

from domain import pause
from domain.calendar import JST, BusinessCalendar
from domain.ladder import StepKind


class InquiryKind(StrEnum):
    CHECK_IN = "check_in"  # 状況確認: waits for a project's team
    MATTER = "matter"  # 付議事項: waits for a body's answer
    SUCCESSOR = "successor"  # 後任: a seat whose holder was transferred
    MEETING = "meeting"  # 会議: its members are invited, then its minutes are awaited


class Addressee(StrEnum):
    """Who a step of an inquiry speaks to; people are looked up on the day the mail is claimed."""

    TEAM = "team"  # 全員
    LEADER = "leader"  # リーダー・サブリーダー
    COORDINATOR = "coordinator"  # 調整担当課
    COMMITTEE = "committee"  # the first body of the line: its chair and secretariat
    MEMBERS = "members"  # 構成員
    SECRETARIAT = "secretariat"  # 事務局
    CHAIR = "chair"  # 会議の長


class InquiryAnchor(StrEnum):
    OPENED = "opened"
    DUE = "due"


@dataclass(frozen=True)
class InquiryStep:
    """One rung: `business_days` after (negative: before) the opening or the day it is due, `to` somebody."""

    code: str
    kind: StepKind
    anchor: InquiryAnchor
    business_days: int
    to: Addressee


@dataclass(frozen=True)
class InquiryLadder:
    """The steps of one kind of inquiry, gentlest first; sent at `send_at` (JST), those of the opening at once."""

    steps: tuple[InquiryStep, ...] = ()
    send_at: time = time(9, 0)

    def sends_at(self, step: InquiryStep, falls_on: date) -> datetime:
        at_once = step.anchor is InquiryAnchor.OPENED and step.business_days == 0
        return datetime.combine(falls_on, time(0) if at_once else self.send_at, JST)


@dataclass(frozen=True)
class Inquiry:
    """An open inquiry. `done` are the codes of the steps taken since it was opened or its due date was moved."""

    id: int
    kind: InquiryKind
    opened_on: date
    due_on: date
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class InquiryMail:
    """A mail that is owed now. `step_key` makes it unique per inquiry and recipient."""

    inquiry: int
    kind: StepKind
    to: Addressee
    step_key: str


Ladders = Mapping[InquiryKind, InquiryLadder]


@dataclass(frozen=True)
class _Rung:
    inquiry: Inquiry
    step: InquiryStep
    falls_on: date
    at: datetime


def mails_due(
    inquiries: Iterable[Inquiry], ladders: Ladders, calendar: BusinessCalendar, at: datetime
) -> tuple[tuple[InquiryMail, ...], tuple[Inquiry, ...]]:
    """The mails owed at plan time `at`, and the inquiries concerned with their steps marked as taken.

    Where several steps to one addressee have come due together (after an outage), only the most serious is sent.
    """
    mails, taken = [], []
    for inquiry in inquiries:
        due = [r for r in _rungs(inquiry, ladders, calendar) if r.at <= at]
        if not due:
            continue
        latest: dict[Addressee, _Rung] = {}
        for rung in due:  # in the order of the ladder: the last one of an addressee is the most serious
            latest[rung.step.to] = rung
        mails += [
            InquiryMail(inquiry.id, r.step.kind, r.step.to, f"{r.step.code}@{r.falls_on.isoformat()}")
            for r in latest.values()
        ]
        taken.append(replace(inquiry, done=tuple(sorted({*inquiry.done, *(r.step.code for r in due)}))))
    return tuple(mails), tuple(taken)


def next_wake(inquiries: Iterable[Inquiry], ladders: Ladders, calendar: BusinessCalendar) -> datetime | None:
    """The plan instant at which the next step falls due, or None when nothing more will."""
    return min((r.at for i in inquiries for r in _rungs(i, ladders, calendar)), default=None)


@dataclass(frozen=True)
class NextInquiryStep:
    """What happens next if nobody answers: which step, when."""

    step: InquiryStep
    at: datetime


def next_step(inquiry: Inquiry, ladders: Ladders, calendar: BusinessCalendar) -> NextInquiryStep | None:
    """The next step of an inquiry's ladder: what pages show beside it."""
    rungs = _rungs(inquiry, ladders, calendar)
    first = min(rungs, key=lambda r: r.at, default=None)
    return None if first is None else NextInquiryStep(first.step, first.at)


def moved(inquiry: Inquiry, due_on: date, ladder: InquiryLadder) -> Inquiry:
    """The inquiry with another due date: what counts from that date is owed again, the opening is not."""
    of_due = {step.code for step in ladder.steps if step.anchor is InquiryAnchor.DUE}
    return replace(inquiry, due_on=due_on, done=tuple(code for code in inquiry.done if code not in of_due))


def resumed(inquiry: Inquiry, first: date, last: date, calendar: BusinessCalendar) -> Inquiry:
    """An inquiry after a pause of the city from `first` to `last`; the steps taken before stay taken.

    A meeting stays on its day: when people sit together is for them to decide.
    """
    if inquiry.kind is InquiryKind.MEETING:
        return inquiry
    opened_on = pause.counts_from(inquiry.opened_on, first, last, calendar)
    due_on = pause.due_after(inquiry.due_on, inquiry.opened_on, first, last, calendar)
    return replace(inquiry, opened_on=opened_on, due_on=due_on)


def _rungs(inquiry: Inquiry, ladders: Ladders, calendar: BusinessCalendar) -> list[_Rung]:
    ladder = ladders.get(inquiry.kind, InquiryLadder())
    found = []
    for step in ladder.steps:
        if step.code in inquiry.done:
            continue
        from_opening = step.anchor is InquiryAnchor.OPENED
        anchored_on = inquiry.opened_on if from_opening else inquiry.due_on
        at_once = from_opening and step.business_days == 0
        falls_on = anchored_on if at_once else calendar.shift(anchored_on, step.business_days)
        # A notice that would precede the question itself is not owed: a short deadline skips it.
        if not from_opening and step.business_days <= 0 and falls_on <= inquiry.opened_on:
            continue
        found.append(_Rung(inquiry, step, falls_on, ladder.sends_at(step, falls_on)))
    return found


@dataclass(frozen=True)
class InquiryRule:
    """How one kind of inquiry runs: due `due_after_days` business days after it is opened."""

    due_after_days: int
    ladder: InquiryLadder = field(default_factory=InquiryLadder)
