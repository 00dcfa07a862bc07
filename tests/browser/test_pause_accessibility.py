"""Pausing a city and taking a request back, at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.page_checks import WIDTHS, complaints, sideways, violations
from tests.city import City
from tests.city_fixtures import real_city, real_city_template
from tests.project_city import AT, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Clock, Site, site_of
from tests.web.serving import serving
from tests.web.test_pauses import BEGIN, busy
from web.context import SESSION_COOKIE

__all__ = ["project_city", "project_city_template", "real_city", "real_city_template"]


FILTERED = "show=all&turn=department&q=1-1-1&due=soon&sort=late&order=desc&select=all"
KEPT = {"page": "city-board", "back": "/desk/board", "query": "show=late", "name": "遅れている課"}
VIEWS = "/views?page=city-board&back=/desk/board&query=sort%3Dlate"


@pytest.fixture
def site(real_city: City) -> Site:
    return site_of(real_city, Clock())


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with serving(site) as found:
        yield found


def opened(browser: Browser, site: Site, address: str, who: str, width: int, *, script: bool = True) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    token = site.browser(who).client.cookies.get(SESSION_COOKIE) or ""
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    return context.new_page()


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_axe_finds_no_violation_before_and_during_a_pause(
    browser: Browser, site: Site, address: str, width: int
) -> None:
    withdrawal = f"/desk/requests/{site.city.requests['information']}/withdraw"
    mails = ["/settings/mails", "/desk/mails", "/desk/mails?show=trouble"]
    pages = ["/desk/pause", withdrawal, f"/desk/cycles/{site.city.cycle}", "/desk", *mails]
    pages += [f"/desk/rounds/{site.city.round}/withdraw", "/desk/board", f"/desk/board?{FILTERED}", VIEWS]
    site.browser("planning").post("/views", KEPT)
    page = opened(browser, site, address, "planning", width)
    assert complaints(page, address, pages) == {}
    page.context.close()
    site.browser("planning").post("/desk/pause/begin", BEGIN)
    site.clock.passes(days=6)
    page = opened(browser, site, address, "planning", width)
    assert complaints(page, address, pages) == {}
    page.context.close()
    page = opened(browser, site, address, "information_staff", width)
    assert complaints(page, address, ["/requests", f"/reports/{site.city.reports['1-1-1']}"]) == {}
    page.context.close()


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_axe_finds_no_violation_where_check_ins_and_matters_wait(
    browser: Browser, project_city: ProjectCity, width: int
) -> None:
    busy(project_city)
    site = site_of(project_city.city, Clock(AT))
    with serving(site) as address:
        page = opened(browser, site, address, "planning", width)
        assert complaints(page, address, ["/desk/pause"]) == {}
        page.context.close()


def test_a_city_is_paused_and_resumed_by_keyboard_without_javascript(
    browser: Browser, site: Site, address: str
) -> None:
    page = opened(browser, site, address, "planning", 1280, script=False)
    page.goto(f"{address}/desk/pause")
    page.get_by_label("止める理由").focus()
    page.keyboard.type("大雨の災害対応のため")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("止めました")
    page.get_by_role("button", name="下の内容で再開する").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("再開しました")
    page.context.close()


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_several_departments_are_extended_by_keyboard_and_axe_finds_nothing_on_the_way(
    browser: Browser, site: Site, address: str, width: int
) -> None:
    page = opened(browser, site, address, "planning", width)
    page.goto(f"{address}/desk/board?sort=department&select=all")
    page.get_by_label("新しい期限").fill("2021-03-08")
    page.get_by_label("理由").focus()
    page.keyboard.type("豪雨の災害対応のため")
    page.get_by_role("button", name="変わるメールを確かめる").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("選んだ3部署の期限を延ばす")
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="この内容で期限を延長する").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("3部署の期限を延長しました")
    page.context.close()
