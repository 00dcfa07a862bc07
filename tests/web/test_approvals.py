"""Approving and returning."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.progress_report import ReportState
from tests.city import COMPLETE, LAST_YEAR, PASSWORD, email_of
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


# --- several at once -----------------------------------------------------------------------------

MEASURES = ("1-1-1", "1-2-1", "1-2-4")


@pytest.fixture
def three(site: Site) -> list[str]:
    """Three reports of the information section that wait, as the boxes of the page name them."""
    for measure in MEASURES:
        site.city.submit(measure, "information_staff")
    return [box(site, measure) for measure in MEASURES]


def box(site: Site, measure: str) -> str:
    report = site.city.report(measure)
    return f"{report.id}.{report.revision}"


def states(site: Site) -> list[str]:
    return [site.city.report(measure).state.value for measure in MEASURES]


def test_several_reports_are_approved_at_once_each_with_its_own_entry(site: Site, three: list[str]) -> None:
    head = site.browser("information_head")
    (outbox,) = site.city.count(t.Outbox)
    answer = head.client.post("/approvals", data={"csrf_token": head.csrf_token, "report": three[:2]})
    assert answer.status_code == 303
    assert states(site) == ["approved", "approved", "submitted"]
    assert site.city.audited()[-2:] == ["report.approved"] * 2
    assert site.city.count(t.Outbox) == (outbox + 2,)
    words = head.get(answer.headers["location"]).words
    assert "2件を承認しました。" in words
    assert "承認をお待ちの回答が 1件 あります。" in words


def test_one_that_somebody_else_dealt_with_meanwhile_does_not_hold_up_the_others(site: Site, three: list[str]) -> None:
    head, director = site.browser("information_head"), site.browser("information_director")
    returned, approved, last = (site.city.reports[measure] for measure in MEASURES)
    director.post(f"/reports/{returned}/return", {"comment": COMMENT})
    director.post(f"/reports/{approved}/approve")
    answer = head.client.post("/approvals", data={"csrf_token": head.csrf_token, "report": three})
    assert answer.status_code == 409
    assert states(site) == ["returned", "approved", "approved"]
    assert "「公衆無線LANの整備、活用促進」は、ほかの方が先に差し戻しました。" in answer.text
    assert "「情報通信基盤の整備促進」は、すでに承認されています。" in answer.text
    assert "承認できなかった回答が 2件 あります。" in answer.text
    assert site.city.report("1-2-4").id == last


def test_what_was_submitted_anew_after_the_page_was_opened_is_not_approved_unread(site: Site, three: list[str]) -> None:
    head, report = site.browser("information_head"), site.city.reports[MEASURE]
    site.browser("information_director").post(f"/reports/{report}/return", {"comment": COMMENT})
    site.city.submit(MEASURE, "information_staff", {**COMPLETE, "achievements": "別の内容に書き直しました。"})
    answer = head.client.post("/approvals", data={"csrf_token": head.csrf_token, "report": three})
    assert "この画面を開いたあとに出し直されました" in answer.text
    assert states(site) == ["submitted", "approved", "approved"]


def test_the_reports_of_other_departments_cannot_be_slipped_in(site: Site, three: list[str]) -> None:
    site.city.submit("1-2-3", "citizens_staff")
    head = site.browser("citizens_head")
    chosen = [*three, box(site, "1-2-3"), f"{site.city.neighbours_report}.0"]
    answer = head.client.post("/approvals", data={"csrf_token": head.csrf_token, "report": chosen})
    assert answer.status_code == 303
    assert states(site) == ["submitted"] * 3
    assert site.city.report("1-2-3").state is ReportState.APPROVED


@pytest.mark.parametrize("chosen", [[], ["x"], ["1"], ["１.１"], ["." * 20], ["99999999999.1"]])
def test_nothing_chosen_approves_nothing_and_says_so(site: Site, three: list[str], chosen: list[str]) -> None:
    head = site.browser("information_head")
    answer = head.client.post("/approvals", data={"csrf_token": head.csrf_token, "report": chosen})
    assert answer.status_code == 422
    assert "承認する回答が選ばれていません。" in answer.text
    assert states(site) == ["submitted"] * 3


def test_several_are_approved_neither_by_staff_nor_without_the_token(site: Site, three: list[str]) -> None:
    staff, head = site.browser("information_staff"), site.browser("information_head")
    refused = staff.client.post("/approvals", data={"csrf_token": staff.csrf_token, "report": three})
    assert "承認できません" in refused.text or refused.status_code == 403
    assert head.client.post("/approvals", data={"report": three}).status_code == 403
    assert states(site) == ["submitted"] * 3


def test_a_department_has_a_button_for_all_that_was_shown(site: Site, three: list[str]) -> None:
    text = site.browser("information_head").get("/approvals").text
    form = text[text.index('<form method="post" action="/approvals">') : text.index("この課の3件をすべて承認する")]
    assert re.findall(r'name="report" value="([^"]+)"', form) == three


def test_the_mail_that_asks_for_approval_leads_to_its_request_with_all_boxes_ticked(
    site: Site, three: list[str]
) -> None:
    site.city.submit("1-2-3", "citizens_staff")
    request = site.city.requests["information"]
    text = site.browser("planning").get(f"/approvals?request={request}").text
    assert re.findall(r'value="([^"]+)" form="approve-chosen" checked', text) == three
    assert text.index(f'id="request-{request}"') < text.index(f'id="request-{site.city.requests["citizens"]}"')
    assert f'value="{box(site, "1-2-3")}" form="approve-chosen">' in text
    assert " checked" not in site.browser("information_head").get("/approvals").text


def test_who_reads_the_mail_and_approves_nothing_is_led_to_the_request(site: Site, three: list[str]) -> None:
    request = site.city.requests["information"]
    answer = site.browser("information_staff").get(f"/approvals?request={request}")
    assert (answer.status, answer.to) == (303, f"/requests/{request}")


def test_after_signing_in_the_mails_link_is_one_click_away_from_the_approval(site: Site, three: list[str]) -> None:
    link = f"/approvals?request={site.city.requests['information']}"
    stranger = site.stranger()
    back = stranger.get(link).to
    assert back.startswith("/sign-in?next=")
    page = stranger.get(back)
    values = {"email": email_of("information_head"), "password": PASSWORD, "next": page.field("next")}
    assert stranger.post("/sign-in", values, csrf=False).to == link


# --- what to mend --------------------------------------------------------------------------------

REMARK = "施設の数だけでなく、名前も書いてください。"


def test_a_return_quotes_each_answer_that_is_to_be_mended(site: Site, submitted: int) -> None:
    head, staff = site.browser("information_head"), site.browser("information_staff")
    values = {"comment": "", "remark.achievements": f" {REMARK}\r\n", "remark.next_step": "", "remark.unknown": "x"}
    assert head.post(f"/reports/{submitted}/return", values).status == 303
    remark = {"question": "achievements", "answer": COMPLETE["achievements"], "remark": REMARK}
    assert site.city.report(MEASURE).return_remarks == [remark]
    page = staff.get(f"/reports/{submitted}")
    top = page.text[page.text.index("差し戻されました。") : page.text.index('<form method="post" action="/reports')]
    assert '<a href="#answer-achievements">今年度に実施したこと</a>' in top
    assert REMARK in top
    beside = page.text[page.text.index('id="answer-achievements-remark"') : page.text.index('id="answer-achievements"')]
    assert REMARK in beside
    assert COMPLETE["achievements"] in beside
    assert 'aria-describedby="answer-achievements-remark ' in page.text
    assert "直す回答 1件" in staff.get("/requests").words


def test_the_quoted_answer_stays_as_it_was_when_the_report_is_mended(site: Site, submitted: int) -> None:
    head, staff = site.browser("information_head"), site.browser("information_staff")
    head.post(f"/reports/{submitted}/return", {"remark.achievements": REMARK, "comment": COMMENT})
    mended = {**COMPLETE, "achievements": "本庁舎と図書館など12施設で使えるようにしました。"}
    page = staff.get(f"/reports/{submitted}")
    staff.write(submitted, mended, int(page.field("revision")), "save")
    beside = staff.get(f"/reports/{submitted}").text
    assert COMPLETE["achievements"] in beside[beside.index("answer-achievements-remark") :]
    staff.write(submitted, mended, int(page.field("revision")) + 1)
    words = head.get("/approvals").words
    assert REMARK in words
    assert COMMENT.split("\n")[0] in words
    head.post(f"/reports/{submitted}/approve")
    assert (site.city.report(MEASURE).return_comment, site.city.report(MEASURE).return_remarks) == ("", [])


def test_a_return_that_says_nothing_keeps_nothing_and_one_that_is_refused_loses_no_remark(
    site: Site, submitted: int
) -> None:
    head = site.browser("information_head")
    nothing = {"comment": " ", "remark.achievements": "\u3000\n"}
    assert head.post(f"/reports/{submitted}/return", nothing).status == 422
    site.city.submit("1-2-1", "information_staff")
    head.post(f"/reports/{submitted}/approve")
    site.city.submit("1-2-4", "information_staff")
    late = head.post(f"/reports/{site.city.reports['1-2-3']}/return", {"remark.achievements": REMARK})
    assert late.status == 404


def test_the_audit_log_names_the_answers_that_were_marked(site: Site, submitted: int) -> None:
    site.browser("information_head").post(f"/reports/{submitted}/return", {"remark.achievements": REMARK})
    with site.city.database.reading(site.city.municipality) as session:
        entry = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence).desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail["questions"]) == ("report.returned", ["achievements"])
