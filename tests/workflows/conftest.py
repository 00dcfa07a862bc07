"""A time-skipping Temporal with a worker of ours over the sample city."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select
from temporalio.testing import WorkflowEnvironment

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST, BusinessCalendar
from domain.clock import PlanClock
from japan_calendar import business_calendar
from records import plans
from records.change import Change
from relay import Relay
from temporal_client import DATA_CONVERTER
from tests.conftest import PLAN, REAL_DAY, RememberingMailer
from worker import build_worker

BASE_URL = "https://meguru.example"
PLANNER = "nakajima.sakura@iizuka.example"


@dataclass
class Office:
    """A running city hall whose days pass at our word."""

    environment: WorkflowEnvironment
    database: Database
    mailer: RememberingMailer
    municipality: int
    clock: PlanClock
    relay: Relay
    calendar: BusinessCalendar

    async def until(self, *day_and_hour: int) -> None:
        """Let the plan's time pass up to year, month, day, hour (JST)."""
        await self.relay.drain()
        now = await self.environment.get_current_time()
        wanted = self.clock.instant(datetime(*day_and_hour, tzinfo=JST))  # type: ignore[arg-type,misc]
        assert wanted >= now, "the plan's time does not go back"
        await self.environment.sleep(wanted - now + timedelta(seconds=1))

    async def settle(self) -> None:
        """Let everything that is due now happen."""
        await self.relay.drain()
        await self.environment.sleep(timedelta(seconds=1))

    async def plan_time(self) -> datetime:
        return self.clock.plan_time(await self.environment.get_current_time())

    def change(self) -> Change:
        return Change("test", wall_clock.now())

    def reports(self, session: Session) -> dict[str, t.ProgressReport]:
        """This year's reports by the measure's code."""
        rows = session.exec(
            select(t.ProgressReport, t.Node, t.CollectionRound, t.AnnualCycle)
            .join(t.Node, t.Node.id == t.ProgressReport.node_id)  # type: ignore[arg-type]
            .join(t.CollectionRound, t.CollectionRound.id == t.ProgressReport.round_id)  # type: ignore[arg-type]
            .join(t.AnnualCycle, t.AnnualCycle.id == t.CollectionRound.cycle_id)  # type: ignore[arg-type]
            .where(t.AnnualCycle.fiscal_year == 2020)
        )
        return {node.code: report for report, node, _, _ in rows}


@asynccontextmanager
async def running_office(database: Database, workers: int = 1) -> AsyncIterator[Office]:
    """The sample city on 15 January 2021, 8:00, with the FY2020 cycle asked for."""
    path = str(Path(sys.executable).parent / "temporal-test-server")
    mailer = RememberingMailer()
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=path, data_converter=DATA_CONVERTER
    ) as environment:
        started_at = await environment.get_current_time()
        clock = PlanClock(datetime(2021, 1, 15, 8, tzinfo=JST), started_at, REAL_DAY)
        with database.reading(EVERY_MUNICIPALITY) as session:
            municipality = plans.find(session, PLAN).municipality_id
        with database.writing(municipality) as session:
            plans.set_clock(session, Change("test", started_at), plans.find(session, PLAN), clock)
        relay = Relay(database, environment.client, wall_clock.now, holder="test")
        with ThreadPoolExecutor(8) as executor:
            async with build_worker(environment.client, database, mailer, BASE_URL, executor):
                yield Office(
                    environment,
                    database,
                    mailer,
                    municipality,
                    clock,
                    relay,
                    business_calendar(range(2020, 2024)),
                )
