"""The pages of a term and of surveys, at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from db.session import Database
from tests.browser.page_checks import WIDTHS, complaints
from tests.term_city import PLANNER, TermCity, add_project, make_term_city
from tests.web.desk_city import SignedInClient
from tests.web.serving import serving_app
from tests.web.test_surveys import csv_of
from web.context import SESSION_COOKIE

PAGES = [
    *("/plans/tokorozawa-dx/terms/settling", "/desk/plans/tokorozawa-dx/terms/settling"),
    *("/plans/tokorozawa-dx/surveys", "/desk/plans/tokorozawa-dx/surveys"),
]


@pytest.fixture
def city(empty_database: Database) -> TermCity:
    city = make_term_city(empty_database)
    add_project(city, "1-1", "3-2")
    return city


@pytest.fixture(params=list(WIDTHS.values()), ids=list(WIDTHS))
def opened(request: pytest.FixtureRequest, browser: Browser, city: TermCity) -> Iterator[tuple[Page, str]]:
    client = SignedInClient(city.database, PLANNER)
    assert isinstance(client.http.app, FastAPI)
    with serving_app(client.http.app) as address:
        context = browser.new_context(viewport={"width": request.param, "height": 900})
        token = client.http.cookies.get(SESSION_COOKIE) or ""
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        yield context.new_page(), address
        context.close()


def test_axe_finds_no_violation_and_no_page_scrolls_sideways(opened: tuple[Page, str]) -> None:
    assert complaints(*opened, PAGES) == {}


def test_a_survey_is_brought_in_by_the_keyboard_and_the_file_alone(opened: tuple[Page, str]) -> None:
    page, address = opened
    page.goto(f"{address}/desk/plans/tokorozawa-dx/surveys")
    for field, value in {"name": "2027年度版", "fiscal_year": "2027", "survey_code": "attitude-2027"}.items():
        page.fill(f"#{field}", value)
    page.set_input_files("#file", {"name": "next.csv", "mimeType": "text/csv", "buffer": csv_of()})
    page.press("#file", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/uploads")
    assert "+2.0" in page.inner_text("main")
    page.click("button[value=import]")
    page.wait_for_url("**done=imported")
