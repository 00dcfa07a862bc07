"""Fixtures that give the city of `tests.city`, whose plan lives in real time; a conftest imports them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.city import City, make_city
from tests.databases import Databases


@pytest.fixture(scope="session")
def real_city_template(databases: Databases) -> tuple[str, City]:
    """A database with the city, made once."""
    return databases.template(make_city)


@pytest.fixture
def real_city(databases: Databases, real_city_template: tuple[str, City]) -> Iterator[City]:
    template, city = real_city_template
    with databases.copied(template) as database:
        yield replace(city, database=database)
