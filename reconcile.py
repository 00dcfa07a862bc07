"""Compares the record with Temporal and mends what differs: the record decides what is owed.

Every process is asked for by its id; Temporal's lists lag behind after a crash. What is wrong with a round is mended
by its year or its review, which begins anew as the record stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from db.session import EVERY_MUNICIPALITY, Database
from domain.identifiers import RECORD, TASK_QUEUE
from records import obligations, people
from records.change import Change
from records.obligations import Part, Process

_AT_ONCE = 20
_RUNNING = WorkflowExecutionStatus.RUNNING
_WHY = "the record says otherwise (meguru reconcile)"


class Fault(StrEnum):
    MISSING = "missing"
    ENDED_EARLY = "ended too early"
    STILL_RUNNING = "running though over"
    ANEW = "to begin anew"


@dataclass(frozen=True)
class Difference:
    """One process that is not as the record says; `found` is what Temporal says. `of` is what is mended for it."""

    workflow_id: str
    fault: Fault
    found: str
    municipality: int
    of: Process


@dataclass(frozen=True)
class _Known:
    municipality: int
    process: Process


class Reconciliation:
    """`now` gives the instant of a change."""

    def __init__(self, database: Database, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._client = client
        self._now = now
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def differences(self) -> tuple[int, list[Difference]]:
        """How many processes were compared, and those that differ. Raises `RPCError` while Temporal is away."""
        known, starting = self._known()
        ids = [id_ for one in known for id_ in _ids(one.process)]
        found = dict(zip(ids, await asyncio.gather(*(self._status(id_) for id_ in ids)), strict=True))
        return len(ids), [difference for one in known for difference in _differing(one, found, starting)]

    async def lasting_differences(self, wait_seconds: float) -> tuple[int, list[Difference]]:
        """Those that a second look finds again: a process may just be starting or ending."""
        count, first = await self.differences()
        if not first:
            return count, first
        await asyncio.sleep(wait_seconds)
        count, second = await self.differences()
        seen = {(one.workflow_id, one.fault) for one in first}
        return count, [one for one in second if (one.workflow_id, one.fault) in seen]

    def all_anew(self) -> list[Difference]:
        """Everything that should run, however it looks: for a Temporal that knows more than a restored record."""
        known, _ = self._known()
        return [
            Difference(one.process.workflow_id, Fault.ANEW, "", one.municipality, one.process)
            for one in known
            if one.process.is_owed
        ]

    async def mend(self, differences: Iterable[Difference], done: Callable[[], None]) -> int:
        """End what should not run, begin anew what should; the number of processes that were seen to."""
        by_process = {one.of.workflow_id: one for one in differences}
        for difference in by_process.values():
            await self._mend(difference)
            done()
        return len(by_process)

    async def _mend(self, difference: Difference) -> None:
        process = difference.of
        for workflow_id in _ids(process):
            await self._end(workflow_id)
        if not process.is_owed:
            return
        beginning = await asyncio.to_thread(self._begin, difference)
        await self._client.start_workflow(
            beginning.name,
            beginning.order,
            id=process.workflow_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=RECORD if beginning.events else None,
            start_signal_args=[beginning.events] if beginning.events else [],
        )

    def _begin(self, difference: Difference) -> obligations.Beginning:
        with self._database.writing(difference.municipality) as session:
            return obligations.begin_anew(session, Change("cli", self._now()), difference.of)

    async def _end(self, workflow_id: str) -> None:
        try:
            await self._client.get_workflow_handle(workflow_id).terminate(_WHY)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # neither known nor running: as it should be
                raise

    async def _status(self, workflow_id: str) -> WorkflowExecutionStatus | None:
        async with self._gate:
            try:
                return (await self._client.get_workflow_handle(workflow_id).describe()).status
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
                raise

    def _known(self) -> tuple[list[_Known], frozenset[str]]:
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            cities = [city.id for city in people.municipalities(session)]
            starting = obligations.waiting_to_start(session)
        known = []
        for city in cities:
            with self._database.reading(city) as session:
                known += [_Known(city, process) for process in obligations.of_municipality(session)]
        return known, starting


def _ids(process: Process) -> list[str]:
    return [process.workflow_id, *(part.workflow_id for part in process.parts)]


def _differing(
    one: _Known, found: dict[str, WorkflowExecutionStatus | None], starting: frozenset[str]
) -> Iterable[Difference]:
    process = one.process
    if found[process.workflow_id] is None and process.workflow_id in starting:
        return  # the relay is on its way, or waits for a worker
    every: tuple[Process | Part, ...] = (process, *process.parts)
    for part in every:
        status = found[part.workflow_id]
        fault = _fault(part.is_owed, status)
        if fault is not None:
            said = "unknown" if status is None else status.name.lower().replace("_", " ")
            yield Difference(part.workflow_id, fault, said, one.municipality, process)


def _fault(is_owed: bool, status: WorkflowExecutionStatus | None) -> Fault | None:
    if not is_owed:
        return Fault.STILL_RUNNING if status is _RUNNING else None
    if status is None:
        return Fault.MISSING
    return None if status is _RUNNING else Fault.ENDED_EARLY
