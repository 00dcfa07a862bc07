"""The same on DBOS: one durable workflow per round, delayed until the instant.

By its source the way that costs it least: a workflow enqueued with a delay is a row until its time has come, where
one that sleeps holds a thread or a task. What happened meanwhile is in the application's database, so an answer need
not tell it anything: on waking, its one step reminds whoever still owes. One step, thus one transaction, per round, as
with the others. Delays and queues are looked at once a second, as by default. Its own tables are in SQLite, also its
default: on PostgreSQL, with the server's processes, it used twice the CPU while waiting.

`python -m benchmarks.peers.dbos_delayed FOLDER URL` is the application.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from dbos import DBOS, DBOSClient  # type: ignore[import-not-found]
from sqlmodel import Session

import wall_clock
from benchmarks.peers.engine import Engine
from benchmarks.peers.hall import Hall
from db.session import EVERY_MUNICIPALITY

_QUEUE = "rounds"


class DbosDelayed(Engine):
    def start(self) -> None:
        url = f"sqlite:///{self.folder / 'dbos.sqlite'}"
        self.run(sys.executable, "-m", __name__, str(self.folder), url)
        self.wait_for(self.folder / "working")
        self._client = DBOSClient(system_database_url=url)

    def opened(self, session: Session, round_: int, due_at: float) -> None:
        after = due_at - wall_clock.now().timestamp()
        order = {"workflow_name": "remind_round", "queue_name": _QUEUE, "workflow_id": f"round-{round_}"}
        self._client.enqueue({**order, "delay_seconds": after}, round_)

    def answered(self, session: Session, round_: int, obligation: int) -> None:
        """The row says it."""

    def stop(self) -> None:
        self._client.destroy()
        super().stop()


def _work(folder: Path, url: str) -> None:
    hall = Hall(folder)
    DBOS(config={"name": "rounds", "system_database_url": url, "log_level": "ERROR"})

    @DBOS.step()  # type: ignore[untyped-decorator]
    def remind(round_: int) -> None:
        with hall.database.writing(EVERY_MUNICIPALITY) as session:
            hall.remind(session, hall.owed(session, round_))

    @DBOS.workflow(name="remind_round")  # type: ignore[untyped-decorator]
    def remind_round(round_: int) -> None:
        remind(round_)

    DBOS.launch()
    DBOS.register_queue(_QUEUE)
    (folder / "working").touch()
    signal.sigwait((signal.SIGTERM, signal.SIGINT))
    DBOS.destroy()


if __name__ == "__main__":
    _work(Path(sys.argv[1]), sys.argv[2])
