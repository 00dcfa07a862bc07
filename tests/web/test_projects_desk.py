"""The key projects on the desk: a new project, its texts, and the teams that are founded and dissolved."""

from __future__ import annotations

from datetime import date

import pytest

from db import tables as t
from domain.body import SeatRole
from domain.key_project import Cadence, ProjectState, RouteOutcome, RouteStep
from domain.matter import MatterOutcome
from records import key_projects, matters, plans, route, seats, teams
from tests.project_city import BEGUN_ON, CALENDAR, GOAL, PLAN, TEXTS, TODAY, ProjectCity
from tests.web.conftest import Site

NEW = {
    "code": "P9",
    "title": "書かない窓口",
    "title_en": "Counter without writing",
    "hypothesis": "一度聞いたことを聞き直さなければ、窓口の時間が短くなる。",
    "beneficiaries": "窓口に来る人",
    "goal": "2030年までに、書く欄をなくす。",
    "path": "一つの手続で試す。",
    "cadence": "fortnightly",
    "mark": "1",
}
DESK = f"/desk/plans/{PLAN}/projects"


def test_a_new_project_is_considered_until_it_has_a_team(project_site: Site, project_city: ProjectCity) -> None:
    planner, state = project_site.browser("planning"), project_city.node("2-1")
    opened = planner.post(f"{DESK}/new", {**NEW, "nodes": str(state.origin_id)})
    with project_city.reading() as (session, running):
        *_, project = key_projects.of_plan(session, key_projects.plan_of(session, running))
        assert opened.to == f"/projects/{project.id}?done=opened"
        assert (project.code, project.state, project.mark) == ("P9", ProjectState.CONSIDERED, "サンプル")
        assert project.cadence is Cadence.FORTNIGHTLY
        assert [node.code for node in key_projects.served_by(session, project, TODAY)] == ["2-1"]
    assert "書かない窓口" in planner.get(DESK).words
    assert "チームのないプロジェクト 2 件" in planner.get(DESK).words


@pytest.mark.parametrize(
    ("lacks", "said", "status"),
    [
        ({"code": ""}, "プロジェクトの番号を入力してください。", 422),
        ({"code": "P1"}, "この番号のプロジェクトはすでにあります。", 409),
        ({"title": " "}, "プロジェクトの名称を入力してください。", 422),
        ({"hypothesis": ""}, "仮説（何が変わるか）を入力してください。", 422),
        ({"goal": ""}, "目標を入力してください。", 422),
        ({"nodes": ""}, "めざす状態を一つ以上選んでください。", 422),
        ({"nodes": "999999"}, "めざす状態を一つ以上選んでください。", 422),
        ({"cadence": ""}, "状況確認の間隔を一つ選んでください。", 422),
    ],
)
def test_what_a_new_project_lacks_is_said_and_nothing_typed_is_lost(
    lacks: dict[str, str], said: str, status: int, project_site: Site, project_city: ProjectCity
) -> None:
    typed = {**NEW, "nodes": str(project_city.node("2-1").origin_id), **lacks}
    answer = project_site.browser("planning").post(f"{DESK}/new", typed)
    assert answer.status == status
    assert said in answer.words
    assert answer.field("path") == NEW["path"]
    with project_city.reading() as (session, project):
        assert len(key_projects.of_plan(session, key_projects.plan_of(session, project))) == 3


def test_a_projects_texts_are_rewritten_but_not_its_goal(project_site: Site, project_city: ProjectCity) -> None:
    edit, planner = f"/desk/projects/{project_city.project}/edit", project_site.browser("planning")
    form = planner.get(edit)
    assert form.field("hypothesis") == TEXTS.hypothesis
    assert 'name="goal"' not in form.text
    assert form.text.count(" checked>") == 2, "the two states that it serves"
    typed = {
        "title": "画面でつながる窓口",
        "hypothesis": TEXTS.hypothesis,
        "goal": "別の目標",
        "seen": form.field("seen"),
    }
    saved = planner.post(edit, {**typed, "goal": "別の目標", "nodes": str(project_city.node("1-1").origin_id)})
    assert saved.to == f"/projects/{project_city.project}?done=rewritten"
    with project_city.reading() as (session, project):
        assert (project.title, project.goal) == ("画面でつながる窓口", GOAL)
        assert [node.code for node in key_projects.served_by(session, project, TODAY)] == ["1-1"]


def test_two_people_who_edit_at_once_see_each_others_words(project_site: Site, project_city: ProjectCity) -> None:
    edit, planner = f"/desk/projects/{project_city.project}/edit", project_site.browser("planning")
    typed = {"hypothesis": TEXTS.hypothesis, "nodes": str(project_city.node("1-1").origin_id), "seen": "1"}
    assert planner.post(edit, {**typed, "title": "先に直した名称"}).status == 303
    both = planner.post(edit, {**typed, "title": "私の名称"})
    assert both.status == 409
    assert both.field("title") == "私の名称"
    assert "いまの内容 名称 先に直した名称" in both.words
    assert planner.post(edit, {**typed, "title": "私の名称", "seen": both.field("seen")}).status == 303


@pytest.mark.parametrize("who", ["leader", "outsider", "administrator"])
def test_only_the_planning_division_uses_the_desk(who: str, project_site: Site, project_city: ProjectCity) -> None:
    browser, before = project_site.browser(who), project_city.city.count(t.AuditEntry)
    forms = (
        f"{DESK}/new",
        f"/desk/projects/{project_city.project}/edit",
        *(f"/desk/projects/{project_city.project}/team{part}" for part in ("", "/members", "/dissolve")),
        f"/desk/plans/{PLAN}/events/new",
    )
    assert {browser.post(path).status for path in forms} == {403}
    assert project_city.city.count(t.AuditEntry) == before


def test_the_desk_and_the_plan_lead_to_the_projects(project_site: Site) -> None:
    planner = project_site.browser("planning")
    assert f'href="{DESK}"' in planner.get("/desk").text
    assert f'href="/plans/{PLAN}/projects"' in planner.get(f"/plans/{PLAN}").text


# Teams

FOUNDING = {
    "name": "業務さがしチーム",
    "on": "2026-06-08",
    "reason": "課をまたぐため。",
    "body": "strategy-conference",
}


def user(city: ProjectCity, who: str) -> str:
    return str(city.city.user(who).id)


def test_a_team_is_founded_with_its_reason_and_who_decided(project_site: Site, project_city: ProjectCity) -> None:
    matter_id = project_city.raise_matter("チームを設けること", date(2026, 6, 19))
    with project_city.writing() as (session, _):
        matter, planner = matters.find(session, matter_id), project_city.actor(session, "planning")
        approved = MatterOutcome.APPROVED
        matters.answer(session, project_city.change(), planner, matter, approved, "", "", TODAY, TODAY, CALENDAR)
    page = f"/desk/projects/{project_city.considered}/team"
    browser = project_site.browser("planning")
    members = {
        "leader": user(project_city, "leader"),
        "sub_leader_name": "外部 花子",
        "sub_leader_email": "Hanako@Outside.example",
        "sub_leader_post": "専門人材",
        "member_2": user(project_city, "member"),
    }
    assert browser.post(page, {**FOUNDING, **members, "matter": str(matter_id)}).to == f"{page}?done=founded"
    with project_city.reading() as (session, _):
        project = key_projects.find(session, project_city.considered)
        team = teams.of_day(session, project, TODAY)
        assert team is not None
        assert (project.state, project.begun_on) == (ProjectState.RUNNING, date(2026, 6, 8))
        assert (team.founded_by, team.founded_matter_id) == ("strategy-conference", matter_id)
        sitting = teams.seats_on(session, team, TODAY)
        assert [seat.role for seat in sitting] == [SeatRole.LEADER, SeatRole.SUB_LEADER, SeatRole.MEMBER]
        assert (sitting[1].name, sitting[1].email) == ("外部 花子", "hanako@outside.example")
    told = browser.get(f"/projects/{project_city.considered}").words
    assert "2026年6月8日（月） （デジタル戦略会議の決定） 付議の記録 課をまたぐため。" in told
    assert "外部 花子 サブリーダー 専門人材" in told


def test_a_leader_of_another_rank_is_remarked_but_not_refused(project_site: Site, project_city: ProjectCity) -> None:
    page, browser = f"/desk/projects/{project_city.considered}/team", project_site.browser("planning")
    assert browser.post(page, {**FOUNDING, "leader": user(project_city, "member")}).status == 303
    assert "リーダーは次長級の職員とされています。伊藤 直樹の職は登録上これと違います。" in browser.get(page).words
    right = browser.get(f"/desk/projects/{project_city.project}/team").words
    assert "登録上これと違います" not in right, "that one is led by somebody of the rank"


@pytest.mark.parametrize(
    ("typed", "said", "status"),
    [
        ({"name": ""}, "チームの名称を入力してください。", 422),
        ({"reason": ""}, "理由を入力してください。", 422),
        ({"leader": ""}, "リーダーを選ぶか、氏名を入力してください。", 422),
        ({"leader_name": "外部 太郎"}, "一覧から選ぶか氏名を入力するか、どちらか一方にしてください。", 422),
        ({"leader": "999999"}, "加える人を一覧から選ぶか、氏名を入力してください。", 422),
        ({"member_1_name": "外部", "member_1_email": "x"}, "メールアドレスの形で入力してください", 422),
        ({"on": "2026-06-11"}, "設置の日は、今日までの日付を入力してください。", 409),
        ({"on": "いつか"}, "日付を「2021-02-15」の形で入力してください。", 422),
        ({"body": "nobody"}, "決めた会議体を一覧から選んでください。", 422),
        ({"matter": "999999"}, "付議事項を一覧から選んでください。", 422),
        ({"member_1": "leader"}, "同じ人が二度選ばれているか、すでにこのチームにいます。", 409),
    ],
)
def test_what_keeps_a_team_from_being_founded_is_said_and_nothing_typed_is_lost(
    typed: dict[str, str], said: str, status: int, project_site: Site, project_city: ProjectCity
) -> None:
    values = {**FOUNDING, "leader": user(project_city, "leader"), "member_3_post": "調整役", **typed}
    values = {name: user(project_city, "leader") if value == "leader" else value for name, value in values.items()}
    answer = project_site.browser("planning").post(f"/desk/projects/{project_city.considered}/team", values)
    assert answer.status == status
    assert said in answer.words
    assert answer.field("member_3_post") == "調整役"
    with project_city.reading() as (session, _):
        assert teams.of_project(session, key_projects.find(session, project_city.considered)) == []


def test_somebody_joins_a_team(project_site: Site, project_city: ProjectCity) -> None:
    page, browser = f"/desk/projects/{project_city.project}/team", project_site.browser("planning")
    joining = {"role": "member", "on": "2026-06-10"}
    assert browser.post(f"{page}/members", {**joining, "joiner": user(project_city, "outsider")}).status == 303
    assert project_site.browser("outsider").get(f"/projects/{project_city.project}/trials/new").status == 200
    refused = (
        ({**joining, "joiner": user(project_city, "outsider")}, "すでにこのチームにいます", 409),
        ({**joining, "role": "leader", "joiner_name": "外部 太郎"}, "リーダーはすでにいます。", 409),
        (joining, "加える人を一覧から選ぶか、氏名を入力してください。", 422),
        ({**joining, "role": "chair", "joiner_name": "外部"}, "役割を一覧から選んでください。", 422),
        ({**joining, "on": "2026-05-01", "joiner_name": "外部"}, "チームの設置の日以降の日付を入力してください。", 422),
    )
    for typed, said, status in refused:
        answer = browser.post(f"{page}/members", typed)
        assert (answer.status, said in answer.words) == (status, True), typed
        assert answer.field("joiner_name") == typed.get("joiner_name", "")


def test_a_team_is_dissolved_with_its_reason(project_site: Site, project_city: ProjectCity) -> None:
    page, browser = f"/desk/projects/{project_city.project}/team", project_site.browser("planning")
    refused = browser.post(f"{page}/dissolve", {"on": "2026-05-17", "reason": "早すぎました。"})
    assert refused.status == 409
    assert "廃止の日は、設置の日以降の日付を入力してください。" in refused.words
    assert refused.field("reason") == "早すぎました。"
    ended = {"on": "2026-06-09", "reason": "役目を終えたため。", "body": "strategy-conference", "matter": ""}
    assert browser.post(f"{page}/dissolve", ended).to == f"{page}?done=dissolved"
    with project_city.reading() as (session, project):
        (team,) = teams.of_project(session, project)
        assert (team.dissolved_on, team.dissolved_by) == (date(2026, 6, 9), "strategy-conference")
    told = browser.get(page).words
    assert "以前のチーム 画面越しの窓口チーム" in told
    assert "チームを設置する" in told, "another team may take the project over"
    assert project_site.browser("leader").get(f"/projects/{project_city.project}/trials/new").status == 403


def test_a_seat_that_wants_a_successor_is_shown_to_its_team_and_the_desk(
    project_site: Site, project_city: ProjectCity
) -> None:
    with project_city.writing() as (session, _):
        team = teams.find(session, project_city.team)
        seat = next(s for s in teams.seats_of(session, team) if s.role is SeatRole.SUB_LEADER)
        seat.successor_wanted_on = TODAY
        session.add(seat)
        assert seats.wants_successor(seat)
    address = f"/desk/seats/{seat.id}"
    page = project_site.browser("leader").get(f"/projects/{project_city.project}")
    assert "小林 修（サブリーダー）の後任が決まっていません。" in page.words
    assert f'href="{address}"' in page.text
    assert address not in project_site.browser("member").get(f"/projects/{project_city.project}").text
    desk = project_site.browser("planning").get(DESK)
    assert "リーダー（小林 修の後任）" in desk.words


def test_an_ended_project_founds_no_team(project_site: Site, project_city: ProjectCity) -> None:
    with project_city.writing() as (session, project):
        step = RouteStep(RouteOutcome.STOP, "役目を終えたため。")
        route.take(session, project_city.change(), project, step, TODAY, by="strategy-committee")
        team = teams.find(session, project_city.team)
        decision = teams.TeamDecision("役目を終えたため。")
        teams.dissolve(session, project_city.change(), project, team, decision, BEGUN_ON, TODAY)
    page, browser = f"/desk/projects/{project_city.project}/team", project_site.browser("planning")
    assert "プロジェクトは終了しました。" in browser.get(page).words
    assert browser.post(page, {**FOUNDING, "leader_name": "外部 太郎"}).status == 409


def test_a_plan_without_key_projects_has_no_desk_for_them(project_site: Site, project_city: ProjectCity) -> None:
    with project_city.writing() as (session, project):
        plan = key_projects.plan_of(session, project)
        plan.definition = {**plan.definition, "key_projects": None}
        session.add(plan)
        assert plans.definition_of(plan).key_projects is None
    browser = project_site.browser("planning")
    assert {browser.get(f"{DESK}{part}").status for part in ("", "/new")} == {409}
    assert DESK not in browser.get("/desk").text
