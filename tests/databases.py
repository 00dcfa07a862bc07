"""New databases for tests, on SQLite or, where the run is about it, on PostgreSQL.

`make test DB=postgresql` sets `MEGURU_TEST_DATABASE`; only tests read it. A test that wants a database asks for the
fixture `databases` or for one that stands on it, and names no engine unless it is about that engine.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Dialect, Engine, create_engine, inspect, make_url, text
from sqlalchemy.util import LRUCache

from db import migrate
from db.session import Database

ENGINE = os.environ.get("MEGURU_TEST_DATABASE", "sqlite")
"""The engine that this run of the tests is about."""

Made = TypeVar("Made")


class Databases(ABC):
    """Makes databases, each known by its URL."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._statements: LRUCache[Any, Any] = LRUCache(2_000)

    @abstractmethod
    def new(self) -> str:
        """A database that holds nothing yet, not even tables."""

    @abstractmethod
    def copy(self, template: str) -> str:
        """A copy of a database with which nobody is connected."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Forget a database, whoever is still connected with it."""

    @cached_property
    def empty(self) -> str:
        """A template: the schema without rows, made once."""
        return self._filled_empty[0]

    @cached_property
    def _filled_empty(self) -> tuple[str, Dialect]:
        url = self.new()
        with _opened(url) as database:
            migrate.upgrade(database.engine)
        return url, database.engine.dialect

    def template(self, fill: Callable[[Database], Made], of: str | None = None) -> tuple[str, Made]:
        """A template, made once by filling a copy of another (without one: the empty one), and what filling it gave."""
        url = self.copy(of or self.empty)
        with _opened(url) as database:
            self._share(database)
            made = fill(database)
        return url, made

    @contextmanager
    def copied(self, template: str | None = None) -> Iterator[Database]:
        """A copy of a template (without one: of the empty one), gone afterwards."""
        url = self.copy(template or self.empty)
        with _opened(url) as database:
            self._share(database)
            yield database
        self.drop(url)

    @contextmanager
    def blank(self) -> Iterator[Database]:
        """A database without tables, gone afterwards."""
        url = self.new()
        with _opened(url) as database:
            yield database
        self.drop(url)

    def _share(self, database: Database) -> None:
        """Let it know the statements that were written for other databases: each took longer to write than to run."""
        _, dialect = self._filled_empty
        for engine in (database.engine, database._writing_engine):
            engine.dialect = dialect  # a statement is known under the dialect it was written for
            engine.update_execution_options(compiled_cache=self._statements)


def is_untouched(database: Database) -> bool:
    """Whether nothing has been made in it: it has no file yet, or no table."""
    return (
        database.is_absent
        if database.engine.dialect.name == "sqlite"
        else not inspect(database.engine).get_table_names()
    )


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url, is_throwaway=True)
    try:
        yield database
    finally:
        database.dispose()


class SqliteDatabases(Databases):
    """A file each."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def new(self) -> str:
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.sqlite'}"

    def copy(self, template: str) -> str:
        url = self.new()
        assert not Path(f"{_file(template)}-wal").exists(), "somebody is connected with it: the one file is not whole"
        shutil.copy(_file(template), _file(url))
        return url

    def drop(self, url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{_file(url)}{end}").unlink(missing_ok=True)


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))


class PostgresqlDatabases(Databases):
    """Databases of one server."""

    def __init__(self, url: str) -> None:
        """`url`: of any database of the server, as its superuser."""
        super().__init__()
        self._url = make_url(url)
        self._engine: Engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def new(self) -> str:
        return self._create("")

    def copy(self, template: str) -> str:
        # As files: what each test makes is too little to be worth a log of it.
        return self._create(f' TEMPLATE "{make_url(template).database}" STRATEGY file_copy')

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def dispose(self) -> None:
        self._engine.dispose()

    def _create(self, how: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}"{how}')
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))
