"""Fixtures that give the city of `tests.dx_city`; a test module that wants them imports them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.dx_city import DxCity, make_dx_city


@pytest.fixture(scope="session")
def dx_city_template(databases: Databases) -> tuple[str, int]:
    """A database with the city, made once, and its municipality."""
    return databases.template(make_dx_city)


@pytest.fixture
def dx_city(databases: Databases, dx_city_template: tuple[str, int]) -> Iterator[DxCity]:
    template, municipality = dx_city_template
    with databases.copied(template) as database:
        yield DxCity(database, municipality)
