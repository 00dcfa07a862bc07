"""Setting a plan at the desk: a running round keeps what it started with, and nobody's change is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from documents.year_calendar import EntryKind
from domain.calendar import JST
from domain.clock import real_clock
from domain.ladder import Rank
from domain.plan import CalendarDay
from domain.plan_settings import PlanDates, Switches, dates_of, switches_of, with_dates
from domain.questions import Condition, Question, QuestionSet
from domain.text import Bilingual
from records import (
    board,
    cycles,
    meetings,
    pauses,
    plan_reading,
    plan_settings,
    plans,
    question_versions,
    round_state,
    year_calendar,
)
from records.change import Change, Conflict, NotFound
from records.plan_settings import ChangedMeanwhile, NotValid
from tests.city import CALENDAR, DUE_ON, OPENED_AT, City
from tests.conftest import PLAN

WHY = "分かりにくいという声があったため"
EXTRA = Question("obstacle", Bilingual("困っていること", "What stands in the way"), limit=200)


@contextmanager
def writing(city: City) -> Iterator[tuple[Session, t.Plan, Change]]:
    user = city.user("planning")
    with city.database.writing(city.municipality) as session:
        yield session, plans.find(session, PLAN), Change(user.email, OPENED_AT, user.id)


def asked(plan: t.Plan) -> QuestionSet:
    return plans.definition_of(plan).question_set


def with_extra(questions: QuestionSet) -> QuestionSet:
    return replace(questions, questions=(*questions.questions, EXTRA))


def add_question(city: City) -> int | None:
    with writing(city) as (session, plan, change):
        seen = question_versions.current(session, plan)
        return plan_settings.change_questions(session, change, plan, seen, with_extra(asked(plan)), WHY)


def open_next_year(city: City) -> int:
    """The round of fiscal year 2021."""
    on = date(2022, 1, 17)
    with writing(city) as (session, plan, _):
        change = Change("test", datetime(2022, 1, 17, 9, tzinfo=JST))
        cycle, _ = cycles.open_cycle(session, change, plan, 2021, real_clock(change.at))
        cycles.freeze_owners(session, change, cycle, on)
        return cycles.open_round(session, change, cycle, "yearly", on, CALENDAR).id


def later(dates: PlanDates) -> PlanDates:
    """Reports a fortnight later, with less time, and the first reminder at once."""
    yearly = dates.rounds["yearly"]
    steps = {**yearly.steps, "reminder-first": 4}
    moved = replace(yearly, opens=CalendarDay(2, 1), due_after_days=10, return_due_days=9, steps=steps)
    return replace(dates, rounds={"yearly": moved})


def set_later(city: City) -> None:
    with writing(city) as (session, plan, change):
        now = dates_of(plans.definition_of(plan))
        assert plan_settings.set_dates(session, change, plan, now, later(now), WHY)


# Questions


def test_the_first_change_keeps_what_was_asked_before_as_version_one(real_city: City) -> None:
    assert add_question(real_city) == 2
    with writing(real_city) as (session, plan, _):
        rows = question_versions.of_plan(session, plan)
        assert [(row.version, row.note) for row in rows] == [(2, WHY), (1, "")]
        before, after = (question_versions.question_set(session, plan, n) for n in (1, 2))
        assert [c.key for c in question_versions.differences(plan, before, after)] == ["obstacle"]
        assert asked(plan) == after
        with pytest.raises(NotFound):
            question_versions.question_set(session, plan, 3)


def test_a_running_round_keeps_its_questions_and_the_next_one_has_the_new_ones(real_city: City) -> None:
    add_question(real_city)
    following = open_next_year(real_city)
    with writing(real_city) as (session, plan, _):
        running = session.get_one(t.CollectionRound, real_city.round)
        assert "obstacle" not in [q.id for q in round_state.question_set_of(running).questions]
        coming = session.get_one(t.CollectionRound, following)
        assert "obstacle" in [q.id for q in round_state.question_set_of(coming).questions]
        on = {one.round.id: one.version for one in question_versions.running(session, plan)}
        assert (on[running.id], on[coming.id]) == (1, 2)


def test_what_somebody_else_changed_is_told_and_not_overwritten(real_city: City) -> None:
    add_question(real_city)
    with writing(real_city) as (session, plan, change):
        shorter = replace(asked(plan), questions=asked(plan).questions[:1])
        with pytest.raises(ChangedMeanwhile) as refused:
            plan_settings.change_questions(session, change, plan, 1, shorter, WHY)
        assert [c.key for c in refused.value.changes] == ["obstacle"]
        assert question_versions.current(session, plan) == 2


def test_questions_go_by_the_rules_of_a_plan_file_and_need_a_reason(real_city: City) -> None:
    with writing(real_city) as (session, plan, change):
        before = plan.definition
        nowhere = replace(EXTRA, shown_when=Condition("nowhere", ("yes",)))
        wrong = replace(asked(plan), questions=(*asked(plan).questions, nowhere))
        with pytest.raises(NotValid, match="nowhere"):
            plan_settings.change_questions(session, change, plan, 1, wrong, WHY)
        with pytest.raises(Conflict, match="reason_missing"):
            plan_settings.change_questions(session, change, plan, 1, with_extra(asked(plan)), " ")
        assert plan_settings.change_questions(session, change, plan, 1, asked(plan), "") is None, "nothing new"
        assert plan.definition == before
        assert question_versions.of_plan(session, plan) == []


def test_an_import_with_other_questions_makes_a_version_and_one_without_does_not(real_city: City) -> None:
    with writing(real_city) as (session, plan, change):
        told = plan_reading.read(session, plan)
        renamed = replace(told, contact=Bilingual("企画課"))
        plans.import_definition(session, change, renamed, Bilingual(""))
        assert question_versions.current(session, plan) == 1
        other = replace(renamed, question_set=with_extra(told.question_set))
        plans.import_definition(session, change, other, Bilingual(""))
        plans.import_definition(session, change, other, Bilingual(""))
        assert [row.version for row in question_versions.of_plan(session, plan)] == [2, 1]
        assert question_versions.question_set(session, plan, 1) == told.question_set


def test_an_old_version_taken_again_is_a_new_one(real_city: City) -> None:
    add_question(real_city)
    with writing(real_city) as (session, plan, change):
        first = question_versions.question_set(session, plan, 1)
        assert plan_settings.change_questions(session, change, plan, 2, first, "元に戻す") == 3
        assert question_versions.differences(plan, first, asked(plan)) == ()
        assert question_versions.running(session, plan)[0].version == 1, "not the one that asks the same again"


def test_a_change_stands_in_the_audit_log_with_its_reason_and_what_it_changed(real_city: City) -> None:
    add_question(real_city)
    set_later(real_city)
    with writing(real_city) as (session, _, _):
        entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence).desc())).all()[:2]
    dates, questions = entries
    assert (questions.action, questions.detail["reason"]) == ("plan.questions_changed", WHY)
    assert questions.detail["changes"] == ["questions/obstacle: - → 困っていること / What stands in the way"]
    assert dates.action == "plan.dates_changed"
    assert "rounds/yearly due_after_days: 20 → 10" in dates.detail["changes"]


# Dates


def test_a_running_round_keeps_its_dates_and_its_ladder(real_city: City) -> None:
    set_later(real_city)
    following = open_next_year(real_city)
    with writing(real_city) as (session, plan, _):
        running = session.get_one(t.CollectionRound, real_city.round)
        coming = session.get_one(t.CollectionRound, following)
        assert running.due_on == DUE_ON
        rules = [round_state.rules_of(r, plans.definition_of(plan)) for r in (running, coming)]
        assert [r.return_due_days for r in rules] == [5, 9]
        after = datetime(2021, 2, 15, 10, tzinfo=JST)
        steps = [row.next_step for row in board.of_round(session, running, after, CALENDAR).rows if row.next_step]
        assert {step.at.date() for step in steps} == {date(2021, 2, 16)}, (
            "one business day after the due date, as before"
        )


def test_what_moves_is_told_before_and_nothing_is_changed_by_looking(real_city: City) -> None:
    with writing(real_city) as (session, plan, _):
        before, now = plan.definition, dates_of(plans.definition_of(plan))
        moves = year_calendar.moves(session, plan, 2021, later(now), OPENED_AT, "ja")
        days = {m.title: (m.before.on, m.after.on) for m in moves if m.before and m.after}
        assert days["「年度進捗報告」の提出期限"] == (date(2022, 2, 15), date(2022, 2, 16))
        assert plan.definition == before
        assert year_calendar.moves(session, plan, 2020, later(now), OPENED_AT, "ja") == (), "that round runs already"
    set_later(real_city)
    with writing(real_city) as (session, plan, _):
        calendar = year_calendar.of_plan(session, plan, 2021, OPENED_AT, "ja")
    due = [entry.on for entry in calendar.entries if entry.kind is EntryKind.ROUND_DUE]
    assert due == [date(2022, 2, 16)], "as was told"


def test_dates_that_no_year_has_and_rounds_without_time_are_refused(real_city: City) -> None:
    with writing(real_city) as (session, plan, change):
        now = dates_of(plans.definition_of(plan))
        for wrong in (
            replace(now, cycle_opens=CalendarDay(2, 30)),
            replace(now, rounds={"yearly": replace(now.rounds["yearly"], due_after_days=0)}),
        ):
            with pytest.raises(NotValid):
                plan_settings.set_dates(session, change, plan, now, wrong, WHY)
        assert dates_of(plans.definition_of(plan)) == now


def test_dates_that_were_changed_meanwhile_are_told(real_city: City) -> None:
    with writing(real_city) as (_, plan, _):
        seen = dates_of(plans.definition_of(plan))
    set_later(real_city)
    with writing(real_city) as (session, plan, change):
        with pytest.raises(ChangedMeanwhile) as refused:
            plan_settings.set_dates(session, change, plan, seen, replace(seen, cycle_opens=None), WHY)
        assert "due_after_days" in [c.field for c in refused.value.changes]
        assert with_dates(plans.definition_of(plan), later(seen)) == plans.definition_of(plan)


# Switches


def test_switches_change_what_they_say_and_nothing_else(real_city: City) -> None:
    with writing(real_city) as (session, plan, change):
        before = plans.definition_of(plan)
        wanted = Switches(True, True, False, ("yearly",))
        told = plan_settings.set_switches(session, change, plan, switches_of(before), wanted, WHY)
        assert {c.field for c in told} == {
            *("is_public", "attaches_workbook"),
            *("mails.gathers_by_default", "mails.person_may_choose"),
        }
        after = plans.definition_of(plan)
        assert (after.is_public, after.rounds[0].attaches_workbook) == (True, True)
        assert (dates_of(after), after.question_set) == (dates_of(before), before.question_set)
        with pytest.raises(ChangedMeanwhile):
            plan_settings.set_switches(session, change, plan, switches_of(before), wanted, WHY)


# The calendar of a year


def test_the_year_holds_meetings_pauses_and_transfers_beside_what_falls_due(real_city: City) -> None:
    with writing(real_city) as (session, plan, change):
        pauses.begin(session, change, "大雨", OPENED_AT.date())
        body = plans.definition_of(plan).bodies[0]
        session.add(
            t.Meeting(
                plan_id=plan.id,
                body=body.code,
                body_name=body.name.ja,
                held_on=date(2021, 3, 1),
                begins_at=time(10),
                ends_at=time(11),
                workflow_id="meeting/1",
            )
        )
        staff = real_city.user("citizens_staff")
        department = real_city.departments["information"]
        session.add(
            t.Appointment(user_id=staff.id, department_id=department, rank=Rank.STAFF, valid_from=date(2021, 3, 8))
        )
        session.flush()
        assert meetings.of_plan(session, plan)
        calendar = year_calendar.of_plan(session, plan, 2020, OPENED_AT, "ja")
        city = year_calendar.of_city(session, 2020, OPENED_AT, "ja")
    kinds = {entry.kind for entry in calendar.entries}
    assert kinds == set(EntryKind) - {EntryKind.REVIEW_OPENS, EntryKind.REORGANISATION}
    assert {entry.on for entry in calendar.entries if entry.kind is EntryKind.TRANSFER} == {date(2021, 3, 8)}
    assert date(2021, 2, 11) in calendar.closed
    assert sum(entry.kind is EntryKind.PAUSE for entry in city.entries) == 1, "what concerns all stands there once"
    assert {entry.plan for entry in city.entries if entry.kind is EntryKind.ROUND_DUE} == {"飯塚市地域情報化計画"}


def test_a_year_outside_the_plan_says_so_and_shows_what_is_known(real_city: City) -> None:
    with writing(real_city) as (session, plan, _):
        calendar = year_calendar.of_plan(session, plan, 2040, OPENED_AT, "ja")
    assert calendar.unknown == ("この年度は計画の期間の外です。",)
    assert (calendar.entries, len(calendar.months)) == ((), 12)
