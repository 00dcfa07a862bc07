"""What one machine carries: a round of a made-up hall, its opening mails and a rush of submissions, on either database.

`python -m benchmarks.capacity --departments 500`. Rates differ from machine to machine; CPU seconds per mail and per
submission, memory and bytes much less: they are what a larger machine is reckoned from (docs/operations.md).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from sqlmodel import Session, col, func, select

from benchmarks.usage import Usage
from db import migrate
from db import tables as t
from db.session import Database
from domain.mail_ledger import MailState
from tests.chaos import hall
from tests.chaos.hall import Hall
from tests.chaos.installation import Installation
from tests.chaos.store import opened

_DAY_SECONDS = 300
"""An hour of the plan, until its first mails leave, is over soon; its second day comes after the rush."""
_AT_ONCE = 10
_PARTS = ("temporal", "web", "worker")


class Measured:
    """One hall on one database."""

    def __init__(self, kind: str, departments: int, folder: Path) -> None:
        self.rows: list[tuple[str, str]] = []
        with opened(kind, folder) as store:
            database = Database(store.url)
            migrate.upgrade(database.engine)
            installation = Installation(folder, store.url)
            try:
                self._play(installation, database, departments)
            finally:
                installation.stop()
                database.dispose()

    def _play(self, installation: Installation, database: Database, departments: int) -> None:
        for part in _PARTS:
            installation.start(part)
        installation.wait_until(lambda: installation.readiness() == "ok", "the start")
        made = hall.build(database, departments, _DAY_SECONDS)
        marks = [self._usage(installation)]

        def sent(session: Session) -> bool:
            query = select(func.count(col(t.Mail.id))).where(t.Mail.state == MailState.SENT)
            return session.exec(query).one() >= departments

        self._row("departments (one measure each)", str(departments))
        installation.start("scheduler")
        self._wait(installation, database, made, sent, "the opening mails")
        marks.append(self._usage(installation))
        with database.reading(made.municipality) as session:
            first, last = session.exec(select(func.min(t.Mail.claimed_at), func.max(t.Mail.sent_at))).one()
        assert first is not None
        assert last is not None
        self._row("opening mails per second", f"{departments / (last - first).total_seconds():.0f}")

        reports = hall.departments_of_reports(database, made)
        began = time.monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as clients:
            list(clients.map(lambda one: _submit(installation.url(), made, *one), reports.items()))
        seconds = time.monotonic() - began
        self._row(f"submissions per second ({_AT_ONCE} at once)", f"{len(reports) / seconds:.0f}")

        def told(session: Session) -> bool:
            return session.exec(select(t.Outbox.id).where(col(t.Outbox.relayed_at).is_(None))).first() is None

        self._wait(installation, database, made, told, "the relay")
        self._row("seconds until Temporal knows all", f"{time.monotonic() - began - seconds:.1f}")
        marks.append(self._usage(installation))
        (opening, rush) = (
            {part: (after[part].cpu - before[part].cpu) * 1000 / departments for part in _PARTS}
            for before, after in pairwise(marks)
        )
        for part in _PARTS:
            self._row(f"{part}: CPU per mail, per submission (ms)", f"{opening[part]:.1f}, {rush[part]:.1f}")
            self._row(f"{part}: memory (MB)", f"{marks[-1][part].memory:.0f}")
        self._row("database per department and round (kB)", f"{_kilobytes(database) / departments:.0f}")

    def _usage(self, installation: Installation) -> dict[str, Usage]:
        return {part: Usage.of(installation.pid(part)) for part in _PARTS}

    def _wait(
        self,
        installation: Installation,
        database: Database,
        made: Hall,
        look: Callable[[Session], bool],
        what: str,
    ) -> None:
        def holds() -> bool:
            with database.reading(made.municipality) as session:
                return look(session)

        installation.wait_until(holds, what, 600)

    def _row(self, name: str, value: str) -> None:
        self.rows.append((name, value))


def _submit(url: str, made: Hall, report: int, department: int) -> None:
    answer = httpx2.post(
        f"{url}/api/v1/reports",
        json={"report": report, "answers": hall.ANSWERS, "action": "submit"},
        headers={"Authorization": f"Bearer {made.tokens[department]}", "Idempotency-Key": f"capacity-{report}"},
        timeout=60,
    )
    answer.raise_for_status()


def _kilobytes(database: Database) -> float:
    if database.engine.dialect.name == "sqlite":
        return Path(str(database.engine.url.database)).stat().st_size / 1000
    with database.engine.connect() as connection:
        size: int = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
        return size / 1000


def main(departments: Annotated[int, typer.Option(min=1)] = 500) -> None:
    """Print the table as Markdown."""
    columns = []
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="meguru-capacity-") as folder:
            columns.append(Measured(kind, departments, Path(folder)).rows)
    typer.echo("| | SQLite | PostgreSQL |\n|---|---|---|")
    for (name, sqlite), (_, postgresql) in zip(*columns, strict=True):
        typer.echo(f"| {name} | {sqlite} | {postgresql} |")


if __name__ == "__main__":
    typer.run(main)
