"""One collection round: ask, remind, escalate, and fall silent as soon as the answer is there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

from temporalio import workflow

from activities.contracts import MailBatch, RoundToLoad
from activities.cycle import CycleActivities
from activities.mailing import MailingActivities
from domain import collection
from domain.clock import PlanClock
from domain.collection import DueMail, Round, RoundEvent
from domain.orders import CollectionOrder
from workflows.activity_options import DATABASE, MAIL


@workflow.defn
class CollectionWorkflow:
    """Holds every department's request of one round in its state; ends when the round is closed.

    It wakes for events and for the next step of any ladder, and sends what is due in one batch.
    """

    @workflow.init
    def __init__(self, order: CollectionOrder) -> None:
        self.order = order
        self.clock: PlanClock = order.clock
        self.round: Round | None = None
        self.unread: list[RoundEvent] = []
        self.woken = False

    @workflow.run
    async def run(self, order: CollectionOrder) -> None:
        self.round = await self._load()
        posting: list[asyncio.Task[None]] = []
        while True:
            self._read_events()
            if self.round.closed:
                break
            mails, self.round = collection.mails_due(self.round, self._plan_time())
            if mails:
                posting = [task for task in posting if not task.done()]
                posting.append(asyncio.create_task(self._send(mails)))
            await self._sleep()
        # Nothing of a closed round is owed any more: what still waits for the mail server is dropped.
        for task in posting:
            task.cancel()
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.signal
    def record(self, events: list[RoundEvent]) -> None:
        """Something happened to the round: submitted, returned, extended, …"""
        self.unread.extend(events)
        self.woken = True

    @workflow.signal
    def change_clock(self, clocks: list[PlanClock]) -> None:
        """The plan's clock was set anew (demo and replay)."""
        self.clock = clocks[-1]
        self.woken = True

    @workflow.query
    def state(self) -> Round | None:
        """What the workflow believes; a test compares it with the database."""
        return self.round

    async def _load(self) -> Round:
        loaded = await workflow.execute_activity_method(
            CycleActivities.load_round, RoundToLoad(self.order.municipality, self.order.round), **DATABASE
        )
        return loaded.unpack()

    def _read_events(self) -> None:
        assert self.round is not None
        events, self.unread = self.unread, []
        self.round = collection.apply(self.round, events)

    async def _sleep(self) -> None:
        """Until the next step of any ladder, or until something happens."""
        assert self.round is not None
        self.woken = bool(self.unread)
        wake = collection.next_wake(self.round)
        seconds = None if wake is None else self.clock.seconds_until(wake, workflow.now())
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.woken, timeout=seconds)

    async def _send(self, mails: tuple[DueMail, ...]) -> None:
        batch = MailBatch(self.order.municipality, mails, self._plan_time().date())
        await workflow.execute_activity_method(MailingActivities.send_mails, batch, **MAIL)

    def _plan_time(self) -> datetime:
        return self.clock.plan_time(workflow.now())
