"""Fixtures that give the sample city with its round open; a conftest that wants them imports them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.session import EVERY_MUNICIPALITY, Database
from records import plans
from tests.city_hall import CityHall, open_city_hall
from tests.conftest import PLAN


@pytest.fixture(scope="session")
def city_hall_file(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city's database with the round of fiscal year 2020 open, made once."""
    file = tmp_path_factory.mktemp("template") / "city_hall.sqlite"
    shutil.copy(sample_file, file)
    database = Database(f"sqlite:///{file}")
    open_city_hall(database, _municipality(database))
    database.dispose()
    assert not file.with_name(file.name + "-wal").exists()
    return file


@pytest.fixture
def city_hall(city_hall_file: Path, tmp_path: Path) -> Iterator[CityHall]:
    file = tmp_path / "city_hall.sqlite"
    shutil.copy(city_hall_file, file)
    database = Database(f"sqlite:///{file}")
    yield CityHall(database, _municipality(database))
    database.dispose()


def _municipality(database: Database) -> int:
    with database.reading(EVERY_MUNICIPALITY) as session:
        return plans.find(session, PLAN).municipality_id
