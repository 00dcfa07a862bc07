"""Answering in Excel at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page_checks import VISITED, WIDTHS, sideways, violations
from tests.browser.test_pause_accessibility import address, opened, real_city, real_city_file, site
from tests.filled_workbook import filled
from tests.web.conftest import Site
from tests.web.test_answer_workbooks import IN_CELLS, Typed, saved_on_the_page, take_along

__all__ = ["address", "real_city", "real_city_file", "site"]


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_a_workbook_is_sent_checked_and_submitted_by_keyboard(
    browser: Browser, site: Site, address: str, width: int
) -> None:
    typed: Typed = {
        "1-1-1": {**IN_CELLS, "achievements": "短い文章"},
        "1-2-1": {"progress": "まあまあ"},
        "1-2-4": IN_CELLS,
    }
    content = filled(take_along(site), typed)
    saved_on_the_page(site, "information_colleague", {"achievements": "同僚が画面に書いた、少し長めの文章です。"})
    page = opened(browser, site, address, "information_staff", width)
    page.goto(f"{address}/requests/{site.city.requests['information']}")
    file = {"name": "回答.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("書き終えたブック").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload is such a dict
    page.get_by_role("button", name="送って内容を確かめる").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("ブックの確認")
    VISITED["preview of a workbook"] = page.content()
    assert (sideways(page), violations(page)) == (0, [])
    page.get_by_role("button", name="保存し、2件を提出する").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("どちらを残すかを選んでください")
    VISITED["preview that asks for a choice"] = page.content()
    assert (sideways(page), violations(page)) == (0, [])
    page.get_by_label("ブックの回答にする").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="保存し、2件を提出する").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("提出：2件")
    assert (sideways(page), violations(page)) == (0, [])
    page.context.close()
