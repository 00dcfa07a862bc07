"""The rows of a table in one form that every database writes and reads: a JSON array a line, by primary key.

The same rows give the same bytes on SQLite and on PostgreSQL: a checksum over them tells whether a copy is whole.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Time,
    bindparam,
    cast,
    collate,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from db import migrate, tables
from db.types import DecimalText, UtcDateTime

assert tables, "importing the tables makes them known"

_ROWS_AT_ONCE = 500
_FILES_AT_ONCE = 4
"""Rows that hold a file of many MB: so few of them lie in memory at a time."""


@dataclass(frozen=True)
class _Kind:
    """How a column travels: the type to ask the database for, and the value as JSON and back."""

    type: TypeEngine[Any]
    written: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


_TEXT = _Kind(Text(), _as_it_is, _as_it_is)
_INSTANT = _Kind(UtcDateTime(), datetime.isoformat, datetime.fromisoformat)
_DAY = _Kind(Date(), date.isoformat, date.fromisoformat)
_HOUR = _Kind(Time(), time.isoformat, time.fromisoformat)
_FILE = _Kind(LargeBinary(), lambda content: b64encode(content).decode("ascii"), b64decode)


def _kind(column: Column[Any]) -> _Kind:
    """Raises `TypeError` for a type that nobody has thought of yet."""
    match column.type:
        case UtcDateTime():
            return _INSTANT
        case Date():
            return _DAY
        case Time():
            return _HOUR
        case LargeBinary():
            return _FILE
        case Integer() | Boolean() | Float():
            return _Kind(column.type, _as_it_is, _as_it_is)
        case JSON() | String() | AutoString() | DecimalText():  # codes and JSON too: as the letters that are stored
            return _TEXT
    raise TypeError(f"{column} has no portable form")


def every_table() -> Sequence[Table]:
    """All tables, in an order that never changes."""
    return sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name)


def columns_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """The database as it is at one instant, however long it is read; nobody waits for the reader.

    SQLite's write-ahead log keeps the state of the first look, PostgreSQL does so under REPEATABLE READ.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection, connection.begin():
        yield connection


def count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row, a few in memory at a time."""
    kinds = [_kind(column) for column in table.columns]
    query = select(*(_asked(column) for column in table.columns)).order_by(*_order(connection, table))
    with connection.execute(query, execution_options={"yield_per": _at_once(table)}) as rows:
        for row in rows:
            values = [None if value is None else kind.written(value) for kind, value in zip(kinds, row, strict=True)]
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(connection: Connection, table: Table, rows: Iterable[bytes]) -> None:
    """Add rows that `lines` has written."""
    kinds = [_kind(column) for column in table.columns]
    names = [_parameter(column) for column in table.columns]
    into = insert(table).values({column: _bound(connection, column) for column in table.columns})
    batch: list[dict[str, Any]] = []
    for line in rows:
        values = zip(names, kinds, json.loads(line), strict=True)
        batch.append({name: None if value is None else kind.read(value) for name, kind, value in values})
        if len(batch) == _at_once(table):
            connection.execute(into, batch)
            batch = []
    if batch:
        connection.execute(into, batch)


@contextmanager
def loading(engine: Engine) -> Iterator[Connection]:
    """One transaction in which rows may come before what they refer to; at its end every reference is checked.

    Raises `db.migrate.BrokenReferences` (SQLite) or `sqlalchemy.exc.IntegrityError`; then nothing was added.
    """
    with engine.execution_options(begin_immediate=True).connect() as connection:
        migrate.check_references(connection, False)
        try:
            with connection.begin():
                references = _take_references_off(connection) if _is_postgresql(connection) else []
                yield connection
                for table, name, definition in references:
                    connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
                if _is_postgresql(connection):
                    _set_counters(connection)
                migrate.find_broken_references(connection)
        finally:
            migrate.check_references(connection, True)


def _set_counters(connection: Connection) -> None:
    """PostgreSQL counts ids apart from the rows: the next one must follow the highest. SQLite looks itself."""
    quoted = connection.dialect.identifier_preparer.format_table
    for table in every_table():
        if "id" in table.columns and (highest := connection.execute(select(func.max(table.c.id))).scalar_one()):
            counter = func.pg_get_serial_sequence(quoted(table), "id")
            connection.execute(select(func.setval(counter, highest)))


def _take_references_off(connection: Connection) -> list[tuple[str, str, str]]:
    """Drop every foreign key; table, name and definition of each as the database itself tells them."""
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname"
    ).all()
    for table, name, _ in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [(table, name, definition) for table, name, definition in found]


def _asked(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, JSON):
        return cast(column, Text())  # SQL's NULL and JSON's null stay apart, and numbers stay as they are written
    return type_coerce(column, _kind(column).type)


def _bound(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    value = bindparam(_parameter(column), type_=_kind(column).type)
    return cast(value, JSON()) if isinstance(column.type, JSON) and _is_postgresql(connection) else value


def _parameter(column: Column[Any]) -> str:
    return f"new_{column.name}"  # the bare name is SQLAlchemy's own


def _order(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """By the bytes of a name, as SQLite has it: PostgreSQL would follow the rules of a language."""
    return [
        collate(column, "C") if _is_postgresql(connection) and _kind(column) is _TEXT else column
        for column in table.primary_key.columns
    ]


def _at_once(table: Table) -> int:
    holds_files = any(_kind(column) is _FILE for column in table.columns)
    return _FILES_AT_ONCE if holds_files else _ROWS_AT_ONCE


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
