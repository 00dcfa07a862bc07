"""Fixtures that give the city of `tests.project_city`; a conftest imports them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.databases import Databases
from tests.project_city import ProjectCity, make_project_city


@pytest.fixture(scope="session")
def project_city_template(databases: Databases) -> tuple[str, ProjectCity]:
    """A database with the city, made once."""
    return databases.template(make_project_city)


@pytest.fixture
def project_city(databases: Databases, project_city_template: tuple[str, ProjectCity]) -> Iterator[ProjectCity]:
    template, made = project_city_template
    with databases.copied(template) as database:
        yield replace(made, city=replace(made.city, database=database))
