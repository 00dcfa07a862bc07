"""機構改革: what moves to the successor on its day, what stays with the old department, and that it happens once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import JST
from domain.collection import RoundEventKind
from domain.ladder import Rank
from domain.progress_report import ReportState
from domain.reorganisation import SuccessionKind
from records import (
    audit,
    people,
    plans,
    reorganisation,
    reporting,
    requests,
    sign_in,
    succession,
    transfers,
)
from records.change import Change, Conflict
from records.succession import Heir, Succession
from tests.changing_hall import BEFORE, DAY, LAST_DAY, LATE, ON_THE_DAY, Hall
from tests.city import CALENDAR, COMPLETE, DUE_ON, FOUNDED_ON, MEASURES, OPENED_AT, City


@pytest.fixture
def hall(real_city: City) -> Hall:
    return Hall(real_city)


def merge(hall: Hall, at: datetime = BEFORE) -> None:
    """Both departments of the city become one."""
    for department in ("information", "citizens"):
        hall.enter(department, SuccessionKind.MERGED, {"digital": ()}, at)


# A merger while a round is open


def test_of_two_departments_merged_while_a_round_is_open_the_successor_sees_the_open_reports(hall: Hall) -> None:
    merge(hall)
    assert hall.day_comes() == ["information", "citizens"]
    moved = {measure: hall.asked_for(measure) for codes in MEASURES.values() for measure in codes}
    assert moved == dict.fromkeys(moved, "digital")
    with hall.city.database.reading(hall.city.municipality) as session:
        writer = people.actor_of(session, hall.city.user("citizens_staff"), DAY)
        (asked,) = requests.open_for(session, writer, lambda _: DAY)
    assert asked.department is not None
    assert (asked.department.code, len(asked.measures)) == ("digital", 5), "one request, not two"
    assert {name.ja for name in asked.asked} == {"佐藤 花子", "鈴木 健太", "伊藤 直樹"}


def test_the_process_of_the_round_hears_of_every_report_that_moved(hall: Hall) -> None:
    merge(hall)
    hall.day_comes()
    moved = {hall.city.report(code).node_id for codes in MEASURES.values() for code in codes}
    told = [measure for kind, measure in hall.told() if kind == RoundEventKind.REASSIGNED]
    assert sorted(told) == sorted(moved)


def test_the_history_of_the_merged_department_remains(hall: Hall) -> None:
    last_year = hall.look(lambda s: [r.model_dump() for r in s.exec(_last_years_reports())])
    frozen = hall.look(lambda s: [m.model_dump() for m in s.exec(select(t.CycleMeasure))])
    merge(hall)
    hall.day_comes()
    assert hall.look(lambda s: [r.model_dump() for r in s.exec(_last_years_reports())]) == last_year
    assert hall.look(lambda s: [m.model_dump() for m in s.exec(select(t.CycleMeasure))]) == frozen
    assert hall.answering("1-1-1") == [("information", FOUNDED_ON, LAST_DAY), ("digital", DAY, None)]
    information = hall.department("information")
    assert (information.name, information.valid_until) == ("情報政策課", LAST_DAY)


def _last_years_reports() -> Any:
    return (
        select(t.ProgressReport)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .where(col(t.CollectionRound.closed_on).is_not(None))
    )


def test_what_was_submitted_moves_too_and_keeps_its_day_while_what_was_approved_stays(hall: Hall) -> None:
    hall.city.submit("1-1-1", "information_staff")
    hall.city.submit("1-2-1", "information_staff")
    with hall.city.database.writing(hall.city.municipality) as session:
        head = people.actor_of(session, hall.city.user("information_head"), OPENED_AT.date())
        reporting.approve(session, Change("head", OPENED_AT), head, hall.city.reports["1-2-1"], OPENED_AT.date())
    merge(hall, LATE)
    submitted, approved, draft = (hall.city.report(code) for code in ("1-1-1", "1-2-1", "1-2-4"))
    assert [hall.asked_for(code) for code in ("1-1-1", "1-2-1", "1-2-4")] == ["digital", "information", "digital"]
    assert (submitted.state, submitted.due_on, submitted.since_on) == (
        ReportState.SUBMITTED,
        DUE_ON,
        OPENED_AT.date(),
    )
    assert (approved.state, approved.due_on) == (ReportState.APPROVED, DUE_ON)
    assert (draft.state, draft.since_on) == (ReportState.DRAFT, LATE.date())


def test_nobody_inherits_a_delay(hall: Hall) -> None:
    merge(hall, LATE)
    rules = hall.look(lambda s: plans.definition_of(s.get_one(t.Plan, hall.city.plan)).round_of("yearly"))
    assert LATE.date() > DUE_ON
    assert hall.city.report("1-1-1").due_on == CALENDAR.shift(LATE.date(), rules.return_due_days)


def test_a_closed_round_keeps_the_departments_that_answered_in_it(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        round_ = session.get_one(t.CollectionRound, hall.city.round)
        round_.closed_on = OPENED_AT.date()
        session.add(round_)
    merge(hall, LATE)
    assert hall.asked_for("1-1-1") == "information"
    assert hall.told() == []


def test_an_exempted_report_stays_where_it_was_exempted(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        report = session.get_one(t.ProgressReport, hall.city.reports["1-1-1"])
        report.is_exempted = True
        session.add(report)
    merge(hall, LATE)
    assert hall.asked_for("1-1-1") == "information"


# Reading what was before


def sees(hall: Hall, who: str) -> set[str]:
    """The departments of the city whose reports a person may read after the day."""
    with hall.city.database.reading(hall.city.municipality) as session:
        actor = people.actor_of(session, hall.city.user(who), LATE.date())
        return {d.code for d in session.exec(select(t.Department)) if actor.may_see(d.id)}


def test_the_successor_reads_what_the_old_department_reported_however_long_ago(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()}, LATE, on=date(2020, 4, 1))
    hall.enter("digital", SuccessionKind.MERGED, {"citizens": ()}, LATE)
    assert sees(hall, "citizens_staff") == {"citizens", "digital", "information"}


def test_what_has_not_taken_effect_yet_shows_nobody_anything(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.MERGED, {"citizens": ()}, on=date(2021, 6, 1))
    assert sees(hall, "citizens_staff") == {"citizens"}


def test_a_department_that_lives_on_keeps_its_reports_to_itself(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.SPLIT, {"information": (), "citizens": ("1-1-1",)}, LATE)
    assert sees(hall, "citizens_staff") == {"citizens"}


# A split by measure


def split(hall: Hall, at: datetime = LATE) -> None:
    hall.enter("information", SuccessionKind.SPLIT, {"digital": ("1-1-1",), "citizens": ("1-2-1",)}, at)


def test_a_department_is_split_by_measure_and_what_is_not_named_has_nobody(hall: Hall) -> None:
    split(hall)
    assert [hall.asked_for(code) for code in ("1-1-1", "1-2-1", "1-2-4")] == ["digital", "citizens", None]
    assert hall.answering("1-1-1")[1:] == [("digital", DAY, None)]
    assert hall.answering("1-2-1")[1:] == [("citizens", DAY, None)]
    assert hall.answering("1-2-4") == [("information", FOUNDED_ON, LAST_DAY)]


def test_the_planning_division_sees_what_a_split_left_alone(hall: Hall) -> None:
    def plan(session: Session) -> succession.Moves:
        departments = {d.code: d for d in session.exec(select(t.Department))}
        node = session.exec(select(t.Node.origin_id).where(t.Node.code == "1-1-1")).first() or 0
        heirs = (
            Heir(departments["citizens"], frozenset({node})),
            Heir(t.Department(code="new", name="新", valid_from=DAY)),
        )
        wanted = Succession(departments["information"], DAY, SuccessionKind.SPLIT, heirs)
        return succession.moves_of(session, wanted)

    assert [m.node.code for m in hall.look(plan).left_alone] == ["1-2-1", "1-2-4"]
    split(hall)
    with hall.city.database.reading(hall.city.municipality) as session:
        planner = people.actor_of(session, hall.city.user("planning"), LATE.date())
        report = reporting.find(session, hall.city.reports["1-2-4"], planner)
    assert report.request.department_id is None


def test_nobody_is_taken_along_where_a_department_is_split(hall: Hall) -> None:
    split(hall)
    assert hall.appointments("information_staff") == [("information", Rank.STAFF, FOUNDED_ON, LAST_DAY)]


def test_a_department_that_lives_on_after_a_split_keeps_what_is_not_given_away(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.SPLIT, {"information": (), "digital": ("1-1-1",)}, LATE)
    assert [hall.asked_for(code) for code in ("1-1-1", "1-2-1")] == ["digital", "information"]
    assert hall.answering("1-2-1") == [("information", FOUNDED_ON, None)]
    assert hall.department("information").valid_until is None
    assert hall.appointments("information_staff") == [("information", Rank.STAFF, FOUNDED_ON, None)]
    moved = [measure for kind, measure in hall.told() if kind == RoundEventKind.REASSIGNED]
    assert len(moved) == 1


def test_a_dissolved_department_leaves_its_work_to_the_planning_division(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.DISSOLVED, {}, LATE)
    assert hall.asked_for("1-1-1") is None
    assert hall.answering("1-1-1") == [("information", FOUNDED_ON, LAST_DAY)]


# A rename


def test_a_rename_keeps_everything(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        actor = people.actor_of(session, hall.city.user("information_staff"), BEFORE.date())
        reporting.save_draft(
            session, Change("staff", BEFORE), actor, hall.city.reports["1-1-1"], {"achievements": "下書き"}, 0
        )
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    hall.day_comes()
    moved = hall.city.report("1-1-1")
    assert (moved.answers, moved.revision) == ({"achievements": "下書き"}, 1)
    assert {hall.asked_for(code) for code in MEASURES["information"]} == {"digital"}
    for who, rank in (
        ("information_staff", Rank.STAFF),
        ("information_chief", Rank.SUBSECTION_CHIEF),
        ("information_head", Rank.SECTION_HEAD),
        ("information_director", Rank.DIRECTOR),
    ):
        assert hall.appointments(who) == [
            ("information", rank, FOUNDED_ON, LAST_DAY),
            ("digital", rank, DAY, None),
        ]
    with hall.city.database.writing(hall.city.municipality) as session:
        staff = people.actor_of(session, hall.city.user("information_staff"), DAY)
        report = reporting.submit(session, Change("staff", ON_THE_DAY), staff, moved.id, COMPLETE, moved.revision, DAY)
    assert report.state is ReportState.SUBMITTED


def test_after_a_rename_nobody_has_to_sign_in_again(hall: Hall) -> None:
    user = hall.city.user("information_staff")
    with hall.city.database.writing(hall.city.municipality) as session:
        sign_in.start_session(session, user, BEFORE, 10)
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    hall.day_comes()
    with hall.city.database.writing(hall.city.municipality) as session:
        assert transfers.take_effect(session, Change("scheduler", ON_THE_DAY), DAY) == []
    assert len(hall.look(lambda s: s.exec(select(t.SignedInSession)).all())) == 1


def test_who_leaves_with_the_old_name_is_not_taken_into_the_new_department(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    with hall.city.database.writing(hall.city.municipality) as session:
        departments = {d.code: d for d in session.exec(select(t.Department))}
        staff = session.get_one(t.User, hall.city.user("information_staff").id)
        left, taken = [(departments["information"], Rank.STAFF)], [(departments["citizens"], Rank.SUBSECTION_CHIEF)]
        transfers.transfer(session, Change("planner", BEFORE), staff, left, taken, DAY)
    hall.day_comes()
    assert hall.appointments("information_staff") == [
        ("information", Rank.STAFF, FOUNDED_ON, LAST_DAY),
        ("citizens", Rank.SUBSECTION_CHIEF, DAY, None),
    ]


def test_who_was_to_come_to_the_old_department_comes_to_the_new_one(hall: Hall) -> None:
    later = date(2021, 4, 1)
    with hall.city.database.writing(hall.city.municipality) as session:
        information = session.exec(select(t.Department).where(t.Department.code == "information")).one()
        somebody = session.get_one(t.User, hall.city.user("citizens_staff").id)
        transfers.transfer(session, Change("p", BEFORE), somebody, [], [(information, Rank.SECTION_HEAD)], later)
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    hall.day_comes()
    assert hall.appointments("citizens_staff")[-1] == ("digital", Rank.SECTION_HEAD, later, None)
    with hall.city.database.reading(hall.city.municipality) as session:
        then = people.actor_of(session, somebody, later).departments
    assert then == {hall.city.departments["citizens"], hall.department("digital").id}


# Its day


def test_a_future_reorganisation_waits_for_its_day(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    entered = hall.rows()
    assert hall.day_comes(datetime(2021, 1, 31, 23, 59, tzinfo=JST)) == []
    assert hall.rows() == entered
    assert hall.asked_for("1-1-1") == "information"
    assert hall.answering("1-1-1") == [("information", FOUNDED_ON, None)]
    assert hall.day_comes(datetime(2021, 1, 31, 15, 0, tzinfo=UTC)) == ["information"], "midnight in Japan"
    assert hall.asked_for("1-1-1") == "digital"


def test_taking_effect_twice_changes_nothing(hall: Hall) -> None:
    merge(hall)
    hall.day_comes()
    once = hall.rows()
    assert hall.day_comes() == []
    assert hall.day_comes(LATE) == []
    assert hall.rows() == once


def test_entering_the_same_twice_changes_nothing(hall: Hall) -> None:
    assert hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    once = hall.rows()
    assert not hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    assert hall.rows() == once


def test_a_reorganisation_of_a_past_day_takes_effect_at_once_with_its_own_day(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()}, at=LATE)
    assert hall.asked_for("1-1-1") == "digital"
    assert hall.department("information").valid_until == LAST_DAY
    assert hall.answering("1-1-1") == [("information", FOUNDED_ON, LAST_DAY), ("digital", DAY, None)]


def test_nothing_moves_before_its_day_by_the_clock_of_any_plan(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        slow = t.Plan(code="slow", name="遅い計画", definition={}, clock_seconds_per_day=86_400)
        slow.clock_origin_at, slow.clock_started_at = BEFORE, ON_THE_DAY
        session.add(slow)
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    assert hall.day_comes() == []
    assert hall.day_comes(ON_THE_DAY + timedelta(days=13)) == ["information"]


def test_what_has_not_taken_effect_can_be_withdrawn_without_a_trace_but_the_audit_log(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.MERGED, {"citizens": ()})
    (known,) = hall.look(reorganisation.recorded)
    with hall.city.database.writing(hall.city.municipality) as session:
        reorganisation.withdraw(session, Change("planner", BEFORE), known.id)
    assert hall.day_comes() == []
    assert hall.asked_for("1-1-1") == "information"
    assert hall.city.audited()[-2:] == ["reorganisation.entered", "reorganisation.withdrawn"]


def test_what_has_taken_effect_cannot_be_withdrawn_nor_entered_otherwise(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()}, at=LATE)
    (known,) = hall.look(reorganisation.recorded)
    with (
        pytest.raises(Conflict, match="succession_done"),
        hall.city.database.writing(hall.city.municipality) as session,
    ):
        reorganisation.withdraw(session, Change("planner", LATE), known.id)
    with pytest.raises(Conflict, match="succession_recorded"):
        hall.enter("information", SuccessionKind.DISSOLVED, {}, at=LATE)


def test_a_department_waits_for_one_change_at_a_time(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    with pytest.raises(Conflict, match="succession_pending"):
        hall.enter("information", SuccessionKind.DISSOLVED, {}, on=date(2021, 3, 1))


def test_a_measure_that_somebody_else_was_told_to_answer_for_from_that_day_goes_to_them(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        held = session.exec(select(t.Responsibility).join(t.Node).where(t.Node.code == "1-1-1")).one()
        session.add(
            t.Responsibility(node_id=held.node_id, department_id=hall.city.departments["citizens"], valid_from=DAY)
        )
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()}, at=LATE)
    assert hall.answering("1-1-1") == [("information", FOUNDED_ON, LAST_DAY), ("citizens", DAY, None)]


# The record


def test_every_step_is_in_the_audit_log_with_what_it_moved(hall: Hall) -> None:
    hall.enter("citizens", SuccessionKind.MERGED, {"information": ()})
    hall.day_comes()
    entries = hall.look(
        lambda s: [
            (e.action, e.subject, e.detail)
            for e in s.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence)))
            if e.action.startswith("reorganisation")
        ]
    )
    told = {"on": "2021-02-01", "kind": "merged", "successors": ["information"], "reason": "組織の見直し"}
    assert entries[0] == ("reorganisation.entered", "department/citizens", told)
    action, subject, detail = entries[1]
    assert (action, subject) == ("reorganisation.took_effect", "department/citizens")
    assert detail == {
        **told,
        "measures": {"iizuka-ict/1-2-3": "information", "iizuka-ict/1-2-5": "information"},
        "appointments": [
            "citizens_staff@city.example staff → information",
            "citizens_head@city.example section_head → information",
        ],
    }
    assert hall.look(audit.verify).broken_at is None


def test_the_neighbouring_city_is_left_alone(hall: Hall) -> None:
    before = hall.rows(hall.city.neighbour)
    merge(hall)
    hall.day_comes()
    assert hall.rows(hall.city.neighbour) == before
