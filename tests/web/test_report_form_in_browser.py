"""The report form in a real browser: what its small script adds, and that nothing typed is ever lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import delete

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from tests.browser.page_checks import sideways, violations
from tests.city import COMPLETE, PASSWORD, email_of
from tests.domain.test_text import COUNTED
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
    counting = "async (texts) => { const { length } = await import('/static/length.js'); return texts.map(length); }"
    assert staff.evaluate(counting, list(COUNTED)) == list(COUNTED.values())


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


def test_an_editor_is_told_what_another_saved_and_chooses_where_both_wrote(
    staff: Page, browser: Browser, address: str, site: Site
) -> None:
    report, colleague = site.city.reports[MEASURE], site.browser("information_colleague")
    _open(staff, address, site)
    colleague.autosave(report, {"achievements": "相手の文。", "quantity_of": "相手の数えたもの"}, 0)
    staff.fill("#answer-achievements", "自分の文。")
    both = staff.locator(".quote--theirs").filter(has_text="さんも、この欄を")
    expect(both).to_contain_text("鈴木 健太 さんも、この欄を 09:00 に書き換えました。", timeout=5000)
    expect(both).to_contain_text("相手の文。")
    expect(staff.locator("#answer-achievements")).to_have_value("自分の文。")
    expect(staff.locator("#answer-quantity_of")).to_have_value("相手の数えたもの")
    expect(staff.locator("#save-status")).to_contain_text("どちらを残すか選んでください")
    assert site.city.report(MEASURE).answers["achievements"] == "相手の文。"
    with staff.expect_response("**/draft"):
        both.get_by_role("button", name="自分の入力を残す").press("Enter")
    assert site.city.report(MEASURE).answers == {"achievements": "自分の文。", "quantity_of": "相手の数えたもの"}
    expect(staff.locator("#answer-achievements")).to_be_focused()

    colleague.autosave(report, {"achievements": "また相手の文。"}, site.city.report(MEASURE).revision)
    staff.fill("#answer-achievements", "また自分の文。")
    staff.get_by_role("button", name="この内容に替える").click(timeout=5000)
    expect(staff.locator("#answer-achievements")).to_have_value("また相手の文。")
    expect(staff.locator("#save-status")).to_have_text("下書きを保存しました 09:00", timeout=5000)
    with staff.expect_response("**/draft"):
        staff.get_by_role("button", name="自分の入力に戻す").click()
    assert site.city.report(MEASURE).answers["achievements"] == "また自分の文。"


def test_an_open_form_takes_over_what_somebody_else_saves(staff: Page, address: str, site: Site) -> None:
    report, colleague = site.city.reports[MEASURE], site.browser("information_colleague")
    staff.clock.install()
    _open(staff, address, site)
    site.clock.passes(minutes=5)
    colleague.autosave(report, {"achievements": "相手の文。", "progress": "delayed"}, 0)
    staff.clock.fast_forward(16_000)
    expect(staff.locator("#answer-achievements")).to_have_value("相手の文。", timeout=5000)
    expect(staff.locator("#save-status")).to_have_text(
        "鈴木 健太 さんが 09:05 に保存しました。変わった欄には、その下に説明があります。"
    )
    expect(staff.locator(".quote--theirs")).to_have_count(2)
    expect(staff.locator("#answer-cause")).to_be_visible()
    site.city.submit(MEASURE, "information_colleague")
    staff.clock.fast_forward(16_000)
    expect(staff.locator("#save-status")).to_contain_text("いま変更できない状態になりました", timeout=5000)


def test_measures_are_answered_by_keyboard_from_one_to_the_next(staff: Page, address: str, site: Site) -> None:
    site.city.submit("1-2-1", "information_staff")
    _open(staff, address, site)
    help_ = staff.get_by_text("キーボードの使い方")
    expect(help_).to_be_visible()
    staff.keyboard.press("Alt+ArrowDown")
    staff.wait_for_url(f"**/reports/{site.city.reports['1-2-1']}")
    staff.keyboard.press("Alt+ArrowDown")  # a report that is only read has no such keys
    staff.goto(f"{address}/reports/{site.city.reports['1-2-4']}")
    staff.keyboard.press("Alt+ArrowUp")
    staff.wait_for_url(f"**/reports/{site.city.reports['1-2-1']}")
    _open(staff, address, site)
    staff.check("input[value=on_track]")
    for question in ("achievements", "next_step"):
        staff.fill(f"#answer-{question}", COMPLETE[question])
    staff.keyboard.press("Control+s")
    expect(staff.locator(".notice--success")).to_contain_text("下書きを保存しました")
    staff.locator("#answer-next_step").focus()
    staff.keyboard.press("Control+Enter")
    following = staff.get_by_role("link", name="次の施策へ（3件中3件目）")
    expect(following).to_be_focused()
    staff.keyboard.press("Enter")
    staff.wait_for_url(f"**/reports/{site.city.reports['1-2-4']}")


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


def test_axe_finds_no_violation_where_texts_meet_and_where_several_wait(
    browser: Browser, staff: Page, address: str, site: Site
) -> None:
    report, head = site.city.reports[MEASURE], site.browser("information_head")
    for measure in (MEASURE, "1-2-1", "1-2-4"):
        site.city.submit(measure, "information_staff")
    head.post(f"/reports/{report}/return", {"remark.achievements": "施設の名前も書いてください。"})
    staff.set_viewport_size({"width": 390, "height": 800})
    _open(staff, address, site)
    colleague = site.browser("information_colleague")
    colleague.autosave(report, {**COMPLETE, "achievements": "相手の文。"}, 1)
    staff.fill("#answer-achievements", "自分の文。")
    expect(staff.locator(".quote--theirs").first).to_be_visible(timeout=5000)
    assert (violations(staff), sideways(staff)) == ([], 0)
    boss = _signed_in(browser.new_context(viewport={"width": 390, "height": 800}), address, "information_head")
    boss.goto(f"{address}/approvals?request={site.city.requests['information']}")
    button = boss.get_by_role("button", name="選んだ2件を承認する")
    expect(button).to_be_in_viewport()
    assert (violations(boss), sideways(boss)) == ([], 0)
    boss.get_by_role("checkbox").first.uncheck()
    boss.get_by_role("button", name="選んだ1件を承認する").click()
    expect(boss.locator(".notice--success")).to_contain_text("を承認しました。")
    boss.context.close()
