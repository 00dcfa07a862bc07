"""Brings somebody's own table into the record: `meguru plan import TABLE --mapping FILE` or `--ask`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli_context import fail, language, open_database

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from rich.progress import Progress, TaskID

    from db.session import Database
    from domain.text import Bilingual
    from exchange.grid import Grid
    from exchange.remarks import Remark
    from exchange.table_mapping import TableMapping
    from records.table_import import Brought

_SHOWN = 3
"""So many remarks of one kind are shown; the others are counted."""


def bring_table(
    source: Path,
    content: bytes,
    mapping: Path | None,
    save_mapping: Path | None,
    *,
    dry_run: bool,
    quiet: bool,
) -> Brought:
    """Read a table by its mapping, or as a person answers (`mapping` None), and store it; all of it or nothing.

    Raises `exchange.remarks.WrongTable`. `quiet`: no progress bar.
    """
    import wall_clock
    from db.session import EVERY_MUNICIPALITY, narrow
    from exchange import plain_table
    from records import plans, table_import
    from records.change import Change

    database = open_database()
    with _bar("reading", quiet=quiet):
        grids = plain_table.read_grids(source.name, content)
    said = _read_mapping(mapping) if mapping else _asked(grids, source, save_mapping, database)
    with _bar("rows", quiet=quiet) as (progress, task):
        table = plain_table.read_table(
            grids, said, source.name, lambda done, total: progress.update(task, completed=done, total=total)
        )
    show_warnings(source.name, table.warnings)
    session_of = database.reading if dry_run else database.writing  # a reading session ends without a commit
    with _bar("storing", quiet=quiet), session_of(EVERY_MUNICIPALITY) as session:
        narrow(session, plans.municipality_for(session, table.definition).id)
        return table_import.bring(session, Change("cli", wall_clock.now()), table)


@contextmanager
def _bar(what: str, *, quiet: bool) -> Iterator[tuple[Progress, TaskID]]:
    """A progress bar, where somebody sits at the terminal; without a total it only shows that something happens."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<8}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield progress, task
        progress.update(task, total=1, completed=1)


def _read_mapping(file: Path) -> TableMapping:
    import yaml_files
    from exchange import table_mapping

    try:
        return table_mapping.read_mapping(file)
    except yaml_files.WrongFile as error:
        fail(str(error))


def _asked(grids: Sequence[Grid], source: Path, save_to: Path | None, database: Database) -> TableMapping:
    import wall_clock
    from cli_asking import ask_mapping
    from domain.clock import jst_day
    from domain.fiscal_year import FiscalYear
    from exchange import table_mapping

    fiscal_year = FiscalYear.of(jst_day(wall_clock.now())).starts_in
    said = ask_mapping(grids, source, _municipalities(database), fiscal_year)
    file = save_to or _beside(source)
    try:
        file.write_text(table_mapping.written(said), encoding="utf-8")
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    typer.echo(f"the mapping is kept in {file}; next time: --mapping {file}", err=True)
    return said


def _beside(source: Path) -> Path:
    """A file of its own beside the table: what somebody wrote there before is not overwritten."""
    file, number = source.with_suffix(".mapping.yaml"), 1
    while file.exists():
        number += 1
        file = source.with_suffix(f".mapping-{number}.yaml")
    return file


def _municipalities(database: Database) -> dict[str, Bilingual]:
    from db.session import EVERY_MUNICIPALITY
    from domain.text import Bilingual
    from records import people

    with database.reading(EVERY_MUNICIPALITY) as session:
        return {city.code: Bilingual(city.name, city.name_en) for city in people.municipalities(session)}


def show_warnings(name: str, warnings: Sequence[Remark]) -> None:
    """What was read otherwise than it is written; of many of one kind the first ones, and how many more there are."""

    spoken = language()
    seen: Counter[str] = Counter()
    for warning in warnings:
        kind = warning.remedy.ja + warning.heading
        seen[kind] += 1
        if seen[kind] <= _SHOWN:
            typer.echo(f"{name}: {warning.in_language(spoken)}", err=True)
    more = sum(count - _SHOWN for count in seen.values() if count > _SHOWN)
    if more:
        typer.echo(f"{name}: … and {more} more like these", err=True)


def is_a_table_of_its_own(name: str, content: bytes) -> bool:
    """Whether a file is a table, but none that Meguru wrote."""
    from exchange import plain_table
    from exchange.plan_sheets import PLAN
    from exchange.remarks import WrongTable

    try:
        grids = plain_table.read_grids(name, content)
    except WrongTable:
        return False
    return not any(grid.name in (PLAN.name.ja, PLAN.name.en) for grid in grids)
