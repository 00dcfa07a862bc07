"""The pages of a review with its 36 measures, at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from domain.revision import NewMeasure, Successor
from domain.text import Bilingual
from records import review_decisions
from tests.browser.page_checks import WIDTHS, complaints
from tests.conftest import PLAN
from tests.web.desk_review import DeskReview, desk_review, desk_review_template
from tests.web.serving import serving_app
from web.context import SESSION_COOKIE

__all__ = ["desk_review", "desk_review_template"]

PROPOSED = "整備が終わり、保守だけが残っているためです。"


@pytest.fixture
def city(desk_review: DeskReview) -> DeskReview:
    """Proposals of every kind, one of them a draft."""
    city = desk_review.opened()
    city.asked()
    city.propose("1-1-1", {"fate": "change", "new_title": "公衆無線LANの活用", "reason": PROPOSED})
    city.propose("1-1-2", {"fate": "split", "split_into": "意見の収集\n意見の共有", "reason": PROPOSED}, hand_in=False)
    city.propose("5-1-3", {"fate": "merge", "merge_into": "5-1-4", "reason": PROPOSED})
    city.proposes_anew("オンライン相談")
    return city


@contextmanager
def signed_in(browser: Browser, city: DeskReview, width: int) -> Iterator[tuple[Page, str]]:
    client = city.client()
    assert isinstance(client.http.app, FastAPI)
    with serving_app(client.http.app) as address:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=True)
        token = client.http.cookies.get(SESSION_COOKIE) or ""
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        yield context.new_page(), address
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation_on_any_page_of_a_review(browser: Browser, city: DeskReview, width: str) -> None:
    parts = ["", "/term", "/proposals", "/close-proposals", "/criteria", "/decisions", "/outcome", "/bodies", "/undo"]
    parts += ["/new-measures", *(f"/decisions/{city.node(code)}" for code in ("1-1-1", "1-1-2", "5-1-3", "5-1-4"))]
    pages = [f"{city.home}{part}" for part in parts]
    more = ["/desk", f"/plans/{PLAN}", f"/desk/plans/{PLAN}/correction"]
    more += [f"/desk/plans/{PLAN}/correction?measure={city.node('1-1-1')}"]
    new = NewMeasure(Successor("1-1-1", "新しい施策", "1-1"), "measure", Bilingual(PROPOSED))
    with signed_in(browser, city, WIDTHS[width]) as (page, address):
        found = {"proposing": complaints(page, address, [*pages, *more])}
        city.closed_proposals()
        city.act(lambda s, r: review_decisions.decide_new(s, city.change, r, new))
        city.act(lambda s, r: review_decisions.accept_proposals(s, city.change, r, rest_continues=False))
        found["deciding, with contradictions"] = complaints(page, address, [*pages, f"{city.home}/new-measures/1"])
    assert found == {"proposing": {}, "deciding, with contradictions": {}}


def test_the_form_of_a_measure_shows_what_its_choice_needs_without_any_script(
    browser: Browser, city: DeskReview
) -> None:
    city.closed_proposals()
    with signed_in(browser, city, 1280) as (page, address):
        page.goto(f"{address}{city.home}/decisions/{city.node('1-3-1')}")
        sections = {name: page.locator(f".fate--{name}") for name in ("continue", "merge", "split")}
        for section in sections.values():
            expect(section).to_be_visible()
        page.check("input[value=merge]")
        expect(sections["merge"]).to_be_visible()
        expect(sections["continue"]).to_be_hidden()
        page.check("input[value=abolish]")
        for section in sections.values():
            expect(section).to_be_hidden()
        page.fill("#reason", PROPOSED)
        page.click("button[value=list]")
        expect(page.locator(".notice--success")).to_contain_text("決定を保存しました")
