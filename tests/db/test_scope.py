"""A session of one city never touches a row of another, whatever table and however it asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Column, Enum, ForeignKey, delete, exists, func, insert, union_all, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_typed

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, ForeignMunicipality
from db.types import DecimalText, Scoped
from tests.databases import Databases

select: Any = select_typed  # no table is known by its name here
TABLES: list[Any] = sorted(Scoped.__subclasses__(), key=lambda table: table.__name__)
AT = datetime(2021, 2, 15, tzinfo=UTC)

_VALUES: dict[type, Any] = {
    float: 1.0,
    Decimal: Decimal(1),
    bool: False,
    bytes: b"",
    object: {},  # JSON
    time: AT.time(),
    datetime: AT,
}


def columns_of(table: type[SQLModel]) -> list[Column[Any]]:
    return list(table.__table__.columns)  # type: ignore[attr-defined]


def _python_type(column: Column[Any]) -> type:
    if isinstance(column.type, DecimalText):
        return Decimal
    stored = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return stored.python_type


def foreign_keys_of(table: type[SQLModel]) -> list[tuple[str, Any]]:
    """The columns of a table that lead to another scoped table."""
    by_name = {other.__tablename__: other for other in TABLES}
    keys: list[ForeignKey] = [key for column in columns_of(table) for key in column.foreign_keys]
    return [(k.parent.name, by_name[k.column.table.name]) for k in keys if k.column.table.name in by_name]


@dataclass
class TwoCities:
    """One row of every table in city A and one in city B; `rows[city, table]` is its id."""

    database: Database
    a: int = 0
    b: int = 0
    rows: dict[tuple[int, type[SQLModel]], int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def build(self) -> TwoCities:
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            for code in ("a", "b"):
                city = t.Municipality(code=code, name=code)
                session.add(city)
                session.flush()
                setattr(self, code, city.id)
                for table in TABLES:
                    self._row(session, city.id, table)
        return self

    def values(self, session: Session, city: int, table: type[SQLModel]) -> dict[str, Any]:
        """Something for every column that must hold something; texts, numbers and days are unique."""
        parents = dict(foreign_keys_of(table))
        made: dict[str, Any] = {"municipality_id": city}
        for column in columns_of(table):
            if column.name in ("id", "municipality_id") or column.nullable:
                continue
            if column.name in parents:
                made[column.name] = self._row(session, city, parents[column.name])
            elif isinstance(column.type, Enum):
                assert column.type.enum_class is not None
                made[column.name] = next(iter(column.type.enum_class))
            elif (kind := _python_type(column)) is str:
                made[column.name] = f"{table.__name__}-{next(self._numbers)}"
            elif kind is int:
                made[column.name] = next(self._numbers)
            elif kind is date:
                made[column.name] = AT.date() + timedelta(days=next(self._numbers))
            else:
                made[column.name] = _VALUES[kind]
        return made

    def _row(self, session: Session, city: int, table: type[SQLModel]) -> int:
        if (city, table) not in self.rows:
            row: Any = table(**self.values(session, city, table))
            session.add(row)
            session.flush()
            self.rows[city, table] = row.id
        return self.rows[city, table]


@pytest.fixture(scope="module")
def built(databases: Databases) -> tuple[str, TwoCities]:
    """A database with the two cities, made once, and the ids in it."""
    return databases.template(lambda database: TwoCities(database).build())


@pytest.fixture
def cities(databases: Databases, built: tuple[str, TwoCities]) -> Iterator[TwoCities]:
    template, made = built
    with databases.copied(template) as database:
        yield TwoCities(database, made.a, made.b, dict(made.rows))


every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)


def test_every_table_but_the_city_itself_and_the_leases_belongs_to_a_city() -> None:
    ours = {m.class_ for m in SQLModel._sa_registry.mappers}
    assert ours - set(TABLES) == {t.Municipality, t.Lease}


@every_table
def test_a_city_reads_only_its_own_rows(cities: TwoCities, table: Any) -> None:
    mine, theirs = cities.rows[cities.a, table], cities.rows[cities.b, table]
    other = aliased(table)
    with cities.database.reading(cities.a) as session:
        assert [row.id for row in session.exec(select(table))] == [mine]
        assert session.get(table, theirs) is None
        assert session.get(table, theirs, with_for_update=True) is None
        assert session.exec(select(table).where(table.id == theirs)).all() == []
        assert session.exec(select(table.id)).all() == [mine]
        assert session.exec(select(other.id)).all() == [mine]
        assert session.exec(select(func.count()).select_from(table)).one() == 1
        assert session.exec(select(func.max(table.municipality_id))).one() == cities.a
        assert session.exec(select(t.Municipality.id).where(exists().where(table.id == theirs))).all() == []
        inner = select(table.id).where(table.id == theirs)
        assert session.exec(select(t.Municipality.id).where(inner.exists())).all() == []
        assert session.exec(select(t.Municipality.id).where(col(t.Municipality.id).in_(inner))).all() == []
        assert session.exec(select(inner.subquery())).all() == []
        assert session.exec(select(inner.cte())).all() == []
        assert len(session.execute(union_all(select(table.id), select(other.id))).all()) == 2
    with cities.database.reading(cities.b) as session:
        assert [row.id for row in session.exec(select(table))] == [theirs]
        assert session.exec(select(other.id)).all() == [theirs]


@every_table
def test_a_city_changes_and_deletes_only_its_own_rows(cities: TwoCities, table: Any) -> None:
    theirs = cities.rows[cities.b, table]
    with cities.database.writing(cities.a) as session:
        assert session.exec(update(table).values(id=table.id)).rowcount == 1
        assert session.exec(update(table).where(table.id == theirs).values(id=theirs)).rowcount == 0
        assert session.exec(delete(table).where(table.id == theirs)).rowcount == 0
    with cities.database.reading(EVERY_MUNICIPALITY) as session:
        assert len(session.exec(select(table)).all()) == 2


@every_table
def test_a_city_does_not_join_into_rows_of_another(cities: TwoCities, table: Any) -> None:
    """Even where a row of ours names one of theirs, which only a mistake could bring about."""
    for column, parent in foreign_keys_of(table):
        mine, theirs = cities.rows[cities.a, table], cities.rows[cities.b, parent]
        link, above = getattr(table, column), aliased(parent)
        with cities.database.writing(EVERY_MUNICIPALITY) as session:
            right = session.exec(select(link).where(table.id == mine)).one()
            session.exec(update(table).where(table.id == mine).values({column: theirs}))
        with cities.database.reading(cities.a) as session:
            assert session.exec(select(table, above).join(above, above.id == link)).all() == []
            assert session.exec(select(table.id).where(link.in_(select(above.id)))).all() == []
            outer = session.exec(select(table, above).outerjoin(above, above.id == link)).all()
            assert [(row.id, joined) for row, joined in outer] == [(mine, None)]
            if parent is not table:
                assert session.exec(select(table.id).join(parent, parent.id == link)).all() == []
        with cities.database.writing(EVERY_MUNICIPALITY) as session:
            session.exec(update(table).where(table.id == mine).values({column: right}))


@every_table
def test_a_city_adds_no_row_for_another(cities: TwoCities, table: Any) -> None:
    with cities.database.reading(EVERY_MUNICIPALITY) as session:
        values = cities.values(session, cities.b, table)
    with pytest.raises(ForeignMunicipality), cities.database.writing(cities.a) as session:
        session.add(table(**values))
    with pytest.raises(ForeignMunicipality), cities.database.writing(cities.a) as session:
        session.exec(insert(table).values(**values))
    with cities.database.reading(cities.b) as session:
        assert len(session.exec(select(table)).all()) == 1


@every_table
def test_a_city_gives_no_row_away_and_takes_none(cities: TwoCities, table: Any) -> None:
    with pytest.raises(ForeignMunicipality), cities.database.writing(cities.a) as session:
        session.exec(select(table)).one().municipality_id = cities.b
    with cities.database.reading(cities.b) as session:
        theirs = session.exec(select(table)).one()
    with pytest.raises(ForeignMunicipality), cities.database.writing(cities.a) as session:
        session.delete(theirs)
    theirs.municipality_id = cities.a
    with cities.database.reading(EVERY_MUNICIPALITY) as session:
        assert session.get_one(table, theirs.id).municipality_id == cities.b


def test_a_row_without_a_city_gets_the_sessions(cities: TwoCities) -> None:
    with cities.database.writing(cities.b) as session:
        session.add(t.Department(code="new", name="新しい課", valid_from=AT.date()))
    with cities.database.reading(cities.b) as session:
        added = session.exec(select(t.Department).where(t.Department.code == "new")).one()
    assert added.municipality_id == cities.b


def test_a_session_without_a_scope_neither_reads_nor_writes(cities: TwoCities) -> None:
    with Session(cities.database.engine) as session:
        with pytest.raises(ForeignMunicipality):
            session.exec(select(t.Plan))
        with pytest.raises(ForeignMunicipality):
            session.get(t.Plan, 1)
        session.add(t.Lease(name="relay", holder="x", until=AT))
        with pytest.raises(ForeignMunicipality):
            session.commit()


def test_only_who_asks_for_every_municipality_sees_both_cities(cities: TwoCities) -> None:
    with cities.database.reading(EVERY_MUNICIPALITY) as session:
        assert {plan.municipality_id for plan in session.exec(select(t.Plan))} == {cities.a, cities.b}


def test_what_was_read_is_not_written(cities: TwoCities) -> None:
    with cities.database.reading(cities.a) as session:
        session.exec(select(t.Plan)).one().name = "別の名前"
        session.flush()
    with cities.database.reading(cities.a) as session:
        assert session.exec(select(t.Plan)).one().name != "別の名前"


def test_a_transaction_that_fails_leaves_nothing(cities: TwoCities) -> None:
    with pytest.raises(ZeroDivisionError), cities.database.writing(cities.a) as session:  # noqa: PT012
        session.add(t.Department(code="half", name="途中", valid_from=AT.date()))
        session.flush()
        _ = 1 / 0
    with cities.database.reading(cities.a) as session:
        assert session.exec(select(t.Department).where(t.Department.code == "half")).first() is None


def test_an_instant_is_stored_as_utc_and_a_naive_one_is_refused(cities: TwoCities) -> None:
    in_japan = datetime.fromisoformat("2021-02-15T09:00:00+09:00")
    with cities.database.writing(EVERY_MUNICIPALITY) as session:
        session.add(t.Lease(name="a", holder="x", until=in_japan))
    with cities.database.reading(EVERY_MUNICIPALITY) as session:
        found = session.get_one(t.Lease, "a").until
    assert found == in_japan
    assert found.tzinfo is UTC
    with (
        pytest.raises(StatementError, match="naive datetime"),
        cities.database.writing(EVERY_MUNICIPALITY) as session,
    ):
        session.add(t.Lease(name="b", holder="x", until=in_japan.replace(tzinfo=None)))
