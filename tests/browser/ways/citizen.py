"""A citizen without an account: what the city promised, how far it has come, and the figures to take along."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.ways.hands import Hands, Pictures

CITY = "/public/iizuka/"
MEASURES = 40
PEOPLE = ("後藤 遥", "村上 明", "中島 さくら")
"""Staff, head and planner of the other ways."""


def play(hands: Hands, pictures: Pictures, folder: Path) -> None:
    page = hands.page
    hands.open(CITY)
    hands.follow("飯塚市地域情報化計画")
    pictures.take(page, "citizen-plan", height=1300)
    hands.follow(re.compile("市民の情報リテラシー向上"))
    pictures.take(page, "citizen-measure", height=1200)
    hands.follow("飯塚市地域情報化計画")
    hands.follow("年度の結果")
    expect(page.locator("img").first).to_be_visible()
    pictures.take(page, "citizen-progress", height=1200)
    hands.open(CITY)
    hands.follow(re.compile("オープンデータ"))
    pictures.take(page, "citizen-data", height=1100)
    hands.to(page.get_by_role("link", name=re.compile("^CSV")).first)
    with page.expect_download() as download:
        hands.press("Enter")
    file = folder / "data.csv"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(text.splitlines()))) > MEASURES
    assert not [name for name in PEOPLE if name in text], "no names of people"
