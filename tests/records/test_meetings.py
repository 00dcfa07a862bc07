"""会議 in the record: an agenda of what waits, invitations, and all decisions of a sitting at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from documents.formats import Format
from domain.inquiry import InquiryKind
from domain.key_project import RouteOutcome, RouteStep
from domain.matter import MatterOutcome, MatterState
from domain.meeting import MeetingState
from domain.phase_review import ConsultationOutcome, ReviewState
from records import (
    agendas,
    document_archive,
    inquiries,
    key_projects,
    matters,
    meetings,
    plans,
    reviews,
    seats,
    secretariats,
)
from records.agendas import Entry
from records.change import Conflict, NotAllowed, NotFound
from records.meetings import ItemDecision, SittingRefused
from records.seats import Sitter
from tests.project_city import CALENDAR, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.review_city import DECIDED_ON, ReviewCity

__all__ = ["project_city", "project_city_template"]

COMMITTEE, CONFERENCE = "strategy-committee", "strategy-conference"
HELD_ON = date(2026, 6, 18)
BEGINS, ENDS = time(10), time(11, 30)
WANTED = date(2026, 6, 24)
NEW_GOAL = "2030年までに、相談の三割を来庁なしで終える。"
CHANGE_GOAL = RouteStep(RouteOutcome.CHANGE_GOAL, "半分は遠いと分かったため", goal=NEW_GOAL)
STOP = RouteStep(RouteOutcome.STOP, "使う人がいないと分かったため")


def plan_of(session: Session, city: ProjectCity) -> t.Plan:
    return key_projects.plan_of(session, key_projects.find(session, city.project))


def planned(
    city: ProjectCity, who: str = "planning", body: str = COMMITTEE, held_on: date = HELD_ON, ends_at: time = ENDS
) -> int:
    with city.writing() as (session, _):
        actor, change = city.actor(session, who), city.change(who)
        plan = plan_of(session, city)
        held = meetings.plan_meeting(
            session, change, actor, plan, body, held_on, BEGINS, ends_at, "第1会議室", "資料は当日配ります。", TODAY
        )
        return held.id


def invited(city: ProjectCity, meeting: int) -> None:
    with city.writing() as (session, _):
        row = meetings.find(session, meeting)
        meetings.invite(session, city.change(), city.actor(session, "planning"), row, TODAY)


def moved(city: ProjectCity, meeting: int, held_on: date, place: str = "第1会議室", note: str = "") -> None:
    with city.writing() as (session, _):
        row, actor = meetings.find(session, meeting), city.actor(session, "planning")
        meetings.reschedule(session, city.change(), actor, row, held_on, BEGINS, ENDS, place, note, TODAY)


def arranged(city: ProjectCity, meeting: int, entries: Sequence[Entry]) -> None:
    with city.writing() as (session, _):
        row = meetings.find(session, meeting)
        meetings.arrange(session, city.change(), city.actor(session, "planning"), row, entries, TODAY)


def recorded(
    city: ProjectCity,
    meeting: int,
    decisions: Sequence[ItemDecision],
    minutes: str = "",
    who: str = "planning",
    on: date = HELD_ON,
) -> None:
    with city.writing() as (session, _):
        row, actor = meetings.find(session, meeting), city.actor(session, who, on)
        meetings.record_sitting(session, city.change(who), actor, row, decisions, minutes, on, CALENDAR)


def titles(city: ProjectCity, meeting: int) -> list[str]:
    with city.reading() as (session, _):
        return [line.title("ja") for line in agendas.of(session, meetings.find(session, meeting))]


def items(city: ProjectCity, meeting: int) -> dict[str, int]:
    with city.reading() as (session, _):
        return {line.title("ja"): line.item.id for line in agendas.of(session, meetings.find(session, meeting))}


def turn_of(city: ProjectCity, matter: int) -> t.MatterStage:
    with city.reading() as (session, _):
        return matters.stages_of(session, matters.find(session, matter))[-1]


def key_of(city: ProjectCity, matter: int) -> agendas.Key:
    return turn_of(city, matter).id, None


def asked(city: ProjectCity, meeting: int) -> list[t.Inquiry]:
    """The inquiries about a meeting, the oldest first."""
    with city.reading() as (session, _):
        query = select(t.Inquiry).where(t.Inquiry.meeting_id == meeting).order_by(col(t.Inquiry.id))
        return list(session.exec(query).all())


def outbox(city: ProjectCity, meeting: int) -> list[tuple[str, bool]]:
    with city.reading() as (session, _):
        row = meetings.find(session, meeting)
        query = select(t.Outbox).where(t.Outbox.workflow_id == row.workflow_id).order_by(col(t.Outbox.id))
        return [(o.name, o.is_start) for o in session.exec(query)]


def test_the_agenda_is_what_waits_before_the_body_the_most_urgent_first(project_city: ProjectCity) -> None:
    project_city.raise_matter("範囲を広げるか", WANTED)
    project_city.raise_matter("目標を変えるか", date(2026, 6, 15))
    above = project_city.raise_matter("上位で決めること", WANTED)
    with project_city.writing() as (session, _):
        actor, row = project_city.actor(session, "planning"), matters.find(session, above)
        up = MatterOutcome.SENT_UP
        matters.answer(session, project_city.change(), actor, row, up, "上位へ", "", TODAY, TODAY, CALENDAR)
    meeting = planned(project_city)
    assert titles(project_city, meeting) == ["目標を変えるか", "範囲を広げるか"]
    assert titles(project_city, planned(project_city, body=CONFERENCE)) == ["上位で決めること"]
    with project_city.reading() as (session, _):
        row_ = meetings.find(session, meeting)
        assert (row_.body_name, row_.state, row_.place) == ("デジタル戦略委員会", MeetingState.PLANNED, "第1会議室")
        assert row_.workflow_id == f"meeting/tokorozawa/tokorozawa-dx/{COMMITTEE}/{meeting}"


def test_what_is_on_a_planned_agenda_is_not_on_the_next_one_as_well(project_city: ProjectCity) -> None:
    project_city.raise_matter("範囲を広げるか", WANTED)
    first = planned(project_city)
    assert titles(project_city, planned(project_city, held_on=date(2026, 7, 2))) == []
    with project_city.writing() as (session, _):
        row, actor = meetings.find(session, first), project_city.actor(session, "planning")
        meetings.cancel(session, project_city.change(), actor, row, "台風のため", TODAY)
    assert titles(project_city, planned(project_city, held_on=date(2026, 7, 9))) == ["範囲を広げるか"]


@pytest.mark.parametrize("who", ["leader", "secretary", "administrator"])
def test_only_the_secretariat_of_the_body_keeps_its_meetings(project_city: ProjectCity, who: str) -> None:
    with pytest.raises(NotAllowed):
        planned(project_city, who)
    project_city.raise_matter("範囲を広げるか", WANTED)
    meeting = planned(project_city)
    with project_city.writing() as (session, _):
        actor, change, row = project_city.actor(session, who), project_city.change(who), meetings.find(session, meeting)
        for act in (
            lambda: meetings.invite(session, change, actor, row, TODAY),
            lambda: meetings.cancel(session, change, actor, row, "x", TODAY),
            lambda: meetings.take_in(session, change, actor, row, TODAY),
            lambda: meetings.arrange(session, change, actor, row, [], TODAY),
            lambda: meetings.reschedule(session, change, actor, row, WANTED, BEGINS, ENDS, "", "", TODAY),
            lambda: meetings.record_sitting(session, change, actor, row, [], "x", HELD_ON, CALENDAR),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_a_department_that_is_the_secretariat_plans_and_records(project_city: ProjectCity) -> None:
    with project_city.writing() as (session, _):
        general = session.get_one(t.Department, project_city.city.departments["general"])
        secretariats.set(session, project_city.change(), plan_of(session, project_city), COMMITTEE, general, TODAY)
    project_city.raise_matter("範囲を広げるか", WANTED)
    meeting = planned(project_city, "secretary")
    [item] = items(project_city, meeting).values()
    recorded(project_city, meeting, [ItemDecision(item, MatterOutcome.APPROVED)], who="outsider")


def test_a_meeting_is_ahead_and_ends_after_it_begins(project_city: ProjectCity) -> None:
    with pytest.raises(Conflict, match="meeting_day_passed"):
        planned(project_city, held_on=TODAY - timedelta(days=1))
    with pytest.raises(Conflict, match="meeting_ends_before_it_begins"):
        planned(project_city, ends_at=BEGINS)
    with pytest.raises(NotFound):
        planned(project_city, body="no-such-body")


def test_publishing_the_agenda_invites_the_members_by_a_process_of_its_own(project_city: ProjectCity) -> None:
    project_city.raise_matter("範囲を広げるか", WANTED)
    meeting = planned(project_city)
    assert (asked(project_city, meeting), outbox(project_city, meeting)) == ([], [])
    invited(project_city, meeting)
    [inquiry] = asked(project_city, meeting)
    assert (inquiry.kind, inquiry.opened_on, inquiry.due_on) == (InquiryKind.MEETING, TODAY, HELD_ON)
    assert outbox(project_city, meeting) == [("InquiryWorkflow", True)]
    with pytest.raises(Conflict, match="already_invited"):
        invited(project_city, meeting)


def test_nobody_is_invited_to_an_empty_agenda(project_city: ProjectCity) -> None:
    meeting = planned(project_city)
    with pytest.raises(Conflict, match="agenda_empty"):
        invited(project_city, meeting)
    arranged(project_city, meeting, [Entry(title="報告：試行の様子")])
    invited(project_city, meeting)


def test_the_clock_is_told_to_meetings_whose_members_are_invited_only(project_city: ProjectCity) -> None:
    project_city.raise_matter("範囲を広げるか", WANTED)
    meeting, other = planned(project_city), planned(project_city, body=CONFERENCE)
    invited(project_city, meeting)
    with project_city.writing() as (session, _):
        plan = plan_of(session, project_city)
        plans.set_clock(session, project_city.change(), plan, plans.clock_of(plan, project_city.change().at))
    assert outbox(project_city, meeting) == [("InquiryWorkflow", True), ("change_clock", False)]
    assert outbox(project_city, other) == []


def test_another_day_invites_the_members_anew_under_the_same_process(project_city: ProjectCity) -> None:
    project_city.raise_matter("範囲を広げるか", WANTED)
    meeting = planned(project_city)
    invited(project_city, meeting)
    moved(project_city, meeting, date(2026, 6, 22))
    first, second = asked(project_city, meeting)
    assert (first.settled_on, second.settled_on) == (TODAY, None)
    assert (second.due_on, second.done, second.workflow_id) == (date(2026, 6, 22), [], first.workflow_id)
    assert outbox(project_city, meeting) == [("InquiryWorkflow", True), ("record", False)]
    moved(project_city, meeting, date(2026, 6, 22), place="第2会議室")
    assert len(asked(project_city, meeting)) == 3, "another place is told as well"
    moved(project_city, meeting, date(2026, 6, 22), place="第2会議室", note="名札をお持ちください。")
    moved(project_city, meeting, date(2026, 6, 22), place="第2会議室", note="名札をお持ちください。")
    assert len(asked(project_city, meeting)) == 3, "a note is not worth a mail"
    with project_city.reading() as (session, _):
        assert meetings.find(session, meeting).sequence == 3, "saving what stands there already changes nothing"


def test_before_anybody_is_invited_a_meeting_moves_silently(project_city: ProjectCity) -> None:
    project_city.raise_matter("範囲を広げるか", WANTED)
    meeting = planned(project_city)
    moved(project_city, meeting, date(2026, 6, 22))
    assert (asked(project_city, meeting), outbox(project_city, meeting)) == ([], [])
    with pytest.raises(Conflict, match="meeting_day_passed"):
        moved(project_city, meeting, TODAY - timedelta(days=1))


def test_an_agenda_is_put_in_order_left_out_of_and_given_headings(project_city: ProjectCity) -> None:
    first = project_city.raise_matter("範囲を広げるか", WANTED)
    second = project_city.raise_matter("目標を変えるか", WANTED)
    meeting = planned(project_city)
    before = items(project_city, meeting)
    wanted = [Entry(title="報告"), Entry(key_of(project_city, second), note="10分"), Entry(key_of(project_city, first))]
    arranged(project_city, meeting, wanted)
    assert titles(project_city, meeting) == ["報告", "目標を変えるか", "範囲を広げるか"]
    after = items(project_city, meeting)
    assert after["範囲を広げるか"] == before["範囲を広げるか"], "a form that is open already still finds its item"
    arranged(project_city, meeting, [Entry(key_of(project_city, second))])
    assert titles(project_city, meeting) == ["目標を変えるか"]
    with project_city.reading() as (session, _):
        row = meetings.find(session, meeting)
        assert row.sequence == 2
        [left_out] = agendas.free_for(session, plan_of(session, project_city), row)
        assert left_out.matter is not None
        assert left_out.matter.id == first


def test_an_agenda_takes_no_nameless_no_double_and_no_foreign_item(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("範囲を広げるか", WANTED)
    meeting, elsewhere = planned(project_city), planned(project_city, body=CONFERENCE)
    mine = Entry(key_of(project_city, matter))
    for wrong, entries in {
        "agenda_title_missing": [mine, Entry(title=" ")],
        "agenda_item_twice": [mine, mine],
        "agenda_item_gone": [Entry((999, None))],
    }.items():
        with pytest.raises(Conflict, match=wrong):
            arranged(project_city, meeting, entries)
    with pytest.raises(Conflict, match="agenda_item_gone"):
        arranged(project_city, elsewhere, [mine])
    assert titles(project_city, meeting) == ["範囲を広げるか"]


def test_what_is_raised_later_is_taken_in_until_the_day_of_the_meeting(project_city: ProjectCity) -> None:
    meeting = planned(project_city)
    project_city.raise_matter("その日までに", WANTED, on=HELD_ON)
    project_city.raise_matter("次の日に", WANTED, on=HELD_ON + timedelta(days=1))
    with project_city.writing() as (session, _):
        row, actor = meetings.find(session, meeting), project_city.actor(session, "planning")
        after = HELD_ON + timedelta(days=2)
        assert meetings.take_in(session, project_city.change(), actor, row, after) == 1
        assert meetings.take_in(session, project_city.change(), actor, row, after) == 0
    assert titles(project_city, meeting) == ["その日までに"]


def test_a_sitting_records_all_its_decisions_in_one_go(project_city: ProjectCity) -> None:
    goal = project_city.raise_matter("目標を変えるか", date(2026, 6, 15), CHANGE_GOAL)
    up = project_city.raise_matter("市全体のこと", date(2026, 6, 16))
    left = project_city.raise_matter("時間切れ", WANTED)
    meeting = planned(project_city)
    invited(project_city, meeting)
    its = items(project_city, meeting)
    decisions = [
        ItemDecision(its["目標を変えるか"], MatterOutcome.APPROVED, minutes="全員一致。"),
        ItemDecision(its["市全体のこと"], MatterOutcome.SENT_UP, "戦略会議で審議すること。"),
    ]
    after = HELD_ON + timedelta(days=1)
    recorded(project_city, meeting, decisions, "出席7名。", on=after)
    with project_city.reading() as (session, project):
        row = meetings.find(session, meeting)
        assert (row.state, row.minutes, row.closed_on) == (MeetingState.HELD, "出席7名。", after)
        assert project.goal == NEW_GOAL
        assert inquiries.open_of_process(session, row.workflow_id) == []
        stage = matters.stages_of(session, matters.find(session, goal))[0]
        assert (stage.decided_on, stage.minutes, stage.meeting_id) == (HELD_ON, "全員一致。", meeting)
    assert (turn_of(project_city, up).body, turn_of(project_city, left).outcome) == (CONFERENCE, None)
    with project_city.writing() as (session, _):
        actor, plan = project_city.actor(session, "planning", after), plan_of(session, project_city)
        change, day = project_city.change(), date(2026, 7, 2)
        following = meetings.plan_meeting(session, change, actor, plan, COMMITTEE, day, BEGINS, ENDS, "", "", after)
    assert titles(project_city, following.id) == ["時間切れ"], "what was left open comes back"


def test_a_sitting_is_refused_whole_and_every_item_says_what_is_wrong(project_city: ProjectCity) -> None:
    project_city.raise_matter("やめるか", date(2026, 6, 15), STOP)
    changed = project_city.raise_matter("目標を変えるか", date(2026, 6, 16), CHANGE_GOAL)
    project_city.raise_matter("広げるか", WANTED)
    meeting = planned(project_city)
    its = items(project_city, meeting)
    decisions = [
        ItemDecision(its["やめるか"], MatterOutcome.APPROVED),
        ItemDecision(its["目標を変えるか"], MatterOutcome.APPROVED),
        ItemDecision(its["広げるか"], MatterOutcome.RETURNED),
    ]
    with pytest.raises(SittingRefused) as refused:
        recorded(project_city, meeting, decisions)
    assert refused.value.problems == {
        its["目標を変えるか"]: "project_not_running",  # the item before it ended the project
        its["広げるか"]: "matter_comment_missing",
    }
    with project_city.reading() as (session, project):
        assert (project.goal, project.closed_on) == (project.first_goal, None)
        assert meetings.find(session, meeting).state is MeetingState.PLANNED
        assert matters.find(session, changed).state is MatterState.PENDING


def test_a_matter_that_went_up_before_the_sitting_was_recorded_is_named(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("広げるか", date(2026, 6, 11))
    meeting = planned(project_city)
    [item] = items(project_city, meeting).values()
    with project_city.writing() as (session, _):
        assert matters.go_up(session, project_city.change(), matters.find(session, matter), HELD_ON, CALENDAR)
    with pytest.raises(SittingRefused) as refused:
        recorded(project_city, meeting, [ItemDecision(item, MatterOutcome.APPROVED)])
    assert refused.value.problems == {item: "turn_is_over"}
    recorded(project_city, meeting, [], "議題は上位の会議体へ移ったため、意見交換のみ。")
    assert turn_of(project_city, matter).body == CONFERENCE


def test_a_sitting_is_recorded_from_its_day_on_once_and_not_empty(project_city: ProjectCity) -> None:
    project_city.raise_matter("広げるか", WANTED)
    meeting = planned(project_city)
    [item] = items(project_city, meeting).values()
    approved = [ItemDecision(item, MatterOutcome.APPROVED)]
    with pytest.raises(Conflict, match="meeting_is_ahead"):
        recorded(project_city, meeting, approved, on=HELD_ON - timedelta(days=1))
    with pytest.raises(Conflict, match="nothing_recorded"):
        recorded(project_city, meeting, [], " ")
    with pytest.raises(NotFound):
        recorded(project_city, meeting, [ItemDecision(999, MatterOutcome.APPROVED)])
    recorded(project_city, meeting, approved)
    with pytest.raises(Conflict, match="meeting_not_planned"):
        recorded(project_city, meeting, approved)
    with pytest.raises(Conflict, match="meeting_not_planned"):
        moved(project_city, meeting, date(2026, 7, 1))


def test_a_cancelled_meeting_falls_silent_and_keeps_its_reason(project_city: ProjectCity) -> None:
    project_city.raise_matter("広げるか", WANTED)
    meeting = planned(project_city)
    invited(project_city, meeting)
    with project_city.writing() as (session, _):
        row, actor = meetings.find(session, meeting), project_city.actor(session, "planning")
        with pytest.raises(Conflict, match="reason_missing"):
            meetings.cancel(session, project_city.change(), actor, row, " ", TODAY)
        meetings.cancel(session, project_city.change(), actor, row, "台風のため", TODAY)
        assert (row.state, row.cancelled_reason, row.closed_on) == (MeetingState.CANCELLED, "台風のため", TODAY)
        assert row.sequence == 1, "calendars take a cancellation only with a higher number"
        assert inquiries.open_of_process(session, row.workflow_id) == []


def test_the_papers_are_for_the_secretariat_and_for_who_sits_in_the_body_on_that_day(project_city: ProjectCity) -> None:
    meeting = planned(project_city)
    with project_city.writing() as (session, _):
        plan, change = plan_of(session, project_city), project_city.change()
        on_time, gone = project_city.city.user("member").id, project_city.city.user("leader").id
        seats.take(session, change, plan, COMMITTEE, Sitter(on_time), TODAY)
        left = seats.take(session, change, plan, COMMITTEE, Sitter(gone), TODAY)
        seats.end(session, change, left, HELD_ON - timedelta(days=1), "任期が終わるため")
        row = meetings.find(session, meeting)
        stored = document_archive.store(session, change, row, "meeting-papers", Format.PDF, b"%PDF", TODAY)
        session.flush()
        for who in ("planning", "member"):
            actor = project_city.actor(session, who)
            assert document_archive.find(session, stored.id, actor).content == b"%PDF"
        for who in ("leader", "outsider", "secretary", "administrator"):
            with pytest.raises(NotFound):
                document_archive.find(session, stored.id, project_city.actor(session, who))
        general = session.get_one(t.Department, project_city.city.departments["general"])
        secretariats.set(session, change, plan, COMMITTEE, general, TODAY)
        assert document_archive.find(session, stored.id, project_city.actor(session, "secretary"))


def _in_consultation(city: ReviewCity) -> t.Plan:
    """The review of the early term lies before its first body."""
    with city.writing() as (session, review):
        review.state = ReviewState.CONSULTING
        session.add(review)
        for position, body in enumerate(("headquarters", "citizens-conference")):
            session.add(t.Consultation(review_id=review.id, position=position, body=body, body_name=body))
        return reviews.plan_of(session, review)


def test_a_review_is_on_the_agenda_of_the_body_whose_turn_it_is(review_city: ReviewCity) -> None:
    plan = _in_consultation(review_city)
    first, second = (body.code for body in plans.definition_of(plan).bodies[:2])
    with review_city.writing() as (session, review):
        turns = reviews.current_consultations(session, review)
        turns[0].body, turns[1].body = first, second
        session.flush()
        change, actor = review_city.change(), review_city.actor(session, "planning")

        def met(body: str) -> t.Meeting:
            return meetings.plan_meeting(
                session, change, actor, plan, body, DECIDED_ON, BEGINS, ENDS, "", "", DECIDED_ON
            )

        [line] = agendas.of(session, met(first))
        assert line.title("ja").endswith("の見直し")
        assert agendas.of(session, met(second)) == [], "its turn has not come"
        meeting = meetings.find(session, line.item.meeting_id)
        decision = ItemDecision(line.item.id, ConsultationOutcome.APPROVED_WITH_COMMENTS, "毎年報告すること。")
        meetings.record_sitting(session, change, actor, meeting, [decision], "", DECIDED_ON, CALENDAR)
        assert (turns[0].outcome, turns[0].met_on) == (ConsultationOutcome.APPROVED_WITH_COMMENTS, DECIDED_ON)
        assert len(agendas.of(session, met(second))) == 1, "now it is the second body's turn"
        wrong = met(first)
        agendas.add(session, wrong, agendas.waiting(session, plan, second))
        [line] = agendas.of(session, wrong)
        with pytest.raises(SittingRefused) as refused:
            meetings.record_sitting(
                session, change, actor, wrong, [ItemDecision(line.item.id, MatterOutcome.APPROVED)], "",
                DECIDED_ON, CALENDAR,
            )  # fmt: skip
        assert refused.value.problems == {line.item.id: "not_an_answer"}
