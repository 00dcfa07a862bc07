"""Staff with six measures and ten minutes: from the mail to the last report handed in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.ways.hands import Hands, Pictures
from tests.running_demo import RunningDemo

STAFF = "goto.haruka@iizuka.example"
MEASURES = 6

_WRITTEN = (
    (
        "学校の端末を公民館の講座でも使えるようにし、3館で12回の講座を開きました。",
        "6月に残る館の希望を聞き、貸出しの手順をまとめます。",
    ),
    ("古文書の写真を480点公開し、学校の授業で2校が使いました。", "夏休みまでに説明文を子ども向けに書き直します。"),
    (
        "公民館12館の予約を画面からできるようにし、使い方の説明会を3回開きました。",
        "6月に利用の少ない館を回り、困りごとを聞きます。",
    ),
    ("スマートフォン講座を24回開き、延べ310人が参加しました。", "申込みの多かった地区で、秋から回数を増やします。"),
    (
        "施設の利用料を電子納付に対応させ、対象を9施設に広げました。",
        "残る3施設は機器の入替えに合わせて10月に始めます。",
    ),
    (
        "講座の動画を35本公開し、見た回数は月に平均で900回でした。",
        "見られていない動画を4月に整理し、内容を入れ替えます。",
    ),
)
"""Achievements and next step of each measure: invented."""


@dataclass(frozen=True)
class Effort:
    """What one person had to do: keys pressed beside typed text, letters typed, pages loaded."""

    keys: int
    letters: int
    loads: int

    def since(self, before: Effort) -> Effort:
        return Effort(self.keys - before.keys, self.letters - before.letters, self.loads - before.loads)


def effort_of(hands: Hands) -> Effort:
    return Effort(hands.keys, hands.letters, hands.loads)


def play(hands: Hands, demo: RunningDemo, pictures: Pictures) -> list[Effort]:
    """The effort of each form, the first one with the way to it."""
    link = re.search(r"http://localhost:\d+/requests/\d+", demo.mails(STAFF)[-1].body)
    assert link is not None
    hands.open(link.group(0))
    pictures.take(hands.page, "sign-in")
    hands.sign_in(STAFF)
    expect(hands.page.get_by_role("link", name=re.compile("^入力する"))).to_have_count(MEASURES)
    pictures.take(hands.page, "staff-request")
    efforts, before = [], Effort(0, 0, 0)
    hands.follow(re.compile("次に入力する施策"))
    for number, written in enumerate(_WRITTEN):
        _answer(hands, written, pictures if number == 0 else None)
        efforts.append(effort_of(hands).since(before))
        before = effort_of(hands)
        if number + 1 < MEASURES:
            expect(hands.page.get_by_role("link", name=re.compile("次の施策へ"))).to_be_focused()
            if number == 0:
                pictures.take(hands.page, "staff-submitted")
            hands.enter()
    expect(hands.page.get_by_text("この依頼への回答は、すべて提出済みです。")).to_be_visible()
    expect(hands.page.get_by_text("承認待ち")).to_have_count(MEASURES)
    return efforts


def _answer(hands: Hands, written: tuple[str, str], pictures: Pictures | None) -> None:
    """Fill the form that is open and hand it in."""
    page, (achieved, next_step) = hands.page, written
    hands.press("Tab", 2)  # the second of the links that skip the head of the page
    expect(page.get_by_role("link", name="最初の設問へ移動")).to_be_focused()
    hands.press("Enter")
    hands.choose(page.get_by_label("予定どおり"))
    if page.locator("textarea[name='answer.promise_outcome']").is_visible():
        hands.to(page.locator("textarea[name='answer.promise_outcome']"))
        hands.write("予定していた内容は、年度の前半に終えました。")
    hands.to(page.locator("textarea[name='answer.achievements']"))
    hands.write(achieved)
    hands.to(page.locator("textarea[name='answer.next_step']"))
    hands.write(next_step)
    if pictures:
        expect(page.get_by_text("下書きを保存しました")).to_be_visible(timeout=10_000)
        pictures.take(page, "staff-form", height=1300)
    with page.expect_navigation():
        hands.press("Control+Enter")
    assert not _held_back(page), page.locator("main").inner_text()[:600]


def _held_back(page: Page) -> bool:
    return page.locator(".error-summary").is_visible() or page.locator("#second-look").is_visible()
