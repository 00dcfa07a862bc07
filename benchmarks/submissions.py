"""Submissions per second through the API, against an application that only stores a row.

The whole installation runs: each submission is checked against rights, form and state, stored with its audit entry and
its outbox row in one transaction, and relayed to its workflow beside.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.clients import Posting, per_second
from benchmarks.figures import Figure, Run, at_least
from benchmarks.installation import PlainInstallation
from db import migrate
from db.session import Database
from one_machine import free_port, is_taken
from tests.chaos import hall
from tests.chaos.hall import Hall
from tests.chaos.installation import ROOT

_AT_ONCE = (1, 10, 50)
_DAY_SECONDS = 86_400
"""The round's first mails leave in an hour: here only submissions are measured."""
_PATIENCE = 30


def measure(run: Run) -> list[Figure]:
    turns, each = run.size(3, 1), run.size(60, 20)
    needed = turns * each * len(_AT_ONCE)
    with tempfile.TemporaryDirectory(prefix="meguru-bench-") as folder, _bare(Path(folder)) as bare:
        run.tell(f"a round of {needed} reports is opened")
        with _open_round(Path(folder), needed) as (ours, postings):
            rates: dict[int, list[tuple[float, float]]] = {at_once: [] for at_once in _AT_ONCE}
            for turn in range(turns):
                for at_once in _AT_ONCE:
                    run.tell(f"turn {turn + 1} of {turns}, {at_once} at once")
                    own = [next(postings) for _ in range(each)]
                    other = [
                        Posting("/reports", {"report": n, "answers": hall.ANSWERS, "action": ""}) for n in range(each)
                    ]
                    rates[at_once].append((per_second(ours, own, at_once), per_second(bare, other, at_once)))
    return [
        Figure(
            f"submissions per second, {at_once} at once",
            median(own for own, _ in measured),
            "/s",
            at_least(0.8),
            median(other for _, other in measured),
            "bare insert",
        )
        for at_once, measured in rates.items()
    ]


@contextmanager
def _open_round(folder: Path, reports: int) -> Iterator[tuple[int, Iterator[Posting]]]:
    """The port of an installation whose round has been opened and announced, and a submission for each report."""
    database = Database(f"sqlite:///{folder / 'meguru.sqlite'}")
    migrate.upgrade(database.engine)
    made = hall.build(database, reports, _DAY_SECONDS)
    installation = PlainInstallation(folder, str(database.engine.url))
    try:
        for part in ("temporal", "web", "worker", "scheduler"):
            installation.start(part)
        installation.wait_until(lambda: installation.readiness() == "ok", "the start")
        installation.wait_until(lambda: len(hall.departments_of_reports(database, made)) == reports, "the round")
        yield installation.web_port, _postings(database, made)
    finally:
        installation.stop()
        database.dispose()


def _postings(database: Database, made: Hall) -> Iterator[Posting]:
    for report, department in hall.departments_of_reports(database, made).items():
        headers = {"Authorization": f"Bearer {made.tokens[department]}", "Idempotency-Key": f"bench-{report}"}
        yield Posting("/api/v1/reports", {"report": report, "answers": hall.ANSWERS, "action": "submit"}, headers)


@contextmanager
def _bare(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare.insert", f"sqlite:///{folder / 'bare.sqlite'}", str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        until = time.monotonic() + _PATIENCE
        while not is_taken(port):
            assert process.poll() is None, "the bare application has ended"
            assert time.monotonic() < until, "the bare application does not come up"
            time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()
