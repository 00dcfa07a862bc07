"""A scanner that is a whole browser opens every link of every mail, with its scripts: nothing comes of it either."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from db import tables as t
from domain.progress_report import ReportState
from tests.city import City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.dx_city import LEADER, PLANNER, DxCity
from tests.dx_city_fixtures import dx_city, dx_city_template
from tests.project_city import AT as LOOKED_AT
from tests.project_city import ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.security.test_mail_scanners import ASKED, LINKS, everything, signed_in, site_of_inquiries
from tests.web.conftest import SECURE_SESSION, Clock, Site, site_of
from tests.web.serving import serving
from web.context import SESSION_COOKIE

__all__ = ["dx_city", "dx_city_template", "project_city", "project_city_template", "real_city", "real_city_template"]

_OPENED: set[str] = set()


def reader(browser: Browser, site: Site, address: str, email: str) -> Page:
    """The browser of somebody who is signed in."""
    context = browser.new_context()
    token = signed_in(site, email).cookies[SECURE_SESSION]
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    return context.new_page()


def scan(page: Page, address: str, paths: Iterable[str], until: Literal["load", "networkidle"]) -> None:
    """Opens each, lets its scripts run, goes through the page, and leaves."""
    for path in paths:
        answer = page.goto(address + path, wait_until=until)
        assert answer is not None
        assert answer.status == 200, path
        page.mouse.wheel(0, 10_000)
        _OPENED.add(path)
    page.goto("about:blank")


def opened_safely(browser: Browser, site: Site, address: str, paths: dict[str, str]) -> None:
    """Links and who gets them: scanned by a browser that knows nobody's session, and by the reader's own."""
    before = everything(site.city.database)
    stranger = browser.new_page()
    scan(stranger, address, paths, "load")
    stranger.close()
    for path, email in paths.items():
        page = reader(browser, site, address, email)
        scan(page, address, [path], "networkidle")
        page.context.close()
    assert everything(site.city.database) == before


def draft_of(city: City, request: int) -> int:
    """A report of a request whose form is still open, and keeps by itself what is typed into it."""
    with city.database.reading(city.municipality) as session:
        open_ = t.ProgressReport.request_id == request, t.ProgressReport.state == ReportState.DRAFT
        found = session.exec(select(t.ProgressReport.id).where(*open_)).first()
    assert found is not None
    return found


def test_a_browser_sends_nothing_in_and_the_head_still_approves(browser: Browser, real_city: City) -> None:
    site = site_of(real_city, Clock())
    site.city.submit("1-1-1", "information_staff")
    request, staff, head = (
        real_city.requests["information"],
        email_of("information_staff"),
        email_of("information_head"),
    )
    draft = draft_of(real_city, request)
    approvals = f"/approvals?request={request}"
    paths = {f"/requests/{request}": staff, f"/reports/{draft}": staff, approvals: head}
    with serving(site) as address:
        opened_safely(browser, site, address, {**paths, "/": staff, "/settings/mails": staff})
        page = reader(browser, site, address, head)
        page.goto(address + approvals)
        page.get_by_role("button", name="承認する").first.click()
        expect(page.get_by_role("status")).to_be_visible()
        page.context.close()
    assert site.city.audited()[-1] == "report.approved"


def test_a_browser_answers_no_inquiry(browser: Browser, dx_city: DxCity) -> None:
    paths = {}
    with dx_city.writing() as session:
        for asks, path in ASKED.values():
            asks(dx_city, session)
            paths[path] = LEADER if "seats" in path else PLANNER
    site = site_of_inquiries(dx_city)
    with serving(site) as address:
        opened_safely(browser, site, address, paths)


def test_a_browser_answers_no_check_in_and_the_team_still_does(browser: Browser, project_city: ProjectCity) -> None:
    site, check_in = site_of(project_city.city, Clock(LOOKED_AT)), project_city.ask()
    with serving(site) as address:
        opened_safely(browser, site, address, {f"/check-ins/{check_in}": email_of("member")})
    project_city.answer(check_in)


def test_every_kind_of_link_was_opened() -> None:
    links = {link for of_kind in LINKS.values() for link in of_kind}
    assert {link for link in links if not any(path.startswith(link) for path in _OPENED)} == set()
