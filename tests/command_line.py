"""An installation as its command line sees it; a test module that wants the fixtures imports them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner, Result

import settings
from cli import app
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from records import sign_in
from tests.databases import Databases, is_untouched


@dataclass
class Installation:
    """An installation as its command line sees it: nothing but an address of a database."""

    database: Database

    def run(self, *arguments: str | Path, typed: str = "") -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], input=typed)

    def good(self, *arguments: str | Path, typed: str = "") -> str:
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return result.stdout

    def refused(self, *arguments: str | Path, typed: str = "") -> str:
        """What is said on standard error; standard output holds nothing that a program could take for an answer."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 1, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.stderr

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been made, be it a file or a table."""
        return is_untouched(self.database)

    def count(self, *tables: type[t.Plan] | type[t.Department] | type[t.User] | type[t.AuditEntry]) -> tuple[int, ...]:
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            return tuple(len(session.exec(select(table)).all()) for table in tables)

    def audited(self) -> list[tuple[str, str]]:
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence)))
            return [(entry.actor, entry.action) for entry in entries]

    def lets_in(self, email: str, password: str) -> bool:
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            return sign_in.by_password(session, email, password) is not None


@contextmanager
def installation_on(database: Database) -> Iterator[Installation]:
    """Commands find the database by the settings, as they do in a city hall."""
    url = database.engine.url.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEGURU_DATABASE_URL", url)
        settings.load.cache_clear()
        yield Installation(database)
    settings.load.cache_clear()


@pytest.fixture
def blank(databases: Databases) -> Iterator[Installation]:
    """An installation whose database does not exist yet, or has no tables yet."""
    with databases.blank() as database, installation_on(database) as installation:
        yield installation


@pytest.fixture
def empty(empty_database: Database) -> Iterator[Installation]:
    """An installation with a current schema and nothing in it."""
    with installation_on(empty_database) as installation:
        yield installation
