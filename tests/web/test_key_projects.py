"""キープロジェクト in the browser: the projects of a plan, the page of one, and what its team decides there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

import plan_files
from db import tables as t
from db.session import Database
from domain.key_project import Cadence, ProjectState, RouteOutcome, RouteStep, TrialResult
from domain.matter import MatterOutcome
from domain.trial import TrialTexts
from records import check_ins, key_projects, matters, route, trigger_events
from tests.project_city import CALENDAR, GOAL, PLAN, PLAN_FILE, TODAY, ProjectCity
from tests.web.conftest import Answer, Site
from tests.web.small_city import reading

LEARNT = "予約の操作でつまずく人が多く、予約制は合いませんでした。"
FAILED = TrialTexts(
    "予約制の相談", "予約制なら待たせない。", TODAY, TODAY, "一週間受けました。", TrialResult.DID_NOT_WORK, LEARNT
)
NEW_GOAL = "2028年までに、来庁の難しい人の相談をすべて近くの施設で受ける。"


def test_the_projects_of_a_plan_stand_under_their_themes(project_site: Site, project_city: ProjectCity) -> None:
    project_city.try_out(FAILED)
    project_city.answer(project_city.ask())
    page = project_site.browser("outsider").get(f"/plans/{PLAN}/projects")
    first, second, third = (page.text.index(title) for title in ("暮らしやすさUP", "まちの活力UP", "行政サービス力UP"))
    assert page.status == 200
    assert first < page.text.index("画面越しの窓口") < second < third < page.text.index("なくせる業務さがし")
    assert "このテーマのプロジェクトはまだありません。" in page.text[second:third]
    assert "近くの施設から画面越しに相談できれば" in page.words
    assert "最近の状況確認 2026年6月10日（水） 道を探している 次の状況確認 2026年6月18日（木）" in page.words
    assert "待っていること チームの設置" in page.words, "a project that is only considered waits for its team"
    assert page.words.count("サンプル") == 3


def test_a_trial_that_did_not_work_is_knowledge_and_no_alarm(project_site: Site, project_city: ProjectCity) -> None:
    project_city.try_out(FAILED)
    browser = project_site.browser("outsider")
    for path in (f"/plans/{PLAN}/projects", f"/projects/{project_city.project}"):
        page = browser.get(path)
        assert "trial--did_not_work" in page.text
        assert "うまくいかなかった（分かったことあり）" in page.words
        assert "badge--late" not in page.text
        assert "badge--returned" not in page.text
    assert LEARNT in browser.get(f"/projects/{project_city.project}").words


def test_a_plan_whose_projects_are_unknown_says_what_a_key_project_is(empty_database: Database) -> None:
    client = reading(empty_database, plan_files.read_plan(PLAN_FILE))
    page = client.get(f"/plans/{PLAN}/projects").text
    assert "課をまたいで取り組む重点の課題です" in page
    assert "別冊にあり、登録された資料には含まれていません（記載なし）" in page


def test_a_plan_without_key_projects_has_no_such_page(empty_database: Database) -> None:
    client = reading(empty_database, plan_files.read_plan(PLAN_FILE.with_name("iizuka-ict.yaml")))
    assert client.get("/plans/iizuka-ict/projects").status == 404
    assert "/projects" not in client.get("/plans/iizuka-ict").text


def pages_of(city: ProjectCity, check_in: int, trial: int) -> dict[str, str]:
    """Every page of key projects, and who may open it: everybody, who writes, who decides, or the planning division."""
    project = f"/projects/{city.project}"
    return {
        **dict.fromkeys((f"/plans/{PLAN}/projects", project, f"{project}/route.svg"), "everybody"),
        **dict.fromkeys((f"{project}/report", f"/check-ins/{check_in}", f"/trials/{trial}"), "everybody"),
        **dict.fromkeys((f"{project}/trials/new", f"{project}/events/new"), "writers"),
        **dict.fromkeys((f"{project}/decisions/new", f"{project}/decisions/new?outcome=stop"), "deciders"),
        **dict.fromkeys((f"/desk/plans/{PLAN}/{part}" for part in ("projects", "projects/new", "events/new")), "desk"),
        **dict.fromkeys((f"/desk{project}/edit", f"/desk{project}/team"), "desk"),
    }


MAY = {
    "leader": ("everybody", "writers", "deciders"),
    "sub_leader": ("everybody", "writers", "deciders"),
    "member": ("everybody", "writers"),
    "outsider": ("everybody",),
    "administrator": ("everybody",),
    "planning": ("everybody", "writers", "deciders", "desk"),
    "neighbours_planning": (),
}


@pytest.mark.parametrize("who", MAY)
def test_each_page_opens_for_whom_it_is_meant(who: str, project_site: Site, project_city: ProjectCity) -> None:
    pages = pages_of(project_city, project_city.ask(), project_city.try_out(FAILED))
    browser = project_site.browser(who)
    expected = {path: 200 if of in MAY[who] else 404 if not MAY[who] else 403 for path, of in pages.items()}
    assert {path: browser.get(path).status for path in pages} == expected


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(project_site: Site, project_city: ProjectCity) -> None:
    for path in pages_of(project_city, project_city.ask(), project_city.try_out(FAILED)):
        found = project_site.stranger().get(path.partition("?")[0])
        assert (found.status, found.to.partition("?")[0]) == (303, "/sign-in"), path


def test_the_neighbours_projects_are_not_to_be_found(project_site: Site, project_city: ProjectCity) -> None:
    browser = project_site.browser("planning")
    theirs = (f"/projects/{project_city.neighbours_project}", f"/check-ins/{project_city.neighbours_check_in}")
    assert [browser.get(path).status for path in theirs] == [404, 404]
    assert browser.post(theirs[1], {"action": "save", "revision": "0"}).status == 404


def test_looking_changes_nothing(project_site: Site, project_city: ProjectCity) -> None:
    pages = pages_of(project_city, project_city.ask(), project_city.try_out(FAILED))
    before = project_city.city.count(t.AuditEntry, t.Outbox)
    browser = project_site.browser("planning")
    assert {browser.get(path).status for path in pages} == {200}
    assert project_city.city.count(t.AuditEntry, t.Outbox) == before


def test_no_form_is_taken_without_the_token_of_its_session(project_site: Site, project_city: ProjectCity) -> None:
    check_in, trial = project_city.ask(), project_city.try_out(FAILED)
    project = f"/projects/{project_city.project}"
    before = project_city.city.count(t.AuditEntry)
    browser = project_site.browser("planning")
    forms = (
        *(f"{project}/{part}" for part in ("cadence", "check-ins", "indicators", "decisions/new", "trials/new")),
        *(f"/desk{project}/{part}" for part in ("edit", "team", "team/members", "team/dissolve")),
        *(f"/desk/plans/{PLAN}/{part}" for part in ("projects/new", "events/new")),
        *(f"/check-ins/{check_in}", f"/trials/{trial}", f"{project}/events/new"),
    )
    assert {browser.post(path, csrf=False).status for path in forms} == {403}
    assert project_city.city.count(t.AuditEntry) == before


def test_the_route_is_a_picture_that_is_told_in_words_too(project_site: Site, project_city: ProjectCity) -> None:
    project_city.try_out(FAILED)
    browser = project_site.browser("outsider")
    page = browser.get(f"/projects/{project_city.project}")
    picture = browser.client.get(f"/projects/{project_city.project}/route.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    assert f'src="/projects/{project_city.project}/route.svg" alt="' in page.text
    assert "図の内容を文字で読む" in page.words
    assert "予約制の相談" in page.words


@pytest.mark.parametrize(
    ("format", "kind"),
    [("html", "text/html"), ("docx", "application/vnd.openxmlformats"), ("pdf", "application/pdf")],
)
def test_the_report_is_made_when_somebody_asks(
    format: str, kind: str, project_site: Site, project_city: ProjectCity
) -> None:
    browser = project_site.browser("outsider")
    found = browser.client.get(f"/projects/{project_city.project}/report?format={format}")
    assert (found.status_code, found.headers["content-type"].startswith(kind)) == (200, True)
    assert browser.get(f"/projects/{project_city.project}/report?format=xlsx").status == 404


# What the team sets


def test_the_team_changes_its_cadence_at_any_time(project_site: Site, project_city: ProjectCity) -> None:
    browser, page = project_site.browser("member"), f"/projects/{project_city.project}"
    assert browser.post(f"{page}/cadence", {"cadence": "weekly"}).to == f"{page}?done=cadence#check-ins"
    with project_city.reading() as (session, project):
        assert (project.cadence, project.cadence_since) == (Cadence.WEEKLY, TODAY)
        call = check_ins.next_call(session, project, CALENDAR)
        assert call is not None
        assert call.on == TODAY + timedelta(days=7)
    assert "間隔：毎週" in browser.get(page).words


def test_a_cadence_that_does_not_exist_is_refused(project_site: Site, project_city: ProjectCity) -> None:
    answer = project_site.browser("member").post(f"/projects/{project_city.project}/cadence", {"cadence": "hourly"})
    assert answer.status == 422
    assert "状況確認の間隔を一つ選んでください。" in answer.words


def test_a_team_looks_now_if_it_wants_to(project_site: Site, project_city: ProjectCity) -> None:
    form = project_site.browser("member").post(f"/projects/{project_city.project}/check-ins").to
    with project_city.reading() as (session, project):
        asked = check_ins.open_of(session, project)
        assert asked is not None
        assert form == f"/check-ins/{asked.id}"
        waiting = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == project.workflow_id)).all()
        assert len(waiting) >= 2, "the project's process is told to look again"


@pytest.mark.parametrize("form", ["cadence", "check-ins", "indicators", "trials/new", "events/new", "decisions/new"])
def test_only_its_team_and_the_coordinating_section_write_for_a_project(
    form: str, project_site: Site, project_city: ProjectCity
) -> None:
    before = project_city.city.count(t.AuditEntry)
    typed = {"cadence": "weekly", "label": "件数", "direction": "higher", "title": "何か", "outcome": "continue"}
    assert project_site.browser("outsider").post(f"/projects/{project_city.project}/{form}", typed).status == 403
    assert project_city.city.count(t.AuditEntry) == before


def test_an_indicator_that_is_refused_stays_as_it_was_typed(project_site: Site, project_city: ProjectCity) -> None:
    page = f"/projects/{project_city.project}"
    typed = {"label": "相談の件数", "unit": "件", "direction": "higher", "target": "たくさん"}
    refused = project_site.browser("member").post(f"{page}/indicators", typed)
    assert refused.status == 422
    assert "目標値は数字で入力してください" in refused.words
    assert refused.field("label") == "相談の件数"
    assert refused.field("target") == "たくさん"
    taken = project_site.browser("member").post(f"{page}/indicators", {**typed, "target": "５０"})
    assert taken.to == f"{page}?done=indicator#figures"
    with project_city.reading() as (session, project):
        (indicator,) = key_projects.indicators_of(session, project)
        assert (indicator.label, indicator.unit, indicator.target) == ("相談の件数", "件", Decimal(50))
    twice = project_site.browser("member").post(f"{page}/indicators", {**typed, "target": ""})
    assert twice.status == 409
    assert "同じ名称の指標がすでにあります" in twice.words


# How to go on


def decide(site: Site, city: ProjectCity, outcome: str, who: str = "leader", **typed: str) -> Answer:
    path = f"/projects/{city.project}/decisions/new"
    return site.browser(who).post(path, {"outcome": outcome, **typed})


def test_the_team_itself_changes_the_path(project_site: Site, project_city: ProjectCity) -> None:
    path = "予約なしで試します。"
    answer = decide(project_site, project_city, "change_path", reason="予約制は合わなかったため。", path=path)
    assert answer.to == f"/projects/{project_city.project}?done=decided#route"
    with project_city.reading() as (session, project):
        (decision,) = route.of_project(session, project)
        assert (decision.outcome, decision.decided_by, project.path) == (RouteOutcome.CHANGE_PATH, "", path)


def test_a_decision_without_reason_or_path_says_both_at_once(project_site: Site, project_city: ProjectCity) -> None:
    answer = decide(project_site, project_city, "change_path", path="", reason="")
    assert answer.status == 422
    assert "理由を入力してください。" in answer.words
    assert "これからの道筋を入力してください。" in answer.words
    with project_city.reading() as (session, project):
        assert route.of_project(session, project) == []


def test_what_a_body_decides_is_laid_before_it_with_what_is_proposed(
    project_site: Site, project_city: ProjectCity
) -> None:
    project_city.try_out(FAILED)
    form = project_site.browser("leader").get(f"/projects/{project_city.project}/decisions/new?outcome=change_goal")
    assert "これはデジタル戦略委員会が決めることです。" in form.words
    assert LEARNT in form.field("papers"), "what the record knows is filled in"
    typed = {name: form.field(name) for name in ("title", "question", "papers", "wanted_by", "path")}
    answer = decide(project_site, project_city, "change_goal", reason="対象を絞るため。", goal=NEW_GOAL, **typed)
    assert answer.to == f"/projects/{project_city.project}?done=raised#matters"
    with project_city.reading() as (session, project):
        (matter,) = matters.of_project(session, project)
        proposed = matters.proposal_of(matter)
        assert proposed is not None
        assert (proposed.outcome, proposed.goal) == (RouteOutcome.CHANGE_GOAL, NEW_GOAL)
        assert (matter.body, project.goal) == ("strategy-committee", GOAL), "nothing is decided yet"
    page = project_site.browser("outsider").get(answer.to.partition("#")[0]).words
    assert "デジタル戦略委員会" in page
    assert "審議中" in page


def test_an_old_goal_stays_visible_beside_the_new_one(project_site: Site, project_city: ProjectCity) -> None:
    step = RouteStep(RouteOutcome.CHANGE_GOAL, "対象を絞るため。", goal=NEW_GOAL)
    matter_id = project_city.raise_matter("目標を変えること", date(2026, 6, 19), step)
    with project_city.writing() as (session, _):
        matter, planner = matters.find(session, matter_id), project_city.actor(session, "planning")
        change = project_city.change()
        matters.answer(session, change, planner, matter, MatterOutcome.APPROVED, "", "", TODAY, TODAY, CALENDAR)
    page = project_site.browser("outsider").get(f"/projects/{project_city.project}").words
    assert f"いまの目標 {NEW_GOAL}" in page
    assert f"以前の目標 {GOAL} 2026年5月11日（月）から2026年6月10日（水）まで" in page
    assert "対象を絞るため。 デジタル戦略委員会" in page


def test_a_project_merges_only_into_another_one_that_runs(project_site: Site, project_city: ProjectCity) -> None:
    matter = {"title": "統合", "question": "統合してよいか", "wanted_by": "2026-06-19", "reason": "重なるため。"}
    form = project_site.browser("leader").get(f"/projects/{project_city.project}/decisions/new?outcome=merge")
    assert f'<option value="{project_city.other}"' in form.text
    assert f'<option value="{project_city.considered}"' not in form.text
    for target in ("", str(project_city.project), str(project_city.considered), "x"):
        answer = decide(project_site, project_city, "merge", merged_into=target, **matter)
        assert answer.status in (409, 422), target
        assert "統合先のプロジェクトを一覧から選んでください。" in answer.words
        assert answer.field("question") == "統合してよいか"
    assert decide(project_site, project_city, "merge", merged_into=str(project_city.other), **matter).status == 303


def test_a_matter_that_is_wanted_today_is_refused_and_keeps_what_was_typed(
    project_site: Site, project_city: ProjectCity
) -> None:
    typed = {
        "title": "やめること",
        "question": "やめてよいか",
        "reason": "役目を終えたため。",
        "wanted_by": "2026-06-10",
    }
    answer = decide(project_site, project_city, "stop", **typed)
    assert answer.status == 422
    assert "回答がほしい日は、明日以降の日付を入力してください。" in answer.words
    assert answer.field("reason") == "役目を終えたため。"


def test_only_who_leads_decides(project_site: Site, project_city: ProjectCity) -> None:
    assert decide(project_site, project_city, "continue", "member").status == 403
    assert decide(project_site, project_city, "continue", "sub_leader").status == 303


def test_an_ended_project_is_only_read(project_site: Site, project_city: ProjectCity) -> None:
    check_in = project_city.ask()
    with project_city.writing() as (session, project):
        step = RouteStep(RouteOutcome.STOP, "役目を終えたため。")
        route.take(session, project_city.change(), project, step, TODAY, by="strategy-committee")
    browser, page = project_site.browser("leader"), f"/projects/{project_city.project}"
    found = browser.get(page)
    assert found.status == 200
    assert "に終了" in found.words
    assert "/decisions/new" not in found.text
    assert "/trials/new" not in found.text
    assert "プロジェクトが終了したため、回答は不要になりました。" in browser.get(f"/check-ins/{check_in}").words
    assert browser.get(f"{page}/decisions/new").status == 409
    assert decide(project_site, project_city, "continue").status == 409
    assert browser.post(f"{page}/cadence", {"cadence": "weekly"}).status == 409
    with project_city.reading() as (_, project):
        assert (project.state, project.cadence) == (ProjectState.ENDED, Cadence.MONTHLY)


# Events


EVENT = {
    "kind": "system_deadline",
    "title": "標準化の期限",
    "description": "",
    "happened_on": "2026年12月28日",
    "calls_on": "2026-11-30",
}


def test_a_deadline_that_is_known_ahead_calls_for_a_check_before_it(
    project_site: Site, project_city: ProjectCity
) -> None:
    page = f"/projects/{project_city.project}"
    assert project_site.browser("member").post(f"{page}/events/new", EVENT).to == f"{page}?done=event#events"
    with project_city.reading() as (session, project):
        (event,) = trigger_events.to_call(session, project)
        assert (event.happened_on, event.calls_on) == (date(2026, 12, 28), date(2026, 11, 30))
    assert "標準化の期限" in project_site.browser("outsider").get(page).words


def test_an_event_that_is_refused_stays_as_it_was_typed(project_site: Site, project_city: ProjectCity) -> None:
    form = f"/projects/{project_city.project}/events/new"
    answer = project_site.browser("member").post(form, {**EVENT, "calls_on": "2026-06-09", "description": "移行の締切"})
    assert answer.status == 422
    assert "状況確認を求める日は、今日以降の日付を入力してください。" in answer.words
    assert answer.field("description") == "移行の締切"
    assert answer.field("calls_on") == "2026-06-09"
    answer = project_site.browser("member").post(form, {**EVENT, "kind": "", "title": "", "happened_on": "いつか"})
    said = (
        "出来事の種類を一つ選んでください。",
        "出来事の名称を入力してください。",
        "日付を「2021-02-15」の形で入力してください。",
    )
    assert all(text in answer.words for text in said)


def test_an_event_of_a_theme_concerns_the_projects_below_it(project_site: Site, project_city: ProjectCity) -> None:
    form, planner = f"/desk/plans/{PLAN}/events/new", project_site.browser("planning")
    theme = str(project_city.node("3").id)
    assert planner.post(form, {**EVENT, "scope": theme}).to == f"/desk/plans/{PLAN}/projects?done=event"
    with project_city.reading() as (session, project):
        assert trigger_events.to_call(session, project) == [], "it serves other themes"
    assert planner.post(form, {**EVENT, "scope": ""}).status == 303
    with project_city.reading() as (session, project):
        assert [event.node_id for event in trigger_events.to_call(session, project)] == [None]
    assert planner.post(form, {**EVENT, "scope": "x"}).status == 422
    assert "行政サービス力UP" in planner.get(f"/desk/plans/{PLAN}/projects").words
