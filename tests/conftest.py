"""What all tests share: a migrated database, the sample city, and a mail server that only remembers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

import wall_clock
from db import migrate
from db.session import EVERY_MUNICIPALITY, Database
from domain.mail_ledger import Outcome
from mail.send import Handed
from records import plans
from tests import sample_city
from tests.running_demo import play_the_past

PLAN = "iizuka-ict"
REAL_DAY = 86_400


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
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample city, made once."""
    file = tmp_path_factory.mktemp("template") / "sample.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    # A real hash costs 50 ms each; sign-in has tests of its own.
    sample_city.load(database, PLAN, wall_clock.now(), REAL_DAY, lambda _: "not a hash")
    database.dispose()
    _forget_wal(file)
    return file


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, made once."""
    file = tmp_path_factory.mktemp("template") / "empty.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    database.dispose()
    _forget_wal(file)
    return file


@pytest.fixture
def empty_database(empty_file: Path, tmp_path: Path) -> Iterator[Database]:
    with copied(empty_file, tmp_path / "empty.sqlite") as database:
        yield database


@pytest.fixture
def sample_database(sample_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The sample city with its FY2020 cycle asked for but not started."""
    with copied(sample_file, tmp_path / "sample.sqlite") as database:
        yield database


@pytest.fixture
def city(sample_database: Database) -> int:
    """The municipality of the sample plan."""
    with sample_database.reading(EVERY_MUNICIPALITY) as session:
        return plans.find(session, PLAN).municipality_id


@contextmanager
def copied(template: Path, file: Path) -> Iterator[Database]:
    """A copy of a database made before."""
    shutil.copy(template, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.dispose()


def _forget_wal(file: Path) -> None:
    """The last connection's close has folded the log in; a copy of the one file is whole."""
    assert not file.with_name(file.name + "-wal").exists()


@pytest.fixture(scope="session")
def played_past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo whose past has been played and whose parts never ran, made once: copy it."""
    folder = tmp_path_factory.mktemp("template") / "demo"
    play_the_past(folder)
    _forget_wal(folder / "meguru.sqlite")
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
