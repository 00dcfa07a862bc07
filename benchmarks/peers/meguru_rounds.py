"""Meguru's engine: one CollectionWorkflow per round on the embedded Temporal server, told by outbox and relay.

The workflow, the rules, the relay and the worker's options are the product's own. Only two activities are stood in
for, by name: `load_round` reads the hall's table and `send_mails` writes into the hall's ledger. As in
`meguru up`, Temporal keeps its store in a SQLite file, and the relay looks into the outbox as often as by default.

`python -m benchmarks.peers.meguru_rounds FOLDER ADDRESS` is the worker.
"""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

import wall_clock
from activities.contracts import LoadedRound, MailBatch, RoundToLoad
from activities.cycle import calendar_from
from activities.heartbeat import Heartbeats
from benchmarks.peers.engine import Engine, beside_python
from benchmarks.peers.hall import Hall
from db import migrate
from db import tables as t
from db.session import EVERY_MUNICIPALITY, narrow
from domain.calendar import JST
from domain.clock import PlanClock
from domain.collection import Obligation, Round, RoundEvent, RoundEventKind
from domain.identifiers import COLLECTION, TASK_QUEUE, collection_id
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind
from domain.orders import CollectionOrder
from one_machine import free_port, is_taken
from records import outbox
from records.change import Change
from relay import Relay
from settings import Settings
from temporal_client import DATA_CONVERTER
from worker import WORKFLOW_RUNNER, WORKFLOWS

_OPENED_ON, _DUE_ON = date(2026, 3, 18), date(2026, 4, 1)
_REMINDED_AT = datetime(2026, 4, 2, 9, tzinfo=JST)
_LADDER = Ladder((Step("reminder", StepKind.REMINDER, Anchor.DUE, 1, Rank.STAFF),))
_ORDER = TypeAdapter(CollectionOrder)


class MeguruRounds(Engine):
    def start(self) -> None:
        migrate.upgrade(self.hall.database.engine)
        with self.hall.database.writing(EVERY_MUNICIPALITY) as session:
            session.add(t.Municipality(id=1, code="hall", name="hall"))
        port = free_port()
        store = ("--db-filename", str(self.folder / "temporal.sqlite"), "--log-level", "error")
        pragmas = ("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL")
        server = (beside_python("temporal"), "server", "start-dev", "--headless", "--ip", "127.0.0.1")
        self.run(*server, "--port", str(port), *store, *pragmas)
        while not is_taken(port):
            time.sleep(0.05)
        self.run(sys.executable, "-m", __name__, str(self.folder), f"127.0.0.1:{port}")
        self.wait_for(self.folder / "working")

    def opened(self, session: Session, round_: int, due_at: float) -> None:
        now = wall_clock.now()
        clock = PlanClock(_REMINDED_AT - (datetime.fromtimestamp(due_at, UTC) - now), now)
        order = _ORDER.dump_python(CollectionOrder(1, round_, clock), mode="json")
        narrow(session, 1)
        session.add(t.Outbox(workflow_id=_id(round_), name=COLLECTION, payload=order, is_start=True, created_at=now))
        session.flush()

    def answered(self, session: Session, round_: int, obligation: int) -> None:
        event = RoundEvent(0, RoundEventKind.SUBMITTED, _OPENED_ON + timedelta(days=5), measure=obligation)
        narrow(session, 1)
        outbox.tell_round(session, Change("department", wall_clock.now()), _id(round_), event)
        session.flush()


class _Activities:
    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    @activity.defn(name="load_round", no_thread_cancel_exception=True)
    def load_round(self, wanted: RoundToLoad) -> LoadedRound:
        with self._hall.database.reading(EVERY_MUNICIPALITY) as session:
            owed = self._hall.obligations(session, wanted.round)
        obligations = tuple(Obligation(i, i, _DUE_ON, _OPENED_ON) for i in owed)
        return LoadedRound.pack(Round(obligations, _LADDER, calendar_from(_OPENED_ON)))

    @activity.defn(name="send_mails", no_thread_cancel_exception=True)
    def send_mails(self, batch: MailBatch) -> int:
        with self._hall.database.writing(EVERY_MUNICIPALITY) as session:
            self._hall.remind(session, (mail.request for mail in batch.mails))
        return len(batch.mails)


def _id(round_: int) -> str:
    return collection_id("hall", "bench", 2026, str(round_))


async def _work(folder: Path, address: str) -> None:
    hall = Hall(folder)
    client = await Client.connect(address, data_converter=DATA_CONVERTER)
    stand_ins = _Activities(hall)
    activities: list[Any] = [stand_ins.load_round, stand_ins.send_mails]
    relay = Relay(hall.database, client, wall_clock.now, holder="bench")
    with ThreadPoolExecutor(16) as executor:
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=WORKFLOWS,
            workflow_runner=WORKFLOW_RUNNER,
            activities=activities,
            activity_executor=executor,
            interceptors=[Heartbeats()],
            max_cached_workflows=4_000,
            build_id="bench",
        )
        (folder / "working").touch()
        await asyncio.gather(worker.run(), relay.run(Settings.model_fields["relay_seconds"].default))


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1]), sys.argv[2]))
