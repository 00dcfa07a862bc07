"""One person's digest of a day: waits for its hour, then is handed over."""

from __future__ import annotations

from contextlib import suppress

from temporalio import workflow

from activities.contracts import DigestToSend
from activities.mailing import MailingActivities
from domain.clock import PlanClock
from domain.orders import DigestOrder
from workflows.activity_options import MAIL


@workflow.defn
class DigestWorkflow:
    """From the first mail that is gathered until the digest has left, however long the mail server is away.

    What is gathered meanwhile, and what has been answered, stands in the record.
    """

    @workflow.init
    def __init__(self, order: DigestOrder) -> None:
        self.order = order
        self.clock: PlanClock = order.clock
        self.told = False

    @workflow.run
    async def run(self, order: DigestOrder) -> None:
        await self._until_its_hour()
        await workflow.execute_activity_method(
            MailingActivities.send_digest, DigestToSend(order.municipality, order.digest), **MAIL
        )
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.signal
    def change_clock(self, clocks: list[PlanClock]) -> None:
        """The plan's clock was set anew (demo and replay)."""
        self.clock = clocks[-1]
        self.told = True

    async def _until_its_hour(self) -> None:
        while self.clock.plan_time(workflow.now()) < self.order.leaves_at:
            self.told = False
            seconds = self.clock.seconds_until(self.order.leaves_at, workflow.now())
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.told, timeout=seconds)
