"""付議事項 in the record: what a body may answer, the way up, and what an approval takes with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from db import tables as t
from domain.inquiry import InquiryKind
from domain.key_project import ProjectState, RouteOutcome, RouteStep
from domain.matter import MatterOutcome, MatterState, StageOrigin
from domain.project_rights import ProjectRights
from records import inquiries, key_projects, matters, route, secretariats
from records.change import Conflict, NotAllowed
from tests.project_city import CALENDAR, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template

__all__ = ["project_city", "project_city_template"]

COMMITTEE, CONFERENCE, COUNCIL = "strategy-committee", "strategy-conference", "policy-council"
WANTED = date(2026, 6, 24)  # a Wednesday, ten business days after the matter is raised
GOES_UP = date(2026, 7, 1)  # five business days later
NEW_GOAL = "2030年までに、相談の三割を来庁なしで終える。"
CHANGE_GOAL = RouteStep(RouteOutcome.CHANGE_GOAL, "半分は遠いと分かったため", goal=NEW_GOAL)
STOP = RouteStep(RouteOutcome.STOP, "使う人がいないと分かったため")
NO_RIGHTS = ProjectRights(frozenset(), False)


def answer(
    city: ProjectCity,
    matter: int,
    outcome: MatterOutcome,
    comment: str = "",
    who: str = "planning",
    on: date = TODAY,
    decided_on: date | None = None,
    instead: RouteStep | None = None,
) -> None:
    with city.writing() as (session, _):
        matters.answer(
            session,
            city.change(who),
            city.actor(session, who, on),
            matters.find(session, matter, lock=True),
            outcome,
            comment,
            "",
            decided_on or on,
            on,
            CALENDAR,
            instead=instead,
        )


def go_up(city: ProjectCity, matter: int, on: date) -> bool:
    with city.writing() as (session, _):
        return matters.go_up(session, city.change(), matters.find(session, matter), on, CALENDAR)


def turns(city: ProjectCity, matter: int) -> list[tuple[str, MatterOutcome | None]]:
    with city.reading() as (session, _):
        return [(s.body, s.outcome) for s in matters.stages_of(session, matters.find(session, matter))]


def state(city: ProjectCity, matter: int) -> MatterState:
    with city.reading() as (session, _):
        return matters.find(session, matter).state


def waiting_inquiry(session: Session, matter: t.Matter) -> t.Inquiry:
    [found] = inquiries.open_of_process(session, matter.workflow_id)
    return found


def told(session: Session, matter: t.Matter) -> int:
    """How often the matter's process is told to look again."""
    return len(session.exec(select(t.Outbox).where(t.Outbox.workflow_id == matter.workflow_id)).all())


def test_a_matter_comes_before_the_first_body_of_the_line_and_waits_there(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with project_city.reading() as (session, _):
        row = matters.find(session, matter)
        [stage] = matters.stages_of(session, row)
        assert (row.number, row.body, row.state) == (1, COMMITTEE, MatterState.PENDING)
        assert (stage.body_name, stage.origin) == ("デジタル戦略委員会", StageOrigin.RAISED)
        assert (stage.arrived_on, stage.due_on) == (TODAY, WANTED)
        asked = waiting_inquiry(session, row)
        assert (asked.kind, asked.stage_id, asked.due_on) == (InquiryKind.MATTER, stage.id, WANTED)
        [start] = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == row.workflow_id)).all()
        assert (start.is_start, start.name) == (True, "MatterWorkflow")


def test_an_answer_wanted_on_a_closed_day_is_due_on_the_next_business_day(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", date(2026, 6, 27))  # a Saturday
    with project_city.reading() as (session, _):
        assert matters.waiting_stage(session, matters.find(session, matter)).due_on == date(2026, 6, 29)


@pytest.mark.parametrize("who", ["member", "outsider", "administrator"])
def test_only_who_leads_a_project_or_coordinates_it_raises_a_matter(project_city: ProjectCity, who: str) -> None:
    with pytest.raises(NotAllowed):
        project_city.raise_matter("範囲を広げるか", WANTED, who=who)
    for allowed in ("sub_leader", "planning"):
        project_city.raise_matter("範囲を広げるか", WANTED, who=allowed)


@pytest.mark.parametrize(
    ("title", "question", "wanted_by", "reason"),
    [
        (" ", "よろしいか。", WANTED, "matter_title_missing"),
        ("広げるか", "\n", WANTED, "matter_question_missing"),
        ("広げるか", "よろしいか。", TODAY, "wanted_by_passed"),
    ],
)
def test_a_matter_without_its_question_or_its_time_is_not_raised(
    project_city: ProjectCity, title: str, question: str, wanted_by: date, reason: str
) -> None:
    with project_city.writing() as (session, project):
        plan, rights = key_projects.plan_of(session, project), project_city.rights(session, "leader")
        with pytest.raises(Conflict, match=reason):
            matters.raise_matter(
                session, project_city.change(), rights, plan, title, question, "", wanted_by, TODAY, CALENDAR
            )
        assert matters.of_plan(session, plan) == []


def test_a_proposal_that_says_no_new_goal_is_not_raised(project_city: ProjectCity) -> None:
    with pytest.raises(Conflict, match="goal_missing"):
        project_city.raise_matter("目標を変える", WANTED, RouteStep(RouteOutcome.CHANGE_GOAL, "遠いため"))


@pytest.mark.parametrize("who", ["leader", "outsider", "secretary", "administrator"])
def test_only_the_secretariat_of_the_body_answers(project_city: ProjectCity, who: str) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with pytest.raises(NotAllowed):
        answer(project_city, matter, MatterOutcome.APPROVED, who=who)
    answer(project_city, matter, MatterOutcome.APPROVED, who="planning")


def test_a_department_that_keeps_the_papers_of_one_body_answers_for_that_body_only(project_city: ProjectCity) -> None:
    with project_city.writing() as (session, project):
        general = session.get_one(t.Department, project_city.city.departments["general"])
        plan = key_projects.plan_of(session, project)
        secretariats.set(session, project_city.change(), plan, COMMITTEE, general, TODAY)
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    answer(project_city, matter, MatterOutcome.SENT_UP, "市全体に関わるため", who="secretary")
    with pytest.raises(NotAllowed):
        answer(project_city, matter, MatterOutcome.APPROVED, who="secretary")


def test_an_approval_takes_the_proposed_decision_in_the_same_transaction(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    answer(project_city, matter, MatterOutcome.APPROVED)
    with project_city.reading() as (session, project):
        [taken] = route.of_project(session, project)
        row = matters.find(session, matter)
        assert (taken.outcome, taken.goal, taken.decided_by) == (RouteOutcome.CHANGE_GOAL, NEW_GOAL, COMMITTEE)
        assert (taken.matter_id, taken.decided_on, project.goal) == (matter, TODAY, NEW_GOAL)
        assert (row.state, row.closed_on) == (MatterState.ANSWERED, TODAY)
        assert inquiries.open_of_process(session, row.workflow_id) == []
        assert told(session, row) == 2  # its start, and that it was answered


def test_an_answer_that_was_rolled_back_left_the_project_as_it_was(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    with project_city.writing() as (session, _):
        actor = project_city.actor(session, "planning")
        row = matters.find(session, matter)
        approved = MatterOutcome.APPROVED
        matters.answer(session, project_city.change(), actor, row, approved, "", "", TODAY, TODAY, CALENDAR)
        session.rollback()
    assert turns(project_city, matter) == [(COMMITTEE, None)]
    with project_city.reading() as (session, project):
        assert (route.of_project(session, project), project.goal) == ([], project.first_goal)


def test_a_body_may_decide_otherwise_with_another_step(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    path = RouteStep(RouteOutcome.CHANGE_PATH, "まず進め方を変えるため", path="職員が隣に付く日を増やす。")
    answer(project_city, matter, MatterOutcome.DECIDED_OTHERWISE, "目標はそのままとする。", instead=path)
    with project_city.reading() as (session, project):
        assert (project.goal, project.path) == (project.first_goal, "職員が隣に付く日を増やす。")
        assert [d.outcome for d in route.of_project(session, project)] == [RouteOutcome.CHANGE_PATH]
    assert state(project_city, matter) is MatterState.ANSWERED


def test_a_body_may_decide_otherwise_without_touching_the_route(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    answer(project_city, matter, MatterOutcome.DECIDED_OTHERWISE, "半年後に改めて諮ること。")
    with project_city.reading() as (session, project):
        assert (route.of_project(session, project), project.goal) == ([], project.first_goal)


def test_an_approval_of_a_return_or_of_what_goes_up_takes_nothing(project_city: ProjectCity) -> None:
    for outcome in (MatterOutcome.RETURNED, MatterOutcome.SENT_UP):
        matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
        answer(project_city, matter, outcome, "費用の見込みを添えること。")
    with project_city.reading() as (session, project):
        assert route.of_project(session, project) == []


def test_only_the_body_that_decides_by_the_rules_or_one_above_it_takes_a_decision(project_city: ProjectCity) -> None:
    with project_city.writing() as (session, project):
        plan = key_projects.plan_of(session, project)
        said = dict(plan.definition)
        said["key_projects"] = {**said["key_projects"], "deciders": {"change_goal": CONFERENCE}}
        plan.definition = said
        session.add(plan)
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    with pytest.raises(Conflict, match="body_may_not_decide"):
        answer(project_city, matter, MatterOutcome.APPROVED)
    assert turns(project_city, matter) == [(COMMITTEE, None)]
    answer(project_city, matter, MatterOutcome.SENT_UP, "戦略会議で決めること。")
    answer(project_city, matter, MatterOutcome.APPROVED)
    with project_city.reading() as (session, project):
        assert [d.decided_by for d in route.of_project(session, project)] == [CONFERENCE]


def test_a_matter_that_is_sent_up_waits_before_the_next_body_with_time_for_it(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", date(2026, 6, 11))
    later = date(2026, 6, 12)
    answer(project_city, matter, MatterOutcome.SENT_UP, "戦略会議で審議すべきため", on=later)
    with project_city.reading() as (session, _):
        row = matters.find(session, matter)
        first, second = matters.stages_of(session, row)
        assert (first.outcome, first.decided_on) == (MatterOutcome.SENT_UP, later)
        assert (second.body, second.origin, second.arrived_on) == (CONFERENCE, StageOrigin.SENT_UP, later)
        assert second.due_on == date(2026, 6, 26)  # the day it was wanted has passed: ten business days
        assert (row.body, row.state, waiting_inquiry(session, row).stage_id) == (
            CONFERENCE,
            MatterState.PENDING,
            second.id,
        )


@pytest.mark.parametrize("outcome", [MatterOutcome.DECIDED_OTHERWISE, MatterOutcome.RETURNED, MatterOutcome.SENT_UP])
def test_whoever_does_not_just_approve_says_why(project_city: ProjectCity, outcome: MatterOutcome) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with pytest.raises(Conflict, match="matter_comment_missing"):
        answer(project_city, matter, outcome, " \n")


@pytest.mark.parametrize("outcome", [MatterOutcome.UNANSWERED, MatterOutcome.WITHDRAWN])
def test_a_body_cannot_answer_that_nobody_answered_or_that_it_withdrew(
    project_city: ProjectCity, outcome: MatterOutcome
) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with pytest.raises(Conflict, match="not_an_answer"):
        answer(project_city, matter, outcome, "x")


def test_a_decision_falls_between_the_arrival_and_today(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    day = timedelta(days=1)
    with pytest.raises(Conflict, match="decided_before_arrival"):
        answer(project_city, matter, MatterOutcome.APPROVED, decided_on=TODAY - day)
    with pytest.raises(Conflict, match="decision_ahead"):
        answer(project_city, matter, MatterOutcome.APPROVED, decided_on=TODAY + day)
    answer(project_city, matter, MatterOutcome.APPROVED, decided_on=TODAY, on=TODAY + day)


def test_an_unanswered_matter_goes_up_on_its_business_day_and_not_before(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with project_city.reading() as (session, _):
        assert matters.goes_up_on(session, matters.find(session, matter), CALENDAR) == GOES_UP
    assert not go_up(project_city, matter, GOES_UP - timedelta(days=1))
    assert turns(project_city, matter) == [(COMMITTEE, None)]
    assert go_up(project_city, matter, GOES_UP)
    assert turns(project_city, matter) == [(COMMITTEE, MatterOutcome.UNANSWERED), (CONFERENCE, None)]
    assert not go_up(project_city, matter, GOES_UP), "a second look changes nothing"
    with project_city.reading() as (session, _):
        second = matters.stages_of(session, matters.find(session, matter))[1]
        assert (second.origin, second.arrived_on, second.due_on) == (
            StageOrigin.UNANSWERED,
            GOES_UP,
            date(2026, 7, 15),
        )


def test_closed_days_do_not_count_on_the_way_up(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", date(2026, 7, 17))  # 20 July is 海の日
    with project_city.reading() as (session, _):
        assert matters.goes_up_on(session, matters.find(session, matter), CALENDAR) == date(2026, 7, 27)


def test_at_the_highest_body_a_matter_stays_however_long_nobody_answers(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    assert go_up(project_city, matter, GOES_UP)
    assert go_up(project_city, matter, date(2026, 7, 23))
    with project_city.reading() as (session, _):
        assert matters.goes_up_on(session, matters.find(session, matter), CALENDAR) is None
    assert not go_up(project_city, matter, date(2028, 1, 5))
    assert [body for body, _ in turns(project_city, matter)] == [COMMITTEE, CONFERENCE, COUNCIL]
    with pytest.raises(Conflict, match="no_body_above"):
        answer(project_city, matter, MatterOutcome.SENT_UP, "上位へ", on=date(2028, 1, 5))
    answer(project_city, matter, MatterOutcome.APPROVED, on=date(2028, 1, 5))
    assert state(project_city, matter) is MatterState.ANSWERED


def test_what_was_answered_never_goes_up(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    answer(project_city, matter, MatterOutcome.RETURNED, "費用の見込みを添えること。")
    assert state(project_city, matter) is MatterState.RETURNED
    assert not go_up(project_city, matter, GOES_UP)
    with pytest.raises(Conflict, match="matter_closed"):
        answer(project_city, matter, MatterOutcome.APPROVED)


def test_who_raised_a_matter_takes_it_back_with_a_reason(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with project_city.writing() as (session, _):
        row, rights = matters.find(session, matter), project_city.rights(session, "leader")
        with pytest.raises(NotAllowed):
            matters.withdraw(session, project_city.change("outsider"), NO_RIGHTS, row, "不要", TODAY)
        with pytest.raises(Conflict, match="reason_missing"):
            matters.withdraw(session, project_city.change("leader"), rights, row, " ", TODAY)
        matters.withdraw(session, project_city.change("leader"), rights, row, "前提が変わったため", TODAY)
        [stage] = matters.stages_of(session, row)
        assert (row.state, row.closed_on) == (MatterState.WITHDRAWN, TODAY)
        assert (stage.outcome, stage.comment) == (MatterOutcome.WITHDRAWN, "前提が変わったため")
        assert inquiries.open_of_process(session, row.workflow_id) == []
        with pytest.raises(Conflict, match="matter_closed"):
            matters.withdraw(session, project_city.change("leader"), rights, row, "もう一度", TODAY)


def test_another_day_on_which_the_answer_is_wanted_moves_the_turn_and_its_reminders(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    with project_city.writing() as (session, _):
        row, rights = matters.find(session, matter), project_city.rights(session, "leader")
        waiting_inquiry(session, row).done = ["matter-arrived", "matter-before-due"]
        session.flush()
        change, wanted = project_city.change("leader"), date(2026, 7, 8)
        with pytest.raises(NotAllowed):
            matters.want_by(session, change, NO_RIGHTS, row, wanted, TODAY, CALENDAR)
        with pytest.raises(Conflict, match="wanted_by_passed"):
            matters.want_by(session, change, rights, row, TODAY, TODAY, CALENDAR)
        matters.want_by(session, change, rights, row, wanted, TODAY, CALENDAR)
        asked = waiting_inquiry(session, row)
        assert (row.wanted_by, matters.waiting_stage(session, row).due_on, asked.due_on) == (wanted, wanted, wanted)
        assert asked.done == ["matter-arrived"], "what counts from the day it is due is owed again"
        assert matters.goes_up_on(session, row, CALENDAR) == date(2026, 7, 15)


def test_a_proposal_for_a_project_that_ended_meanwhile_is_refused_and_can_be_decided_otherwise(
    project_city: ProjectCity,
) -> None:
    goal = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    stop = project_city.raise_matter("やめる", WANTED, STOP)
    answer(project_city, stop, MatterOutcome.APPROVED)
    with project_city.reading() as (_, project):
        assert (project.state, project.closed_on) == (ProjectState.ENDED, TODAY)
    with pytest.raises(Conflict, match="project_not_running"):
        answer(project_city, goal, MatterOutcome.APPROVED)
    assert turns(project_city, goal) == [(COMMITTEE, None)], "it waits on, and nothing of the approval stayed"
    answer(project_city, goal, MatterOutcome.DECIDED_OTHERWISE, "プロジェクトが終わったため、審議しない。")
    assert state(project_city, goal) is MatterState.ANSWERED


def test_a_body_sees_what_waits_before_it_the_most_urgent_first(project_city: ProjectCity) -> None:
    late = project_city.raise_matter("急がない", date(2026, 7, 1))
    soon = project_city.raise_matter("急ぐ", date(2026, 6, 15))
    gone = project_city.raise_matter("上へ", WANTED)
    answer(project_city, gone, MatterOutcome.SENT_UP, "上位で決めること。")
    with project_city.reading() as (session, project):
        plan = key_projects.plan_of(session, project)
        assert [m.id for m, _ in matters.waiting_before(session, plan, COMMITTEE)] == [soon, late]
        assert [m.id for m, _ in matters.waiting_before(session, plan, CONFERENCE)] == [gone]
        assert [m.number for m in matters.of_project(session, project)] == [1, 2, 3]


def test_every_step_of_a_matter_is_in_the_audit_log(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("目標を変える", WANTED, CHANGE_GOAL)
    answer(project_city, matter, MatterOutcome.SENT_UP, "上位で決めること。")
    answer(project_city, matter, MatterOutcome.APPROVED)
    of_matter = [a for a in project_city.city.audited() if a.startswith(("matter.", "project.route"))]
    assert of_matter == ["matter.raised", "matter.turn_ended", "project.route_decided", "matter.turn_ended"]
