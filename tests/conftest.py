"""What all tests share: a migrated database, the sample city, and a mail server that only remembers."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

import wall_clock
from db.session import EVERY_MUNICIPALITY, Database
from domain.mail_ledger import Outcome
from mail.send import Handed
from records import plans
from tests import sample_city
from tests.databases import ENGINE, Databases, PostgresqlDatabases, SqliteDatabases
from tests.postgresql import running_server
from tests.running_demo import play_the_past

PLAN = "iizuka-ict"
REAL_DAY = 86_400
LONGEST = (
    "tests/chaos/",
    "tests/test_demo.py",
    "tests/workflows/",
    "tests/browser/",
    "tests/replaying/",
    "tests/security/",
)
"""Where the files lie that take longest; `make test` keeps to this order (`--no-loadscope-reorder`)."""


@dataclass
class RememberingMailer:
    """A mail server in memory. `ends` scripts the next outcomes; when empty, every mail is accepted."""

    sender: str = "meguru@iizuka.example"
    sent: list[EmailMessage] = field(default_factory=list)
    ends: list[Outcome] = field(default_factory=list)

    async def hand_over(self, message: EmailMessage) -> Handed:
        outcome = self.ends.pop(0) if self.ends else Outcome.ACCEPTED
        if outcome in (Outcome.ACCEPTED, Outcome.AMBIGUOUS):
            self.sent.append(message)
        return Handed(outcome, "" if outcome is Outcome.ACCEPTED else f"scripted: {outcome}")

    def to(self, recipient: str) -> list[str]:
        """The subjects that reached a recipient, in order."""
        return [str(m["Subject"]) for m in self.sent if recipient in str(m["To"])]


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """For what is about SQLite."""
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    """For what is about PostgreSQL: a server of this process's own."""
    with running_server() as url:
        databases = PostgresqlDatabases(url)
        yield databases
        databases.dispose()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """New databases, on the engine that the run is about. Who asks for it is marked `database`."""
    found = request.getfixturevalue(f"{ENGINE}_databases")
    assert isinstance(found, Databases)
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one of them would keep one worker busy when the others are done."""
    items.sort(key=lambda item: next((n for n, at in enumerate(LONGEST) if item.nodeid.startswith(at)), len(LONGEST)))


def pytest_collection_finish() -> None:
    """What is imported stays for good: to look through it for garbage again and again costs a fifth of the time."""
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_itemcollected(item: pytest.Item) -> None:
    """So `-m database` runs just the tests for which another engine makes a difference."""
    if "databases" in getattr(item, "fixturenames", ()):
        item.add_marker("database")


@pytest.fixture
def postgresql(postgresql_databases: Databases) -> Iterator[Database]:
    """A migrated, empty database on PostgreSQL, whatever engine the run is about."""
    with postgresql_databases.copied() as database:
        yield database


@pytest.fixture(scope="session")
def sample_template(databases: Databases) -> str:
    """A database with the sample city, made once."""
    # A real hash costs 50 ms each; sign-in has tests of its own.
    url, _ = databases.template(lambda d: sample_city.load(d, PLAN, wall_clock.now(), REAL_DAY, lambda _: "not a hash"))
    return url


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[Database]:
    with databases.copied() as database:
        yield database


@pytest.fixture
def sample_database(databases: Databases, sample_template: str) -> Iterator[Database]:
    """The sample city with its FY2020 cycle asked for but not started."""
    with databases.copied(sample_template) as database:
        yield database


@pytest.fixture
def city(sample_database: Database) -> int:
    """The municipality of the sample plan."""
    with sample_database.reading(EVERY_MUNICIPALITY) as session:
        return plans.find(session, PLAN).municipality_id


@pytest.fixture(scope="session")
def played_past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo whose past has been played and whose parts never ran, made once for all workers: copy it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "played-past"
    with (shared / "played-past.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            played = tmp_path_factory.mktemp("template") / "demo"
            play_the_past(played)
            assert not (played / "meguru.sqlite-wal").exists(), "the one file is whole"
            played.rename(folder)
    return folder


@pytest.fixture(scope="module")  # while it lives, no other test of the process could run an event loop
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one its tests are skipped, except where CI has promised one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("MEGURU_TEST_BROWSER") == "required":
            pytest.fail("no Chromium on this machine, but MEGURU_TEST_BROWSER=required")
        pytest.skip("no Chromium on this machine")
    options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=options)
        yield running
        running.close()
