"""What 10,000 open obligations cost, and how late their reminders are: Meguru, Celery beat with polling, and DBOS.

All three play the same: rounds of a hundred departments open; a while nothing happens; four of five departments
answer, each in a transaction of its own and in any order; then, at one instant, the reminder for the others is due.
What all three have in common (the rows of the hall, its ledger) is in `benchmarks.peers.hall` and costs none of them
anything here: CPU is that of the engine's own processes (server, broker, database server, beat, workers) and of what
it adds to the transactions of openings and answers. What an engine uses while it waits is measured while it waits,
with everything open, and told apart from what opening, answer and reminder cost, because a wait lasts weeks.

Not counted: the web process and the scheduler, which every one of the three would need beside it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlmodel import Session

import wall_clock
from benchmarks.figures import Figure, Run, at_most
from benchmarks.peers.celery_polling import CeleryPolling
from benchmarks.peers.dbos_delayed import DbosDelayed
from benchmarks.peers.engine import Engine
from benchmarks.peers.hall import OF_A_ROUND, Hall
from benchmarks.peers.meguru_rounds import MeguruRounds
from db.session import EVERY_MUNICIPALITY

_ROUNDS = 100
_ANSWERED_OF_FIVE = 4
_ANSWER_SECONDS: dict[type[Engine], float] = {MeguruRounds: 0.002, CeleryPolling: 0.001, DbosDelayed: 0.001}
"""What to reckon with, until the engine has taken in one obligation's opening and answer."""
_AT_MOST_SECONDS = 200
_REST = 0.1
"""Of one core: an engine that uses less has done what it had to do."""


class _TooSlow(Exception):
    """The answers were not all told when the reminders fell due; with more time before that they are."""


@dataclass(frozen=True)
class _Played:
    """What one engine used and how late it was; CPU per obligation in milliseconds."""

    acts: float
    waiting: float
    """CPU milliseconds per second while everything is open and nothing is due."""
    first: float
    median: float
    last: float


class _Play:
    """One engine that runs already; `until_due` are the seconds from the opening to the reminders."""

    def __init__(self, engine: Engine, rounds: int, until_due: float, seconds_idle: float) -> None:
        self._engine, self._hall, self._rounds = engine, engine.hall, rounds
        self._obligations = rounds * OF_A_ROUND
        self._until_due, self._seconds_idle = until_due, seconds_idle
        self._told = 0.0

    def play(self) -> _Played:
        self._rest()
        began, used = time.monotonic(), self._engine.cpu()
        due_at = self._open()
        self._rest()
        waiting = self._wait()
        self._answer()
        self._rest()
        if (late_by := wall_clock.now().timestamp() - due_at) > 0:
            raise _TooSlow(f"{late_by:.0f} s")
        late = [at - due_at for at in self._reminded()]
        self._rest()
        used = self._engine.cpu() - used - waiting * (time.monotonic() - began) + self._told
        return _Played(used * 1000 / self._obligations, waiting * 1000, late[0], median(late), late[-1])

    def _open(self) -> float:
        due_at = self._engine.due_at(self._until_due)
        for round_ in range(self._rounds):
            with self._hall.database.writing(EVERY_MUNICIPALITY) as session:
                self._hall.open(session, round_, self._engine.next_look(due_at))
                self._tell(self._engine.opened, session, round_, due_at)
        return due_at

    def _wait(self) -> float:
        """CPU seconds per second."""
        began, used = time.monotonic(), self._engine.cpu()
        time.sleep(self._seconds_idle)
        return (self._engine.cpu() - used) / (time.monotonic() - began)

    def _answer(self) -> None:
        answering = (i for i in range(self._obligations) if i % 5 < _ANSWERED_OF_FIVE)
        for obligation in sorted(answering, key=lambda i: i * 7_919 % 10_007):  # from all over the hall, like people
            with self._hall.database.writing(EVERY_MUNICIPALITY) as session:
                self._hall.answer(session, obligation)
                self._tell(self._engine.answered, session, obligation // OF_A_ROUND, obligation)

    def _tell(self, say: Callable[..., None], session: Session, *what: float) -> None:
        began = time.thread_time()
        say(session, *what)
        self._told += time.thread_time() - began

    def _rest(self) -> None:
        """Until the engine has nothing more to do."""
        used = -1.0
        while self._engine.cpu() - used > _REST:
            used = self._engine.cpu()
            time.sleep(1)

    def _reminded(self) -> list[float]:
        """When each of those who had not answered was reminded."""
        owed = self._obligations - self._obligations * _ANSWERED_OF_FIVE // 5
        until = time.monotonic() + self._until_due + 120
        while len(sent := self._hall.sent_at()) < owed:
            if time.monotonic() > until:
                raise AssertionError(f"{len(sent)} of {owed} reminders were sent")
            time.sleep(0.2)
        return sent


@contextmanager
def _running(kind: type[Engine]) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="meguru-obligations-") as folder:
        hall = Hall(Path(folder))
        hall.build()
        engine = kind(Path(folder), hall)
        try:
            engine.start()
            yield engine
        finally:
            engine.stop()
            hall.database.dispose()


def _played(kind: type[Engine], run: Run) -> _Played:
    """Opening and answers take as long as they take on this machine: where that is too long, all is done again."""
    rounds, seconds_idle = run.size(full=_ROUNDS, quick=5), run.size(full=8, quick=2)
    until_due = seconds_idle + (rounds * OF_A_ROUND * _ANSWER_SECONDS[kind]) + 3
    while True:
        try:
            with _running(kind) as engine:
                return _Play(engine, rounds, until_due, seconds_idle).play()
        except _TooSlow as late:
            if until_due > _AT_MOST_SECONDS:
                raise
            run.tell(f"{kind.__name__}: {late} too slow; once more, with more time")
            until_due *= 3


def measure(run: Run) -> list[Figure]:
    played = {}
    for kind in (MeguruRounds, CeleryPolling, DbosDelayed):
        run.tell(kind.__name__)
        played[kind] = _played(kind, run)
        run.tell(f"{kind.__name__}: {played[kind]}")
    obligations = run.size(full=_ROUNDS, quick=5) * OF_A_ROUND
    return [
        figure
        for other, name in ((CeleryPolling, "Celery beat, every 5 s"), (DbosDelayed, "DBOS"))
        for figure in _beside(played[MeguruRounds], played[other], name, obligations)
    ]


def _beside(ours: _Played, theirs: _Played, other: str, obligations: int) -> list[Figure]:
    goal, reminders = at_most(1.0), f"{obligations // 5:,} reminders"

    def row(what: str, unit: str, of: Callable[[_Played], float]) -> Figure:
        return Figure(f"{what}, {other}", of(ours), unit, goal, of(theirs), other)

    return [
        row("CPU of its opening, answer and reminder", "ms", lambda p: p.acts),
        row(f"CPU while {obligations:,} are open", "ms/s", lambda p: p.waiting),
        row(f"the last of {reminders}", "s", lambda p: p.last),
    ]
