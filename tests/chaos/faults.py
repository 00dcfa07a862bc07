"""What breaks: each fault is drawn from one deck that a seed shuffles, so that every kind has its turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random  # noqa: TID251 (a seed makes a run come again)

from sqlalchemy import create_engine, text

from tests.chaos.failpoints import Action, Failpoint
from tests.chaos.installation import TEMPORAL, Installation
from tests.chaos.mail_server import Mood
from tests.chaos.part import CLOCK, DISK_FULL
from tests.chaos.store import Store

HEARTBEAT_SECONDS = 15
"""Whoever stalls for longer finds that another worker has taken its work up."""
_PATIENCE_SECONDS = 12
"""For how long a failpoint may wait to be reached before it is taken back."""
_ELSEWHERE = (Failpoint.IN_MIGRATION, Failpoint.IN_DOCUMENT)
"""Reached once a run, at its beginning and at its end: armed there."""


@dataclass
class Rig:
    """What faults are done to."""

    installation: Installation
    store: Store
    seconds_per_day: float
    random: Random
    clock_off_days: int = 0

    def any_of(self, kind: str) -> str:
        """One of the parts of a kind."""
        return self.random.choice([name for name in self.installation.parts if name.partition("-")[0] == kind])

    def heal(self) -> None:
        """All is well again: what is down is up, the mail server is fine, the clock is right, the disk has room."""
        for point in Failpoint:
            self.installation.failpoints.disarm(point)
        self.installation.mail.behave(Mood.FINE)
        (self.installation.folder / DISK_FULL).unlink(missing_ok=True)
        self.set_clock(0)
        self.bring_up()

    def bring_up(self) -> None:
        for name in self.installation.ended():
            self.installation.start(name)

    def set_clock(self, days: int) -> None:
        """By how many days of the plan the machine's clock is off."""
        self.clock_off_days = days
        file = self.installation.folder / CLOCK
        draft = file.with_suffix(".new")
        draft.write_text(str(days * self.seconds_per_day))
        draft.replace(file)


Fault = Callable[[Rig], bool]
"""Does its harm and ends it; False where nobody felt it, as a failpoint that was not reached."""


def deck(store: Store, random: Random) -> Iterator[tuple[str, Fault]]:
    """Every kind of fault by its name, shuffled anew each time all have had their turn."""
    kinds = dict(_kinds(store))
    while True:
        names = sorted(kinds)
        random.shuffle(names)
        for name in names:
            yield name, kinds[name]


def _kinds(store: Store) -> Iterator[tuple[str, Fault]]:
    for part in (TEMPORAL, "worker", "web", "scheduler"):
        yield f"kill {part}", _killing(part)
    yield "freeze worker", _freeze
    for point in Failpoint:
        if point not in _ELSEWHERE:
            yield f"exit {point}", _exiting(point)
            yield f"stall {point}", _stalling(point)
    for mood in Mood:
        if mood is not Mood.FINE:
            yield f"smtp {mood}", _moody(mood)
    yield "database locked", _lock
    yield "disk full", _fill_disk
    yield "clock +1 day", _jumping(1)
    yield "clock -1 day", _jumping(-1)
    if store.can_restart:
        yield "database restarted", _restart_database


def _killing(kind: str) -> Fault:
    def kill(rig: Rig) -> bool:
        name = rig.any_of(kind)
        rig.installation.kill(name)
        time.sleep(rig.random.uniform(0.1, 2))
        rig.installation.start(name)
        return True

    return kill


def _freeze(rig: Rig) -> bool:
    long = rig.random.random() < 0.3
    seconds = HEARTBEAT_SECONDS + 3 if long else rig.random.uniform(1, 4)
    rig.installation.freeze(rig.any_of("worker"), seconds)
    return True


def _exiting(point: Failpoint) -> Fault:
    def exit_(rig: Rig) -> bool:
        rig.installation.failpoints.arm(point, Action.EXIT, skip=rig.random.randrange(3))
        if not _reached(rig, point):
            return False
        until = time.monotonic() + 5
        while not rig.installation.ended() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(rig.random.uniform(0.1, 1))
        rig.bring_up()
        return True

    return exit_


def _stalling(point: Failpoint) -> Fault:
    def stall(rig: Rig) -> bool:
        seconds = rig.random.uniform(1, 4)
        rig.installation.failpoints.arm(point, Action.STALL, seconds=seconds, skip=rig.random.randrange(3))
        reached = _reached(rig, point)
        time.sleep(seconds if reached else 0)
        return reached

    return stall


def _reached(rig: Rig, point: Failpoint) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        if rig.installation.failpoints.has_fired(point):
            return True
        time.sleep(0.05)
    return not rig.installation.failpoints.disarm(point)


def _moody(mood: Mood) -> Fault:
    def behave(rig: Rig) -> bool:
        felt = rig.installation.mail.felt[mood]
        rig.installation.mail.behave(mood)
        until = time.monotonic() + _PATIENCE_SECONDS
        if mood is not Mood.REFUSED:
            while rig.installation.mail.felt[mood] == felt and time.monotonic() < until:
                time.sleep(0.05)
        # What is refused for good is lost to its recipient: a moment of it is enough.
        time.sleep(0.2 if mood is Mood.NEVER else rig.random.uniform(1, 4))
        rig.installation.mail.behave(Mood.FINE)
        return mood is Mood.REFUSED or rig.installation.mail.felt[mood] > felt

    return behave


def _lock(rig: Rig) -> bool:
    with _locked(rig.store):
        time.sleep(rig.random.uniform(2, 8))
    return True


@contextmanager
def _locked(store: Store) -> Iterator[None]:
    engine = create_engine(store.url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # One table, which every change writes to: whoever locks several may stand in another's way for ever.
            connection.execute(text("LOCK TABLE auditentry IN ACCESS EXCLUSIVE MODE"))
        yield
        connection.rollback()
    engine.dispose()


def _fill_disk(rig: Rig) -> bool:
    file = rig.installation.folder / DISK_FULL
    file.touch()
    time.sleep(rig.random.uniform(1, 4))
    file.unlink()
    return True


def _jumping(days: int) -> Fault:
    def jump(rig: Rig) -> bool:
        """It is never off by more than a day: a second jump the same way sets it right first."""
        rig.set_clock(0 if rig.clock_off_days == days else days)
        return True

    return jump


def _restart_database(rig: Rig) -> bool:
    rig.store.restart()
    return True
