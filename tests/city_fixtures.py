"""Fixtures that give the city of `tests.city`, whose plan lives in real time; a conftest imports them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db import migrate
from db.session import Database
from tests.city import City, make_city


@pytest.fixture(scope="session")
def real_city_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, City]:
    """A database with the city, made once."""
    file = tmp_path_factory.mktemp("template") / "city.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    city = make_city(database)
    database.dispose()
    return file, city


@pytest.fixture
def real_city(real_city_file: tuple[Path, City], tmp_path: Path) -> Iterator[City]:
    file, city = real_city_file
    shutil.copy(file, tmp_path / "real_city.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'real_city.sqlite'}")
    yield replace(city, database=database)
    database.dispose()
