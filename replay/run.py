"""A replay from beginning to end: the record as it began, the agenda of all years, and what is left behind.

A replay has a record of its own, a SQLite file that nobody else knows: in the folder it writes to, so that it can be
looked at, else in one that is thrown away. The configured database is never touched. Only `play_year` plays in a record
that is there already: one year of one more plan.
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
from domain.clock import jst_day
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition
from mail.send import Mailer
from records import plans
from records.change import Change
from records.organisation import import_organisation
from replay import output, summary
from replay.agenda import Entry
from replay.answers import Answers
from replay.beginning import as_it_began, first_day, first_day_of_year, last_day
from replay.player import BASE_URL, running
from replay.players import mark_of, organisation_of
from replay.projects import played_projects
from replay.reviews import played_reviews
from replay.script import PlayedYear
from replay.summary import Record, Summary

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
    played = _Played(plan, first_day(plan), last_day(plan, until), told)
    if out is None:
        with tempfile.TemporaryDirectory(prefix="meguru-replay-") as passing:
            return _Replay(played, Path(passing), output.CountingMailer(sender), (), base_url).run()
    folder = output.fresh_folder(out, plan.code)
    mailer = output.FolderMailer(sender, folder / "mails")
    told_of = _Replay(played, folder, mailer, tuple(Format), base_url).run()
    (out / "summary.json").write_text(told_of.to_json() + "\n", encoding="utf-8")
    return told_of


def play_year(
    database: Database,
    plan: PlanDefinition,
    fiscal_year: int,
    mailer: Mailer | None = None,
    formats: tuple[Format, ...] = tuple(Format),
    base_url: str = BASE_URL,
    *,
    until: date | None = None,
    told: Callable[[date], None] = lambda _: None,
) -> Record:
    """Play one year of a plan, from its first day to its last, in a record that holds other plans already.

    The plan and its sample people are stored as they were on the year's first day; the year ends closed, with its
    documents in `formats` (none: the quickest). Without `mailer` mails are only counted. The other plans of the record
    stand still meanwhile: nothing of theirs may wait to be told or sent. Raises `CannotBePlayed`.

    Life goes on to the day `until`, if that is a later one; what is under way then has no process any more, until
    `records.processes.start_again` gives it one. `told` hears of the days that have come.
    """
    ends = max(FiscalYear(fiscal_year).last_day, until or date.min)
    played = _Played(plan, first_day_of_year(plan, fiscal_year), ends, told)
    municipality = played.store(database)
    asyncio.run(played.play(database, municipality, mailer or output.CountingMailer(SENDER), formats, base_url))
    with database.reading(municipality) as session:
        return summary.read(session, plans.find(session, plan.code))


def agenda(plan: PlanDefinition, begins: date, ends: date) -> Iterator[Entry]:
    """All that people do in these years. Only what existed on the first day is taken from `plan` itself."""
    answers, began = Answers(plan), as_it_began(plan, begins)
    years = range(FiscalYear.of(begins).starts_in, FiscalYear.of(ends).starts_in + 1)
    for fiscal_year in years:
        yield from PlayedYear(began, fiscal_year, answers).entries()
    for review in played_reviews(plan, began):
        if review.term.last_fiscal_year in years:
            yield from review.entries()
    yield from (entry for entry in played_projects(began, begins) if jst_day(entry.at) <= ends)


@dataclass(frozen=True)
class _Played:
    """A plan and the days of it that are played. What came after the first of them is not known yet."""

    plan: PlanDefinition
    begins: date
    ends: date
    told: Callable[[date], None] = lambda _: None

    def store(self, database: Database) -> int:
        """The plan as it began, and the people who will play; the municipality."""
        began, change = as_it_began(self.plan, self.begins), Change("replay", _midnight(self.begins))
        with database.writing(EVERY_MUNICIPALITY) as session:
            municipality = plans.municipality_for(session, began).id
            narrow(session, municipality)
            plan = plans.import_definition(session, change, began, mark_of(self.plan))
            import_organisation(session, change, plan, organisation_of(began, self.begins))
        return municipality

    async def play(
        self, database: Database, municipality: int, mailer: Mailer, formats: tuple[Format, ...], base_url: str
    ) -> dict[str, int]:
        """Play it all; the number of history events per process."""
        until = datetime.combine(self.ends, time_of_day(23, 59), JST)
        with database.reading(EVERY_MUNICIPALITY) as session:
            earlier = summary.workflow_ids(session)
        async with running(database, municipality, _midnight(self.begins), mailer, formats, base_url) as player:
            await player.play(agenda(self.plan, self.begins, self.ends), until, self.told)
            with database.reading(municipality) as session:
                ids = [workflow_id for workflow_id in summary.workflow_ids(session) if workflow_id not in earlier]
            return {workflow_id: await _history_events(player.client, workflow_id) for workflow_id in ids}


@dataclass(frozen=True)
class _Replay:
    """What is played, in a record of its own in a folder."""

    played: _Played
    folder: Path
    mailer: Mailer
    formats: tuple[Format, ...]
    base_url: str

    def run(self) -> Summary:
        watch, played = Stopwatch(), self.played
        database = Database(f"sqlite:///{self.folder / output.RECORD}", is_throwaway=True)
        try:
            with watch.part("preparing"):
                migrate.upgrade(database.engine)
                municipality = played.store(database)
            with watch.part("playing"):
                playing = played.play(database, municipality, self.mailer, self.formats, self.base_url)
                history_events = asyncio.run(playing)
            with watch.part("reading"), database.reading(municipality) as session:
                record = summary.read(session, plans.find(session, played.plan.code))
                documents = output.write_documents(session, self.folder)
        finally:
            database.dispose()
        spans = (played.plan.code, played.begins, played.ends)
        return Summary(*spans, record, history_events, watch.seconds, tuple(documents))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time_of_day(0), JST)


async def _history_events(client: Client, workflow_id: str) -> int:
    return (await client.get_workflow_handle(workflow_id).describe()).history_length
