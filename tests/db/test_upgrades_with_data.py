"""From every version with something in every table: nothing is lost, and the code before goes on meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from db import migrate
from db.session import EVERY_MUNICIPALITY, Database
from tests.databases import Databases
from tests.db.rows_of_a_schema import ROWS, Rows, fill, row_of, rows, tables_of, without_looking_after_references
from tests.db.test_migrations import DEFINITION_OF_0004, OLD_DEFINITION

REVISIONS = [script.revision for script in ScriptDirectory(str(migrate._MIGRATIONS)).walk_revisions()][::-1]
"""From the first to that of today."""
STEPS = list(pairwise(REVISIONS))

EXCUSED = {"0004": "a round had to name its plan and its year at once, for it need not belong to an annual cycle"}
"""Migrations with which the code before cannot go on, and why."""
IN_USE_FROM = "0007"
"""Before it no version was in use anywhere. After it nothing is excused: a city works while it is upgraded."""


def definition_at(revision: str) -> dict[str, Any]:
    """A plan's definition as the code of a revision kept it."""
    return OLD_DEFINITION if revision == "0001" else DEFINITION_OF_0004


def bring_to(database: Database, revision: str) -> None:
    """As `migrate.upgrade` does, but not to the end."""
    with database.engine.connect() as connection:
        migrate.check_references(connection, False)
        with connection.begin():
            command.upgrade(migrate._config(connection), revision)
        migrate.check_references(connection, True)


def filled(database: Database, revision: str) -> Rows:
    """Rows in every table of a revision; what stands there."""
    bring_to(database, revision)
    with database.engine.connect() as connection:
        without_looking_after_references(connection)
        connection.commit()
        with connection.begin():
            fill(connection, definition_at(revision))
        without_looking_after_references(connection, is_over=True)
        connection.commit()
        with connection.begin():
            migrate.find_broken_references(connection)
            return rows(connection)


@pytest.fixture
def fresh(databases: Databases) -> Iterator[Database]:
    with databases.blank() as database:
        yield database


def assert_kept(database: Database, before: Rows) -> None:
    """Every row is there with every value in a column that lives on, and the schema is that of the code."""
    with database.engine.connect() as connection:
        after = rows(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        migrate.find_broken_references(connection)
    assert set(before) <= set(after), "no table is dropped"
    for table, was in before.items():
        assert len(was) == ROWS
        found = [{name: value for name, value in row.items() if name in was[0]} for row in after[table]]
        kept = [{name: value for name, value in row.items() if name in after[table][0]} for row in was]
        if table == "plan":  # rewritten on purpose; tests/db/test_migrations.py says how
            for row in (*found, *kept):
                del row["definition"]
        assert found == kept, table


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_full_database_of_every_version_is_whole_after_the_upgrade(fresh: Database, revision: str) -> None:
    before = filled(fresh, revision)
    assert all(before.values())
    migrate.upgrade(fresh.engine)
    assert_kept(fresh, before)
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in SQLModel._sa_registry.mappers}
    with fresh.reading(EVERY_MUNICIPALITY) as session:
        for table in before:
            assert len(session.exec(select(models[table])).all()) == ROWS, table


# The code before while the schema is already the next


def refused(database: Database, tables: dict[str, Table]) -> list[str]:
    """What the code before can no longer write: each of its tables is given a row, as it knows them."""
    found = []
    with database.engine.connect() as connection:
        without_looking_after_references(connection)
        connection.commit()
        for name, table in tables.items():
            try:
                with connection.begin():
                    connection.execute(table.insert().values(row_of(table, ROWS + 1)))
            except DBAPIError as error:
                found.append(f"{name}: {str(error.orig).splitlines()[0]}")
        without_looking_after_references(connection, is_over=True)
        connection.commit()
    return found


def advice(revision: str, told: list[str]) -> str:
    return (
        f"Migration {revision} stops the code before it, which still runs while processes are exchanged:\n  "
        + "\n  ".join(told)
        + "\nExpand first: add columns that may be null or have a server_default, and neither drop nor rename anything."
        " Contract (drop, require) in a later version, when no process of this one runs any more."
    )


def step(database: Database, before: str, after: str) -> list[str]:
    """What the code of a version can no longer write at the next."""
    filled(database, before)
    with database.engine.connect() as connection:
        tables = tables_of(connection)
    bring_to(database, after)
    return refused(database, tables)


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_the_code_before_goes_on_writing_while_the_schema_is_the_next(fresh: Database, before: str, after: str) -> None:
    told = step(fresh, before, after)
    if after in EXCUSED:
        assert after <= IN_USE_FROM, advice(after, told)
        assert told, f"{after} needs no excuse"
    else:
        assert told == [], advice(after, told)


def test_what_is_renamed_at_once_is_told_with_the_way_out(fresh: Database) -> None:
    filled(fresh, REVISIONS[-1])
    with fresh.engine.begin() as connection:
        tables = tables_of(connection)
        connection.exec_driver_sql("ALTER TABLE outbox RENAME COLUMN payload TO content")
    (told,) = refused(fresh, tables)
    assert told.startswith("outbox: ")
    assert "Expand first" in advice("0009", [told])


# A migration that is cut off


class CutOff(Exception):
    """The machine was switched off here."""


def cut_off_after(database: Database, statements: int) -> None:
    """An upgrade that does not get beyond so many statements."""
    counted = iter(range(statements))

    def look(*_: object) -> None:
        if next(counted, None) is None:
            raise CutOff

    event.listen(database.engine, "before_cursor_execute", look)
    try:
        with pytest.raises(CutOff):
            migrate.upgrade(database.engine)
    finally:
        event.remove(database.engine, "before_cursor_execute", look)


@pytest.mark.parametrize("statements", [20, 100, 200])
def test_an_upgrade_that_is_cut_off_changes_nothing_and_the_next_completes_it(fresh: Database, statements: int) -> None:
    before = filled(fresh, "0001")
    cut_off_after(fresh, statements)
    with fresh.engine.connect() as connection:
        assert migrate.found(connection) == "0001"
        assert rows(connection) == before
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1, "references are checked again"
    migrate.upgrade(fresh.engine)
    assert_kept(fresh, before)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from db import migrate
from db.session import Database
database = Database(sys.argv[1])
counted = iter(range(150))
def look(*_):
    if next(counted, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(database.engine, "before_cursor_execute", look)
migrate.upgrade(database.engine)
"""


def test_an_upgrade_that_is_killed_is_completed_by_the_next(fresh: Database) -> None:
    before = filled(fresh, "0001")
    url = fresh.engine.url.render_as_string(hide_password=False)
    fresh.dispose()
    assert subprocess.run([sys.executable, "-c", KILLED, url], check=False).returncode == -9
    migrate.upgrade(fresh.engine)
    assert_kept(fresh, before)
