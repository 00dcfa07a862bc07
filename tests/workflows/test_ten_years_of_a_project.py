"""A project that lives ten years continues as new, again and again, and loses nothing on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import takewhile

from sqlmodel import select

from db import tables as t
from db.session import Database
from domain.key_project import Cadence, CheckInState, RouteOutcome, RouteStep, next_check_on
from domain.mail_ledger import MailState
from domain.matter import MatterOutcome, MatterState
from japan_calendar import business_calendar
from records import check_ins, matters, route
from replay.agenda import Entry, on
from tests.workflows import project_life as life
from tests.workflows.project_life import MEMBER, PLANNER

ENDS = date(2036, 4, 16)
TO_CHANGE = RouteStep(RouteOutcome.CHANGE_GOAL, "届く先が違った", "家から用事が済む")
SILENT_FROM = date(2036, 3, 3)
CALENDAR = business_calendar(range(2026, 2037))


def check_in_days() -> Iterator[date]:
    day: date | None = life.FOUNDED_ON
    while day is not None and (day := next_check_on(Cadence.MONTHLY, life.FOUNDED_ON, day, CALENDAR)):
        yield day


def agenda() -> Iterator[Entry]:
    """Answered every month for ten years, on the day it was asked; but not the last one.

    A matter is raised each autumn and answered in the following spring only: it is under way while the project's
    history is cut.
    """
    yield from life.begin(Cadence.MONTHLY)
    for day in takewhile(lambda day: day < SILENT_FROM, check_in_days()):
        yield on(day, 15, 20, life.answer)
    for number, year in enumerate(range(2026, 2036), 1):
        yield on(date(year, 10, 6), 11, 20, life.raise_matter("目標を変えてよいか", TO_CHANGE, date(year, 10, 20)))
        yield on(date(year + 1, 3, 2), 14, 20, life.body_answers(number, MatterOutcome.APPROVED))


def test_ten_years_of_check_ins_lose_neither_a_timer_nor_a_matter(empty_database: Database) -> None:
    city = life.play(empty_database, list(agenda()), ENDS)

    runs = city.histories[life.PROJECT]
    assert len(runs) >= 3
    assert all(len(run.events) < 1_100 for run in runs)

    # Every month was asked for once and on its day: no run forgot the day its predecessor was waiting for.
    asked = city.read(lambda s: list(check_ins.of_project(s, life.project_in(s))))
    assert [c.asked_on for c in asked] == list(takewhile(lambda day: day <= ENDS, check_in_days()))[: len(asked)]
    assert len(asked) == 119
    *answered, silent = asked
    assert {c.state for c in answered} == {CheckInState.SUBMITTED}

    # The last one waits, and its ladder runs on in whatever run it fell.
    assert (silent.state, silent.asked_on) == (CheckInState.ASKED, date(2036, 3, 10))
    assert [day for day, _ in city.mails(MEMBER)][-2:] == [date(2036, 3, 10), date(2036, 3, 14)]
    assert [day for day, _ in city.mails(PLANNER, "状況確認")] == [date(2036, 3, 21)]

    # Each team member heard of each check-in once, reminders aside.
    assert len(city.mails(MEMBER)) == len(asked) + 1

    # The matters of ten winters were all answered and changed the goal.
    raised = city.read(lambda s: list(matters.of_project(s, life.project_in(s))))
    assert [m.state for m in raised] == [MatterState.ANSWERED] * 10
    assert len(city.read(lambda s: route.of_project(s, life.project_in(s)))) == 10
    assert city.read(lambda s: {m.state for m in s.exec(select(t.Mail))}) == {MailState.SENT}
