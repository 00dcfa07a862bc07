"""A proposal's form and the pages of new measures in a real browser, at desktop and phone width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from db import tables as t
from tests.browser.page_checks import WIDTHS, sideways, violations
from tests.city import PASSWORD, email_of
from tests.review_city import CONTINUED, ReviewCity
from tests.web.conftest import Site
from tests.web.serving import serving
from tests.web.test_new_measures import TYPED

MEASURE = "1-1-1"


@pytest.fixture
def address(review_site: Site) -> Iterator[str]:
    with serving(review_site) as address:
        yield address


def signed_in(browser: Browser, address: str, who: str, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#email", email_of(who))
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button")
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    browser: Browser, address: str, review_site: Site, review_city: ReviewCity, width: str
) -> None:
    review_city.propose("1-2-4", "information_staff", CONTINUED)
    request = review_city.requests["information"]
    review_site.browser("information_staff").post(f"/requests/{request}/new-measures", TYPED)
    staff_pages = (
        *("/requests", f"/requests/{request}", f"/reports/{review_city.proposals[MEASURE]}"),
        *(f"/requests/{request}/new-measures", "/new-measures/1"),
    )
    complaints = {}
    for who, paths in (
        ("information_staff", staff_pages),
        ("information_head", ("/approvals", f"/reports/{review_city.proposals['1-2-4']}")),
    ):
        page = signed_in(browser, address, who, WIDTHS[width])
        for path in paths:
            page.goto(address + path)
            if page.locator("input[value=change]").count():
                page.check("input[value=change]")
            found = [*violations(page), *([f"{sideways(page)} px too wide"] if sideways(page) > 0 else [])]
            if found:
                complaints[path] = found
        page.context.close()
    assert complaints == {}


def test_what_is_chosen_brings_up_its_questions_and_is_saved_by_itself(
    browser: Browser, address: str, review_city: ReviewCity
) -> None:
    page = signed_in(browser, address, "information_staff", WIDTHS["desktop"])
    report = review_city.proposals[MEASURE]
    page.goto(f"{address}/reports/{report}")
    expect(page.locator("#answer-merge_into")).to_be_hidden()
    page.check("input[value=merge]")
    page.select_option("#answer-merge_into", "4-2-2")
    expect(page.locator("#answer-new_title")).to_be_hidden()
    page.check("input[value=change]")
    page.check("input[name='answer.new_class'][value=research]")
    page.check("input[name='answer.new_class'][value='']")
    page.fill("#answer-new_title", "公衆無線LANの活用")
    page.click("button[value=save]")
    page.wait_for_load_state()
    assert {k: v for k, v in _answers(review_city, report).items() if v} == {
        "fate": "change",
        "merge_into": "4-2-2",
        "new_title": "公衆無線LANの活用",
    }
    page.context.close()


def _answers(city: ReviewCity, report_id: int) -> dict[str, str]:
    with city.reading() as (session, _):
        return session.get_one(t.ProgressReport, report_id).answers
