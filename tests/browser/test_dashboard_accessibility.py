"""The dashboard, at desktop and phone width and in both languages: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from tests.browser.page_checks import WIDTHS, complaints
from tests.web.desk_city import DeskCity, collecting
from tests.web.serving import serving_app
from tests.web.small_city import reading
from tests.web.test_plan_progress import plan_of, planner
from web.context import SESSION_COOKIE

DASHBOARD = "/desk/plans/iizuka-ict/dashboard"
PAGES = [DASHBOARD, f"{DASHBOARD}?year=2019&by=state", f"{DASHBOARD}?by=grade", "/desk"]


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    city = collecting(sample_database)
    for code in ("1-1-1", "1-2-3"):
        city.submit(code)
    city.approve("1-1-1")
    return city


@pytest.fixture(params=list(WIDTHS.values()), ids=list(WIDTHS))
def opened(request: pytest.FixtureRequest, browser: Browser, city: DeskCity) -> Iterator[tuple[Page, str]]:
    client = city.client()
    assert isinstance(client.http.app, FastAPI)
    with serving_app(client.http.app) as address:
        context = browser.new_context(viewport={"width": request.param, "height": 900})
        token = client.http.cookies.get(SESSION_COOKIE) or ""
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        yield context.new_page(), address
        context.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    opened: tuple[Page, str], city: DeskCity, language: str
) -> None:
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)).all():
            user.language = language
            session.add(user)
    assert complaints(*opened, PAGES) == {}


def test_a_year_is_chosen_by_the_keyboard_and_every_picture_is_drawn(opened: tuple[Page, str]) -> None:
    page, address = opened
    page.goto(address + DASHBOARD)
    page.locator("#year").select_option("2019")
    page.locator("#by").select_option("state")
    page.get_by_role("button", name="表示する").press("Enter")
    page.wait_for_url("**year=2019&by=state*")
    expect(page.locator("#progress-heading")).to_contain_text("令和元年度（2019年度）の進捗")
    pictures = page.locator(".chart-scroll img")
    assert pictures.count() == 4
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
        expect(pictures.nth(number)).to_have_js_property("complete", True)
        assert pictures.nth(number).evaluate("image => image.naturalWidth") > 300


def test_the_charts_of_indicators_are_drawn_when_they_are_opened(browser: Browser, empty_database: Database) -> None:
    reading(empty_database, plan_of("tokorozawa-comprehensive"))
    client = planner(empty_database)
    assert isinstance(client.http.app, FastAPI)
    with serving_app(client.http.app) as address:
        context = browser.new_context(viewport={"width": 390, "height": 900})
        token = client.http.cookies.get(SESSION_COOKIE) or ""
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        assert complaints(page, address, ["/desk/plans/tokorozawa-comprehensive/dashboard"]) == {}
        assert not [url for url in asked if "indicator-of-" in url], "nothing is drawn that nobody looks at"
        page.get_by_text("指標のグラフ（").press("Enter")
        first = page.locator(".dashboard__series img").first
        first.scroll_into_view_if_needed()
        page.wait_for_function("document.querySelector('.dashboard__series img').naturalWidth > 0")
        context.close()
