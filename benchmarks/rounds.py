"""What a yearly round costs Temporal: events and bytes of its history, and CPU of the server.

The real workflow with its real rules plays a round on a clock that runs fast. What its activities would do in the
database is left out (they answer as they would), so that the server is measured and not them. Beside it plays the
least that could be built (`bare/round.py`), told the same at the same instants.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import plan_files
import wall_clock
from activities.contracts import LoadedRound, MailBatch, RoundToLoad
from benchmarks.bare.round import BareOrder, BareRound
from benchmarks.figures import Figure, Of, Run, at_most
from benchmarks.installation import PlainInstallation
from benchmarks.usage import Usage
from demo import samples
from domain import collection
from domain.calendar import JST, BusinessCalendar
from domain.clock import PlanClock
from domain.collection import Obligation, Round, RoundEvent, RoundEventKind
from domain.orders import CollectionOrder
from japan_calendar import business_calendar
from temporal_client import DATA_CONVERTER
from workflows.collection import CollectionWorkflow

_QUEUE = "bench"
_OPENED, _DUE = date(2026, 4, 1), date(2026, 4, 15)
_QUIET = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(TelemetryFilter("ERROR", "ERROR"))))
"""The SDK warns of what the server that skips time cannot do; here nothing needs it."""
_OPENED_AT = datetime.combine(_OPENED, time(8), JST)
_CALENDAR: BusinessCalendar = business_calendar((2026, 2027))
_LADDER = plan_files.read_plan(samples.PLANS / "iizuka-ict.yaml").rounds[0].ladder
_MEASURES = 100
_ANSWERED = 80
"""Of a hundred. Each is approved on the next business day."""
_BATCHES, _MORE_BATCHES = 3, 8
"""On as many business days; what a day brings is relayed together. With three of them the least possible design comes
to some 80 events, the number that the goal of 100 was set beside; what a further batch adds is a figure of its own."""
_OF_A_DEPARTMENT = 5
_PATIENCE = 60
_BREATH = 0.3
_SKIPPING = Path(sys.executable).parent / "temporal-test-server"
_LAST = 22
"""Plan days until the last step; then the planning division closes the round."""


@dataclass(frozen=True)
class _Told:
    """What the round is told at an instant of the plan: the measures answered and those approved."""

    at: datetime
    answered: tuple[int, ...]
    approved: tuple[int, ...]

    @property
    def events(self) -> list[RoundEvent]:
        day = self.at.date()
        return [
            *(RoundEvent(1 + m, RoundEventKind.SUBMITTED, day, measure=m) for m in self.answered),
            *(RoundEvent(5_001 + m, RoundEventKind.APPROVED, day, measure=m) for m in self.approved),
        ]


@dataclass(frozen=True)
class _Scenario:
    """A round of so many measures: eighty of a hundred are answered, in batches, and approved on the next open day."""

    measures: int
    batches: int = _BATCHES

    def tellings(self) -> list[_Told]:
        answering = list(range(self.measures * _ANSWERED // 100))
        days = [_CALENDAR.shift(_OPENED, day) for day in range(1, self.batches + 2)]
        answered = [tuple(answering[batch :: self.batches]) for batch in range(self.batches)]
        return [
            _Told(datetime.combine(day, time(8), JST), now, before)
            for day, now, before in zip(days, [*answered, ()], [(), *answered], strict=True)
        ]

    def wakes(self) -> list[datetime]:
        """When something falls due in such a round, by the real rules."""
        round_, found, tellings = _round(self.measures), [], self.tellings()
        while (wake := collection.next_wake(round_)) is not None:
            for told in [t for t in tellings if t.at <= wake]:
                tellings.remove(told)
                round_ = collection.apply(round_, told.events)
            wake = collection.next_wake(round_) or wake
            mails, round_ = collection.mails_due(round_, wake)
            if mails:
                found.append(wake)
        return found


@dataclass(frozen=True)
class _History:
    events: int
    bytes: int


def measure(run: Run) -> list[Figure]:
    return asyncio.run(_measure(run))


async def _measure(run: Run) -> list[Figure]:
    ours, bare = {}, {}
    for measures in (10, 100, 500):
        run.tell(f"the history of a round of {measures} measures")
        played = _Scenario(measures)
        ours[measures], bare[measures] = await _history(played, is_bare=False), await _history(played, is_bare=True)
    more = _Scenario(_MEASURES, _MORE_BATCHES)
    ours_more, bare_more = await _history(more, is_bare=False), await _history(more, is_bare=True)
    cpu, bare_cpu = await _server_cpu(run)
    flat = {measures: history.bytes / measures for measures, history in ours.items()}
    least = "least possible design"
    (of_ten, own, large), other = ours.values(), bare[_MEASURES]
    return [
        Figure("events of a round of 100 measures", own.events, "", at_most(100, Of.VALUE), other.events, least),
        Figure(
            "events that a further batch of answers adds",
            (ours_more.events - own.events) / (_MORE_BATCHES - _BATCHES),
            "",
            at_most(1),
            (bare_more.events - other.events) / (_MORE_BATCHES - _BATCHES),
            least,
        ),
        Figure("kB of its history", own.bytes / 1000, "kB", at_most(20, Of.VALUE), other.bytes / 1000, least),
        Figure("events of a round of 500 measures", large.events, "", at_most(1.1), of_ten.events, "of 10"),
        Figure("bytes per measure, round of 500", flat[500], "B", at_most(1.1), flat[100], "of 100"),
        Figure("server CPU per round of 100 measures", cpu, "ms", at_most(1.3), bare_cpu, least),
    ]


async def _history(scenario: _Scenario, *, is_bare: bool) -> _History:
    """A round on a server that skips time: what it records does not hang on how fast the machine is."""
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=DATA_CONVERTER, test_server_existing_path=str(_SKIPPING), runtime=_QUIET
    ) as environment:
        clock = PlanClock(_OPENED_AT, await environment.get_current_time())

        async def until(at: datetime) -> None:
            await environment.sleep(clock.seconds_until(at, await environment.get_current_time()))
            await asyncio.sleep(_BREATH)  # activities take time that is not skipped

        (id_,) = await _play(environment.client, scenario, 1, clock, until, is_bare=is_bare)
        handle = environment.client.get_workflow_handle(id_)
        events = [event async for event in handle.fetch_history_events()]
        return _History(len(events), sum(event.ByteSize() for event in events))


async def _server_cpu(run: Run) -> tuple[float, float]:
    """Milliseconds per round of the server that a city runs, of Meguru's and of the bare design."""
    turns, rounds, day_seconds = run.size(2, 1), run.size(15, 10), 0.1 if run.quick else 0.25
    used = {False: 0.0, True: 0.0}
    async with _server() as (client, pid):
        run.tell("the server at rest")
        at_rest = await _cpu_while(pid, asyncio.sleep(_LAST * day_seconds))
        for turn in range(turns):
            run.tell(f"{rounds} rounds at once, turn {turn + 1} of {turns}")
            for is_bare in (False, True) if turn % 2 == 0 else (True, False):
                clock = PlanClock(_OPENED_AT, wall_clock.now(), day_seconds)

                async def until(at: datetime, clock: PlanClock = clock) -> None:
                    await asyncio.sleep(clock.seconds_until(at, wall_clock.now()))

                playing = _play(client, _Scenario(_MEASURES), rounds, clock, until, is_bare=is_bare)
                used[is_bare] += await _cpu_while(pid, playing) - at_rest
    return used[False] * 1000 / (turns * rounds), used[True] * 1000 / (turns * rounds)


async def _play(
    client: Client,
    scenario: _Scenario,
    rounds: int,
    clock: PlanClock,
    until: Callable[[datetime], Awaitable[None]],
    *,
    is_bare: bool,
) -> list[str]:
    """Play rounds to their end, all at once; the ids of their workflows."""
    ids = [f"{clock.started_at:%H%M%S%f}-{number}" for number in range(rounds)]
    async with Worker(
        client,
        task_queue=_QUEUE,
        workflows=[CollectionWorkflow, BareRound],
        activities=[load_round, send_mails, remind],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handles = [await _start(client, id_, scenario, clock, is_bare=is_bare) for id_ in ids]
        for told in scenario.tellings():
            await until(told.at)
            await asyncio.gather(*(_tell(handle, told, is_bare=is_bare) for handle in handles))
        await until(_OPENED_AT + timedelta(days=_LAST))
        closed = [RoundEvent(10_000, RoundEventKind.CLOSED, _OPENED + timedelta(days=_LAST))]
        for handle in handles:
            await (handle.signal("close") if is_bare else handle.signal("record", closed))
            await handle.result()
    return ids


async def _start(
    client: Client, id_: str, scenario: _Scenario, clock: PlanClock, *, is_bare: bool
) -> WorkflowHandle[Any, Any]:
    if is_bare:
        order = BareOrder(
            scenario.measures, tuple(clock.seconds_until(at, clock.started_at) for at in scenario.wakes())
        )
        return await client.start_workflow(BareRound.run, order, id=id_, task_queue=_QUEUE)
    collecting = CollectionOrder(1, scenario.measures, clock)
    return await client.start_workflow(CollectionWorkflow.run, collecting, id=id_, task_queue=_QUEUE)


async def _tell(handle: WorkflowHandle[Any, Any], told: _Told, *, is_bare: bool) -> None:
    if is_bare:
        await handle.signal("record", list(told.answered))
        return
    await handle.signal("record", told.events)


def _round(measures: int) -> Round:
    obligations = (Obligation(m, 1 + m // _OF_A_DEPARTMENT, _DUE, _OPENED) for m in range(measures))
    return Round(tuple(obligations), _LADDER, _CALENDAR)


@activity.defn
async def load_round(wanted: RoundToLoad) -> LoadedRound:
    return LoadedRound.pack(_round(wanted.round))


@activity.defn
async def send_mails(batch: MailBatch) -> None:
    """The database and the mail server are measured elsewhere."""


@activity.defn
async def remind(measures: list[int]) -> None:
    """As above, for the bare round."""


async def _cpu_while(pid: int, work: Awaitable[object]) -> float:
    """CPU seconds that a process uses meanwhile."""
    before = Usage.of(pid).cpu
    await work
    return Usage.of(pid).cpu - before


@asynccontextmanager
async def _server() -> AsyncIterator[tuple[Client, int]]:
    with tempfile.TemporaryDirectory(prefix="meguru-bench-") as folder:
        installation = PlainInstallation(Path(folder), "sqlite://")
        installation.start("temporal")
        try:
            yield await _connected(installation.temporal_address), installation.pid("temporal")
        finally:
            installation.stop()


async def _connected(address: str) -> Client:
    for _ in range(_PATIENCE):
        with suppress(RuntimeError):  # it is not up yet
            return await Client.connect(address, data_converter=DATA_CONVERTER)
        await asyncio.sleep(0.5)
    raise AssertionError("Temporal does not come up")
