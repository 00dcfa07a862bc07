"""Setting a plan, at desktop and phone width and in both languages: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from records import plan_settings, plans
from records.change import Change
from tests.browser.page_checks import WIDTHS, complaints
from tests.city import OPENED_AT, City
from tests.city_fixtures import real_city, real_city_template
from tests.conftest import PLAN
from tests.records.test_plan_settings import with_extra
from tests.web.conftest import Clock, Site, site_of
from tests.web.serving import serving
from web.context import SESSION_COOKIE

__all__ = ["real_city", "real_city_template"]

DESK = f"/desk/plans/{PLAN}"
EDITOR = f"{DESK}/questions"
PAGES = [f"{EDITOR}?edit=progress", f"{EDITOR}?edit=quantity_of", f"{EDITOR}/versions", f"{DESK}/settings", "/desk"]
PAGES += ["/forms", "/forms/annual-report/ja", "/forms/term-evaluation/en"]
PAGES += [f"{DESK}/calendar", "/desk/calendar?year=2021", f"{DESK}/calendar/dates"]


@pytest.fixture
def site(real_city: City) -> Site:
    site = site_of(real_city, Clock())
    with real_city.database.writing(real_city.municipality) as session:
        plan, user = plans.find(session, PLAN), real_city.user("planning")
        other = with_extra(plans.definition_of(plan).question_set)
        plan_settings.change_questions(session, Change(user.email, OPENED_AT, user.id), plan, 1, other, "見直しのため")
    return site


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with serving(site) as found:
        yield found


def opened(browser: Browser, site: Site, address: str, width: int, *, script: bool = True) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    token = site.browser("planning").client.cookies.get(SESSION_COOKIE) or ""
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    return context.new_page()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    browser: Browser, site: Site, address: str, language: str
) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)).all():
            user.language = language
            session.add(user)
    for width in WIDTHS.values():
        page = opened(browser, site, address, width)
        assert complaints(page, address, PAGES) == {}
        page.context.close()


def test_the_form_beside_follows_the_keys_and_shows_how_a_phone_has_it(
    browser: Browser, site: Site, address: str
) -> None:
    page = opened(browser, site, address, 1280)
    page.goto(f"{address}{EDITOR}?edit=achievements")
    shown = page.locator("#preview")
    page.get_by_label("設問の文 ※必須").fill("今年したこと")
    expect(shown).to_contain_text("今年したこと")
    expect(shown).not_to_contain_text("調査研究の結果")
    page.locator("select[name=class]").select_option("research")
    expect(shown).to_contain_text("調査研究の結果")
    page.get_by_label("スマートフォン").check()
    box = shown.bounding_box()
    assert box is not None
    assert box["width"] == 390
    page.context.close()


def test_a_question_is_changed_by_keyboard_without_javascript(browser: Browser, site: Site, address: str) -> None:
    page = opened(browser, site, address, 390, script=False)
    page.goto(f"{address}{EDITOR}?edit=achievements")
    page.get_by_label("設問の文 ※必須").fill("今年したこと")
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("今年したこと")
    page.get_by_role("button", name="この設問を直し終える").press("Enter")
    page.get_by_label("変える理由").fill("短くするため")
    page.get_by_role("button", name="新しい版として保存する").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("新しい版として保存しました")
    expect(page.locator("#list + ol")).to_contain_text("今年したこと")
    page.context.close()
