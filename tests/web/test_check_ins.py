"""状況確認 in the browser: a short form that asks back what was promised, and what follows from what it says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from db import tables as t
from domain.indicator import IndicatorDirection
from domain.inquiry import InquiryKind
from domain.key_project import CheckInReason, CheckInState, RouteOutcome
from domain.project_rights import ProjectRights
from domain.trial import TrialTexts
from records import check_ins, inquiries, key_projects, matters, route
from tests.project_city import ANSWERS, CALENDAR, TODAY, ProjectCity
from tests.web.conftest import Answer, Browser, Site

FIGURE = "画面越しの相談の件数"


def write(
    browser: Browser, check_in: int, answers: Mapping[str, str], revision: int = 0, action: str = "submit"
) -> Answer:
    """Press a button of the form."""
    typed = {f"answer.{question}": text for question, text in answers.items()}
    return browser.post(f"/check-ins/{check_in}", {**typed, "revision": str(revision), "action": action})


def read(city: ProjectCity, check_in: int) -> t.CheckIn:
    with city.reading() as (session, _):
        return check_ins.find(session, check_in)


def with_a_figure(city: ProjectCity) -> str:
    """Give the project an indicator with one value; the name of its question."""
    with city.writing() as (session, project):
        change = city.change("leader")
        one = key_projects.add_indicator(session, change, project, FIGURE, "件", IndicatorDirection.HIGHER, None, TODAY)
        key_projects.measure(session, change, project, one, Decimal(8), TODAY.replace(day=1))
        return f"figure-{one.id}"


def test_the_form_shows_the_last_answers_and_asks_back_what_was_promised(
    project_site: Site, project_city: ProjectCity
) -> None:
    first = project_site.browser("member").get(f"/check-ins/{project_city.ask()}")
    assert first.status == 200
    assert "どうなりましたか</p>" not in first.text
    assert "前回の回答" not in first.words
    with project_city.reading() as (session, project):
        asked = check_ins.open_of(session, project)
        assert asked is not None
    project_city.answer(asked.id)
    second = project_site.browser("leader").get(f"/check-ins/{project_city.ask()}").words
    assert f"前回（2026年6月10日（水））の「次の一歩」：どうなりましたか {ANSWERS['next_step']}" in second
    assert f"前回の回答 {ANSWERS['learnt']}" in second
    assert "前回の回答 道を探している" in second


def test_a_draft_is_kept_until_it_is_sent_in(project_site: Site, project_city: ProjectCity) -> None:
    check_in, browser = project_city.ask(), project_site.browser("member")
    saved = write(browser, check_in, {"tried": "まだ途中です。"}, action="save")
    assert saved.to == f"/check-ins/{check_in}?done=saved"
    page = project_site.browser("leader").get(saved.to)
    assert page.field("answer.tried") == "まだ途中です。"
    assert page.field("revision") == "1"
    assert "下書きを保存しました。まだ提出されていません。" in page.words
    assert read(project_city, check_in).state is CheckInState.ASKED


def test_what_is_sent_in_silences_the_ladder_and_is_thanked_for(project_site: Site, project_city: ProjectCity) -> None:
    check_in, browser = project_city.ask(), project_site.browser("member")
    sent = write(browser, check_in, ANSWERS)
    assert sent.to == f"/check-ins/{check_in}?done=submitted"
    row = read(project_city, check_in)
    assert (row.state, row.submitted_on, row.answers["tried"]) == (CheckInState.SUBMITTED, TODAY, ANSWERS["tried"])
    with project_city.reading() as (session, _):
        waited = inquiries.about(session, InquiryKind.CHECK_IN, check_in)
        assert waited is not None
        assert waited.settled_on == TODAY
    page = browser.get(sent.to)
    assert "ありがとうございました" in page.words
    assert "次の状況確認は2026年6月18日（木）です。" in page.words
    assert "の続き" not in page.words, "to go on as before needs no decision"


def test_what_is_missing_is_said_at_once_and_nothing_typed_is_lost(
    project_site: Site, project_city: ProjectCity
) -> None:
    check_in = project_city.ask()
    typed = {"state": "stuck", "learnt": "まだ言葉になりません。"}
    refused = write(project_site.browser("member"), check_in, typed)
    assert refused.status == 422
    for question in ("前回から試したこと", "困っていること"):
        assert f"「{question}」を入力してください。" in refused.words
    assert "「決めてほしいこと」を選んでください。" in refused.words
    assert refused.field("answer.learnt") == typed["learnt"]
    row = read(project_city, check_in)
    assert (row.state, dict(row.answers)) == (CheckInState.ASKED, typed), "it is kept as a draft"


def test_two_people_who_write_at_once_see_each_others_words(project_site: Site, project_city: ProjectCity) -> None:
    check_in = project_city.ask()
    write(project_site.browser("leader"), check_in, {"tried": "リーダーの文章です。"}, action="save")
    for action in ("save", "submit"):
        both = write(project_site.browser("member"), check_in, {**ANSWERS, "tried": "私の文章です。"}, 0, action)
        assert both.status == 409
        assert both.field("answer.tried") == "私の文章です。"
        assert "リーダーの文章です。" in both.words
        assert "大野 恵子 さんが、あなたの編集中にこの回答を保存しました。" in both.words
        assert both.field("revision") == "1", "what was seen may be saved now"
    assert read(project_city, check_in).answers == {"tried": "リーダーの文章です。"}
    assert write(project_site.browser("member"), check_in, ANSWERS, 1).status == 303


def test_the_browser_saves_while_somebody_types(project_site: Site, project_city: ProjectCity) -> None:
    check_in, figure = project_city.ask(), with_a_figure(project_city)
    browser = project_site.browser("member")
    path, token = f"/check-ins/{check_in}/draft", {"X-CSRF-Token": browser.csrf_token}

    def save(answers: dict[str, str], revision: int) -> tuple[int, dict[str, object]]:
        found = browser.client.put(path, json={"answers": answers, "revision": revision}, headers=token)
        return found.status_code, found.json()

    status, said = save({"tried": "途中", figure: "１２", "unknown": "x"}, 0)
    assert (status, said["revision"]) == (200, 1)
    assert read(project_city, check_in).answers == {"tried": "途中", figure: "１２"}
    status, said = save({"tried": "別の人"}, 0)
    assert (status, said["editor"], said["revision"]) == (409, "伊藤 直樹", 1)
    assert browser.client.put(path, content=b"no json", headers=token).status_code == 422
    assert browser.client.put(path, json={"answers": {}, "revision": 1}).status_code == 403
    project_city.answer(check_in)
    assert save({"tried": "遅れて"}, 2)[0] == 410


def test_what_was_sent_in_is_not_written_over(project_site: Site, project_city: ProjectCity) -> None:
    check_in = project_city.ask()
    project_city.answer(check_in)
    late = write(project_site.browser("leader"), check_in, {"tried": "遅れて書いたものです。"}, 1, "save")
    assert late.status == 409
    assert "この状況確認は、すでに提出されたか、回答が不要になりました。" in late.words
    assert "遅れて書いたものです。" in late.words, "so that it can be copied"
    assert read(project_city, check_in).answers["tried"] == ANSWERS["tried"]


@pytest.mark.parametrize("action", ["save", "submit"])
def test_who_is_not_of_the_team_reads_but_does_not_answer(
    action: str, project_site: Site, project_city: ProjectCity
) -> None:
    check_in, browser = project_city.ask(), project_site.browser("outsider")
    page = browser.get(f"/check-ins/{check_in}")
    assert "チームの回答を待っています（期限：2026年6月15日（月））。" in page.words
    assert "<textarea" not in page.text
    assert write(browser, check_in, ANSWERS, action=action).status == 403
    assert read(project_city, check_in).answers == {}


def test_the_coordinating_section_may_write_in_the_teams_place(project_site: Site, project_city: ProjectCity) -> None:
    assert write(project_site.browser("planning"), project_city.ask(), ANSWERS).status == 303


def test_figures_are_taken_in_full_width_digits_and_shown_with_the_project(
    project_site: Site, project_city: ProjectCity
) -> None:
    figure, check_in = with_a_figure(project_city), project_city.ask()
    browser = project_site.browser("member")
    form = browser.get(f"/check-ins/{check_in}")
    assert f"{FIGURE} 任意" in form.words
    assert "前回の回答 8 件" in form.words
    assert write(browser, check_in, {**ANSWERS, figure: "１，２３４"}).status == 303
    with project_city.reading() as (session, project):
        *_, last = key_projects.figures_of(session, project)
        assert (last.value, last.measured_on, last.check_in_id) == (Decimal(1234), TODAY, check_in)
    assert figure not in read(project_city, check_in).answers
    assert "1,234 件" in browser.get(f"/check-ins/{check_in}").words
    assert "2026年6月10日（水） 1,234" in browser.get(f"/projects/{project_city.project}").words


def test_a_figure_that_is_no_number_is_refused_with_everything_else(
    project_site: Site, project_city: ProjectCity
) -> None:
    figure, check_in = with_a_figure(project_city), project_city.ask()
    browser = project_site.browser("member")
    refused = write(browser, check_in, {**ANSWERS, "next_step": "", figure: "たくさん"})
    assert refused.status == 422
    assert f"「{FIGURE}」は数字で入力してください" in refused.words
    assert "「次の一歩」を入力してください。" in refused.words
    assert refused.field(f"answer.{figure}") == "たくさん"
    assert browser.get(f"/check-ins/{check_in}").field(f"answer.{figure}") == "たくさん", "kept as a draft"
    with project_city.reading() as (session, project):
        assert [one.value for one in key_projects.figures_of(session, project)] == [8]


# What follows


def test_what_the_team_decides_itself_is_decided_on_the_next_page(
    project_site: Site, project_city: ProjectCity
) -> None:
    check_in, browser = project_city.ask(), project_site.browser("leader")
    page = browser.get(write(browser, check_in, {**ANSWERS, "decision_wanted": "change_path"}).to)
    assert "「道筋を変える」の続き これはチームで決められます。" in page.words
    hidden = {name: page.field(name) for name in ("outcome", "check_in")}
    assert hidden == {"outcome": "change_path", "check_in": str(check_in)}
    typed = {**hidden, "reason": "予約制は合わなかったため。", "path": "予約なしで試します。"}
    assert browser.post(f"/projects/{project_city.project}/decisions/new", typed).status == 303
    with project_city.reading() as (session, project):
        (decision,) = route.of_project(session, project)
        assert (decision.outcome, decision.check_in_id) == (RouteOutcome.CHANGE_PATH, check_in)
    assert "2026年6月10日（水）に「道筋を変える」と決めました。" in browser.get(f"/check-ins/{check_in}").words


def test_what_a_body_decides_is_raised_from_the_next_page(project_site: Site, project_city: ProjectCity) -> None:
    project_city.try_out(TrialTexts("画面越しの相談", "来庁せずに済む。", TODAY))
    check_in, browser = project_city.ask(), project_site.browser("leader")
    page = browser.get(write(browser, check_in, {**ANSWERS, "decision_wanted": "stop"}).to)
    assert "「やめる」の続き これはデジタル戦略委員会が決めることです。" in page.words
    assert ANSWERS["learnt"] in page.field("papers")
    typed = {n: page.field(n) for n in ("outcome", "check_in", "title", "question", "papers", "wanted_by")}
    answer = browser.post(f"/projects/{project_city.project}/decisions/new", {**typed, "reason": "役目を終えたため。"})
    assert answer.status == 303
    with project_city.reading() as (session, project):
        (matter,) = matters.of_project(session, project)
        assert (matter.check_in_id, matter.title) == (check_in, "「画面越しの窓口」をやめることについて")
        proposed = matters.proposal_of(matter)
        assert proposed is not None
        assert proposed.outcome is RouteOutcome.STOP
    again = browser.get(f"/check-ins/{check_in}")
    assert "「「画面越しの窓口」をやめることについて」を付議しました。" in again.words
    assert 'name="question"' not in again.text, "once is enough"


def test_a_member_learns_who_goes_on_with_it(project_site: Site, project_city: ProjectCity) -> None:
    check_in, browser = project_city.ask(), project_site.browser("member")
    page = browser.get(write(browser, check_in, {**ANSWERS, "decision_wanted": "change_path"}).to)
    assert "リーダーかサブリーダーが決定を記録します。（大野 恵子、小林 修）" in page.words
    assert 'name="reason"' not in page.text
    todo = project_site.browser("leader").get(f"/projects/{project_city.project}").words
    assert "第1回の状況確認の「道筋を変える」の続きを進める" in todo


def test_a_decision_cannot_claim_another_projects_check_in(project_site: Site, project_city: ProjectCity) -> None:
    with project_city.writing() as (session, _):
        other, change = key_projects.find(session, project_city.other), project_city.change()
        asked = check_ins.ask(session, change, other, CheckInReason.CADENCE, TODAY, CALENDAR)
        check_ins.submit(session, change, ProjectRights(frozenset(), True), asked, ANSWERS, 0, TODAY)
        theirs = asked.id
    typed = {"outcome": "continue", "check_in": str(theirs)}
    browser = project_site.browser("leader")
    assert browser.post(f"/projects/{project_city.project}/decisions/new", typed).status == 303
    with project_city.reading() as (session, project):
        assert [one.check_in_id for one in route.of_project(session, project)] == [None]


# Where people start


@pytest.mark.parametrize(("who", "start"), [("member", "/requests"), ("leader", "/approvals"), ("member", "/plans")])
def test_who_is_in_a_team_finds_what_waits_where_they_start(
    who: str, start: str, project_site: Site, project_city: ProjectCity
) -> None:
    browser = project_site.browser(who)
    assert "状況確認に答える" not in browser.get(start).words
    check_in = project_city.ask()
    page = browser.get(start)
    assert f'href="/check-ins/{check_in}"' in page.text
    assert "あなたのキープロジェクト P1 画面越しの窓口 状況確認に答える" in page.words
    assert "あなたのキープロジェクト" not in project_site.browser("outsider").get("/requests").words


def test_a_missed_check_in_is_late_on_the_teams_page_and_on_the_desk(
    project_site: Site, project_city: ProjectCity
) -> None:
    project_city.ask(TODAY.replace(day=1))
    assert "期限超過" in project_site.browser("member").get(f"/projects/{project_city.project}").words
    desk = project_site.browser("planning").get("/desk/plans/tokorozawa-dx/projects").words
    assert "状況確認の期限超過 ⚠ 1 件" in desk
    assert "チーム（状況確認）" in desk
    assert "状況確認：2026年6月1日（月） 事前通知 → チームの全員" in desk, "the next step of its ladder"
