"""Fixtures that give the city of `tests.project_city`; a conftest imports them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db import migrate
from db.session import Database
from tests.project_city import ProjectCity, make_project_city


@pytest.fixture(scope="session")
def project_city_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ProjectCity]:
    """A database with the city, made once."""
    file = tmp_path_factory.mktemp("template") / "project_city.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    city = make_project_city(database)
    database.dispose()
    return file, city


@pytest.fixture
def project_city(project_city_file: tuple[Path, ProjectCity], tmp_path: Path) -> Iterator[ProjectCity]:
    made_file, made = project_city_file
    file = tmp_path / "project_city.sqlite"
    shutil.copy(made_file, file)
    database = Database(f"sqlite:///{file}")
    yield replace(made, city=replace(made.city, database=database))
    database.dispose()
