"""What the report of a key project says of the record: two years in which everything happens, and a first day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import docx
import pypdf
import pytest
from sqlmodel import Session, select

from db import tables as t
from documents.formats import Format
from documents.key_project_report import KeyProjectReport
from domain.body import SeatRole
from domain.calendar import JST
from domain.indicator import IndicatorDirection
from domain.key_project import (
    CheckInReason,
    EventKind,
    ProjectState,
    RouteOutcome,
    RouteStep,
    TrialResult,
)
from domain.ladder import Rank
from domain.matter import MatterOutcome, MatterState, StageOrigin
from domain.route import CheckInStanding
from domain.trial import TrialTexts
from records import check_ins, key_project_report, key_projects, matters, people, route, seats, teams, trigger_events
from records.seats import Sitter
from records.teams import TeamDecision
from tests.project_city import BEGUN_ON, CALENDAR, GOAL, MARK, OPENED_ON, PATH, TEXTS, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template

__all__ = ["project_city", "project_city_template"]

NEW_PATH = "職員が地域の集まりに端末を持って出向く。"
NEW_GOAL = "来庁が難しい方の相談を、途切れずに受けられる。"
ENDED_ON = date(2028, 5, 12)
ISSUED_ON = date(2028, 5, 31)


def tried(title: str, on: date, result: TrialResult, learning: str, abolishes: str = "") -> TrialTexts:
    return TrialTexts(title, "仮説", on, on, "したこと", result, learning, "次", abolishes)


def two_years(city: ProjectCity) -> None:
    """Founded; two trials that did not work; the path changes; a matter goes up twice unanswered and changes the goal;
    the leader is replaced; an event calls for a check; the project stops and its team is dissolved.
    """
    first = city.ask(date(2026, 6, 1))
    city.answer(first, on=date(2026, 6, 3))
    late = city.ask(date(2026, 7, 1))
    city.answer(late, on=date(2026, 7, 20))
    city.try_out(tried("一室に画面", date(2026, 7, 1), TrialResult.DID_NOT_WORK, "不安が大きい。"), on=date(2026, 7, 1))
    city.try_out(
        tried("予約制", date(2026, 8, 3), TrialResult.DID_NOT_WORK, "待ち時間は理由でない。"), on=date(2026, 8, 3)
    )
    with city.writing() as (session, project):
        step = RouteStep(RouteOutcome.CHANGE_PATH, "待つより出向くほうが届くため。", path=NEW_PATH)
        route.decide(session, city.change("leader"), city.rights(session, "leader"), project, step, date(2026, 9, 1))
    change_goal(city)
    with city.writing() as (session, _):
        leader = session.exec(select(t.Seat).where(t.Seat.team_id == city.team, t.Seat.role == SeatRole.LEADER)).one()
        successor = city.city.user("outsider")
        general = city.city.departments["general"]
        for held in session.exec(select(t.Appointment).where(t.Appointment.user_id == successor.id)):
            held.valid_until = date(2027, 3, 31)
        session.add(
            t.Appointment(
                user_id=successor.id, department_id=general, rank=Rank.DEPUTY_DIRECTOR, valid_from=date(2027, 4, 1)
            )
        )
        seats.replace(session, city.change(), leader, Sitter(user=successor.id), date(2027, 4, 1))
    city.try_out(
        tried("申請書なし", date(2027, 5, 6), TrialResult.WORKED, "書類はいらない。", "交付申請書の受付"),
        on=date(2027, 5, 6),
    )
    event_and_figures(city)
    city.ask(date(2028, 5, 1))
    stop(city)


def change_goal(city: ProjectCity) -> None:
    """The committee and the conference do not answer, the policy council does."""
    step = RouteStep(RouteOutcome.CHANGE_GOAL, "つながりを途切れさせないことが大切なため。", goal=NEW_GOAL)
    raised = city.raise_matter("目標を変えること", date(2027, 1, 29), step, on=date(2027, 1, 12))
    for _ in range(2):
        with city.writing() as (session, _project):
            matter = matters.find(session, raised)
            on = matters.goes_up_on(session, matter, CALENDAR)
            assert on is not None
            assert matters.go_up(session, city.change(), matter, on, CALENDAR)
    with city.writing() as (session, _project):
        matter = matters.find(session, raised)
        on = matters.waiting_stage(session, matter).due_on
        answer(session, city, matter, "割合も見ること。", on)


def answer(session: Session, city: ProjectCity, matter: t.Matter, comment: str, on: date) -> None:
    actor = people.actor_of(session, city.city.user("planning"), on)
    matters.answer(session, city.change(), actor, matter, MatterOutcome.APPROVED, comment, "議事要旨", on, on, CALENDAR)


def event_and_figures(city: ProjectCity) -> None:
    on = date(2027, 8, 2)
    with city.writing() as (session, project):
        plan = key_projects.plan_of(session, project)
        event = trigger_events.register(
            session, city.change(), plan, EventKind.GUIDELINE, "国の手順書の改定", "章が増えました。", on, on, on
        )
        asked = check_ins.ask(session, city.change(), project, CheckInReason.EVENT, on, CALENDAR, event=event).id
        indicator = key_projects.add_indicator(
            session, city.change(), project, "続いた割合", "％", IndicatorDirection.HIGHER, Decimal(80), on
        )
        key_projects.measure(session, city.change(), project, indicator, Decimal("62.5"), on)
    city.answer(asked, "outsider", on=date(2027, 8, 4))


def stop(city: ProjectCity) -> None:
    step = RouteStep(RouteOutcome.STOP, "各課の通常の仕事になったため。")
    raised = city.raise_matter("やめること", ENDED_ON, step, who="outsider", on=date(2028, 5, 8))
    with city.writing() as (session, _project):
        answer(session, city, matters.find(session, raised), "", ENDED_ON)
    with city.writing() as (session, project):
        team = teams.find(session, city.team)
        decision = TeamDecision("プロジェクトが終わったため", "strategy-conference")
        teams.dissolve(session, city.change(), project, team, decision, date(2028, 5, 19), date(2028, 5, 19))


@pytest.fixture
def ended(project_city: ProjectCity) -> ProjectCity:
    two_years(project_city)
    return project_city


def report_of(city: ProjectCity, today: date = ISSUED_ON, language: str = "ja") -> KeyProjectReport:
    with city.reading() as (session, project):
        return key_project_report.gather_report(session, project, today, language)


def test_the_report_says_what_the_project_is_and_how_it_ended(ended: ProjectCity) -> None:
    report = report_of(ended)
    assert (report.municipality, report.title, report.state) == ("所沢市", "画面越しの窓口", ProjectState.ENDED)
    assert (report.hypothesis, report.beneficiaries) == (TEXTS.hypothesis, TEXTS.beneficiaries)
    assert [served.split()[0] for served in report.serves] == ["1-1", "1-3"]
    assert (report.opened_on, report.closed_on) == (OPENED_ON, ENDED_ON)
    assert (report.first_goal, report.goal) == (GOAL, NEW_GOAL)
    assert (report.first_path, report.path) == (PATH, NEW_PATH)
    assert MARK in report.marks
    assert report.ending is not None
    assert (report.ending.outcome, report.ending.reason) == (RouteOutcome.STOP, "各課の通常の仕事になったため。")


def test_decisions_say_who_decided_and_goal_and_path_only_where_they_are_new(ended: ProjectCity) -> None:
    path, goal, stopped = report_of(ended).decisions
    assert (path.decided_by, path.matter, path.goal, path.path) == ("", None, "", NEW_PATH)
    assert (goal.decided_by, goal.matter, goal.goal, goal.path) == ("政策会議", 1, NEW_GOAL, "")
    assert (stopped.decided_by, stopped.matter, stopped.goal) == ("デジタル戦略委員会", 2, "")


def test_a_matter_that_went_up_twice_unanswered_is_told_stage_by_stage(ended: ProjectCity) -> None:
    matter = report_of(ended).matters[0]
    assert matter.state is MatterState.ANSWERED
    assert [s.body for s in matter.stages] == ["デジタル戦略委員会", "デジタル戦略会議", "政策会議"]
    assert [s.outcome for s in matter.stages] == [
        MatterOutcome.UNANSWERED,
        MatterOutcome.UNANSWERED,
        MatterOutcome.APPROVED,
    ]
    assert [s.origin for s in matter.stages] == [StageOrigin.RAISED, StageOrigin.UNANSWERED, StageOrigin.UNANSWERED]
    assert matter.stages[-1].comment == "割合も見ること。"


def test_trials_are_told_in_order_with_what_could_be_given_up(ended: ProjectCity) -> None:
    trials = report_of(ended).trials
    assert [r.result for r in trials] == [TrialResult.DID_NOT_WORK, TrialResult.DID_NOT_WORK, TrialResult.WORKED]
    assert [r.learning for r in trials] == ["不安が大きい。", "待ち時間は理由でない。", "書類はいらない。"]
    assert trials[-1].abolishes == "交付申請書の受付"


def test_check_ins_are_told_by_standing_and_in_the_words_in_which_they_were_asked(ended: ProjectCity) -> None:
    found = report_of(ended).check_ins
    assert [c.standing for c in found] == [
        CheckInStanding.ON_TIME,
        CheckInStanding.LATE,
        CheckInStanding.ON_TIME,
        CheckInStanding.DROPPED,
    ]
    said = {s.question: s.answer for s in found[0].said}
    assert said["いまの状態"] == "道を探している", "a choice is told by its label"
    assert said["分かったこと"].startswith("隣に職員がいると")
    assert found[-1].said == ()


def test_a_draft_that_was_not_sent_in_is_not_told(project_city: ProjectCity) -> None:
    asked = project_city.ask()
    with project_city.writing() as (session, _):
        row = check_ins.find(session, asked)
        rights = project_city.rights(session, "member")
        check_ins.save_draft(session, project_city.change("member"), rights, row, {"tried": "まだ内緒"}, row.revision)
    assert report_of(project_city, date(2026, 6, 10)).check_ins[0].said == ()


def test_an_event_is_told_with_the_check_it_called_for(ended: ProjectCity) -> None:
    (event,) = report_of(ended).events
    assert (event.kind, event.title, event.check_in) == (EventKind.GUIDELINE, "国の手順書の改定", 3)


def test_an_event_after_the_end_is_no_part_of_the_report(ended: ProjectCity) -> None:
    on = date(2028, 5, 22)
    with ended.writing() as (session, project):
        plan = key_projects.plan_of(session, project)
        trigger_events.register(session, ended.change(), plan, EventKind.DISASTER, "台風", "", on, on, on)
    assert [event.title for event in report_of(ended).events] == ["国の手順書の改定"]


def test_the_team_is_told_with_who_followed_the_leader_in_which_post(ended: ProjectCity) -> None:
    (team,) = report_of(ended).teams
    before, after = (s for s in team.seats if s.role is SeatRole.LEADER)
    assert (before.name, before.post, before.until) == ("大野 恵子", "市民課 次長", date(2027, 3, 31))
    assert before.successor == "森 由美"
    assert (after.name, after.post, after.since) == ("森 由美", "総務課 次長", date(2027, 4, 1))
    assert (team.founded_on, team.founded_by) == (BEGUN_ON, "デジタル戦略会議")
    assert (team.dissolved_on, team.dissolved_by) == (date(2028, 5, 19), "デジタル戦略会議")


def test_figures_are_told_with_their_values(ended: ProjectCity) -> None:
    (figure,) = report_of(ended).figures
    assert (figure.label, figure.unit, figure.target) == ("続いた割合", "％", Decimal(80))
    assert figure.values == ((date(2027, 8, 2), Decimal("62.5")),)


def test_the_route_shows_the_path_that_was_left_the_old_goal_and_the_end(ended: ProjectCity) -> None:
    found = report_of(ended).route
    assert [lane.path for lane in found.lanes] == [PATH, NEW_PATH]
    assert [goal.goal for goal in found.goals] == [GOAL, NEW_GOAL]
    assert len(found.dead_ends) == 1
    assert [point.lane for point in found.trials] == [1, 1, 2]
    assert found.ending is not None
    assert found.ending.on == ENDED_ON
    assert found.mark == MARK
    with ended.reading() as (session, project):
        assert key_project_report.route(session, project, ISSUED_ON) == found


def test_a_project_that_was_merged_names_the_one_that_took_it_over(project_city: ProjectCity) -> None:
    with project_city.writing() as (session, project):
        step = RouteStep(RouteOutcome.MERGE, "同じ相手のため。", merged_into=project_city.other)
        route.take(session, project_city.change(), project, step, date(2026, 6, 10), by="strategy-committee")
    report = report_of(project_city, date(2026, 6, 30))
    assert report.merged_into == "届くお知らせ"
    assert report.route.ending is not None
    assert report.route.ending.merged_into == "届くお知らせ"


def test_of_a_project_under_consideration_the_report_says_what_there_is(project_city: ProjectCity) -> None:
    with project_city.reading() as (session, _):
        considered = key_projects.find(session, project_city.considered)
        report = key_project_report.gather_report(session, considered, OPENED_ON)
    assert (report.state, report.teams, report.decisions, report.events) == (ProjectState.CONSIDERED, (), (), ())


def test_another_projects_record_stays_out_of_it(ended: ProjectCity) -> None:
    with ended.reading() as (session, _):
        other = key_projects.find(session, ended.other)
        report = key_project_report.gather_report(session, other, ISSUED_ON)
    assert (report.trials, report.matters, report.check_ins, report.decisions) == ((), (), (), ())
    assert [team.name for team in report.teams] == ["お知らせチーム"]
    assert [(s.name, s.post) for s in report.teams[0].seats] == [("外部 太郎", "専門人材")]


def test_in_english_names_are_those_of_the_plan(ended: ProjectCity) -> None:
    report = report_of(ended, language="en")
    assert report.title == "Counter by screen"
    assert report.municipality == "Tokorozawa City"
    assert all(stage.body.isascii() for matter in report.matters for stage in matter.stages)


def test_the_gathered_document_is_set_without_the_record(ended: ProjectCity) -> None:
    with ended.reading() as (session, project):
        gathered = key_project_report.gather(session, project, ISSUED_ON)
    assert gathered.kind == "key-project-report"
    assert gathered.formats == (Format.HTML, Format.DOCX, Format.PDF)
    html = gathered.render(Format.HTML).decode()
    word = docx.Document(BytesIO(gathered.render(Format.DOCX)))
    pages = pypdf.PdfReader(BytesIO(gathered.render(Format.PDF))).pages
    assert "各課の通常の仕事になったため。" in html
    assert any(p.text == "画面越しの窓口" for p in word.paragraphs)
    assert "キープロジェクト報告書" in pages[0].extract_text()


def test_the_report_of_today_is_dated_by_the_plans_day(project_city: ProjectCity) -> None:
    at = datetime(2026, 6, 10, 9, 0, tzinfo=JST)
    assert report_of(project_city, at.date()).issued_on == at.date()
