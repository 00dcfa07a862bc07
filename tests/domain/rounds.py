"""Rounds on the real ladder of Iizuka's plan, with the real Japanese calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

from domain.calendar import JST
from domain.collection import DueMail, Obligation, Round, RoundEvent, RoundEventKind, mails_due, next_wake
from domain.ladder import Rank
from japan_calendar import business_calendar
from plan_files import read_plan

CALENDAR = business_calendar(range(2020, 2024))
PLAN = read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
LADDER = PLAN.round_of("yearly").ladder

OPENED = date(2021, 1, 15)  # a Friday
DUE = date(2021, 2, 15)  # 20 business days later
SCHOOL, HOUSING = 10, 20
LAST_STEP = datetime(2021, 6, 1, 9, tzinfo=JST)


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of 2021 in Japan."""
    return datetime(2021, month, day, hour, minute, tzinfo=JST)


def owed(measure: int, request: int = SCHOOL, due_on: date = DUE) -> Obligation:
    return Obligation(measure, request, due_on, OPENED)


def round_of(*obligations: Obligation) -> Round:
    return Round(obligations, LADDER, CALENDAR)


def event(
    id: int, kind: RoundEventKind, on: date, measure: int = 1, due_on: date | None = None, returns: int = 0
) -> RoundEvent:
    return RoundEvent(id, kind, on, measure=measure, due_on=due_on, returns=returns)


def told(mails: tuple[DueMail, ...]) -> list[tuple[str, str]]:
    """Whom the mails speak to, and under which step."""
    return [(mail.to.value, mail.step_key) for mail in mails]


def play(round_: Round, until: datetime) -> tuple[list[tuple[datetime, DueMail]], Round]:
    """Wake at every instant at which a step falls due, up to one; the mails with their instants."""
    sent: list[tuple[datetime, DueMail]] = []
    while (wake := next_wake(round_)) is not None and wake <= until:
        mails, round_ = mails_due(round_, wake)
        assert mails, "a wake without a mail would wake for ever"
        sent += [(wake, mail) for mail in mails]
    return sent, round_


def nine_on(day: date) -> datetime:
    return datetime.combine(day, time(9), JST)


def ranks(mails: list[tuple[datetime, DueMail]]) -> list[Rank]:
    return [mail.to for _, mail in mails]
