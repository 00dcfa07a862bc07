"""Search and audit log at desktop and phone width: axe finds nothing, nothing sticks out, the keyboard is enough."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page_checks import WIDTHS, complaints
from tests.busy_project import busy
from tests.project_city import AT, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Clock, site_of
from tests.web.serving import serving_app
from web.context import SESSION_COOKIE

__all__ = ["project_city", "project_city_template"]

PAGES = ("/search", "/search?q=-", "/search?q=どこにもない", "/search?q=相談", "/search?q=の", "/search?q=の&kind=node")
LOG = ("/desk/audit", "/desk/audit?since=x", "/desk/audit?by=nobody", "/desk/audit/verification")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_on_any_page_of_search_and_audit_log(
    browser: Browser, project_city: ProjectCity, width: str, language: str
) -> None:
    busy(project_city)
    site = site_of(project_city.city, Clock(AT))
    with project_city.city.database.writing(project_city.city.municipality) as session:
        user = session.merge(project_city.city.user("planning"))
        user.language = language
        session.add(user)
    token = site.browser("planning").client.cookies.get(SESSION_COOKIE) or ""
    with serving_app(site.app) as address:
        context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        assert complaints(context.new_page(), address, [*PAGES, *LOG]) == {}
        context.close()


def test_a_word_is_found_with_the_keyboard_alone(browser: Browser, project_city: ProjectCity) -> None:
    site = site_of(project_city.city, Clock(AT))
    token = site.browser("outsider").client.cookies.get(SESSION_COOKIE) or ""
    with serving_app(site.app) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/plans")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "site-search":
                break
        page.keyboard.type("がめんごし")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("検索")
        page.goto(f"{address}/search?q=テジュン")
        expect(page.get_by_role("status")).to_contain_text("見つかりませんでした")
        page.locator("#q").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("画面越し")
        page.keyboard.press("Enter")
        expect(page.locator("mark").first).to_have_text("画面越し")
        page.locator(".found__title a").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("画面越しの窓口")
        context.close()
