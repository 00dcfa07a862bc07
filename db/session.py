"""Sessions: every one is scoped to a municipality, in this one place.

A scoped session adds `municipality_id = …` to each query it runs and to each row it adds; a row of
another municipality is refused. Only what serves the whole installation (relay, scheduler, sign-in)
asks for `EVERY_MUNICIPALITY` by name.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Integer, column, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import Session

from db.types import Scoped


class Everywhere(Enum):
    """The scope of a session that is not bound to one municipality."""

    EVERY_MUNICIPALITY = "every municipality"


EVERY_MUNICIPALITY = Everywhere.EVERY_MUNICIPALITY
Scope = int | Everywhere


class ForeignMunicipality(Exception):
    """A row of another municipality reached a scoped session."""


class Database:
    """An engine with the two kinds of session the application uses."""

    def __init__(self, url: str, *, is_throwaway: bool = False) -> None:
        """`is_throwaway`: the record need not survive a power cut, so SQLite does not wait for the disk."""
        self.engine = _engine(url, is_throwaway)
        # SQLite lets one writer in at a time; saying so at BEGIN queues writers instead of failing them.
        self._writing_engine = self.engine.execution_options(begin_immediate=True)
        self._writer = Lock() if self.engine.dialect.name == "sqlite" else None
        # Whom nobody holds any more keeps no connection: PostgreSQL has only so many places.
        weakref.finalize(self, self.engine.dispose)

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Session]:
        """A session for looking; nothing is committed, and the rows stay readable afterwards."""
        with self._session(self.engine, scope) as session:
            yield session  # closing rolls back; `rollback()` itself would expire every row

    @contextmanager
    def writing(self, scope: Scope) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back (by closing) when it raises."""
        with self._in_turn(), self._session(self._writing_engine, scope) as session:
            yield session
            session.commit()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Writers of a process wait in line: SQLite itself would have each look again every tenth of a second."""
        has_turn = self._writer is not None and self._writer.acquire(timeout=_BUSY_SECONDS)
        try:
            yield
        finally:
            if self._writer is not None and has_turn:
                self._writer.release()

    def _session(self, engine: Engine, scope: Scope) -> Session:
        return Session(engine, expire_on_commit=False, info={"scope": scope})

    def dispose(self) -> None:
        self.engine.dispose()

    @property
    def is_absent(self) -> bool:
        """Whether it is a SQLite file that does not exist yet; only to look must not make one."""
        url = self.engine.url
        if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
            return False
        return not Path(str(url.database)).exists()


_BUSY_SECONDS = 30
_LONG = 4_000
_decoded_once = lru_cache(maxsize=256)(json.loads)  # the plans of a large city; some 300 kB each


def _decoded(text: str | bytes) -> Any:
    """The value of a JSON column; the same long text, such as a plan's definition, is decoded once.

    Everybody is given the same value then: nobody may change it in place (which would not be stored anyway).
    """
    return _decoded_once(text) if len(text) > _LONG else json.loads(text)


def _engine(url: str, is_throwaway: bool) -> Engine:
    """Its errors do not show what a statement was about (`hide_parameters`): they end in logs."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, json_deserializer=_decoded, hide_parameters=True)
    connecting = {"check_same_thread": False, "timeout": _BUSY_SECONDS}
    engine = create_engine(url, connect_args=connecting, json_deserializer=_decoded, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` does, with the right kind.
        connection.isolation_level = None
        waits = "OFF" if is_throwaway else "FULL"
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={waits}",
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_SECONDS}000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("begin_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def narrow(session: OrmSession, municipality: int) -> None:
    """From every municipality to one, inside a transaction that makes a municipality and fills it."""
    if session.info.get("scope") not in (EVERY_MUNICIPALITY, municipality):
        raise ForeignMunicipality(f"this session belongs to municipality {session.info.get('scope')}")
    session.flush()
    session.info["scope"] = municipality


_NO_SCOPE = "a session without a scope: use Database.reading or Database.writing"


@event.listens_for(OrmSession, "do_orm_execute")
def _scope_queries(state: ORMExecuteState) -> None:
    scope = state.session.info.get("scope")
    if scope is None:
        raise ForeignMunicipality(_NO_SCOPE)
    if isinstance(scope, int) and state.is_insert:
        raise ForeignMunicipality("an INSERT that no scope can be added to: use Session.add")
    if isinstance(scope, int) and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(_criteria(scope))


_NO_COLUMN: ColumnElement[int] = column("municipality_id", Integer)
"""What stands for the column where SQLAlchemy looks at the rule once with `Scoped` itself, which is no table."""


@lru_cache(maxsize=4096)
def _criteria(municipality: int) -> ExecutableOption:
    """`municipality_id = …` for every scoped table a statement may touch, joins and aliases included."""

    def is_of_municipality(table: Any) -> Any:  # a function: SQLAlchemy calls it with the alias a query joins
        return getattr(table, "municipality_id", _NO_COLUMN) == municipality

    return with_loader_criteria(Scoped, is_of_municipality, include_aliases=True)


@event.listens_for(OrmSession, "before_flush")
def _scope_rows(session: OrmSession, *_: object) -> None:
    scope = session.info.get("scope")
    if scope is None:
        raise ForeignMunicipality(_NO_SCOPE)
    if not isinstance(scope, int):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Scoped):
            if row.municipality_id is None:
                row.municipality_id = scope
            elif row.municipality_id != scope:
                raise ForeignMunicipality(f"{type(row).__name__} of municipality {row.municipality_id}")
