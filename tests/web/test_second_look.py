"""Before a report is submitted: soft warnings that hold it back once, and the values of its indicators."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as RealBrowser
from playwright.sync_api import expect

from db import tables as t
from domain.indicator import IndicatorValue
from domain.progress_report import ReportState
from records.change import Change
from tests.city import COMPLETE, LAST_YEAR, OPENED_AT, PASSWORD, email_of
from tests.measured_city import CAUSE, CONFIRMED, KEY, REMEDY, TYPE, measure
from tests.web.conftest import Site
from tests.web.serving import serving

MEASURE = "1-1-1"
HEADING = "提出の前に、次の点をご確認ください"
GO_ON = "このまま提出する"
COPIED = {**COMPLETE, "achievements": LAST_YEAR["achievements"]}
WHY = {
    CAUSE: "夏に3か月、会館の改修で使えない期間がありました。",
    REMEDY: "再開したことを、5月の広報と窓口でお知らせします。",
}


@pytest.fixture
def measured(site: Site) -> Site:
    """The site with an indicator for the measure: 1,000 last year, a target of 1,200 this year."""
    with site.city.database.writing(site.city.municipality) as session:
        report = session.get_one(t.ProgressReport, site.city.reports[MEASURE])
        measure(session, Change("test", OPENED_AT), session.get_one(t.Plan, site.city.plan), report)
    return site


def state(site: Site) -> ReportState:
    return site.city.report(MEASURE).state


# --- soft warnings -------------------------------------------------------------------------------


def test_a_copied_text_holds_the_submission_back_once_and_keeps_what_was_typed(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    held_back = browser.write(report, COPIED, 0)
    assert (held_back.status, held_back.to) == (303, f"/reports/{report}?look=1")
    assert (state(site), site.city.report(MEASURE).answers["achievements"]) == (
        ReportState.DRAFT,
        COPIED["achievements"],
    )
    page = browser.get(held_back.to)
    assert f"{HEADING} 「今年度に実施したこと」は前年度の回答と同じ文章です。" in page.words
    assert page.text.count("前年度の回答と同じ文章です") == 2, "above the form and beside the field"
    assert "下書きとして保存しました。まだ提出されていません。" in page.words
    sent = browser.write(report, COPIED, int(page.field("revision")), "submit_anyway")
    assert (sent.to, state(site)) == (
        f"/requests/{site.city.requests['information']}?submitted={report}#next",
        ReportState.SUBMITTED,
    )


def test_a_report_without_anything_to_look_at_is_submitted_at_once(site: Site) -> None:
    site.browser("information_staff").write(site.city.reports[MEASURE], COMPLETE, 0)
    assert state(site) is ReportState.SUBMITTED


def test_a_saved_draft_is_looked_at_too_and_an_opened_one_is_not(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    page = browser.get(browser.write(report, {"achievements": "途中です。"}, 0, "save").to)
    assert "下書きを保存しました。" in page.words
    assert "が20文字以内です。" in page.words
    assert GO_ON in page.words
    opened = browser.get(f"/reports/{report}")
    assert HEADING not in opened.words
    assert GO_ON not in opened.words


def test_going_on_never_gets_past_what_is_missing(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    refused = browser.write(report, {**COPIED, "next_step": ""}, 0, "submit_anyway")
    assert (refused.status, state(site)) == (422, ReportState.DRAFT)
    assert "前年度の回答と同じ文章です" in refused.words, "both are told at once"
    assert HEADING not in refused.words


def test_a_number_that_contradicts_the_quantity_is_shown_with_both(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    answers = {**COMPLETE, "achievements": "案内を掲示し、10月から15か所で使えるようにしました。"}
    page = browser.get(browser.write(report, answers, 0).to)
    assert "には「15か所」とありますが、「使える施設」の欄は「12か所」です。" in page.words


# --- the values of indicators --------------------------------------------------------------------


def test_the_form_asks_for_the_value_with_the_last_ones_and_the_target_beside_it(measured: Site) -> None:
    page = measured.browser("information_staff").get(f"/reports/{measured.city.reports[MEASURE]}")
    assert "指標の実績値 公衆無線LANの利用者数" in page.words
    assert "これまでの実績値 令和元年度（2019年度） 1,000 人" in page.words
    assert "目標値 令和2年度（2020年度） 1,200 人" in page.words
    other = measured.browser("information_staff").get(f"/reports/{measured.city.reports['1-2-1']}")
    assert "指標の実績値" not in other.words


def test_a_value_below_the_target_asks_for_cause_and_remedy(measured: Site) -> None:
    browser, report = measured.browser("information_staff"), measured.city.reports[MEASURE]
    figures = {KEY: "１，１００", TYPE: "expected"}
    refused = browser.write(report, {**COMPLETE, **figures}, 0)
    assert refused.status == 422
    assert "「公衆無線LANの利用者数：目標に届いていない原因」を入力してください。" in refused.words
    assert refused.field(f"answer.{KEY}") == "１，１００"
    sent = browser.write(report, {**COMPLETE, **figures, **WHY}, int(refused.field("revision")))
    assert (sent.status, measured.city.report(MEASURE).answers[KEY]) == (303, "1100")
    read = measured.browser("information_head").get(f"/reports/{report}")
    assert "公衆無線LANの利用者数 1100 人" in read.words
    assert WHY[CAUSE] in read.words


def test_a_big_jump_is_refused_once_in_kind_words_and_taken_when_it_is_confirmed(measured: Site) -> None:
    browser, report = measured.browser("information_staff"), measured.city.reports[MEASURE]
    figures = {KEY: "12000", TYPE: "final"}
    refused = browser.write(report, {**COMPLETE, **figures}, 0)
    assert refused.status == 422
    assert "正しければチェックを入れ、違っていれば直してから、もう一度提出してください。" in refused.words
    assert f'type="checkbox" name="answer.{CONFIRMED}" value="yes"' in refused.text
    browser.write(report, {**COMPLETE, **figures, CONFIRMED: "yes"}, int(refused.field("revision")))
    assert state(measured) is ReportState.SUBMITTED


def test_a_value_typed_twice_by_two_people_is_shown_to_the_second(measured: Site) -> None:
    report = measured.city.reports[MEASURE]
    measured.browser("information_colleague").write(report, {KEY: "1250"}, 0, "save")
    mine = measured.browser("information_staff").write(report, {KEY: "1300"}, 0, "save")
    assert mine.status == 409
    assert "鈴木 健太 さんが保存した内容 1250 人" in mine.words
    assert mine.field(f"answer.{KEY}") == "1300"


def test_an_approved_value_is_on_the_page_of_the_measure(measured: Site) -> None:
    browser, report = measured.browser("information_staff"), measured.city.reports[MEASURE]
    browser.write(report, {**COMPLETE, KEY: "1300", TYPE: "final"}, 0)
    measured.browser("information_head").post(f"/reports/{report}/approve")
    with measured.city.database.reading(measured.city.municipality) as session:
        node = session.get_one(t.ProgressReport, report).node_id
    page = browser.get(f"/plans/iizuka-ict/measures/{node}")
    assert "1,300" in page.words
    assert "出典：進捗報告 指標の実績値" in page.words


def test_without_a_last_value_and_a_target_the_form_says_so(site: Site) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        row = session.get_one(t.ProgressReport, site.city.reports[MEASURE])
        plan = session.get_one(t.Plan, site.city.plan)
        measure(session, Change("test", OPENED_AT), plan, row, IndicatorValue(None, fiscal_year=2018))
    page = site.browser("information_staff").get(f"/reports/{row.id}")
    assert "これまでの実績値 記載なし 目標値 記載なし" in page.words


# --- in a real browser ---------------------------------------------------------------------------


@pytest.fixture
def address(measured: Site) -> Iterator[str]:
    with serving(measured) as address:
        yield address


def test_what_a_value_calls_for_appears_as_it_is_typed(browser: RealBrowser, address: str, measured: Site) -> None:
    page = browser.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#email", email_of("information_staff"))
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button")
    page.wait_for_load_state()
    page.goto(f"{address}/reports/{measured.city.reports[MEASURE]}")
    value, type_ = (page.locator(f"[name='answer.{key}']") for key in (KEY, TYPE))
    cause, confirmed = (page.locator(f"[name='answer.{key}']") for key in (CAUSE, CONFIRMED))
    expect(type_.first).to_be_hidden()
    value.fill("１，３００")
    expect(type_.first).to_be_visible()
    expect(cause).to_be_hidden()
    value.fill("１，１９９")
    expect(cause).to_be_visible()
    expect(confirmed).to_be_hidden()
    value.fill("120")
    expect(confirmed).to_be_visible()
    expect(page.locator("#save-status")).to_contain_text("下書きを保存しました", timeout=5000)
    assert CONFIRMED not in measured.city.report(MEASURE).answers, "a box that is not ticked says nothing"
    with page.expect_response("**/draft"):
        confirmed.check()
    assert measured.city.report(MEASURE).answers[CONFIRMED] == "yes"
    page.close()
