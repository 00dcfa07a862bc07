"""The lists of what is asked, and the form of a progress report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.progress_report import ReportState
from tests.city import COMPLETE, LAST_YEAR, email_of
from tests.web.conftest import Site

MEASURE = "1-1-1"
FIRST = "案内を掲示しました。"
SECOND = "電波を調べました。"


def submissions(site: Site) -> list[t.Submission]:
    """Those of this year's round."""
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        query = select(t.Submission).where(col(t.Submission.report_id).in_(site.city.reports.values()))
        return list(session.exec(query))


def close_the_round(site: Site) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        round_ = session.get_one(t.CollectionRound, site.city.round)
        round_.closed_on = site.clock().date()
        session.add(round_)


# --- the lists -----------------------------------------------------------------------------------


def test_staff_see_what_their_department_is_asked_and_nothing_else(site: Site) -> None:
    words = site.browser("information_staff").get("/requests").words
    assert "公衆無線LANの整備、活用促進" in words
    assert "3件中 3件" in words
    assert "ICTを活用した窓口サービスの改善" not in words  # the citizens' counter section's


def test_the_sample_mark_stands_wherever_the_plan_appears(site: Site) -> None:
    browser = site.browser("information_staff")
    site.city.submit("1-2-1", "information_staff")
    request, report = site.city.requests["information"], site.city.reports[MEASURE]
    read = site.city.reports["1-2-1"]
    for path in ("/requests", f"/requests/{request}", f"/reports/{report}", f"/reports/{read}"):
        assert "試験のための見本です。" in browser.get(path).words, path
    assert "試験のための見本です。" in site.browser("information_head").get("/approvals").words


def test_what_is_late_is_said_in_words(site: Site) -> None:
    assert "期限超過" not in site.browser("information_staff").get("/requests").words
    site.clock.at = datetime(2021, 2, 16, 1, tzinfo=UTC)
    words = site.browser("information_staff").get("/requests").words
    assert "期限超過 3件" in words


def test_on_the_last_day_in_japan_nothing_is_late_yet(site: Site) -> None:
    site.clock.at = datetime(2021, 2, 15, 14, 59, tzinfo=UTC)
    assert "期限超過" not in site.browser("information_staff").get("/requests").words
    site.clock.at = datetime(2021, 2, 15, 15, 0, tzinfo=UTC)
    assert "期限超過 3件" in site.browser("information_staff").get("/requests").words


def test_a_draft_and_who_saved_it_when_show_in_the_list(site: Site) -> None:
    report = site.city.reports[MEASURE]
    site.browser("information_colleague").write(report, {"achievements": FIRST}, 0, "save")
    words = site.browser("information_staff").get("/requests").words
    assert "2021年1月15日（金） 09:00 鈴木 健太 下書きがあります 必須 3項目のうち 1項目を入力済み 続きを入力" in words


@pytest.mark.parametrize("who", ["information_head", "information_director", "planning"])
def test_a_superior_sees_who_is_asked_and_no_button_to_write(site: Site, who: str) -> None:
    words = site.browser(who).get(f"/requests/{site.city.requests['information']}").words
    assert "回答をお願いしている方 鈴木 健太、佐藤 花子" in words
    assert "提出の状況を確認するための画面です" in words
    assert "入力する ：" not in words


def test_the_people_who_are_asked_are_named_in_the_language_of_who_reads(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)).all():
            if user.email == email_of("information_colleague"):
                user.name_en = "Kenta Suzuki"
            if user.email == email_of("planning"):
                user.language = "en"
    words = site.browser("planning").get(f"/requests/{site.city.requests['information']}").words
    assert "Kenta Suzuki" in words
    assert "鈴木 健太" not in words


def test_a_request_that_is_closed_leaves_the_list_but_can_still_be_read(site: Site) -> None:
    close_the_round(site)
    browser = site.browser("information_staff")
    assert "いま回答をお願いしている進捗報告はありません" in browser.get("/requests").words
    words = browser.get(f"/requests/{site.city.requests['information']}").words
    assert "受付は終了しました" in words
    assert "入力する ：" not in words


# --- whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["citizens_staff", "citizens_head", "administrator", "neighbour_staff"])
def test_the_report_of_another_department_does_not_exist(site: Site, who: str) -> None:
    browser, report = site.browser(who), site.city.reports[MEASURE]
    assert browser.get(f"/reports/{report}").status == 404
    assert browser.get(f"/requests/{site.city.requests['information']}").status == 404
    assert browser.write(report, COMPLETE, 0).status == 404
    assert browser.autosave(report, COMPLETE, 0).status == 404
    assert browser.post(f"/reports/{report}/approve").status == 404
    assert browser.post(f"/reports/{report}/return", {"comment": "直してください。"}).status == 404
    assert site.city.report(MEASURE).answers == {}


@pytest.mark.parametrize("who", ["information_staff", "citizens_staff", "planning", "administrator"])
def test_the_report_of_another_municipality_does_not_exist(site: Site, who: str) -> None:
    browser, report = site.browser(who), site.city.neighbours_report
    assert browser.get(f"/reports/{report}").status == 404
    assert browser.get(f"/requests/{site.city.neighbours_request}").status == 404
    assert browser.write(report, COMPLETE, 0).status == 404
    assert browser.autosave(report, COMPLETE, 0).status == 404
    assert site.browser("neighbour_staff").get(f"/reports/{report}").status == 200


def test_planning_reads_a_report_but_does_not_write_it(site: Site) -> None:
    browser, report = site.browser("planning"), site.city.reports[MEASURE]
    assert 'name="answer.' not in browser.get(f"/reports/{report}").text
    assert browser.write(report, COMPLETE, 0).status == 403
    assert browser.autosave(report, COMPLETE, 0).status == 403
    assert site.city.report(MEASURE).answers == {}


def test_a_report_posted_without_the_token_changes_nothing(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    typed = {"answer.achievements": FIRST, "revision": "0", "action": "save"}
    assert browser.post(f"/reports/{report}", typed, csrf=False).status == 403
    assert browser.autosave(report, {"achievements": FIRST}, 0, csrf=False).status == 403
    assert site.city.report(MEASURE).answers == {}


def test_looking_changes_nothing(site: Site) -> None:
    site.city.submit("1-2-1", "information_staff")
    tables = (t.AuditEntry, t.Outbox, t.Submission)
    before = site.city.count(*tables), site.city.report(MEASURE), site.city.report("1-2-1")
    addresses = ["/", "/requests", f"/requests/{site.city.requests['information']}", "/approvals", "/sign-out"]
    for report in (site.city.reports[MEASURE], site.city.reports["1-2-1"]):
        addresses += [f"/reports/{report}{end}" for end in ("", "/draft", "/approve", "/return")]
    for who in ("information_staff", "information_head", "planning"):
        browser = site.browser(who)
        for address in addresses:
            assert browser.get(address).status < 500
            assert browser.client.head(address).status_code < 500
        assert browser.get("/plans").status == 200, "still signed in"
    assert (site.city.count(*tables), site.city.report(MEASURE), site.city.report("1-2-1")) == before


# --- what the form asks --------------------------------------------------------------------------


def test_the_form_shows_its_questions_with_help_example_and_whether_they_must_be_answered(site: Site) -> None:
    words = site.browser("information_staff").get(f"/reports/{site.city.reports[MEASURE]}").words
    assert "今年度に実施したこと ※必須" in words
    assert "実績の数値 任意" in words
    assert "遅れた（着手していない）理由と対応 ※該当する場合は必須" in words
    assert "「進み具合」が「遅れている」または「未着手」の場合にお答えください" in words
    assert "記入例を見る 128" in words
    assert "基本方針 1 ICTでつながる市民協働のまちづくり" in words
    assert "2021年2月15日（月）" in words


def test_last_years_answers_stand_beside_the_fields(site: Site) -> None:
    words = site.browser("information_staff").get(f"/reports/{site.city.reports[MEASURE]}").words
    assert f"前年度の回答 令和元年度（2019年度） {LAST_YEAR['achievements']}" in words
    assert "前年度の回答 令和元年度（2019年度） 予定どおり" in words


def test_last_years_promise_is_asked_back_at_the_question_that_recalls_it(site: Site) -> None:
    words = site.browser("information_staff").get(f"/reports/{site.city.reports[MEASURE]}").words
    asked = words.index("前年度に予定したことの結果")
    promise = words.index(f"どうなりましたか {LAST_YEAR['next_step']}")
    assert asked < promise < words.index("今年度に実施したこと")


def test_a_measure_without_last_year_shows_none(site: Site) -> None:
    words = site.browser("information_staff").get(f"/reports/{site.city.reports['1-2-1']}").words
    assert "前年度の回答" not in words
    assert "に書かれていたこと" not in words


def test_the_form_leads_to_the_measures_before_and_after(site: Site) -> None:
    text = site.browser("information_staff").get(f"/reports/{site.city.reports['1-2-1']}").text
    assert f'href="/reports/{site.city.reports["1-1-1"]}"' in text
    assert f'href="/reports/{site.city.reports["1-2-4"]}"' in text


@pytest.mark.parametrize(("measure_class", "asked"), [(None, False), ("research", True)])
def test_research_measures_are_asked_for_the_outcome_of_the_study(
    site: Site, measure_class: str | None, asked: bool
) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        node = session.get_one(t.Node, site.city.report(MEASURE).node_id)
        node.measure_class = measure_class
        session.add(node)
    words = site.browser("information_staff").get(f"/reports/{site.city.reports[MEASURE]}").words
    assert ("調査研究の結果" in words) is asked


# --- submitting ----------------------------------------------------------------------------------


def test_submitting_writes_report_submission_outbox_and_audit_together(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    before = site.city.count(t.Submission, t.Outbox, t.AuditEntry)
    answer = browser.write(report, COMPLETE, 0)
    request = site.city.requests["information"]
    assert (answer.status, answer.to) == (303, f"/requests/{request}?submitted={report}#next")
    assert site.city.report(MEASURE).state is ReportState.SUBMITTED
    assert site.city.count(t.Submission, t.Outbox, t.AuditEntry) == tuple(n + 1 for n in before)
    assert submissions(site)[0].answers == {**COMPLETE, "quantity": "12"}
    assert site.city.audited()[-1] == "report.submitted"
    assert "を提出しました" in browser.get(answer.to).words
    assert "次の施策へ（3件中2件目）：情報通信基盤の整備促進" in browser.get(answer.to).words


def test_an_answer_that_is_too_long_is_refused_and_kept(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    long = "長" * 401
    answer = browser.write(report, {**COMPLETE, "achievements": long}, 0)
    assert answer.status == 422
    assert "「今年度に実施したこと」は400文字以内で入力してください（現在401文字）。" in answer.words
    assert 'href="#answer-achievements"' in answer.text
    assert answer.field("answer.achievements") == long
    assert answer.field("answer.next_step") == COMPLETE["next_step"]
    kept = site.city.report(MEASURE)
    assert (kept.state, kept.answers["achievements"], kept.revision) == (ReportState.DRAFT, long, 1)
    assert answer.field("revision") == "1"
    assert submissions(site) == []


def test_all_problems_are_listed_in_the_order_of_the_form(site: Site) -> None:
    typed = {"progress": "delayed", "quantity": "たくさん"}
    answer = site.browser("information_staff").write(site.city.reports[MEASURE], typed, 0)
    summary = answer.text[
        answer.text.index("error-summary") : answer.text.index("</ul>", answer.text.index("error-summary"))
    ]
    places = [summary.index(f'href="#answer-{q}"') for q in ("achievements", "quantity", "cause", "next_step")]
    assert places == sorted(places)
    assert "入力内容に問題があります（4件）" in answer.words
    assert answer.field("answer.quantity") == "たくさん"


def test_after_mending_what_was_wrong_the_same_page_submits(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    refused = browser.write(report, {**COMPLETE, "achievements": ""}, 0)
    assert browser.write(report, COMPLETE, int(refused.field("revision"))).status == 303
    assert site.city.report(MEASURE).state is ReportState.SUBMITTED


def test_the_answer_to_a_question_that_does_not_apply_is_not_submitted(site: Site) -> None:
    typed = {**COMPLETE, "cause": "遅れていないので、この欄は聞かれていません。"}
    site.browser("information_staff").write(site.city.reports[MEASURE], typed, 0)
    assert "cause" not in submissions(site)[0].answers
    assert "cause" not in site.city.report(MEASURE).answers


def test_a_draft_keeps_what_does_not_apply_at_the_moment(site: Site) -> None:
    typed = {"progress": "on_track", "cause": "やはり遅れるかもしれません。"}
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    answer = browser.write(report, typed, 0, "save")
    assert answer.to == f"/reports/{report}?saved=1"
    assert browser.get(answer.to).field("answer.cause") == typed["cause"]


def test_text_comes_back_as_it_was_typed_and_is_never_markup(site: Site) -> None:
    text = "\n一行目 <b>&amp;\n\n三行目 \"'`{{ 7 * 7 }}</textarea><script>alert(1)</script>"
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    page = browser.get(browser.write(report, {"achievements": text}, 0, "save").to)
    assert page.field("answer.achievements") == text.strip()
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("revision", ["", "-1", "x", "１", "9" * 30])
def test_a_revision_that_is_none_never_overwrites(site: Site, revision: str) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    browser.write(report, {"achievements": FIRST}, 0, "save")
    values = {"answer.achievements": SECOND, "revision": revision, "action": "save"}
    assert browser.post(f"/reports/{report}", values).status == 409
    assert site.city.report(MEASURE).answers == {"achievements": FIRST}


def test_a_submitted_report_is_read_not_written(site: Site) -> None:
    site.city.submit(MEASURE, "information_staff")
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    page = browser.get(f"/reports/{report}")
    assert 'name="answer.' not in page.text
    assert COMPLETE["achievements"] in page.words
    answer = browser.write(report, {**COMPLETE, "achievements": "後から直したい"}, 1)
    assert answer.status == 409
    assert "この回答は「承認待ち」のため、変更できません。" in answer.words
    assert "後から直したい" in answer.words, "what was typed can be copied"
    assert len(submissions(site)) == 1


def test_what_was_typed_is_shown_when_the_round_closed_meanwhile(site: Site) -> None:
    close_the_round(site)
    answer = site.browser("information_staff").write(site.city.reports[MEASURE], COMPLETE, 0)
    assert answer.status == 409
    assert "締め切られました" in answer.words
    assert COMPLETE["achievements"] in answer.words
    assert submissions(site) == []


# --- two editors, and autosave -------------------------------------------------------------------


def test_two_editors_of_one_draft_see_both_texts_and_nothing_is_lost(site: Site) -> None:
    report = site.city.reports[MEASURE]
    site.browser("information_colleague").write(report, {"achievements": FIRST, "next_step": "同じ"}, 0, "save")
    mine = site.browser("information_staff")
    answer = mine.write(report, {"achievements": SECOND, "next_step": "同じ"}, 0, "save")
    assert answer.status == 409
    assert "鈴木 健太 さんが、あなたの編集中にこの回答を保存しました。" in answer.words
    assert answer.field("answer.achievements") == SECOND
    assert f"鈴木 健太 さんが保存した内容 {FIRST}" in answer.words
    assert answer.words.count("さんが保存した内容") == 1, "fields that agree are not compared"
    assert site.city.report(MEASURE).answers["achievements"] == FIRST
    merged = {"achievements": FIRST + SECOND}
    assert mine.write(report, merged, int(answer.field("revision")), "save").status == 303
    assert site.city.report(MEASURE).answers == merged


def test_submitting_over_somebody_elses_draft_submits_nothing(site: Site) -> None:
    report = site.city.reports[MEASURE]
    site.browser("information_colleague").write(report, {"achievements": FIRST}, 0, "save")
    answer = site.browser("information_staff").write(report, COMPLETE, 0)
    assert answer.status == 409
    assert answer.field("answer.next_step") == COMPLETE["next_step"]
    assert submissions(site) == []
    incomplete = site.browser("information_staff").write(report, {**COMPLETE, "next_step": ""}, 0)
    assert incomplete.status == 409
    assert "「来年度の予定」を入力してください。" in incomplete.words
    assert site.city.report(MEASURE).answers == {"achievements": FIRST}


def test_autosave_keeps_the_draft_and_says_when(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    answer = browser.autosave(report, {"achievements": FIRST, "quantity": "", "unknown": "x"}, 0)
    assert (answer.status, answer.json["revision"]) == (200, 1)
    assert answer.json["saved_at"] == "2021-01-15T09:00:00+09:00"
    assert site.city.report(MEASURE).answers == {"achievements": FIRST}
    assert browser.autosave(report, {"achievements": SECOND}, 1).json["revision"] == 2
    assert site.browser("information_colleague").get(f"/reports/{report}").field("answer.achievements") == SECOND


def test_autosave_tells_who_saved_meanwhile_and_overwrites_nothing(site: Site) -> None:
    report = site.city.reports[MEASURE]
    site.browser("information_colleague").autosave(report, {"achievements": FIRST}, 0)
    answer = site.browser("information_staff").autosave(report, {"achievements": SECOND}, 0)
    assert answer.status == 409
    told = {key: answer.json[key] for key in ("editor", "answers", "revision")}
    assert told == {"editor": "鈴木 健太", "answers": {"achievements": FIRST}, "revision": 1}
    assert site.city.report(MEASURE).answers == {"achievements": FIRST}


def test_autosave_of_a_submitted_report_says_that_it_is_too_late(site: Site) -> None:
    site.city.submit(MEASURE, "information_staff")
    answer = site.browser("information_colleague").autosave(site.city.reports[MEASURE], {"achievements": SECOND}, 1)
    assert answer.status == 410
    assert site.city.report(MEASURE).answers["achievements"] == COMPLETE["achievements"]


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"answers": {}}', '{"answers": {"achievements": 1}, "revision": 0}', "\udcff"]
)
def test_autosave_refuses_what_is_no_draft(site: Site, body: str) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    headers = {"X-CSRF-Token": browser.csrf_token, "Content-Type": "application/json"}
    content = body.encode("utf-8", "surrogateescape")
    response = browser.client.put(f"/reports/{report}/draft", content=content, headers=headers)
    assert response.status_code == 422
    assert site.city.report(MEASURE).revision == 0


def test_the_pages_hold_nothing_inline_and_nothing_from_elsewhere(site: Site) -> None:
    response = site.browser("information_staff").client.get(f"/reports/{site.city.reports[MEASURE]}")
    assert "default-src 'self'" in response.headers["content-security-policy"]
    for inline in (" style=", "<style", " onclick", " onsubmit", "http://", "https://"):
        assert inline not in response.text, inline
    assert response.text.count("<script") == response.text.count('<script type="module" src="/static/')


def test_a_person_moved_to_another_department_loses_the_old_reports(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports[MEASURE]
    with site.city.database.writing(site.city.municipality) as session:
        user = session.exec(select(t.User).where(t.User.email == email_of("information_staff"))).one()
        held = session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).one()
        held.valid_until = datetime(2021, 1, 10, tzinfo=UTC).date()
        session.add(held)
    assert browser.get(f"/reports/{report}").status == 404
