"""Fixtures that give the city of `tests.dx_city`; a test module that wants them imports them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import migrate
from db.session import Database
from tests.dx_city import DxCity, make_dx_city


@pytest.fixture(scope="session")
def dx_city_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A database with the city, made once, and its municipality."""
    file = tmp_path_factory.mktemp("template") / "dx_city.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    municipality = make_dx_city(database)
    database.dispose()
    return file, municipality


@pytest.fixture
def dx_city(dx_city_file: tuple[Path, int], tmp_path: Path) -> Iterator[DxCity]:
    made, municipality = dx_city_file
    file = tmp_path / "dx_city.sqlite"
    shutil.copy(made, file)
    database = Database(f"sqlite:///{file}")
    yield DxCity(database, municipality)
    database.dispose()
