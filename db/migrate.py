"""Brings a database's schema to the version this code needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_MIGRATIONS = Path(__file__).parent / "migrations"


class BrokenReferences(Exception):
    """A migration left rows that refer to nothing. The transaction must not be committed."""


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing; doing it again changes nothing. Raises `BrokenReferences`."""
    with engine.connect() as connection:
        check_references(connection, False)
        try:
            with connection.begin():
                command.upgrade(_config(connection), "head")
                find_broken_references(connection)
        finally:
            check_references(connection, True)


def check_references(connection: Connection, are_checked: bool) -> None:
    """SQLite changes a column by building its table anew; what refers to the table must not stand in the way."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA foreign_keys={'ON' if are_checked else 'OFF'}")


def find_broken_references(connection: Connection) -> None:
    """Raises `BrokenReferences`; PostgreSQL looks after them itself."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise BrokenReferences(f"{len(broken)} rows, the first in {broken[0][0]}")


def make_revision(engine: Engine, message: str, revision: str) -> None:
    """Write a migration from the difference between database and tables (`make migration`)."""
    with engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def found(connection: Connection) -> str | None:
    """The revision of a database's schema; None: it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def wanted() -> str | None:
    """The revision this code was written for."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def is_current(engine: Engine) -> bool:
    """Whether the schema is the one this code was written for."""
    with engine.connect() as connection:
        return found(connection) == wanted()


class OldSchema(Exception):
    """The database has another schema than this version needs; the message says what to do."""


def require_current(engine: Engine) -> None:
    """Raises `OldSchema`: no process starts on a schema it was not written for."""
    if not is_current(engine):
        raise OldSchema("the database has another schema than this version needs: run meguru db upgrade")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
