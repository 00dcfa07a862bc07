"""The report form in a real browser: what its small script adds, and that nothing typed is ever lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import delete

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from tests.city import PASSWORD, email_of
from tests.web.conftest import Site
from tests.web.serving import serving

MEASURE = "1-1-1"


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the application is served."""
    with serving(site) as address:
        yield address


@pytest.fixture
def staff(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    yield _signed_in(context, address, "information_staff")
    context.close()


def _signed_in(context: BrowserContext, address: str, who: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    _sign_in(page, who)
    return page


def _sign_in(page: Page, who: str) -> None:
    page.fill("#email", email_of(who))
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button")
    page.wait_for_load_state()


def _open(page: Page, address: str, site: Site) -> None:
    page.goto(f"{address}/reports/{site.city.reports[MEASURE]}")


def test_only_the_questions_that_apply_are_shown(staff: Page, address: str, site: Site) -> None:
    _open(staff, address, site)
    expect(staff.locator("#answer-cause")).to_be_hidden()
    staff.check("input[value=delayed]")
    expect(staff.locator("#answer-cause")).to_be_visible()
    staff.check("input[value=not_started]")
    expect(staff.locator("#answer-quantity")).to_be_hidden()


def test_characters_are_counted_as_the_server_counts_them(staff: Page, address: str, site: Site) -> None:
    _open(staff, address, site)
    staff.fill("#answer-achievements", "か\u3099\nきく")
    expect(staff.locator("#answer-achievements-counter")).to_have_text("3 / 400 文字")
    staff.fill("#answer-achievements", "あ" * 402)
    expect(staff.locator("#answer-achievements-counter")).to_have_text("2文字超過しています")


def test_what_is_typed_is_saved_by_itself_and_then_submitted(staff: Page, address: str, site: Site) -> None:
    _open(staff, address, site)
    staff.fill("#answer-achievements", "一つ目の文章に、今年度に行ったことを書きます。")
    expect(staff.locator("#save-status")).to_have_text("下書きを保存しました 09:00", timeout=5000)
    assert site.city.report(MEASURE).answers["achievements"] == "一つ目の文章に、今年度に行ったことを書きます。"
    staff.check("input[value=on_track]")
    staff.fill("#answer-next_step", "次の年度の予定を、時期と一緒にここへ書きます。")
    staff.click("button[value=submit]")
    expect(staff.locator(".notice--success")).to_contain_text("を提出しました")
    assert staff.evaluate("sessionStorage.length") == 0
    report = site.city.report(MEASURE)
    assert report.answers == {
        "achievements": "一つ目の文章に、今年度に行ったことを書きます。",
        "progress": "on_track",
        "next_step": "次の年度の予定を、時期と一緒にここへ書きます。",
    }


def test_what_was_typed_after_the_session_ended_is_there_after_signing_in_again(
    staff: Page, address: str, site: Site
) -> None:
    _open(staff, address, site)
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        session.exec(delete(t.SignedInSession))
    staff.check("input[value=on_track]")
    staff.fill("#answer-achievements", "まだ保存されていない。")
    expect(staff.locator("#save-status")).to_contain_text("サインインの有効期限が切れました", timeout=5000)
    staff.click("button[value=submit]")
    expect(staff.locator("h1")).to_have_text("サインイン")
    _sign_in(staff, "information_staff")
    expect(staff.locator("#answer-achievements")).to_have_value("まだ保存されていない。")
    expect(staff.locator("input[value=on_track]")).to_be_checked()
    expect(staff.locator("#save-status")).to_contain_text("下書きを保存しました", timeout=5000)
    assert site.city.report(MEASURE).answers["achievements"] == "まだ保存されていない。"


def test_an_editor_is_told_of_another_and_then_sees_both_texts(
    staff: Page, browser: Browser, address: str, site: Site
) -> None:
    _open(staff, address, site)
    site.browser("information_colleague").autosave(site.city.reports[MEASURE], {"achievements": "相手の文。"}, 0)
    staff.fill("#answer-achievements", "自分の文。")
    expect(staff.locator("#save-status")).to_contain_text("鈴木 健太 さんが同じ回答を保存しました", timeout=5000)
    staff.click("button[value=save]")
    expect(staff.locator("#answer-achievements")).to_have_value("自分の文。")
    expect(staff.locator(".quote--theirs")).to_contain_text("相手の文。")
    assert site.city.report(MEASURE).answers == {"achievements": "相手の文。"}
    staff.fill("#answer-achievements", "相手の文。自分の文。")
    staff.click("button[value=save]")
    expect(staff.locator(".notice--success")).to_contain_text("下書きを保存しました")
    assert site.city.report(MEASURE).answers == {"achievements": "相手の文。自分の文。"}


def test_a_submission_waits_for_a_save_that_is_under_way(staff: Page, address: str, site: Site) -> None:
    _open(staff, address, site)

    def slowly(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    staff.route("**/draft", slowly)
    staff.check("input[value=on_track]")
    staff.fill("#answer-next_step", "次の年度の予定を、時期と一緒にここへ書きます。")
    with staff.expect_request("**/draft"):
        staff.fill("#answer-achievements", "今年度に行ったことを、数字と一緒に書きました。")
    staff.click("button[value=submit]")
    expect(staff.locator(".notice--success")).to_contain_text("を提出しました", timeout=5000)
