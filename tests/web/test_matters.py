"""The pages of 付議事項: raising one, its way up, the answer of the body that has it, and who may do what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db import tables as t
from domain.key_project import ProjectState, RouteOutcome, RouteStep
from domain.matter import MatterOutcome, MatterState
from records import key_projects, matters, secretariats
from tests.project_city import AT, CALENDAR, PLAN, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Answer, Browser, Clock, Site, site_of

__all__ = ["project_city", "project_city_template"]

COMMITTEE = "strategy-committee"
WANTED = date(2026, 6, 24)
NEW_GOAL = "2030年までに、相談の三割を来庁なしで終える。"
CHANGE_GOAL = RouteStep(RouteOutcome.CHANGE_GOAL, "半分は遠いと分かったため", goal=NEW_GOAL)
RAISED = {
    "title": "画面越しの窓口を広げる範囲",
    "question": "来年度から三施設に広げてよいか。",
    "papers": "一施設での利用は月12件でした。",
    "wanted_by": "2026-06-24",
}
EVERYBODY = ("leader", "sub_leader", "member", "outsider", "secretary", "planning", "administrator")


@pytest.fixture
def project_site(project_city: ProjectCity) -> Site:
    return site_of(project_city.city, Clock(AT))


@pytest.fixture
def keeper(project_city: ProjectCity) -> str:
    """Somebody of the department that keeps the committee's papers."""
    with project_city.writing() as (session, project):
        general = session.get_one(t.Department, project_city.city.departments["general"])
        secretariats.set(
            session, project_city.change(), key_projects.plan_of(session, project), COMMITTEE, general, TODAY
        )
    return "outsider"


def new(city: ProjectCity) -> str:
    return f"/projects/{city.project}/matters/new"


def answered(browser: Browser, matter: int, outcome: str, **said: str) -> Answer:
    return browser.post(f"/matters/{matter}/answer", {"outcome": outcome, "decided_on": TODAY.isoformat(), **said})


def state(city: ProjectCity, matter: int) -> MatterState:
    with city.reading() as (session, _):
        return matters.find(session, matter).state


def test_a_leader_raises_a_matter_and_sees_where_it_is(project_site: Site, project_city: ProjectCity) -> None:
    leader = project_site.browser("leader")
    form = leader.get(new(project_city))
    assert form.status == 200
    assert "決めてほしいことを「デジタル戦略委員会」に求めます。" in form.words
    assert form.field("wanted_by") == "2026-06-24", "ten business days, as the plan has it"
    raised = leader.post(new(project_city), RAISED)
    assert (raised.status, raised.to) == (303, "/matters/1?done=raised")
    page = leader.get(raised.to)
    for said in ("付議しました", *(RAISED[name] for name in ("title", "question", "papers"))):
        assert said in page.words
    assert "付議第1号" in page.words
    assert "デジタル戦略会議 回答がないまま2026年7月1日（水）になると、ここへ上がります。" in page.words


def test_a_matter_may_ask_for_a_decision_on_the_route(project_site: Site, project_city: ProjectCity) -> None:
    step = {"outcome": "change_goal", "reason": "遠いため", "goal": NEW_GOAL}
    raised = project_site.browser("leader").post(new(project_city), {**RAISED, **step})
    page = project_site.browser("outsider").get(raised.to)
    assert "決めたいこと 目標を変える" in page.words
    assert f"変更後 {NEW_GOAL}" in page.words
    with project_city.reading() as (session, project):
        assert matters.proposal_of(matters.of_project(session, project)[0]) == RouteStep(
            RouteOutcome.CHANGE_GOAL, "遠いため", goal=NEW_GOAL
        )


def test_the_form_is_filled_in_from_the_check_in_that_led_to_it(project_site: Site, project_city: ProjectCity) -> None:
    check_in = project_city.ask()
    project_city.answer(check_in)
    form = project_site.browser("leader").get(f"{new(project_city)}?outcome=stop&check_in={check_in}")
    assert form.field("check_in") == str(check_in)
    assert "12件でした" in form.field("papers")
    assert "やめる" in form.field("title")
    assert project_site.browser("leader").get(f"{new(project_city)}?outcome=nonsense&check_in=x").status == 200


def test_a_form_that_is_refused_keeps_what_was_typed_and_names_the_field(
    project_site: Site, project_city: ProjectCity
) -> None:
    typed = {**RAISED, "title": "", "wanted_by": "らいげつ", "outcome": "change_goal", "reason": ""}
    refused = project_site.browser("leader").post(new(project_city), typed)
    assert refused.status == 422
    for said in ("件名を入力してください。", "理由を入力してください。", "目標を入力してください。"):
        assert said in refused.words
    assert 'href="#wanted_by"' in refused.text
    assert (refused.field("question"), refused.field("wanted_by")) == (RAISED["question"], "らいげつ")
    passed = project_site.browser("leader").post(new(project_city), {**RAISED, "wanted_by": TODAY.isoformat()})
    assert passed.status == 409
    assert "回答がほしい日は、明日以降の日付を入力してください。" in passed.words


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_leaders_and_the_coordinating_section_raise_matters(
    project_site: Site, project_city: ProjectCity, who: str
) -> None:
    may = who in ("leader", "sub_leader", "planning")
    assert project_site.browser(who).get(new(project_city)).status == (200 if may else 403)
    assert project_site.browser(who).post(new(project_city), RAISED).status == (303 if may else 403)


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_of_the_city_reads_a_matter_and_only_the_secretariat_answers(
    project_site: Site, project_city: ProjectCity, who: str
) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    browser, may = project_site.browser(who), who == "planning"
    assert browser.get(f"/plans/{PLAN}/matters").status == 200
    page = browser.get(f"/matters/{matter}")
    assert page.status == 200
    assert ("の決定を記録する" in page.words) is may
    assert answered(browser, matter, "approved").status == (303 if may else 403)


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_who_may_raise_a_matter_takes_it_back_or_moves_its_day(
    project_site: Site, project_city: ProjectCity, who: str
) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    browser, may = project_site.browser(who), who in ("leader", "sub_leader", "planning")
    assert browser.post(f"/matters/{matter}/wanted-by", {"wanted_by": "2026-07-08"}).status == (303 if may else 403)
    assert browser.post(f"/matters/{matter}/withdraw", {"reason": "不要"}).status == (303 if may else 403)
    assert state(project_city, matter) is (MatterState.WITHDRAWN if may else MatterState.PENDING)


def test_nobody_reads_the_matters_of_another_city_or_without_signing_in(
    project_site: Site, project_city: ProjectCity
) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    for path in (f"/matters/{matter}", f"/plans/{PLAN}/matters", new(project_city)):
        assert project_site.browser("neighbours_planning").get(path).status == 404
        assert project_site.stranger().get(path).to.startswith("/sign-in")
    assert answered(project_site.browser("neighbours_planning"), matter, "approved").status == 404
    without_token = {"outcome": "approved", "decided_on": TODAY.isoformat()}
    assert project_site.browser("planning").post(f"/matters/{matter}/answer", without_token, csrf=False).status == 403
    assert state(project_city, matter) is MatterState.PENDING


def test_a_department_that_is_the_secretariat_answers_though_it_is_not_the_planning_division(
    project_site: Site, project_city: ProjectCity, keeper: str
) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    browser = project_site.browser(keeper)
    assert "デジタル戦略委員会の決定を記録する" in browser.get(f"/matters/{matter}").words
    assert answered(browser, matter, "approved", minutes="全員一致。").to == f"/matters/{matter}?done=answered"
    page = browser.get(f"/matters/{matter}?done=answered")
    assert "会議体の決定を記録しました。" in page.words
    assert "議事の記録 全員一致。" in page.words
    with project_city.reading() as (_, project):
        assert project.goal == NEW_GOAL


def test_what_waits_for_a_secretariat_stands_where_its_people_begin(
    project_site: Site, project_city: ProjectCity, keeper: str
) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    begins = project_site.browser(keeper).get("/requests")
    assert "事務局として答える付議事項" in begins.text
    assert f'href="/matters/{matter}"' in begins.text
    assert "事務局として答える付議事項" not in project_site.browser("member").get("/requests").text
    answered(project_site.browser(keeper), matter, "approved")
    assert "事務局として答える付議事項" not in project_site.browser(keeper).get("/requests").text


def test_an_answer_without_its_reason_is_refused_and_keeps_what_was_typed(
    project_site: Site, project_city: ProjectCity
) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    planner = project_site.browser("planning")
    for outcome, said, minutes in (
        ("returned", "了承のほかの決定では、会議体の意見や理由を入力してください。", "議論の様子"),
        ("", "会議体の決定を一つ選んでください。", "議論の様子"),
        ("withdrawn", "会議体の決定を一つ選んでください。", "議論の様子"),
    ):
        refused = answered(planner, matter, outcome, minutes=minutes)
        assert refused.status == 422
        assert said in refused.words
        assert refused.field("minutes") == minutes
    early = planner.post(f"/matters/{matter}/answer", {"outcome": "approved", "decided_on": "2026-06-01"})
    assert "決めた日が、この会議体に付議された日より前です。" in early.words
    assert early.field("decided_on") == "2026-06-01"
    assert state(project_city, matter) is MatterState.PENDING


def test_a_decision_otherwise_takes_another_step(project_site: Site, project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    planner, said = project_site.browser("planning"), "まず進め方を変えること。"
    refused = answered(planner, matter, "decided_otherwise", comment=said, instead_outcome="change_path")
    assert refused.status == 422
    assert f'href="#answer-{matter}-instead_path"' in refused.text
    path = {"instead_outcome": "change_path", "instead_reason": "先に試すため", "instead_path": "週二日から始める。"}
    assert answered(planner, matter, "decided_otherwise", comment=said, **path).status == 303
    with project_city.reading() as (_, project):
        assert (project.goal, project.path) == (project.first_goal, "週二日から始める。")


def test_a_proposal_for_a_project_that_ended_is_refused_with_the_reason(
    project_site: Site, project_city: ProjectCity
) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    with project_city.writing() as (session, project):
        project.state, project.closed_on = ProjectState.ENDED, TODAY
        session.add(project)
    refused = answered(project_site.browser("planning"), matter, "approved")
    assert refused.status == 409
    assert "取組中のプロジェクトではないため" in refused.words


def test_the_way_up_tells_every_body_with_its_answer(project_site: Site, project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with project_city.writing() as (session, _):
        assert matters.go_up(session, project_city.change(), matters.find(session, matter), date(2026, 7, 1), CALENDAR)
    project_site.clock.passes(days=22)  # 2 July
    planner = project_site.browser("planning")
    sent = planner.post(
        f"/matters/{matter}/answer",
        {"outcome": "sent_up", "comment": "市全体に関わるため。", "decided_on": "2026-07-02"},
    )
    assert sent.status == 303
    page = planner.get(f"/matters/{matter}").words
    way = page[page.index("ここまでの経過") :]
    places = [
        way.index(said) for said in ("デジタル戦略委員会", "期限までに回答なし", "デジタル戦略会議", "上位の会議体へ")
    ]
    assert places == sorted(places)
    assert "市全体に関わるため。" in way
    assert "これより上の会議体はありません。" in way
    assert "上位の会議体へ" not in way[way.index("これより上") :], "the highest body cannot send it up"


def test_the_list_puts_overdue_matters_first_and_filters(project_site: Site, project_city: ProjectCity) -> None:
    project_city.raise_matter("急がない", date(2026, 7, 8))
    project_city.raise_matter("遅れている", date(2026, 6, 11))
    done = project_city.raise_matter("済んだ", date(2026, 6, 11))
    answered(project_site.browser("planning"), done, "approved")
    project_site.clock.passes(days=5)
    browser = project_site.browser("outsider")
    page = browser.get(f"/plans/{PLAN}/matters").words
    places = [page.index(title) for title in ("2. 遅れている", "1. 急がない", "3. 済んだ")]
    assert places == sorted(places)
    assert "期限超過" in page
    pending = browser.get(f"/plans/{PLAN}/matters?state=pending&body={COMMITTEE}").words
    assert "遅れている" in pending
    assert "済んだ" not in pending
    assert "あてはまる付議事項はありません。" in browser.get(f"/plans/{PLAN}/matters?body=policy-council").words
    desk = project_site.browser("planning").get("/desk").words
    assert "会議体の回答を待つ付議事項：2件" in desk
    assert desk.index("遅れている") < desk.index("急がない")
    assert "期限を過ぎたもの：1件" in desk


def test_a_plan_without_key_projects_has_no_matters(project_site: Site, project_city: ProjectCity) -> None:
    with project_city.writing() as (session, project):
        plan = key_projects.plan_of(session, project)
        plan.definition = {**plan.definition, "key_projects": None}
        session.add(plan)
    assert project_site.browser("planning").get(f"/plans/{PLAN}/matters").status == 404


def test_looking_at_pages_changes_nothing(project_site: Site, project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    before = project_city.city.count(t.AuditEntry, t.Outbox)
    project_site.clock.passes(days=60)  # long after the day on which it goes up: that is for the process to do
    planner = project_site.browser("planning")
    for path in (f"/matters/{matter}", f"/plans/{PLAN}/matters", new(project_city), "/desk"):
        assert planner.get(path).status == 200
    assert project_city.city.count(t.AuditEntry, t.Outbox) == before


def test_a_matter_that_was_answered_meanwhile_says_so(project_site: Site, project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    planner = project_site.browser("planning")
    assert answered(planner, matter, MatterOutcome.APPROVED.value).status == 303
    again = answered(planner, matter, MatterOutcome.APPROVED.value)
    assert again.status == 409
    assert "すでに決着しています" in again.words
    wanted = planner.post(f"/matters/{matter}/wanted-by", {"wanted_by": (TODAY + timedelta(days=9)).isoformat()})
    assert wanted.status == 409
