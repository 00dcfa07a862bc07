"""A section head on a phone: from the mail to one report sent back and the others approved."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.ways.hands import Hands, Pictures
from tests.browser.ways.staff import MEASURES
from tests.running_demo import RunningDemo

DEPARTMENT = "生涯学習課（サンプル）"
REMARK = "開いた講座の題名を、主なものだけでよいので書き足してください。"


def play(hands: Hands, demo: RunningDemo, pictures: Pictures) -> None:
    asked = [mail for mail in demo.mails() if "承認依頼" in mail.subject and DEPARTMENT in mail.body]
    assert len(asked) == 1, "one mail for six reports"
    link = re.search(r"http://localhost:\d+/approvals\S*", asked[0].body)
    assert link is not None
    hands.open(link.group(0))
    hands.sign_in(asked[0].message["To"].addresses[0].addr_spec)
    page = hands.page
    expect(page.get_by_role("checkbox", name=re.compile("承認するものとして選ぶ"))).to_have_count(MEASURES)
    expect(page.locator("input[name=report][type=checkbox]:checked")).to_have_count(MEASURES)
    pictures.take(page, "head-approvals")

    first = page.locator("details.approval").first
    hands.to(first.locator("summary").first)
    hands.press("Enter")
    hands.to(first.locator("summary", has_text="差し戻す"))
    hands.press("Enter")
    hands.to(first.locator("fieldset summary", has_text="今年度に実施したこと"))
    hands.press("Enter")
    hands.press("Tab")
    hands.write(REMARK)
    pictures.take(page, "head-return", height=1700)
    hands.to(first.get_by_role("button", name="差し戻す", exact=True))
    hands.enter()
    expect(page.get_by_text("差し戻しました")).to_be_visible()

    for left in range(MEASURES - 1):
        box = page.locator("input[name=report][type=checkbox]").nth(left)
        hands.to(box)
        if not box.is_checked():
            hands.press("Space")
    hands.follow(re.compile("選んだ(もの|5件)を承認する"), "button")
    expect(page.get_by_text("5件を承認しました。")).to_be_visible()
    expect(page.get_by_text("承認をお待ちの回答はありません。")).to_be_visible()
