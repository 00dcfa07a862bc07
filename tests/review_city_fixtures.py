"""Fixtures that give the city of `tests.review_city`; a conftest imports them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from db.session import Database
from tests.databases import Databases
from tests.review_city import ReviewCity, make_review_city


@pytest.fixture(scope="session")
def review_city_template(databases: Databases) -> tuple[str, ReviewCity]:
    """A database with the city, made once."""
    return databases.template(make_review_city)


@pytest.fixture(scope="session")
def made_city_template(databases: Databases, review_city_template: tuple[str, ReviewCity]) -> tuple[str, ReviewCity]:
    """The same after the decisions of 2020: the edition of March 2021 is made and awaits its day."""
    template, reviewed = review_city_template

    def decide(database: Database) -> ReviewCity:
        city = _at(reviewed, database)
        city.decide()
        city.make()
        return city

    return databases.template(decide, template)


@pytest.fixture
def review_city(databases: Databases, review_city_template: tuple[str, ReviewCity]) -> Iterator[ReviewCity]:
    template, made = review_city_template
    with databases.copied(template) as database:
        yield _at(made, database)


@pytest.fixture
def made_city(databases: Databases, made_city_template: tuple[str, ReviewCity]) -> Iterator[ReviewCity]:
    template, made = made_city_template
    with databases.copied(template) as database:
        yield _at(made, database)


def _at(made: ReviewCity, database: Database) -> ReviewCity:
    return replace(made, city=replace(made.city, database=database))
