"""Answering in Excel and attaching files, at desktop and phone width: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests import some_files as files
from tests.browser.page_checks import VISITED, WIDTHS, sideways, violations
from tests.browser.test_pause_accessibility import address, opened, real_city, real_city_template, site
from tests.filled_workbook import filled
from tests.web.conftest import Site
from tests.web.test_answer_workbooks import IN_CELLS, Typed, saved_on_the_page, take_along

__all__ = ["address", "real_city", "real_city_template", "site"]


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
    file: FilePayload = {"name": "回答.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("書き終えたブック").set_input_files(file)
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


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_files_are_attached_by_keyboard_and_seen_by_who_reads_the_report(
    browser: Browser, site: Site, address: str, width: int
) -> None:
    report = site.city.reports["1-1-1"]
    page = opened(browser, site, address, "information_staff", width)
    page.goto(f"{address}/reports/{report}")
    page.get_by_role("link", name="ファイルを添付する").press("Enter")
    photo: FilePayload = {"name": "案内板の写真.png", "mimeType": "image/png", "buffer": files.png(400, 300)}
    paper: FilePayload = {
        "name": "長い名前の付いた利用件数の集計表_令和2年度分.xlsx",
        "mimeType": "",
        "buffer": files.XLSX,
    }
    field = page.get_by_label("添付するファイル")
    field.set_input_files([photo, paper])
    page.get_by_role("button", name="添付する", exact=True).press("Enter")
    expect(page.locator("#attachments").get_by_role("status")).to_contain_text("ファイルを添付し")
    expect(page.get_by_role("link", name="添付ファイル 2件")).to_be_visible()
    VISITED["report with attachments"] = page.content()
    assert (sideways(page), violations(page)) == (0, [])
    disguised: FilePayload = {"name": "写真.png", "mimeType": "image/png", "buffer": files.PDF}
    field.set_input_files(disguised)
    page.get_by_role("button", name="添付する", exact=True).press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    VISITED["report with a file that was refused"] = page.content()
    assert (sideways(page), violations(page)) == (0, [])
    reader = opened(browser, site, address, "planning", width)
    reader.goto(f"{address}/reports/{report}")
    expect(reader.get_by_role("link", name="案内板の写真.png", exact=True).first).to_be_visible()
    VISITED["attachments as they are read"] = reader.content()
    assert (sideways(reader), violations(reader)) == (0, [])
    reader.context.close()
    page.context.close()
