"""The same year on PostgreSQL, on a throw-away server that comes as a Python package."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlmodel import col, select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import CycleState
from domain.key_project import ProjectState
from records import audit, cycles, plans
from records.change import Change
from tests import sample_city
from tests.conftest import PLAN, REAL_DAY
from tests.replay.record import EVENTFUL_PROJECT, eventful_year
from tests.workflows import project_life
from tests.workflows.office import running_office


def test_an_eventful_year_closes_on_postgresql_as_it_does_on_sqlite(postgresql: Database) -> None:
    sample_city.load(postgresql, PLAN, wall_clock.now(), REAL_DAY, lambda _: "not a hash")

    async def play() -> int:
        async with running_office(postgresql) as office:
            await eventful_year(office)
            assert office.mailer.sent
            return office.municipality

    municipality = asyncio.run(play())
    with postgresql.reading(municipality) as session:
        cycle = cycles.cycle_of(session, plans.find(session, PLAN), 2020)
        assert cycle is not None
        assert cycle.state is CycleState.CLOSED
        assert audit.verify(session).broken_at is None


def test_an_eventful_project_ends_on_postgresql_as_it_does_on_sqlite(
    postgresql: Database, empty_database: Database
) -> None:
    def mails(database: Database) -> list[tuple[date, str, str]]:
        city = project_life.play(database, EVENTFUL_PROJECT, date(2026, 6, 30))
        assert city.read(project_life.project_in).state is ProjectState.ENDED
        rows = city.read(lambda session: session.exec(select(t.Mail).order_by(col(t.Mail.id))).all())
        return [(mail.claimed_on, mail.recipient, mail.subject) for mail in rows]

    told = mails(postgresql)
    assert len(told) > 20
    assert sorted(told) == sorted(mails(empty_database))


def test_eight_who_open_one_year_at_once_on_postgresql_find_one_cycle(postgresql: Database) -> None:
    sample_city.load(postgresql, PLAN, wall_clock.now(), REAL_DAY, lambda _: "not a hash")
    with postgresql.reading(EVERY_MUNICIPALITY) as session:
        municipality = plans.find(session, PLAN).municipality_id

    def open_2018(_: int) -> tuple[int, bool]:
        at = wall_clock.now()
        with postgresql.writing(municipality) as session:
            plan = plans.find(session, PLAN)
            cycle, is_new = cycles.open_cycle(session, Change("test", at), plan, 2018, plans.clock_of(plan, at))
            return cycle.id, is_new

    with ThreadPoolExecutor(8) as executor:
        opened = list(executor.map(open_2018, range(8)))
    assert len({cycle for cycle, _ in opened}) == 1
    assert sum(is_new for _, is_new in opened) == 1
