"""An installation with a played past, in a process of its own, for tools that know it only from outside."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from sqlmodel import select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from records import plans, reviews, sign_in
from records.change import Change
from web.context import SESSION_COOKIE

ROOT = Path(__file__).parents[2]
APPLICATION = "tests.outside.served:uncounted"
PLANNER = "kikaku@tokorozawa.example"
"""Of the planning division, in a city with rounds, key projects, matters and seats."""
STAFF = "ochiai.shigeru@tokorozawa.example"
"""Of the same city, with drafts of two plans."""
REVIEWED = "iizuka-ict"
REVIEWER = "nakajima.sakura@iizuka.example"
"""Of the planning division of a city whose plan is under review."""

_ANSWERED = re.compile(r'"[A-Z]+ (\S+) HTTP/1\.\d" (\d{3})')


@dataclass(frozen=True)
class Served:
    """Something that answers at an address, and the log of what it answered."""

    address: str
    log: Path

    def answers(self) -> Counter[int]:
        """How often which status was given."""
        return Counter(int(status) for _, status in _ANSWERED.findall(self.log.read_text(errors="replace")))

    def broken(self) -> list[str]:
        """The paths that were answered with an error of the server."""
        said = _ANSWERED.findall(self.log.read_text(errors="replace"))
        return sorted({path for path, status in said if status.startswith("5")})


@dataclass(frozen=True)
class Installation(Served):
    """The application over a record, with its people."""

    database: Database

    def cookie(self, email: str) -> str:
        """A session of a person, as the browser sends it."""
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            user = session.exec(select(t.User).where(t.User.email == email)).one()
            token = sign_in.start_session(session, user, wall_clock.now(), hours=10).token
        return f"__Host-{SESSION_COOKIE}={token}"

    def token(self, email: str) -> str:
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            return sign_in.issue_api_token(session, email, "outside", wall_clock.now())


@contextmanager
def installed(record: Path, log: Path, application: str = APPLICATION) -> Iterator[Installation]:
    """The application over a record that is this installation's own."""
    database = Database(f"sqlite:///{record}")
    _ask_the_public(database)
    settings = {"MEGURU_DATABASE_URL": f"sqlite:///{record}", "MEGURU_PUBLIC_SITE": "true"}
    with served(application, log, settings) as given:
        yield Installation(given.address, given.log, database)
    database.dispose()


def _ask_the_public(database: Database) -> None:
    """Open a review that takes opinions from everybody."""
    change = Change("outside", wall_clock.now())
    with database.reading(EVERY_MUNICIPALITY) as session:
        city = plans.find(session, REVIEWED).municipality_id
    with database.writing(city) as session:
        plan = plans.find(session, REVIEWED)
        clock = plans.clock_of(plan, change.at)
        review, _ = reviews.open_review(session, change, plan, "middle", clock)
        review.takes_public_opinions = True
        session.add(review)


@contextmanager
def served(application: str, log: Path, settings: dict[str, str] | None = None) -> Iterator[Served]:
    """An application that a factory makes, on a free port of this machine, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    # As behind a proxy that speaks https, so that cookies are what they are there.
    settings = {"MEGURU_BASE_URL": f"https://127.0.0.1:{port}", "TEMPORAL_ADDRESS": "127.0.0.1:1", **(settings or {})}
    environment = {**os.environ, **settings}
    command = [sys.executable, "-m", "uvicorn", "--factory", application, "--port", str(port), "--ws", "none"]
    with log.open("w") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT)
        try:
            _wait_for(address, process, log)
            yield Served(address, log)
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            httpx2.get(address, timeout=5)
        except httpx2.TransportError:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(log.read_text()) from None
            time.sleep(0.1)
        else:
            return
