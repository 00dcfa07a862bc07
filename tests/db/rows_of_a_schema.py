"""Rows for every table of a schema of which nothing is known but what the database says of it.

Each table gets `ROWS` rows. Row n refers to row n of every other table and to the row before it of its own; the last
row leaves empty whatever may be empty.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Time,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from db import migrate, tables
from db.types import DecimalText

assert tables, "importing the tables makes them known"

ROWS = 3
AT = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


def tables_of(connection: Connection) -> dict[str, Table]:
    """The tables there are, as the database describes them, in the order of their names."""
    found = MetaData()
    found.reflect(connection)
    return {name: found.tables[name] for name in sorted(found.tables) if name != "alembic_version"}


def fill(connection: Connection, plan_definition: dict[str, Any]) -> None:
    """Rows for every table. A plan's definition is rewritten by migrations: it must be as its version kept it."""
    for table in tables_of(connection).values():
        for number in range(1, ROWS + 1):
            row = row_of(table, number)
            if table.name == "plan":
                row["definition"] = plan_definition
            connection.execute(table.insert().values(row))


def row_of(table: Table, number: int) -> dict[str, Any]:
    """Row n of a table; the ids of numbers are left to the database."""
    return {column.name: _value(column, number) for column in table.columns if not _is_id(column)}


def rows(connection: Connection) -> Rows:
    """What stands in every table, in the order of its key."""
    return {
        name: [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()]
        for name, table in tables_of(connection).items()
    }


def without_looking_after_references(connection: Connection, *, is_over: bool = False) -> None:
    """Rows may come before what they refer to, until it is over. To be called outside of a transaction on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET session_replication_role = {'DEFAULT' if is_over else 'replica'}")
    else:
        migrate.check_references(connection, is_over)


def _is_id(column: Column[Any]) -> bool:
    return column.primary_key and isinstance(column.type, Integer)


def _value(column: Column[Any], number: int) -> Any:
    if column.nullable and number == ROWS:
        return None
    if column.foreign_keys:
        (key,) = column.foreign_keys
        before = number - 1 if key.column.table is column.table else number
        return before or (None if column.nullable else number)
    return _of_type(_type_today(column), column.name, number)


def _type_today(column: Column[Any]) -> TypeEngine[Any]:
    """What the code of today reads in the column: the database does not know its codes, nor that a text is a number."""
    today = SQLModel.metadata.tables.get(column.table.name)
    return column.type if today is None or column.name not in today.columns else today.columns[column.name].type


def _of_type(kind: TypeEngine[Any], name: str, number: int) -> Any:
    match getattr(kind, "impl_instance", kind), kind:
        case _, DecimalText():
            return str(Decimal(number) / 10)
        case Enum(), _:
            assert isinstance(kind, Enum)
            return kind.enums[number % len(kind.enums)]
        case JSON(), _:
            return {"number": number}
        case Boolean(), _:
            return number % 2 == 0
        case Integer() | Float(), _:
            return number
        case DateTime(), _:
            return AT + timedelta(days=number)
        case Date(), _:
            return date(2026, 4, number)
        case Time(), _:
            return time(9, number)
        case LargeBinary(), _:
            return bytes([number])
    return f"{name} の {number}"
