"""The planning division in the week before the committee: who is late, more time for some, evaluation, documents."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ways.hands import Hands, Pictures

PLANNER = "nakajima.sakura@iizuka.example"
MEASURES = 40
_GRADES, _DIRECTIONS = 4, 3
"""How many of the first grades and directions are used in turn."""


def extend_for_some(hands: Hands, pictures: Pictures) -> None:
    """Three late departments get two more weeks, after a look at whose mails change."""
    hands.open("/desk")
    hands.sign_in(PLANNER)
    page = hands.page
    pictures.take(page, "planning-desk", height=1000)
    hands.follow(re.compile("市の進捗ボード"))
    hands.follow(re.compile("期限超過（"))
    pictures.take(page, "planning-board", height=1300)
    for number in range(3):
        hands.to(page.locator("input[name=requests]").nth(number))
        hands.press("Space")
    hands.choose(page.get_by_label("期限を延長する"))
    hands.to(page.locator("input[name=due_on]"))
    hands.write_day(date(2024, 3, 4))
    hands.to(page.locator("textarea[name=reason]"))
    hands.write("決算の資料がそろうのを待つため（模擬データ）")
    hands.follow("変わるメールを確かめる", "button")
    expect(page.get_by_role("heading", name="変わるメール")).to_be_visible()
    pictures.take(page, "planning-extend", height=1200)
    hands.to(page.locator("button[value=confirm]"))
    hands.enter()
    expect(page.get_by_text("3部署の期限を延長しました。")).to_be_visible()


def evaluate_all(hands: Hands, pictures: Pictures) -> None:
    """The collection is closed and every measure of the year is evaluated on one sheet."""
    page = hands.page
    hands.open("/desk")
    hands.follow("進捗ボードを開く")
    hands.follow("受付を締め切って評価へ進む")
    hands.follow("受付を締め切る", "button")
    hands.follow(re.compile("^4-2-1 "))
    pictures.take(page, "planning-evaluation-measure", height=1500)
    page.go_back()
    hands.follow("一覧でまとめて評価する")
    grades = page.locator("select[data-field=grade]")
    expect(grades).to_have_count(MEASURES)
    hands.to(grades.first)
    for number in range(MEASURES):
        hands.press(str(number % _GRADES + 1))
        hands.press("ArrowRight")
        hands.press(str(number % _DIRECTIONS + 1))
        if number + 1 < MEASURES:
            hands.press("ArrowLeft")
            hands.press("ArrowDown")
    pictures.take(page, "planning-evaluation-sheet", height=1100)
    with page.expect_navigation():
        hands.press("Control+Enter")
    expect(page.get_by_text(f"{MEASURES}件の評価を保存しました。")).to_be_visible()


def close_the_year(hands: Hands, pictures: Pictures, folder: Path) -> None:
    """The year is closed; its report is taken along to the committee."""
    page = hands.page
    hands.follow("評価")
    hands.follow("年度を締める", "button")
    board = re.sub(r"[?#].*", "", page.url)
    _wait_for_documents(page, board)
    pictures.take(page, "planning-documents")
    for name, begins in {"Word": b"PK", "PDF": b"%PDF", "Excel": b"PK"}.items():
        hands.to(page.get_by_role("link", name=f"年度進捗報告書（{name}）"))
        with page.expect_download() as download:
            hands.press("Enter")
        file = folder / name
        download.value.save_as(file)
        assert file.read_bytes().startswith(begins)
        assert file.stat().st_size > 5_000


def look_ahead(hands: Hands, pictures: Pictures) -> None:
    """What the coming year holds, and what it will ask."""
    hands.open("/desk")
    hands.follow("年間予定")
    pictures.take(hands.page, "planning-calendar", height=1200)
    hands.open("/desk")
    hands.follow("設問")
    pictures.take(hands.page, "planning-questions", height=1200)


def _wait_for_documents(page: Page, board: str) -> None:
    for _ in range(120):
        if page.get_by_role("link", name="年度進捗報告書（PDF）").count():
            return
        page.wait_for_timeout(500)
        page.goto(board)
    raise AssertionError("the documents of the year do not come")
