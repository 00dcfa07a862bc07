"""The copied cities of the benchmarks are what the product would have made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from benchmarks import country, one_city
from db import portable
from db.session import Database
from records import audit
from records.change import Change
from tests.databases import Databases

AT = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in portable.every_table() if "id" in table.columns}


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """All but what is made at random."""
    found = [row._asdict() for row in connection.execute(select(table).order_by(table.c.id))]
    return [{name: value for name, value in row.items() if name != "message_id"} for row in found]


def test_a_copied_city_is_the_one_that_the_product_makes(databases: Databases) -> None:
    with databases.copied() as copied, databases.copied() as made:
        filled = country.fill(copied, 3, measures=4, departments=2, prepare=one_city.open_year, at=AT)
        change = Change("benchmark", AT)
        for number in range(3):
            country.make_city(made, change, number, 4, 2, one_city.open_year)
        ours, products = rows(copied), rows(made)
        for table in products:
            assert ours[table] == products[table], table
        assert [row["id"] for row in products["municipality"]] == list(filled.municipalities)
        for municipality in filled.municipalities:
            with copied.reading(municipality) as session:
                assert audit.verify(session).is_sound
