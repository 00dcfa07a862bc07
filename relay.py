"""Carries the outbox to Temporal: in order per workflow, in batches, for as long as it takes.

At least once: a row is marked after Temporal took it, so a crash in between repeats it. Every event
carries its row's id and workflows ignore what they have seen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import groupby

from opentelemetry import trace
from opentelemetry.trace import Span
from sqlalchemy import bindparam
from sqlmodel import col, update
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.identifiers import TASK_QUEUE
from metrics import RELAY_BATCHES
from records import leases, outbox, traces

_BATCH = 10_000
"""Rows that are looked at together: the more of one workflow are among them, the fewer signals it is told them by."""
_AT_ONCE = 20
"""Workflows that are told at the same time: Temporal's server answers many no later than one."""
_MARK = (
    update(t.Outbox)
    .where(col(t.Outbox.id).in_(bindparam("rows", expanding=True)))
    .values(relayed_at=bindparam("at"), note=bindparam("said"))
    .execution_options(synchronize_session=False)  # the session that marks them holds none of them
)
_log = logging.getLogger("meguru.relay")


class Relay:
    """`holder` names this process: of several workers one relays at a time."""

    def __init__(self, database: Database, client: Client, now: Callable[[], datetime], holder: str) -> None:
        self._database = database
        self._client = client
        self._now = now
        self._holder = holder
        self._renew_at: datetime | None = None
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self, every_seconds: float) -> None:
        """Relay until cancelled; Temporal or the database being down is waited out.

        What comes in meanwhile waits for the next look, so that what many do at once travels together.
        """
        while True:
            try:
                if await asyncio.to_thread(self._hold_lease):
                    await self.drain()
            except Exception:  # whatever it was, the rows are still there
                _log.exception("relay stopped short; it will try again")
            await asyncio.sleep(every_seconds)

    async def drain(self) -> int:
        """Relay what waits, once; the number of rows that left.

        A workflow that cannot be told now is passed over with all its later rows: nobody waits behind it.
        """
        left, after = 0, 0
        stuck: set[str] = set()
        while rows := await asyncio.to_thread(self._waiting, after):
            after = rows[-1].id
            by_workflow = sorted((r for r in rows if r.workflow_id not in stuck), key=lambda r: (r.workflow_id, r.id))
            waiting = {id_: list(of_workflow) for id_, of_workflow in groupby(by_workflow, key=lambda r: r.workflow_id)}
            async with asyncio.TaskGroup() as relaying:
                tasks = {id_: relaying.create_task(self._relay_in_turn(rows)) for id_, rows in waiting.items()}
            delivered = {id_: task.result() for id_, task in tasks.items()}
            left += sum(delivered.values())
            stuck |= {id_ for id_, rows in waiting.items() if delivered[id_] < len(rows)}
        return left

    async def _relay_in_turn(self, rows: list[t.Outbox]) -> int:
        """Several workflows are told at once, but not all of them."""
        async with self._places:
            return await self._relay_workflow(rows)

    async def _relay_workflow(self, rows: list[t.Outbox]) -> int:
        """The rows of one workflow in order; stops at the first that cannot be delivered now."""
        left = 0
        for batch in _batches(rows):
            with _span(batch):
                note = await self._deliver(batch)
            RELAY_BATCHES.labels("must wait" if note is None else note or "relayed").inc()
            if note is None:
                break
            await asyncio.to_thread(self._mark, batch, note)
            left += len(batch)
        return left

    async def _deliver(self, batch: Sequence[t.Outbox]) -> str | None:
        """Hand a batch to Temporal. A note when it is done with, None when it must wait."""
        first = batch[0]
        try:
            if first.is_start:
                await self._start(first)
            else:
                handle = self._client.get_workflow_handle(first.workflow_id)
                await handle.signal(first.name, [outbox.argument(row) for row in batch])
        except WorkflowAlreadyStartedError:
            return "was started before"
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "process has ended" if await asyncio.to_thread(self._has_ended, first) else None
            _log.warning("Temporal did not take %s for %s: %s", first.name, first.workflow_id, error.message)
            return None
        return ""

    async def _start(self, row: t.Outbox) -> None:
        await self._client.start_workflow(
            row.name,
            row.payload,
            id=row.workflow_id,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )

    def _hold_lease(self) -> bool:
        """Take or renew the lease, in time before it ends but not at every look."""
        at = self._now()
        if self._renew_at is not None and at < self._renew_at:
            return True
        with self._database.writing(EVERY_MUNICIPALITY) as session:
            held = leases.hold(session, "relay", self._holder, at)
        self._renew_at = at + leases.LASTS / 3 if held else None
        return held

    def _waiting(self, after: int) -> list[t.Outbox]:
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            return outbox.waiting(session, after, _BATCH)

    def _mark(self, batch: Sequence[t.Outbox], note: str) -> None:
        with self._database.writing(EVERY_MUNICIPALITY) as session:
            session.exec(_MARK, params={"rows": [row.id for row in batch], "at": self._now(), "said": note})

    def _has_ended(self, row: t.Outbox) -> bool:
        """Whether the record says that this process is over: then nothing more need be told."""
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            return outbox.process_has_ended(session, row.workflow_id)


def _batches(rows: Sequence[t.Outbox]) -> Iterator[list[t.Outbox]]:
    """Runs of rows that travel together: a start alone, signals of one name in a row as one."""
    for (is_start, _), run in groupby(rows, key=lambda r: (r.is_start, r.name)):
        if is_start:
            yield from ([row] for row in run)
        else:
            yield list(run)


def _span(batch: Sequence[t.Outbox]) -> AbstractContextManager[Span]:
    """What happens next to a batch, as a part of the trace that wrote it."""
    context, links = traces.continued(row.trace for row in batch)
    attributes: dict[str, str | int] = {"meguru.process": batch[0].workflow_id, "meguru.rows": len(batch)}
    tracer = trace.get_tracer("meguru.relay")
    return tracer.start_as_current_span(
        f"relay {batch[0].name}", context, attributes=attributes, links=links, record_exception=False
    )
