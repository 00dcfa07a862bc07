"""Plays an agenda: lets the plan's time pass, lets people act in the record, and tells Temporal of it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment

from db.session import Database
from documents.formats import Format
from domain.calendar import JST
from domain.clock import SECONDS_PER_DAY, PlanClock
from mail.send import Mailer
from records import gathering
from relay import Relay
from replay.agenda import Entry, Moment
from replay.plan_time import PlanTime, TellsPlanTime
from scheduler import let_changes_take_effect, open_cycles_due
from temporal_client import DATA_CONVERTER
from worker import build_worker

_SERVER = Path(sys.executable).parent / "temporal-test-server"
BASE_URL = "http://localhost:8420"
"""Where the links in mails lead, unless somebody will serve the record elsewhere."""
_THREADS = 8
_MORNING = time(9, 15)
"""Between the hour at which plans send and that of the digest."""


@dataclass(frozen=True)
class Player:
    """A city hall with a Temporal of its own, whose days pass at our word."""

    database: Database
    municipality: int
    environment: WorkflowEnvironment
    client: Client
    relay: Relay
    time: PlanTime

    async def play(self, agenda: Iterable[Entry], until: datetime, told: Callable[[date], None]) -> None:
        """Everything on the agenda up to an instant of the plan, in its order, and all that follows from it.

        `told` hears of the days that have come.
        """
        ahead = sorted((entry for entry in agenda if entry.at <= until), key=lambda entry: entry.at)
        for at, entries in groupby(ahead, key=lambda entry: entry.at):
            await self._let_time_pass(at)
            for entry in entries:
                self._perform(entry)
            await self.relay.drain()
            told(self.time.moment.date())
        await self._let_time_pass(until)
        told(until.date())

    async def _let_time_pass(self, to: datetime) -> None:
        """Until the plan's clock shows `to`. The server skips only while nothing is at work, so all of it is done.

        Nobody relays meanwhile. Only the start of a digest is queued by a process: where there are any, it is told
        each morning before its hour.
        """
        for morning in self._mornings(to):
            await self._skip(morning)
            await self.relay.drain()
        await self._skip(to)

    def _mornings(self, to: datetime) -> Iterator[datetime]:
        with self.database.reading(self.municipality) as session:
            if not gathering.may_happen(session):
                return
        morning = datetime.combine(self.time.moment.astimezone(JST).date(), _MORNING, JST)
        while morning < to:
            if morning > self.time.moment:
                yield morning
            morning += timedelta(days=1)

    async def _skip(self, to: datetime) -> None:
        now = await self.environment.get_current_time()
        await self.environment.sleep(max((self.time.clock.instant(to) - now).total_seconds(), 0))
        self.time.moment = to

    def _perform(self, entry: Entry) -> None:
        if entry.act is None:
            let_changes_take_effect(self.database, entry.at, self.municipality)
            open_cycles_due(self.database, entry.at, self.municipality)
            return
        with self.database.writing(self.municipality) as session:
            entry.act(session, Moment(entry.at))


@asynccontextmanager
async def running(
    database: Database,
    municipality: int,
    begins_at: datetime,
    mailer: Mailer,
    formats: tuple[Format, ...],
    base_url: str = BASE_URL,
    seconds_per_day: float = SECONDS_PER_DAY,
) -> AsyncIterator[Player]:
    """A server that skips time, and a worker of ours over the record. The plan's clock begins at `begins_at`.

    A shorter day is for who lets steps fail: they are tried again by the server's clock, each time at a cost.
    """
    quiet = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(TelemetryFilter("ERROR", "ERROR"))))
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(_SERVER), data_converter=DATA_CONVERTER, runtime=quiet
    ) as environment:
        clock = PlanClock(begins_at, await environment.get_current_time(), seconds_per_day)
        plan_time = PlanTime(clock)
        served = environment.client
        client = Client(
            served.service_client,
            namespace=served.namespace,
            data_converter=DATA_CONVERTER,
            interceptors=[TellsPlanTime(clock)],
        )
        relay = Relay(database, client, plan_time.now, holder="replay")
        with ThreadPoolExecutor(_THREADS) as executor:
            async with build_worker(client, database, mailer, base_url, executor, now=plan_time.now, formats=formats):
                yield Player(database, municipality, environment, client, relay, plan_time)
