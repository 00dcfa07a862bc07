"""Pages stay quick however many municipalities share a database, and however many plans and measures a city has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from benchmarks import country, one_city, pages
from benchmarks.pages import Site
from benchmarks.statements import without_index
from db import tables as t
from records.change import Change
from tests.databases import Databases

AT = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
CITY = country.Country((1,))
MEASURES, DEPARTMENTS = 12, 3
PAGES = (
    *("board", "board of a round", "plan page", "measure page", "search"),
    *("/approvals", "/desk", "/desk/mails", "/plans", "/requests"),
)
"""Opened on every day of a round, by somebody."""


def open_two_years(session: Session, change: Change, plan: t.Plan) -> None:
    one_city.open_year(session, change, plan)
    second = one_city.import_city(session, change, country.code(0), MEASURES, DEPARTMENTS, "second")
    one_city.open_year(session, change, second)


@pytest.fixture(scope="module")
def template(sqlite_databases: Databases) -> str:
    """A database with one city, which has one plan of four measures."""
    url, _ = sqlite_databases.template(
        lambda database: country.make_city(database, Change("test", AT), 0, 4, 2, one_city.open_year)
    )
    return url


@pytest.fixture(scope="module")
def small(sqlite_databases: Databases, template: str) -> Iterator[Site]:
    """The city alone."""
    with sqlite_databases.copied(template) as database, pages.site(database, CITY, 0, AT) as site:
        yield site


@pytest.fixture(scope="module")
def crowded(sqlite_databases: Databases, template: str) -> Iterator[Site]:
    """The city with a hundred others beside it."""
    with sqlite_databases.copied(template) as database:
        country.multiply(database, 101)
        with pages.site(database, CITY, 0, AT) as site:
            yield site


@pytest.fixture(scope="module")
def large(sqlite_databases: Databases) -> Iterator[Site]:
    """A city with two plans of twelve measures."""
    with sqlite_databases.copied() as database:
        country.make_city(database, Change("test", AT), 0, MEASURES, DEPARTMENTS, open_two_years)
        with pages.site(database, CITY, 0, AT) as site:
            yield site


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_queries_grows_with_neither_plans_nor_measures(small: Site, large: Site, page: str) -> None:
    for site in (small, large):
        site.open(page)  # the first visit of a minute notes that the session is used
    few, many = (site.statements(page).said for site in (small, large))
    assert few
    assert len(many) <= len(few), sorted(set(many) - set(few))


@pytest.mark.parametrize("page", PAGES)
def test_the_database_does_no_more_for_a_page_where_other_cities_share_it(
    small: Site, crowded: Site, page: str
) -> None:
    for site in (small, crowded):
        site.open(page)
    alone, beside = (site.steps(page) for site in (small, crowded))
    assert alone
    assert beside <= alone * pages.GROWTH


@pytest.mark.parametrize("page", PAGES)
def test_no_query_of_a_page_reads_a_whole_table(small: Site, page: str) -> None:
    assert without_index(small.database.engine, small.statements(page)) == {}
