"""A time-skipping Temporal with a worker of ours over the sample city."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Interceptor
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST, BusinessCalendar
from domain.clock import PlanClock
from japan_calendar import business_calendar
from records import people, plans, reporting
from records.change import Change
from relay import Relay
from temporal_client import DATA_CONVERTER
from tests.conftest import PLAN, REAL_DAY, RememberingMailer
from worker import build_worker

COLLECTION = "collection/iizuka/iizuka-ict/2020/yearly"
CYCLE = "annual-cycle/iizuka/iizuka-ict/2020"
GOOD_ANSWERS = {
    "progress": "on_track",
    "achievements": "窓口に端末を置き、使い方の講座を開きました。",
    "next_step": "講座を支所でも開きます。",
}

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
        await self._quiet()

    async def settle(self) -> None:
        """Let everything that is due now happen."""
        await self.relay.drain()
        await self.environment.sleep(timedelta(seconds=1))
        await self._quiet()

    async def _quiet(self) -> None:
        """Wait, in real time, for activities on their first attempt: skipping time does not wait for them."""
        for _ in range(400):
            if not [a for w in (CYCLE, COLLECTION) for a in await self._pending(w) if a.attempt <= 1]:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the activities do not come to an end")

    async def _pending(self, workflow_id: str) -> Sequence[PendingActivityInfo]:
        try:
            described = await self.environment.client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            assert error.status is RPCStatusCode.NOT_FOUND  # noqa: PT017 (it has not started yet)
            return []
        return described.raw_description.pending_activities

    async def plan_time(self) -> datetime:
        return self.clock.plan_time(await self.environment.get_current_time())

    def submit(self, codes: list[str], on: date) -> None:
        """The responsible departments' staff submit the reports of some measures."""
        with self.database.writing(self.municipality) as session:
            for code in codes:
                report = self.reports(session)[code]
                request = session.get_one(t.UpdateRequest, report.request_id)
                staff = self._holder(request.department_id or 0, "staff")
                actor = people.actor_of(session, staff, on)
                reporting.submit(session, self.change(), actor, report.id, GOOD_ANSWERS, report.revision, on)

    def approve(self, codes: list[str], on: date) -> None:
        with self.database.writing(self.municipality) as session:
            for code in codes:
                report = self.reports(session)[code]
                request = session.get_one(t.UpdateRequest, report.request_id)
                head = self._holder(request.department_id or 0, "section_head")
                reporting.approve(session, self.change(), people.actor_of(session, head, on), report.id, on)

    def return_report(self, code: str, comment: str, on: date) -> None:
        with self.database.writing(self.municipality) as session:
            report = self.reports(session)[code]
            request = session.get_one(t.UpdateRequest, report.request_id)
            head = people.actor_of(session, self._holder(request.department_id or 0, "section_head"), on)
            definition = plans.definition_of(plans.find(session, "iizuka-ict"))
            reporting.return_(session, self.change(), head, report.id, comment, on, self.calendar, definition)

    def _holder(self, department: int, rank: str) -> t.User:
        with self.database.reading(self.municipality) as session:
            held = session.exec(
                select(t.Appointment).where(t.Appointment.department_id == department, t.Appointment.rank == rank)
            ).first()
            assert held is not None
            return session.get_one(t.User, held.user_id)

    def codes(self) -> list[str]:
        """The measures of this year's round."""
        with self.database.reading(self.municipality) as session:
            return list(self.reports(session))

    def planner(self, session: Session) -> t.User:
        """Somebody of the planning division."""
        return session.exec(select(t.User).where(t.User.email == PLANNER)).one()

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
async def running_office(
    database: Database, seconds_per_day: float = REAL_DAY, interceptors: Sequence[Interceptor] = ()
) -> AsyncIterator[Office]:
    """The sample city on 15 January 2021, 8:00, with the FY2020 cycle asked for."""
    path = str(Path(sys.executable).parent / "temporal-test-server")
    mailer = RememberingMailer()
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=path, data_converter=DATA_CONVERTER, interceptors=interceptors
    ) as environment:
        started_at = await environment.get_current_time()
        clock = PlanClock(datetime(2021, 1, 15, 8, tzinfo=JST), started_at, seconds_per_day)
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
