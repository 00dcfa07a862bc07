"""Runs one part of the installation as the product would, with what a harness needs around it.

`python -m tests.chaos.part FOLDER web|worker|scheduler|migrate`; the folder holds what is armed and how far the
machine's clock is off. A `CHAOS_BUG` in the environment is planted.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

import wall_clock

CLOCK, DISK_FULL = "clock", "disk-full"
"""Files: by how many seconds the clock is off; there while nothing more fits onto the disk."""
_MOST_PAGES = 1_073_741_823  # SQLite's own limit


def let_the_clock_jump(folder: Path) -> None:
    """Wrap the one place that asks the time; before anything else holds on to it."""
    right, file = wall_clock.now, folder / CLOCK

    def now() -> datetime:
        return right() + timedelta(seconds=float(file.read_text()) if file.exists() else 0)

    wall_clock.now = now


def let_the_disk_be_full(folder: Path) -> None:
    """SQLite refuses to grow by itself; of PostgreSQL the driver says what the server would."""
    file = folder / DISK_FULL

    @event.listens_for(Engine, "begin")
    def _limit(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            pages = 1 if file.exists() else _MOST_PAGES  # less than there are: as many as there are
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    @event.listens_for(Engine, "before_cursor_execute")
    def _refuse(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        if connection.dialect.name == "postgresql" and statement.startswith("INSERT") and file.exists():
            raise OperationalError(statement, parameters, psycopg.errors.DiskFull("could not extend file"))


def main(folder: Path, part: str) -> None:
    let_the_clock_jump(folder)
    let_the_disk_be_full(folder)
    from tests.chaos.bugs import Bug, plant
    from tests.chaos.failpoints import Failpoints

    Failpoints(folder).install()
    if bug := os.environ.get("CHAOS_BUG"):
        plant(Bug(bug))
    match part:
        case "worker":
            import worker

            asyncio.run(worker.main())
        case "scheduler":
            import scheduler

            scheduler.main()
        case "web" | "migrate":
            import cli

            sys.argv = ["meguru", *(("web",) if part == "web" else ("db", "upgrade"))]
            cli.app()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
