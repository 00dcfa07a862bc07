"""System staff in a closed network: somebody new gets an account, and the record is shown to be whole."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.ways.hands import Hands, Pictures
from tests.running_demo import RunningDemo

ADMINISTRATOR = "harada.kenji@iizuka.example"
NEW = "tanabe.nozomi@iizuka.example"


def play(hands: Hands, demo: RunningDemo, pictures: Pictures) -> None:
    asked: set[str] = set()
    page = hands.page
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    hands.open("/")
    hands.sign_in(ADMINISTRATOR)
    hands.follow("アカウントの管理")
    pictures.take(page, "system-accounts", height=1000)
    hands.follow("利用者を登録する")
    hands.to(page.locator("input[name=name]"))
    hands.write("田辺 のぞみ（サンプル）")
    hands.to(page.locator("input[name=email]"))
    hands.write(NEW)
    hands.follow("登録する", "button")
    expect(page.get_by_role("heading", name=re.compile("田辺 のぞみ"))).to_be_visible()
    pictures.take(page, "system-account", height=1100)
    hands.follow("サインインのしかたをメールで送る", "button")
    expect(page.locator(".notice--success")).to_be_visible()
    demo.wait_for_mails(1, "", NEW)
    hands.open("/desk/audit")
    expect(page.get_by_text("田辺").first.or_(page.get_by_text(NEW).first)).to_be_visible()
    pictures.take(page, "system-audit", height=1000)
    hands.follow(re.compile("検証する"))
    expect(page.locator("main")).to_contain_text("記録は変えられていません")
    assert asked == {"localhost"}, "nothing is fetched from anywhere else"
