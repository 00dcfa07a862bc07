"""事務引継書: what the record says of a person and of a department on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from db import tables as t
from documents.handover import HandoverSheet
from domain.calendar import JST
from domain.evaluation import CycleState, Direction, Stage
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from records import handover, people, reporting, transfers
from records.change import Change
from tests.changing_hall import Hall
from tests.city import DUE_ON, FOUNDED_ON, LAST_YEAR, MARK, MEASURES, OPENED_AT, OPENED_ON, City

LAST_DAY, NEW_YEAR = date(2021, 3, 31), date(2021, 4, 1)
DRAFTED_AT = datetime(2021, 1, 20, 10, 0, tzinfo=JST)
LATE = datetime(2021, 2, 16, 8, 0, tzinfo=JST)


@pytest.fixture
def hall(real_city: City) -> Hall:
    return Hall(real_city)


def sheet(
    hall: Hall, who: str = "information_staff", on: date = OPENED_ON, at: datetime = OPENED_AT, language: str = "ja"
) -> HandoverSheet:
    with hall.city.database.reading(hall.city.municipality) as session:
        return handover.of_person(session, hall.city.user(who), on, at, language)


def department_sheet(hall: Hall, code: str = "information", on: date = OPENED_ON) -> HandoverSheet:
    with hall.city.database.reading(hall.city.municipality) as session:
        department = session.get_one(t.Department, hall.city.departments[code])
        return handover.of_department(session, department, on, OPENED_AT, "ja")


def transfer(hall: Hall, who: str, leaves: bool, takes: str | None = None) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        by_code = {d.code: d for d in session.exec(select(t.Department))}
        user = session.get_one(t.User, hall.city.user(who).id)
        held = [(by_code["information"], Rank.STAFF)]
        taken = [(by_code[takes], Rank.STAFF)] if takes else []
        transfers.transfer(session, Change("planner", OPENED_AT), user, held if leaves else [], taken, NEW_YEAR)


def test_a_person_hands_over_the_post_the_measures_of_the_department_and_what_is_open(hall: Hall) -> None:
    handed = sheet(hall)
    assert (handed.municipality, handed.of, handed.is_of_person) == ("飯塚市", "佐藤 花子", True)
    (post,) = handed.posts
    assert (post.department, post.rank, post.begins_on, post.ends_on) == ("情報政策課", "担当者", FOUNDED_ON, None)
    assert [m.code for m in handed.measures] == list(MEASURES["information"])
    assert [(r.code, r.state, r.due_on, r.turn) for r in handed.reports] == [
        (code, "未提出", DUE_ON, "所管課") for code in MEASURES["information"]
    ]
    assert {r.round for r in handed.reports} == {"令和2年度（2020年度） 年度進捗報告"}
    assert handed.marks == (MARK.ja,), "sample data says so wherever it appears"


def test_a_draft_is_handed_over_with_when_and_by_whom_it_was_last_saved(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        staff = people.actor_of(session, hall.city.user("information_colleague"), OPENED_ON)
        report, draft = hall.city.reports["1-1-1"], {"achievements": "途中"}
        reporting.save_draft(session, Change("staff", DRAFTED_AT, staff.user), staff, report, draft, 0)
    first, second, _ = sheet(hall).reports
    assert (first.saved_at, first.saved_by) == (DRAFTED_AT, "鈴木 健太")
    assert (second.saved_at, second.saved_by) == (None, "")


def test_what_was_submitted_waits_for_the_head_and_what_is_late_says_so(hall: Hall) -> None:
    hall.city.submit("1-1-1", "information_staff")
    first, second, _ = sheet(hall, at=LATE).reports
    assert (first.state, first.turn, first.is_late, first.saved_at) == ("承認待ち", "所属長の承認", False, None)
    assert (second.state, second.is_late) == ("未提出", True)


def test_the_next_mail_of_the_ladder_is_told(hall: Hall) -> None:
    (mail,) = sheet(hall, at=OPENED_AT + timedelta(minutes=1)).mails
    assert (mail.kind, mail.to) == ("事前通知", "担当者")
    assert OPENED_AT < mail.at <= datetime(2021, 2, 15, 9, 0, tzinfo=JST)


def test_the_promise_of_last_years_report_is_handed_over_with_its_year(hall: Hall) -> None:
    first, second, _ = sheet(hall).measures
    assert [p.answer for p in first.promises] == [LAST_YEAR["next_step"]]
    assert first.promised_in == 2019
    assert (second.promises, second.promised_in) == ((), None)


def test_the_last_decided_evaluation_is_handed_over_and_no_draft_of_the_planning_division(hall: Hall) -> None:
    report = hall.city.report("1-1-1")
    with hall.city.database.writing(hall.city.municipality) as session:
        cycles = {c.fiscal_year: c for c in session.exec(select(t.AnnualCycle))}
        node = session.get_one(t.Node, report.node_id)
        for year, grade in ((2019, "B"), (2020, "A")):
            session.add(
                t.Evaluation(
                    cycle_id=cycles[year].id,
                    node_id=node.id,
                    stage=Stage.PRIMARY,
                    grade=grade,
                    direction=Direction.CONTINUE,
                    comment=f"{year}年度の所見",
                    evaluated_on=OPENED_ON,
                    evaluated_by_id=hall.city.user("planning").id,
                )
            )
    assert cycles[2020].state is not CycleState.CLOSED
    first = sheet(hall).measures[0]
    assert (first.evaluated_in, first.direction, first.comment) == (2019, "継続", "2019年度の所見")


def test_the_successor_is_named_where_one_is_known_and_else_not_stated(hall: Hall) -> None:
    transfer(hall, "information_staff", leaves=True)
    assert sheet(hall).posts[0].successor == "", "a colleague who stays is no successor"
    transfer(hall, "citizens_staff", leaves=False, takes="information")
    (post,) = sheet(hall).posts
    assert (post.ends_on, post.successor) == (LAST_DAY, "伊藤 直樹")


def test_who_comes_to_the_department_that_follows_is_the_successor_too(hall: Hall) -> None:
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()}, on=NEW_YEAR)
    transfer(hall, "information_staff", leaves=True)
    transfer(hall, "citizens_staff", leaves=False, takes="digital")
    assert sheet(hall).posts[0].successor == "伊藤 直樹"


def test_after_the_person_left_the_sheet_is_that_of_the_last_day(hall: Hall) -> None:
    transfer(hall, "information_staff", leaves=True)
    user = hall.city.user("information_staff")
    with hall.city.database.reading(hall.city.municipality) as session:
        assert handover.last_day_of(session, user, OPENED_ON) == OPENED_ON
        assert handover.last_day_of(session, user, date(2021, 4, 20)) == LAST_DAY
    assert len(sheet(hall, on=LAST_DAY).posts) == 1
    assert sheet(hall, on=NEW_YEAR).posts == ()
    assert sheet(hall, on=NEW_YEAR).measures == ()


def test_a_department_hands_over_to_its_successors(hall: Hall) -> None:
    assert department_sheet(hall).posts[0].successor == ""
    hall.enter("information", SuccessionKind.SPLIT, {"citizens": (), "digital": ("1-1-1",)}, on=NEW_YEAR)
    handed = department_sheet(hall)
    (post,) = handed.posts
    assert (handed.of, handed.is_of_person) == ("情報政策課", False)
    assert (post.rank, post.ends_on, post.successor) == ("", LAST_DAY, "市民窓口課、digital")
    assert len(handed.reports) == 3


def test_a_person_without_a_post_hands_over_nothing(hall: Hall) -> None:
    handed = sheet(hall, "planning")
    assert (handed.posts, handed.measures, handed.reports, handed.mails, handed.marks) == ((), (), (), (), ())
