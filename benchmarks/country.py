"""A database full of municipalities: one is made by the product's own functions, the others are copies of its rows.

A copy differs in its ids, in the name and the code of the city wherever they stand (addresses, ids of processes), and
therefore in the digests of its audit chain. `tests/db/test_country.py` holds it against a city that was made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import AutoString

import wall_clock
from benchmarks import one_city
from db import portable
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from records import audit, plans
from records.change import Change

_FIRST = 10_000
_AT_ONCE = 20_000
_NAMED_IN_JSON = {
    "municipality": "municipality",
    "cycle": "annualcycle",
    "request": "updaterequest",
    "measure": "node",
}
"""What of a process is told by its id."""
Row = dict[str, Any]
Prepare = Callable[[Session, Change, t.Plan], None]
Finish = Callable[[list[Row], int], list[Row]]
"""Completes the copied rows of a city, which is told by its number."""


def code(number: int) -> str:
    """The code of a municipality, of which the first is 0; all are of one length."""
    return f"city{_FIRST + number}"


@dataclass(frozen=True)
class Country:
    """The municipalities, in their order; `planner(n)` is the address of the planning division of the n-th."""

    municipalities: tuple[int, ...]

    def planner(self, number: int) -> str:
        return one_city.planner(code(number))


def nothing_more(session: Session, change: Change, plan: t.Plan) -> None:
    """What `prepare` does where a plan and its organisation are enough."""


def fill(
    database: Database,
    municipalities: int,
    *,
    measures: int = 50,
    departments: int = 10,
    prepare: Prepare = nothing_more,
    at: datetime | None = None,
) -> Country:
    """Fill a migrated database that holds nothing yet. `prepare` is done in the first city, before it is copied.

    Plans' clocks show `one_city.OPENS_AT` at the instant `at`; None: now.
    """
    make_city(database, Change("benchmark", at or wall_clock.now()), 0, measures, departments, prepare)
    return multiply(database, municipalities)


def multiply(database: Database, municipalities: int) -> Country:
    """Copy the one city that a database holds, until there are so many."""
    with portable.loading(database.engine) as connection:
        strides = _strides(connection)
        if municipalities > 1:
            _Copies(connection, municipalities - 1, strides).make()
    return Country(tuple(strides["municipality"] * number for number in range(1, municipalities + 1)))


def make_city(
    database: Database, change: Change, number: int, measures: int, departments: int, prepare: Prepare = nothing_more
) -> None:
    """Make a city as the product does, without copying."""
    city = code(number)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, one_city.definition(city, measures)).id
    with database.writing(municipality) as session:
        prepare(session, change, one_city.import_city(session, change, city, measures, departments))


def _strides(connection: Connection) -> Mapping[str, int]:
    """The tables that hold something, with how far the ids of a copy are from those of the city before."""
    tables = [table for table in portable.every_table() if "id" in table.columns]
    highest = {table.name: connection.execute(select(func.max(table.c.id))).scalar_one() for table in tables}
    return {name: last for name, last in highest.items() if last is not None}


@dataclass(frozen=True)
class _Copies:
    """Copies of the city that stands alone in a database. An id of the n-th is that of the first plus n strides."""

    connection: Connection
    count: int
    strides: Mapping[str, int]

    def make(self) -> None:
        """By the database; row by row where a value names an id or must be computed, and no column says so."""
        finish: Mapping[str, Finish] = {"auditentry": self._chained, "outbox": self._told, "mail": self._sent}
        for name in self.strides:
            table = SQLModel.metadata.tables[name]
            if name in finish:
                self._copy_rows(table, finish[name])
            else:
                self._copy_by_database(table)
        head, entry = _table(t.AuditHead), _table(t.AuditEntry)
        last = select(entry.c.digest).where(
            entry.c.municipality_id == head.c.municipality_id, entry.c.sequence == head.c.sequence
        )
        self.connection.execute(update(head).values(digest=last.scalar_subquery()).where(head.c.sequence > 0))

    def _copy_by_database(self, table: Table) -> None:
        first = select(literal(1).label("number")).cte("numbers", recursive=True)
        numbers = first.union_all(select(first.c.number + 1).where(first.c.number < self.count))
        number = numbers.c.number
        rows = (
            select(*(self._of_copy(column, number) for column in table.columns))
            .select_from(table.join(numbers, literal(1) == 1))
            .order_by(number, table.c.id)
        )
        self.connection.execute(insert(table).from_select(portable.columns_of(table), rows))

    def _of_copy(self, column: Column[Any], number: ColumnElement[int]) -> ColumnElement[Any]:
        if (stride := self._stride(column)) is not None:
            return column + number * stride
        if not _holds_text(column):
            return column
        token = code(0)
        named = func.replace(cast(column, Text), token, token[: -len(str(_FIRST))] + cast(number + _FIRST, Text))
        is_json = isinstance(column.type, JSON) and self.connection.dialect.name == "postgresql"
        return cast(named, JSON) if is_json else type_coerce(named, Text)

    def _stride(self, column: Column[Any]) -> int | None:
        """How far apart the ids of a column are; None: it holds none."""
        if column.primary_key:
            return self.strides[column.table.name]
        refers_to = next((key.column.table.name for key in column.foreign_keys), "")
        return self.strides.get(refers_to) if refers_to else None

    def _copy_rows(self, table: Table, finish: Finish) -> None:
        template = [row._asdict() for row in self.connection.execute(select(table).order_by(table.c.id))]
        batch: list[Row] = []
        for number in range(1, self.count + 1):
            batch += finish([self._row(table, row, number) for row in template], number)
            if len(batch) >= _AT_ONCE or number == self.count:
                self.connection.execute(insert(table), batch)
                batch = []

    def _row(self, table: Table, row: Row, number: int) -> Row:
        copied = {}
        for column in table.columns:
            value, stride = row[column.name], self._stride(column)
            if value is not None and stride is not None:
                value += number * stride
            elif isinstance(value, str | dict) and _holds_text(column):
                value = _renamed(value, number)
            copied[column.name] = value
        return copied

    def _chained(self, entries: list[Row], number: int) -> list[Row]:
        """The digests follow from what the entries say."""
        previous = audit.GENESIS
        for row in entries:
            kind, _, about = row["subject"].partition("/")
            if kind == "mail":
                row["subject"] = f"mail/{int(about) + number * self.strides['mail']}"
            row["detail"] = self._shifted(row["detail"], number)
            row["previous"] = previous
            row["digest"] = previous = audit._digest(t.AuditEntry(**row))
        return entries

    def _told(self, outbox: list[Row], number: int) -> list[Row]:
        return [{**row, "payload": self._shifted(row["payload"], number)} for row in outbox]

    def _sent(self, mails: list[Row], number: int) -> list[Row]:
        for row in mails:
            before = row["request_id"] - number * self.strides["updaterequest"]
            row["measures"] = [measure + number * self.strides["node"] for measure in row["measures"]]
            row["body"] = row["body"].replace(f"/requests/{before}\n", f"/requests/{row['request_id']}\n")
        return mails

    def _shifted(self, said: Mapping[str, Any], number: int) -> Row:
        """0 stands for what an event is not about."""
        return {
            name: value + number * self.strides[_NAMED_IN_JSON[name]] if value and name in _NAMED_IN_JSON else value
            for name, value in said.items()
        }


def _renamed(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return value.replace(code(0), code(number))
    return json.loads(json.dumps(value).replace(code(0), code(number)))


def _holds_text(column: Column[Any]) -> bool:
    """Whether the city may be named in it; codes are not text."""
    return isinstance(column.type, JSON | AutoString)


def _table(of: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(of.__tablename__)]
