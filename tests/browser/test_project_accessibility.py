"""The pages of key projects, at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.key_project import CheckInState
from records import check_ins
from tests.browser.page_checks import WIDTHS, complaints
from tests.busy_project import BusyProject, busy
from tests.project_city import AT, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Clock, Site, site_of
from tests.web.serving import serving
from web.context import SESSION_COOKIE

__all__ = ["project_city", "project_city_template"]


@pytest.fixture
def project(project_city: ProjectCity) -> BusyProject:
    return busy(project_city)


@pytest.fixture
def site(project: BusyProject) -> Site:
    return site_of(project.city.city, Clock(AT))


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
@pytest.mark.parametrize("who", ["planning", "leader"])
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    browser: Browser, site: Site, address: str, project: BusyProject, who: str, width: int
) -> None:
    page = opened(browser, site, address, who, width)
    answers = {path: site.browser(who).get(path).status for path in project.pages}
    pages = [path for path, status in answers.items() if status == 200]
    assert len(pages) >= 20, answers
    assert complaints(page, address, pages) == {}
    page.context.close()


def test_a_draft_is_saved_while_it_is_typed(browser: Browser, site: Site, address: str, project: BusyProject) -> None:
    page = opened(browser, site, address, "member", 390)
    page.goto(f"{address}/check-ins/{project.asked}")
    page.fill("#answer-tried", "窓口で試しました。")
    expect(page.locator("#save-status")).to_contain_text("下書きを保存しました")
    page.reload()
    expect(page.locator("#answer-tried")).to_have_value("窓口で試しました。")
    page.context.close()


def test_a_check_in_is_answered_by_the_keyboard_alone_and_without_script(
    browser: Browser, site: Site, address: str, project: BusyProject
) -> None:
    page = opened(browser, site, address, "member", 1280, script=False)
    page.goto(f"{address}/requests")
    page.get_by_role("link", name="状況確認に答える").first.press("Enter")
    page.wait_for_url("**/check-ins/*")
    for field, text in (("tried", "窓口で試しました。"), ("next_step", "もう一度試します。")):
        page.locator(f"#answer-{field}").press_sequentially(text)
    page.locator("[name='answer.state'][value=moving]").press("Space")
    page.locator("[name='answer.decision_wanted'][value=continue]").press("Space")
    page.get_by_role("button", name="提出する").press("Enter")
    page.wait_for_url("**done=submitted")
    with project.city.reading() as (session, _):
        assert check_ins.find(session, project.asked).state is CheckInState.SUBMITTED
    page.context.close()
