"""One year of the demo as its people live it: in a real browser, from the sign-in to the four documents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running_demo import RunningDemo

PASSWORD = "meguru-demo-1"
STAFF = "nakamura.ayaka@iizuka.example"
"""Alone on the staff of a department with two measures."""
PLANNER = "nakajima.sakura@iizuka.example"
MEASURES = 40


@pytest.fixture(scope="module")
def demo(played_past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    folder = shutil.copytree(played_past, tmp_path_factory.mktemp("demo") / "data")
    running = RunningDemo(folder, day_seconds=86_400)
    running.wait_for_mails(17)
    yield running
    running.end()


class Person:
    """Somebody at a browser of their own; a script error or a refused asset fails the test."""

    def __init__(self, browser: Browser, demo: RunningDemo, email: str) -> None:
        self.url = f"http://localhost:{demo.port}"
        self.complaints: list[str] = []
        self.page: Page = browser.new_context(accept_downloads=True).new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{self.url}/sign-in")
        self.page.get_by_label("メールアドレス").first.fill(email)
        self.page.get_by_label("パスワード").fill(PASSWORD)
        self.page.get_by_role("button", name="サインイン", exact=True).click()
        expect(self.page.get_by_role("button", name="サインアウト")).to_be_visible()

    def leave(self) -> None:
        # A form that is refused answers 422, which the browser counts as an error; everything else is one.
        assert [text for text in self.complaints if "status of 422" not in text] == []
        self.page.context.close()


def subjects(demo: RunningDemo, recipient: str = "") -> list[str]:
    return [re.sub(r"】.*", "】", mail.subject) for mail in demo.mails(recipient)]


def move_clock(browser: Browser, demo: RunningDemo, button: str, times: int) -> None:
    """Turn the demo's clock by its own buttons; a busy machine may need longer for the mails of the last morning."""
    page = browser.new_context().new_page()
    for _ in range(times):
        page.goto(f"http://localhost:{demo.port}/demo/inbox")
        page.get_by_role("button", name=button).click()
        page.wait_for_timeout(1200)
    page.context.close()


def test_a_year_from_the_notice_to_the_four_documents(browser: Browser, demo: RunningDemo, tmp_path: Path) -> None:
    assert subjects(demo, STAFF) == ["【依頼】"]

    staff = Person(browser, demo, STAFF)
    link = re.search(r"http://localhost:\d+/requests/\d+", demo.mails(STAFF)[0].body)
    assert link is not None
    staff.page.goto(link.group(0))
    staff.page.get_by_role("link", name="入力する").first.click()
    page = staff.page
    page.get_by_label("予定どおり").check()
    page.locator("textarea[name='answer.achievements']").fill("意見募集の回答を地図に載せ、現地を30か所確かめました。")
    expect(page.get_by_text("下書きを保存しました")).to_be_visible(timeout=10_000)
    page.reload()
    expect(page.locator("textarea[name='answer.achievements']")).to_have_value(re.compile("意見募集の回答"))
    page.get_by_role("button", name="提出する").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("textarea[name='answer.achievements']")).to_have_value(re.compile("意見募集の回答"))
    page.locator("textarea[name='answer.next_step']").fill("来年度は集計を毎月公開し、6月に書き方を見直します。")
    page.get_by_role("button", name="提出する").click()
    expect(page.get_by_text("承認待ち").first).to_be_visible()
    page.goto(link.group(0))
    page.get_by_role("link", name="入力する").first.click()
    page.get_by_label("予定どおり").check()
    page.locator("textarea[name='answer.achievements']").fill("投稿の書き方をまとめ、担当者の研修を2回開きました。")
    page.locator("textarea[name='answer.next_step']").fill("9月に投稿の閲覧数を比べ、伸びないものを直します。")
    page.get_by_role("button", name="提出する").click()
    expect(page.get_by_text("承認待ち").nth(1)).to_be_visible()
    staff.leave()

    move_clock(browser, demo, "次の開庁日の朝へ", 1)
    demo.wait_for_mails(1, subject="【承認依頼】")
    asked = [mail for mail in demo.mails() if "【承認依頼】" in mail.subject]
    assert len(asked) == 1
    head_address = asked[0].message["To"].addresses[0].addr_spec
    head = Person(browser, demo, head_address)
    head.page.goto(f"{head.url}/approvals")
    for written in ("意見募集の回答を地図に載せ", "投稿の書き方をまとめ"):
        waiting = head.page.locator("details.approval").filter(has_text=written)
        if waiting.get_attribute("open") is None:  # the last one waiting is open
            waiting.locator("summary").first.click()
        expect(waiting.get_by_text(written).first).to_be_visible()
        waiting.get_by_role("button", name="承認する").click()
        expect(head.page.get_by_text("承認しました")).to_be_visible()
    head.leave()

    # Past the due date of 13 February: the others are reminded, then their line hears of it.
    move_clock(browser, demo, "5開庁日進める", 5)
    move_clock(browser, demo, "次の開庁日の朝へ", 5)
    demo.wait_for_mails(1, subject="【督促】")
    demo.wait_for_mails(1, subject="【上申】", recipient=PLANNER)
    assert subjects(demo, STAFF) == ["【依頼】"], "nothing after the submission"
    assert "【上申】" in subjects(demo, PLANNER), "the ladder has climbed to the planning division"
    inbox = demo.page("/demo/inbox")
    assert "督促" in inbox
    assert "上申" in inbox

    planner = Person(browser, demo, PLANNER)
    page = planner.page
    page.goto(f"{planner.url}/desk")
    page.get_by_role("link", name="進捗ボードを開く").click()
    expect(page.locator(".board__name", has_text="広報広聴課（サンプル）")).to_be_visible()
    expect(page.get_by_text("2 / 40件").first).to_be_visible()
    page.get_by_role("link", name="受付を締め切って評価へ進む").click()
    page.get_by_role("button", name="受付を締め切る").click()
    page.get_by_role("link", name="未入力の施策から評価する").click()
    for number in range(MEASURES):
        page.locator("input[name='grade']").first.check()
        page.locator("input[name='direction'][value='continue']").check()
        last = number == MEASURES - 1
        page.get_by_role("button", name="保存して一覧へ" if last else "保存して次の施策へ").click()
    page.get_by_role("button", name="年度を締める").click()
    board = re.sub(r"/evaluation.*", "", page.url)
    for _ in range(120):
        page.goto(board)
        if page.get_by_role("link", name="年度進捗報告書（PDF）").count():
            break
        page.wait_for_timeout(500)
    heads = {"Word": b"PK", "PDF": b"%PDF", "Excel": b"PK"}
    for name, magic in heads.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=f"年度進捗報告書（{name}）").click()
        file = tmp_path / name
        download.value.save_as(file)
        assert file.read_bytes().startswith(magic)
        assert file.stat().st_size > 5_000
    page.get_by_role("link", name="年度進捗報告書（画面で読む）").click()
    expect(page.get_by_text("意見募集の回答を地図に載せ").first).to_be_visible()
    page.goto(f"{planner.url}/desk")
    expect(page.get_by_text("終了した見直し：")).to_be_visible()
    planner.leave()

    # On 1 March, the last of the middle term, its review opens and asks everybody again.
    move_clock(browser, demo, "次の開庁日の朝へ", 1)
    demo.wait_for_mails(1, recipient=STAFF, since=date(2024, 3, 1))
    asked_again = demo.mails(STAFF)[-1]
    assert asked_again.plan_time.date() == date(2024, 3, 1)
    assert "中期の見直し" in asked_again.subject
