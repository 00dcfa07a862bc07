"""The secretariat of a body: from the mail about a matter to the decision that the meeting took."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.ways.hands import Hands, Pictures
from tests.running_demo import RunningDemo

SECRETARY = "yoshikawa.kazuya@tokorozawa.example"
MATTER = "本人確認の方法を比べること"


def prepare(hands: Hands, demo: RunningDemo, pictures: Pictures, folder: Path) -> str:
    """Before the meeting: what is to be decided, and the papers for it; the address of the meeting."""
    arrived = [mail for mail in demo.mails(SECRETARY, 2027) if MATTER in mail.subject]
    link = re.search(r"http://localhost:\d+(/matters/\d+)", arrived[-1].body)
    assert link is not None
    hands.open(link.group(1))  # the demo runs at another port than the one its past was played for
    hands.sign_in(SECRETARY)
    page = hands.page
    pictures.take(page, "secretariat-matter", height=1300)
    hands.follow("会議を開く")
    pictures.take(page, "secretariat-meeting", height=1200)
    hands.follow("資料を確定する", "button")
    hands.to(page.get_by_role("link", name="PDF").first)
    with page.expect_download() as download:
        hands.press("Enter")
    file = folder / "papers.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF")
    return re.sub(r"[?#].*", "", page.url)


def record(hands: Hands, meeting: str, pictures: Pictures) -> None:
    """After the meeting: what it decided, all at once."""
    page = hands.page
    hands.open(meeting)
    hands.follow("結果を記録する")
    expect(page.get_by_text(MATTER).first).to_be_visible()
    for number in range(page.get_by_role("group", name=re.compile("会議体の決定")).count()):
        hands.choose(page.get_by_role("group", name=re.compile("会議体の決定")).nth(number).get_by_label("了承"))
    hands.to(page.locator("textarea[name=minutes]"))
    hands.write("出席は委員の全員でした。比べる方法は三つとしました（模擬データ）。")
    pictures.take(page, "secretariat-sitting", height=1500)
    hands.follow("会議の結果を記録する", "button")
    expect(page.locator(".notice--success")).to_be_visible()
    hands.follow(re.compile(MATTER))
    expect(page.get_by_text("了承").first).to_be_visible()
