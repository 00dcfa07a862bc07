"""The schema that migrations make is the one that the tables describe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import db.tables  # noqa: F401  (fills the metadata)
from db import migrate
from db.session import Database


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    """A database file without any table."""
    database = Database(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    yield database
    database.dispose()


def schema(database: Database) -> list[tuple[str, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))]


def test_a_database_is_current_only_after_the_upgrade(fresh: Database) -> None:
    assert not migrate.is_current(fresh.engine)
    migrate.upgrade(fresh.engine)
    assert migrate.is_current(fresh.engine)


def test_a_database_of_another_version_is_not_current(empty_database: Database) -> None:
    with empty_database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not migrate.is_current(empty_database.engine)


def test_upgrading_twice_changes_nothing(fresh: Database) -> None:
    migrate.upgrade(fresh.engine)
    once = schema(fresh)
    migrate.upgrade(fresh.engine)
    assert schema(fresh) == once


def test_the_migrations_make_exactly_the_tables_of_the_code(empty_database: Database) -> None:
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}


def test_every_unique_key_of_the_tables_is_in_the_database(empty_database: Database) -> None:
    """Invariants lean on them: one cycle a year, one claim a mail, one place in the chain."""
    inspector = inspect(empty_database.engine)
    for expected in (
        ("annualcycle", ["plan_id", "fiscal_year"]),
        ("mail", ["request_id", "step_key", "recipient"]),
        ("auditentry", ["municipality_id", "sequence"]),
        ("submission", ["report_id", "revision"]),
        ("progressreport", ["round_id", "node_id"]),
    ):
        table, columns = expected
        assert columns in [key["column_names"] for key in inspector.get_unique_constraints(table)], table
