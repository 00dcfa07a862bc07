"""The pages of matters and meetings, at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from playwright.sync_api import Browser, expect

from db import tables as t
from domain.key_project import RouteOutcome, RouteStep
from records import meetings
from tests.browser.page_checks import WIDTHS, complaints
from tests.project_city import AT, PLAN, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Clock, site_of
from tests.web.serving import serving_app
from web.context import SESSION_COOKIE

__all__ = ["project_city", "project_city_template"]

COMMITTEE = "strategy-committee"
CHANGE_GOAL = RouteStep(
    RouteOutcome.CHANGE_GOAL, "遠いと分かったため", goal="三割を来庁なしで終える。", path="週二日。"
)


@pytest.fixture
def meeting(project_city: ProjectCity) -> int:
    """A planned meeting with a proposal, a matter that will have gone up, and one that came later."""
    project_city.raise_matter("目標を変えるか", date(2026, 6, 22), CHANGE_GOAL)
    project_city.raise_matter("急ぎの件", date(2026, 6, 11))
    with project_city.writing() as (session, _):
        plan, actor = session.get_one(t.Plan, project_city.city.plan), project_city.actor(session, "planning")
        day, begins, ends = date(2026, 6, 18), time(10), time(11)
        held = meetings.plan_meeting(
            session, project_city.change(), actor, plan, COMMITTEE, day, begins, ends, "第1会議室", "", TODAY
        )
    project_city.raise_matter("あとから", date(2026, 6, 24))
    return held.id


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_on_any_page_of_matters_and_meetings(
    browser: Browser, project_city: ProjectCity, meeting: int, width: str
) -> None:
    new = f"/projects/{project_city.project}/matters/new"
    pages = [f"{new}?outcome=change_goal", "/matters/1", f"/plans/{PLAN}/matters", f"/plans/{PLAN}/meetings", "/desk"]
    pages += [
        f"/desk/plans/{PLAN}/bodies/{COMMITTEE}/meetings/new",
        f"/meetings/{meeting}",
        f"/meetings/{meeting}/edit",
    ]
    found = looked_at(browser, project_city, WIDTHS[width], pages, 0)
    found |= looked_at(
        browser, project_city, WIDTHS[width], [f"/meetings/{meeting}/sitting", f"/meetings/{meeting}"], 9
    )
    assert found == {}


def looked_at(
    browser: Browser, city: ProjectCity, width: int, pages: list[str], days_later: int
) -> dict[str, list[str]]:
    site = site_of(city.city, Clock(AT + timedelta(days=days_later)))
    token = site.browser("planning").client.cookies.get(SESSION_COOKIE) or ""
    with serving_app(site.app) as address:
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        found = complaints(context.new_page(), address, pages)
        context.close()
    return found


def test_a_sitting_is_recorded_with_the_keyboard_alone(
    browser: Browser, project_city: ProjectCity, meeting: int
) -> None:
    site = site_of(project_city.city, Clock(AT + timedelta(days=9)))
    token = site.browser("planning").client.cookies.get(SESSION_COOKIE) or ""
    with serving_app(site.app) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/meetings/{meeting}/sitting")
        first = page.locator("input[type=radio]").first
        first.focus()
        page.keyboard.press("ArrowDown")
        expect(page.locator("input[value=approved]").first).to_be_checked()
        page.get_by_label("議事の記録").last.focus()
        page.keyboard.type("出席7名。")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".notice--success")).to_contain_text("会議の結果を記録しました。")
        context.close()
