"""Fixtures that give the sample city with its round open; a conftest that wants them imports them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.session import EVERY_MUNICIPALITY, Database
from records import plans
from tests.city_hall import CityHall, open_city_hall
from tests.conftest import PLAN
from tests.databases import Databases


@pytest.fixture(scope="session")
def city_hall_template(databases: Databases, sample_template: str) -> str:
    """The sample city's database with the round of fiscal year 2020 open, made once."""
    url, _ = databases.template(lambda d: open_city_hall(d, _municipality(d)), sample_template)
    return url


@pytest.fixture
def city_hall(databases: Databases, city_hall_template: str) -> Iterator[CityHall]:
    with databases.copied(city_hall_template) as database:
        yield CityHall(database, _municipality(database))


def _municipality(database: Database) -> int:
    with database.reading(EVERY_MUNICIPALITY) as session:
        return plans.find(session, PLAN).municipality_id
