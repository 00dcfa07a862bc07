"""Before a department is extended, exempted, given a measure or taken back: the page says whose mails change."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from tests.web.conftest import Answer, Browser, Site
from tests.web.test_city_board import speak_english
from tests.web.test_organisation_in_english import japanese_in


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def confirmed(planner: Browser, page: Answer) -> Answer:
    """Press the one button of the page."""
    form = re.search(
        r'<form method="post" action="([^"]+)" class="actions actions--pinned">(.*?)</form>', page.text, re.DOTALL
    )
    assert form
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form.group(2))
    typed = {name: unescape(value) for name, value in fields if name != "csrf_token"}
    return planner.post(form.group(1), {**typed, "action": "confirm"})


def test_an_extension_is_seen_first_and_made_by_the_second_button(site: Site, planner: Browser) -> None:
    audited, request = site.city.audited(), site.city.requests["information"]
    typed = {"due_on": "２０２１年３月６日", "reason": "災害\n対応のため", "action": "preview"}
    seen = planner.post(f"/desk/requests/{request}/extend", typed)
    assert (seen.status, "まだ変更していません" in seen.words) == (200, True)
    assert "事前通知（担当者） 日が変わる 2021年2月5日（金） 09:00 2021年3月1日（月） 09:00" in seen.words
    assert "情報政策課 3件" in seen.words
    assert "市民窓口課" not in seen.words
    assert (site.city.audited(), site.city.report("1-1-1").due_on) == (audited, date(2021, 2, 15))
    done = confirmed(planner, seen)
    assert done.to.startswith(f"/desk/cycles/{site.city.cycle}?done=extended")
    assert site.city.report("1-1-1").due_on == date(2021, 3, 8), "the 6th is a Saturday"
    assert site.city.audited() == [*audited, "request.extended"]


def test_an_extension_that_is_refused_is_refused_before_it_is_seen(site: Site, planner: Browser) -> None:
    request = site.city.requests["information"]
    past = planner.post(
        f"/desk/requests/{request}/extend", {"due_on": "2021-01-15", "reason": "訳", "action": "preview"}
    )
    assert (past.status, past.field("reason")) == (409, "訳")
    assert "明日以降の日付" in past.words


def test_an_exemption_shows_the_mails_that_name_one_measure_less(site: Site, planner: Browser) -> None:
    report = site.city.reports["1-1-1"]
    seen = planner.post(f"/desk/reports/{report}/exempt", {"reason": "休止中", "action": "preview"})
    assert "件数が変わる" in seen.words
    assert "3件 → 2件" in seen.words
    assert not site.city.report("1-1-1").is_exempted
    assert confirmed(planner, seen).to.startswith(f"/desk/cycles/{site.city.cycle}?done=exempted")
    assert site.city.report("1-1-1").is_exempted


def test_a_reassignment_shows_who_hears_of_the_measure_and_who_does_no_longer(site: Site, planner: Browser) -> None:
    report, citizens = site.city.reports["1-1-1"], site.city.departments["citizens"]
    typed = {"department_id": str(citizens), "reason": "分掌の変更", "action": "preview"}
    seen = planner.post(f"/desk/reports/{report}/reassign", typed)
    assert "いまの所管課 情報政策課 新しい所管課 市民窓口課" in seen.words
    assert "事前通知（担当者） 新しく送る なし すぐに送ります 市民窓口課 1件 伊藤 直樹" in seen.words
    before = site.city.report("1-1-1").request_id
    assert before == site.city.requests["information"]
    confirmed(planner, seen)
    assert site.city.report("1-1-1").request_id == site.city.requests["citizens"]


def test_a_withdrawal_shows_each_mail_that_falls_away_and_whom_it_would_have_reached(
    site: Site, planner: Browser
) -> None:
    page = planner.get(f"/desk/requests/{site.city.requests['information']}/withdraw")
    assert "上申（課長） 送らなくなる 2021年2月22日（月） 09:00 なし 情報政策課 3件 田中 誠" in page.words
    assert "市民窓口課" not in page.words


def test_a_round_opened_by_mistake_is_taken_back_whole(site: Site, planner: Browser) -> None:
    address = f"/desk/rounds/{site.city.round}/withdraw"
    page = planner.get(address)
    assert "送らなくなる" in page.words
    assert "年度は続き、次の回があれば予定どおりに始まります" in page.words
    unseen = planner.post(address, {"reason": "早すぎたため"})
    assert (unseen.status, unseen.field("reason"), "印を付けて" in unseen.words) == (422, "早すぎたため", True)
    assert planner.post(address, {"confirmed": "yes"}).status == 422
    assert not site.city.report("1-1-1").is_exempted
    done = planner.post(address, {"reason": "早すぎたため", "confirmed": "yes"})
    assert done.to == f"/desk/cycles/{site.city.cycle}?done=round_withdrawn#round-{site.city.round}"
    board = planner.get(done.to).words
    assert "回をまるごと取り下げました" in board
    assert board.count("取下げ") >= 2
    assert "締切済み" in board
    again = planner.post(address, {"reason": "もう一度", "confirmed": "yes"})
    assert (again.status, "受付が締め切られているため" in again.words) == (409, True)
    assert planner.post(f"/desk/cycles/{site.city.cycle}/close-collection").to.endswith("done=collection_closed")
    assert site.city.audited()[-2:] == ["round.withdrawn", "cycle.collection_closed"]


def test_while_the_city_is_paused_the_preview_says_that_days_still_move(site: Site, planner: Browser) -> None:
    planner.post("/desk/pause/begin", {"reason": "災害対応", "confirmed": "yes"})
    planner = site.browser("planning")
    page = planner.get(f"/desk/requests/{site.city.requests['information']}/withdraw")
    assert "いまは期限が止まっています" in page.words
    assert "送らなくなる" in page.words


def test_previews_read_in_english(site: Site) -> None:
    speak_english(site)
    planner = site.browser("planning")
    report, request = site.city.reports["1-1-1"], site.city.requests["information"]
    other = str(site.city.departments["citizens"])
    pages = [
        planner.get(f"/desk/requests/{request}/withdraw"),
        planner.post(
            f"/desk/requests/{request}/extend", {"due_on": "2021-03-08", "reason": "Rain", "action": "preview"}
        ),
        planner.post(f"/desk/reports/{report}/exempt", {"reason": "Rain", "action": "preview"}),
        planner.post(
            f"/desk/reports/{report}/reassign", {"department_id": other, "reason": "Rain", "action": "preview"}
        ),
    ]
    assert {page.status for page in pages} == {200}
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
