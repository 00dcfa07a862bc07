"""Sessions: every one is scoped to a municipality, in this one place.

A scoped session adds `municipality_id = …` to each query it runs and to each row it adds; a row of
another municipality is refused. Only what serves the whole installation (relay, scheduler, sign-in)
asks for `EVERY_MUNICIPALITY` by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
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

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        # SQLite lets one writer in at a time; saying so at BEGIN queues writers instead of failing them.
        self._writing_engine = self.engine.execution_options(begin_immediate=True)

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Session]:
        """A session for looking; nothing is committed, and the rows stay readable afterwards."""
        with self._session(self.engine, scope) as session:
            yield session  # closing rolls back; `rollback()` itself would expire every row

    @contextmanager
    def writing(self, scope: Scope) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back (by closing) when it raises."""
        with self._session(self._writing_engine, scope) as session:
            yield session
            session.commit()

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


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` does, with the right kind.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
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
        state.statement = state.statement.options(*_criteria(scope))


@lru_cache(maxsize=4096)
def _criteria(municipality: int) -> tuple[ExecutableOption, ...]:
    """`municipality_id = …` for every scoped table a statement may touch, joins and aliases included."""

    def is_of_municipality(table: Any) -> Any:  # a function: SQLAlchemy calls it with the alias a query joins
        return table.municipality_id == municipality

    return tuple(
        with_loader_criteria(table, is_of_municipality, include_aliases=True) for table in Scoped.__subclasses__()
    )


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
