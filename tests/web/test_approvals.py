"""Approving and returning."""

from __future__ import annotations

import pytest

from db import tables as t
from domain.progress_report import ReportState
from tests.city import COMPLETE, LAST_YEAR
from tests.web.conftest import Site

MEASURE = "1-1-1"
COMMENT = "成果を数字で書いてください。\n対象の施設も挙げてください。"


@pytest.fixture
def submitted(site: Site) -> int:
    """The report of the information section that awaits approval."""
    site.city.submit(MEASURE, "information_staff")
    return site.city.reports[MEASURE]


def test_a_section_head_reads_the_whole_report_with_last_year_beside(site: Site, submitted: int) -> None:
    words = site.browser("information_head").get("/approvals").words
    for question in ("promise_outcome", "achievements", "next_step"):
        assert COMPLETE[question] in words
    assert "予定どおり" in words
    assert f"前年度の回答 令和元年度（2019年度） {LAST_YEAR['achievements']}" in words
    assert "佐藤 花子" in words


def test_a_section_head_sees_only_the_reports_of_the_own_department(site: Site, submitted: int) -> None:
    assert "承認をお待ちの回答はありません" in site.browser("citizens_head").get("/approvals").words


@pytest.mark.parametrize("who", ["information_staff", "information_chief", "administrator"])
def test_who_approves_nothing_has_no_such_page(site: Site, who: str) -> None:
    assert site.browser(who).get("/approvals").status == 403


@pytest.mark.parametrize("who", ["information_head", "information_director", "planning"])
def test_approving_leads_back_to_the_list_and_is_written_down(site: Site, submitted: int, who: str) -> None:
    browser = site.browser(who)
    (outbox,) = site.city.count(t.Outbox)
    answer = browser.post(f"/reports/{submitted}/approve")
    assert (answer.status, answer.to) == (303, f"/approvals?approved={submitted}")
    assert site.city.report(MEASURE).state is ReportState.APPROVED
    assert site.city.audited()[-1] == "report.approved"
    assert site.city.count(t.Outbox) == (outbox + 1,)
    words = browser.get(answer.to).words
    assert "「公衆無線LANの整備、活用促進」を承認しました。" in words
    assert "承認をお待ちの回答はありません" in words


@pytest.mark.parametrize("who", ["information_staff", "information_chief"])
def test_nobody_approves_the_reports_of_their_own_hand(site: Site, submitted: int, who: str) -> None:
    browser = site.browser(who)
    assert browser.post(f"/reports/{submitted}/approve").status == 403
    assert browser.post(f"/reports/{submitted}/return", {"comment": COMMENT}).status == 403
    assert site.city.report(MEASURE).state is ReportState.SUBMITTED


def test_a_report_that_was_not_submitted_cannot_be_approved(site: Site) -> None:
    answer = site.browser("information_head").post(f"/reports/{site.city.reports[MEASURE]}/approve")
    assert answer.status == 409
    assert site.city.report(MEASURE).state is ReportState.DRAFT


def test_approving_twice_is_refused_the_second_time(site: Site, submitted: int) -> None:
    browser = site.browser("information_head")
    browser.post(f"/reports/{submitted}/approve")
    entries = site.city.audited()
    assert browser.post(f"/reports/{submitted}/approve").status == 409
    assert site.city.audited() == entries


def test_a_returned_report_comes_back_to_staff_with_the_comment_and_a_new_due_date(site: Site, submitted: int) -> None:
    head, staff = site.browser("information_head"), site.browser("information_staff")
    answer = head.post(f"/reports/{submitted}/return", {"comment": COMMENT})
    assert answer.to == f"/approvals?returned={submitted}"
    assert "差し戻しました。新しい期限は 2021年1月22日（金） です。" in head.get(answer.to).words
    report = site.city.report(MEASURE)
    assert (report.state, report.return_comment) == (ReportState.RETURNED, COMMENT)
    page = staff.get(f"/reports/{submitted}")
    assert "差し戻されました。次の点を直して、もう一度提出してください。" in page.words
    assert COMMENT in page.text
    assert page.field("answer.achievements") == COMPLETE["achievements"]
    mended = {**COMPLETE, "achievements": "12施設に案内を掲示し、10月から使えるようにしました。"}
    assert staff.write(submitted, mended, int(page.field("revision"))).status == 303
    assert mended["achievements"] in head.get("/approvals").words


def test_a_return_needs_a_reason(site: Site, submitted: int) -> None:
    answer = site.browser("information_head").post(f"/reports/{submitted}/return", {"comment": "　 \n"})
    assert answer.status == 422
    assert "差戻しの理由を入力してください。" in answer.words
    assert f'href="#comment-{submitted}"' in answer.text
    assert site.city.report(MEASURE).state is ReportState.SUBMITTED


def test_an_approved_report_can_still_go_back_from_its_own_page(site: Site, submitted: int) -> None:
    head = site.browser("information_head")
    head.post(f"/reports/{submitted}/approve")
    page = head.get(f"/reports/{submitted}")
    assert f'action="/reports/{submitted}/return"' in page.text
    assert f'action="/reports/{submitted}/approve"' not in page.text
    assert head.post(f"/reports/{submitted}/return", {"comment": ""}).status == 422
    assert head.post(f"/reports/{submitted}/return", {"comment": COMMENT}).status == 303
    assert site.city.report(MEASURE).state is ReportState.RETURNED


def test_a_decision_without_the_token_changes_nothing(site: Site, submitted: int) -> None:
    head = site.browser("information_head")
    assert head.post(f"/reports/{submitted}/approve", csrf=False).status == 403
    assert head.post(f"/reports/{submitted}/return", {"comment": COMMENT}, csrf=False).status == 403
    assert site.city.report(MEASURE).state is ReportState.SUBMITTED


@pytest.mark.parametrize(
    "query", ["approved=1", "returned=999999", "approved=x", "approved=9999999999999", "approved="]
)
def test_the_list_claims_nothing_that_did_not_happen(site: Site, submitted: int, query: str) -> None:
    words = site.browser("information_head").get(f"/approvals?{query}").words
    assert "承認しました" not in words
    assert "差し戻しました" not in words
