"""What processes share that live by the record: they do what is due there, sleep, and look again when told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime

from temporalio import workflow

from activities.contracts import ProcessMail, ProcessStanding
from activities.mailing import MailingActivities
from domain.clock import PlanClock
from domain.orders import ProcessEvent
from workflows.activity_options import MAIL

_MOST_EVENTS = 1_000
"""A history longer than this continues as new, also where the server would let it grow further."""


class RecordedProcess:
    """Holds no state of its own but its clock: whatever is owed stands in the record.

    So it may end and continue as new at any moment, and a signal says no more than "look again".
    """

    def __init__(self, municipality: int, workflow_id: str, clock: PlanClock) -> None:
        self.municipality = municipality
        self.workflow_id = workflow_id
        self.clock = clock
        self.told = False
        self.has_mail = True  # an earlier run may have left some

    @workflow.signal
    def record(self, events: list[ProcessEvent]) -> None:
        """Something changed in the record."""
        self.told = True

    @workflow.signal
    def change_clock(self, clocks: list[PlanClock]) -> None:
        """The plan's clock was set anew (demo and replay)."""
        self.clock = clocks[-1]
        self.told = True

    async def do_what_is_due(self) -> ProcessStanding:
        """What the process is about; each kind says it."""
        raise NotImplementedError

    async def until_it_is_over(self) -> bool:
        """Do what is due, post mails, sleep. False: the history has grown long, continue as new.

        A mail may wait for its server for days: posting never holds up the rest, and a process that continues as new
        takes up what its predecessor could not post, since that stands in the ledger.
        """
        posting = asyncio.create_task(self._post())
        while True:
            self.told = False
            standing = await self.do_what_is_due()
            self.has_mail |= standing.has_mail
            if standing.has_ended or _is_long():
                break
            await self._sleep(standing.wake_at)
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
        if standing.has_ended:
            # What nobody asks for any more ends in the ledger too; word of what was cancelled leaves.
            await self._send()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return standing.has_ended

    def now(self) -> datetime:
        """The plan's time."""
        return self.clock.plan_time(workflow.now())

    async def _sleep(self, wake_at: datetime | None) -> None:
        """Until the next step is due, or until something changes."""
        seconds = None if wake_at is None else self.clock.seconds_until(wake_at, workflow.now())
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.told, timeout=seconds)

    async def _post(self) -> None:
        """Hand over what the ledger holds, one batch after the other: two at once would take each other's for lost."""
        while True:
            await workflow.wait_condition(lambda: self.has_mail)
            self.has_mail = False
            await self._send()

    async def _send(self) -> None:
        mail = ProcessMail(self.municipality, self.workflow_id, self.now().date())
        await workflow.execute_activity_method(
            MailingActivities.send_waiting,
            mail,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            **MAIL,
        )


def _is_long() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.get_current_history_length() > _MOST_EVENTS
