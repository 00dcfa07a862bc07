"""A replay from beginning to end: the record as it began, the agenda of all years, and what is left behind.

A replay has a record of its own, a SQLite file that nobody else knows: in the folder it writes to, so that it can be
looked at, else in one that is thrown away. The configured database is never touched.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path

from temporalio.client import Client

from db import migrate
from db.session import EVERY_MUNICIPALITY, Database, narrow
from documents.formats import Format
from domain.calendar import JST
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition
from mail.send import Mailer
from records import plans
from records.change import Change
from records.organisation import import_organisation
from replay import output, summary
from replay.agenda import Entry
from replay.answers import Answers
from replay.beginning import as_it_began, first_day, last_day
from replay.player import BASE_URL, running
from replay.players import MARK, organisation_of
from replay.reviews import played_reviews
from replay.script import PlayedYear
from replay.summary import Summary

SENDER = "meguru@replay.example"


@dataclass
class Stopwatch:
    """How many seconds each part of a replay took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started_at = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started_at, 2)


def replay(
    plan: PlanDefinition,
    until: date | None,
    out: Path | None,
    told: Callable[[date], None] = lambda _: None,
    *,
    sender: str = SENDER,
    base_url: str = BASE_URL,
) -> Summary:
    """Play a plan's past up to the end of a day (None: to the plan's end).

    With `out`, mails, documents and the record are left in `out/<plan>` and the summary in `out/summary.json`; without,
    mails are only counted and no document is rendered. `told` hears of the days that have come. Raises
    `CannotBePlayed` and `output.NotOurs`. `sender` and `base_url` stand in the mails.
    """
    begins, ends = first_day(plan), last_day(plan, until)
    if out is None:
        with tempfile.TemporaryDirectory(prefix="meguru-replay-") as passing:
            return _Replay(plan, begins, ends, Path(passing), output.CountingMailer(sender), (), base_url, told).run()
    folder = output.fresh_folder(out, plan.code)
    mailer = output.FolderMailer(sender, folder / "mails")
    played = _Replay(plan, begins, ends, folder, mailer, tuple(Format), base_url, told).run()
    (out / "summary.json").write_text(played.to_json() + "\n", encoding="utf-8")
    return played


def agenda(plan: PlanDefinition, begins: date, ends: date) -> Iterator[Entry]:
    """All that people do in the years of a plan. Only what existed on its first day is taken from `plan` itself."""
    answers, began = Answers(plan), as_it_began(plan)
    for fiscal_year in range(FiscalYear.of(begins).starts_in, FiscalYear.of(ends).starts_in + 1):
        yield from PlayedYear(began, fiscal_year, answers).entries()
    for review in played_reviews(plan, began):
        yield from review.entries()


@dataclass(frozen=True)
class _Replay:
    plan: PlanDefinition
    begins: date
    ends: date
    folder: Path
    mailer: Mailer
    formats: tuple[Format, ...]
    base_url: str
    told: Callable[[date], None]

    def run(self) -> Summary:
        watch = Stopwatch()
        database = Database(f"sqlite:///{self.folder / output.RECORD}", is_throwaway=True)
        try:
            with watch.part("preparing"):
                migrate.upgrade(database.engine)
                municipality = self._store(database)
            history_events = asyncio.run(self._play(database, municipality, watch))
            with watch.part("reading"), database.reading(municipality) as session:
                record = summary.read(session, plans.find(session, self.plan.code))
                documents = output.write_documents(session, self.folder)
        finally:
            database.dispose()
        return Summary(self.plan.code, self.begins, self.ends, record, history_events, watch.seconds, tuple(documents))

    def _store(self, database: Database) -> int:
        """The plan as it began, and the people who will play; the municipality."""
        began, change = as_it_began(self.plan), Change("replay", self._midnight(self.begins))
        with database.writing(EVERY_MUNICIPALITY) as session:
            municipality = plans.municipality_for(session, began).id
            narrow(session, municipality)
            plan = plans.import_definition(session, change, began, MARK)
            import_organisation(session, change, plan, organisation_of(began, self.begins))
        return municipality

    async def _play(self, database: Database, municipality: int, watch: Stopwatch) -> dict[str, int]:
        """Play it all; the number of history events per process."""
        begins_at = self._midnight(self.begins)
        until = datetime.combine(self.ends, time_of_day(23, 59), JST)
        async with running(database, municipality, begins_at, self.mailer, self.formats, self.base_url) as player:
            with watch.part("playing"):
                await player.play(agenda(self.plan, self.begins, self.ends), until, self.told)
            with database.reading(municipality) as session:
                ids = summary.workflow_ids(session)
            return {workflow_id: await _history_events(player.client, workflow_id) for workflow_id in ids}

    @staticmethod
    def _midnight(day: date) -> datetime:
        return datetime.combine(day, time_of_day(0), JST)


async def _history_events(client: Client, workflow_id: str) -> int:
    return (await client.get_workflow_handle(workflow_id).describe()).history_length
