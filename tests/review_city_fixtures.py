"""Fixtures that give the city of `tests.review_city`; a conftest imports them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db import migrate
from db.session import Database
from tests.review_city import ReviewCity, make_review_city


@pytest.fixture(scope="session")
def review_city_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ReviewCity]:
    """A database with the city, made once."""
    file = tmp_path_factory.mktemp("template") / "review_city.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    city = make_review_city(database)
    database.dispose()
    return file, city


@pytest.fixture(scope="session")
def made_city_file(
    review_city_file: tuple[Path, ReviewCity], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ReviewCity]:
    """The same after the decisions of 2020: the edition of March 2021 is made and awaits its day."""
    file = tmp_path_factory.mktemp("template") / "made_city.sqlite"
    city = _copied(review_city_file, file)
    city.decide()
    city.make()
    city.city.database.dispose()
    return file, city


@pytest.fixture
def review_city(review_city_file: tuple[Path, ReviewCity], tmp_path: Path) -> Iterator[ReviewCity]:
    city = _copied(review_city_file, tmp_path / "review_city.sqlite")
    yield city
    city.city.database.dispose()


@pytest.fixture
def made_city(made_city_file: tuple[Path, ReviewCity], tmp_path: Path) -> Iterator[ReviewCity]:
    city = _copied(made_city_file, tmp_path / "made_city.sqlite")
    yield city
    city.city.database.dispose()


def _copied(template: tuple[Path, ReviewCity], file: Path) -> ReviewCity:
    made_file, made = template
    shutil.copy(made_file, file)
    return replace(made, city=replace(made.city, database=Database(f"sqlite:///{file}")))
