"""`meguru backup`, `meguru restore` and `meguru db move`: the record as a folder, and into another database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli_context import fail, open_database

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from db.session import Database
    from records.backup import Manifest, Told

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the backup.")]


def backup(folder: Folder) -> None:
    """Write the whole record into a new folder; everybody may go on working meanwhile."""
    from importlib.metadata import version

    import wall_clock
    from records import backup as backups

    with _refusing(), _bar() as told:
        manifest = backups.write(open_database(), folder, wall_clock.now(), version("meguru"), told)
    _show(manifest, f"written to {folder}")


def restore(folder: Folder) -> None:
    """Fill an empty database (MEGURU_DATABASE_URL) from a backup, of SQLite or PostgreSQL alike."""
    from records import backup as backups

    database = open_database(checked=False)
    with _refusing(), _bar() as told:
        manifest = backups.restore(database, folder, told)
    _show(manifest, f"restored from {folder}, as of {manifest.made_at:%Y-%m-%d %H:%M} UTC")
    _verify(database)
    typer.echo("begin with an empty Temporal, start the worker, then: meguru reconcile --mend")


def move(
    to: Annotated[
        str,
        typer.Option(
            help="SQLAlchemy URL of an empty database. The environment keeps a password out of the history.",
            envvar="MEGURU_MOVE_TO",
        ),
    ],
) -> None:
    """Fill another, empty database from this one: from SQLite to PostgreSQL or back. End all processes before."""
    from importlib.metadata import version

    from sqlalchemy.exc import ArgumentError

    import wall_clock
    from db.session import Database
    from records import backup as backups

    source = open_database()
    try:
        target = Database(to)
    except ArgumentError:
        fail("--to must be a SQLAlchemy URL such as postgresql+psycopg://meguru@/meguru")
    with _refusing(), _bar() as told:
        manifest = backups.move(source, target, wall_clock.now(), version("meguru"), told)
    _show(manifest, "moved")
    _verify(target)
    typer.echo("set MEGURU_DATABASE_URL to the new database and start web, worker and scheduler again")


def _show(manifest: Manifest, done: str) -> None:
    """Figures to compare: what was read and what arrived are the same, or nothing would be shown."""
    typer.echo(f"{len(manifest.tables)} tables, {manifest.rows} rows {done}; schema {manifest.schema}")


def _verify(database: Database) -> None:
    from records import backup as backups

    broken = False
    for city, found in backups.verified(database).items():
        broken |= found.broken_at is not None
        state = "unbroken" if found.broken_at is None else f"broken at entry {found.broken_at}, as in the original"
        typer.echo(f"{city}: audit chain {state}, {found.entries} in all", err=found.broken_at is not None)
    if broken:
        raise typer.Exit(1)


@contextmanager
def _refusing() -> Iterator[None]:
    from sqlalchemy.exc import OperationalError

    from records.backup import BackupRefused

    try:
        yield
    except (BackupRefused, OSError) as error:
        fail(str(error))
    except OperationalError as error:
        fail(f"the database cannot be reached: {error.orig}")


@contextmanager
def _bar() -> Iterator[Told]:
    """A progress bar, where somebody sits at the terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<9}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def told(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done)

        yield told
