"""The board: who answered, who is late, whose turn it is and what happens next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import event
from sqlmodel import Session, select

from db import tables as t
from db.session import Database
from domain.calendar import JST
from domain.ladder import Rank, StepKind
from domain.mail_ledger import Outcome
from records import board, cycles, desk, mails, round_mails
from records.board import Board, BoardRow, Show, Turn
from tests.city_hall import CALENDAR, DUE, SCHOOL_MEASURES, TODAY, CityHall, change, cycle_2020

MORNING = datetime(2021, 1, 20, 10, tzinfo=JST)
LATE = datetime(2021, 2, 24, 10, tzinfo=JST)


def seen(city_hall: CityHall, session: Session, at: datetime = MORNING) -> Board:
    session.flush()
    return board.of_round(session, city_hall.round(session), at, CALENDAR)


def row_of(found: Board, code: str) -> BoardRow:
    return next(row for row in found.rows if row.department and row.department.code == code)


@contextmanager
def counted_queries(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def test_every_department_has_a_row_and_every_measure_a_place(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        found = seen(city_hall, session)
    assert (len(found.rows), found.total, found.outstanding) == (11, 36, 36)
    assert (found.answered, found.late, found.approved, found.exempted) == (0, 0, 0, 0)
    assert {row.turn for row in found.rows} == {Turn.DEPARTMENT}
    assert [r.node.code for r in row_of(found, "school").reports] == list(SCHOOL_MEASURES)


def test_the_turn_goes_from_the_department_to_its_head_and_ends_with_the_approval(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for code in SCHOOL_MEASURES[:3]:
            city_hall.submit(session, code)
        row = row_of(seen(city_hall, session), "school")
        assert (row.turn, row.answered, row.outstanding, row.awaiting_approval) == (Turn.DEPARTMENT, 3, 1, 3)
        city_hall.submit(session, SCHOOL_MEASURES[3])
        assert row_of(seen(city_hall, session), "school").turn is Turn.SECTION_HEAD
        for code in SCHOOL_MEASURES:
            city_hall.approve(session, code)
        row = row_of(seen(city_hall, session), "school")
        assert (row.turn, row.approved, row.awaiting_approval, row.next_step) == (Turn.NOBODY, 4, 0, None)


def test_a_return_gives_the_turn_back_to_the_department(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "5-1-2", "housing")
        housing = city_hall.department(session, "housing")
        report = city_hall.report(session, "4-1-1")
        city_hall.submit(session, "4-1-1")
        city_hall.send_back(session, "4-1-1")
        found = seen(city_hall, session)
        assert row_of(found, "housing").turn is Turn.SECTION_HEAD
        assert row_of(found, "school").turn is Turn.DEPARTMENT
        assert row_of(found, "school").due_on == report.due_on == date(2021, 1, 27)
        assert row_of(found, "housing").department == housing


def test_what_nobody_answers_for_is_the_planning_divisions_turn(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        request = session.get_one(t.UpdateRequest, city_hall.report(session, "5-1-2").request_id)
        request.department_id = None
        session.add(request)
        session.flush()
        unassigned = next(row for row in seen(city_hall, session).rows if row.department is None)
    assert unassigned.turn is Turn.PLANNING


def test_a_measure_is_late_from_the_day_after_and_counted_in_business_days(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        on_the_day = seen(city_hall, session, datetime(2021, 2, 15, 23, tzinfo=JST))
        row = row_of(seen(city_hall, session, LATE), "school")
    assert on_the_day.late == 0
    assert (row.late, row.due_on) == (3, DUE)
    assert [(r.is_owed, r.is_late, r.days_late) for r in row.reports] == [(False, False, 0)] + [(True, True, 6)] * 3


def test_nobody_is_late_or_has_the_turn_once_the_collection_is_closed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycles.begin_evaluation(session, change(), cycle_2020(session), TODAY)
        found = seen(city_hall, session, LATE)
    assert found.late == 0
    assert {row.turn for row in found.rows} == {Turn.NOBODY}
    assert {row.next_step for row in found.rows} == {None}


def test_an_exempted_measure_is_neither_owed_nor_answered(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        desk.exempt(session, change(), city_hall.report(session, "5-1-2").id, "休止中", TODAY)
        row = row_of(seen(city_hall, session, LATE), "housing")
    assert (row.exempted, row.outstanding, row.answered, row.late, row.turn) == (1, 0, 0, 0, Turn.NOBODY)


def test_a_department_that_gave_its_last_measure_away_leaves_the_board(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        school, report = city_hall.department(session, "school"), city_hall.report(session, "5-1-2")
        desk.reassign(session, change(), report.id, school.id, "訳", TODAY, CALENDAR)
        found = seen(city_hall, session)
    assert len(found.rows) == 10
    assert row_of(found, "school").total == 5


def test_the_next_step_is_what_happens_if_nobody_does_anything(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "5-1-2", "housing")
        found = seen(city_hall, session)
    school, housing = row_of(found, "school").next_step, row_of(found, "housing").next_step
    assert school is not None
    assert housing is not None
    assert (school.step.code, school.at) == ("notice-before-due", datetime(2021, 2, 5, 9, tzinfo=JST))
    assert (housing.step.code, housing.at.date()) == ("approval-request", date(2021, 1, 21))


def test_a_mail_that_failed_stands_out_in_its_department(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        due = city_hall.due(session, SCHOOL_MEASURES, StepKind.ESCALATION, Rank.SECTION_HEAD, "e@2021-02-22")
        mail_id = round_mails.claim(session, change(), due, LATE.date(), "meguru.example")[0]
        round_mails.begin_attempt(session, change(), mail_id, LATE.date())
        mails.finish_attempt(session, change(), mail_id, Outcome.REFUSED_FOR_GOOD, "", "", "550")
        found = seen(city_hall, session, LATE)
    assert found.mail_trouble == row_of(found, "school").mail_trouble == 1
    assert [mail.id for mail in row_of(found, "school").mails] == [mail_id]
    assert [row.department and row.department.code for row in found.rows_to(Show.MAIL)] == ["school"]


def test_the_board_can_be_narrowed_to_what_matters(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "5-1-2", "housing")
        found = seen(city_hall, session, LATE)
    assert len(found.rows_to(Show.ALL)) == 11
    assert row_of(found, "housing") not in found.rows_to(Show.LATE)
    assert found.rows_to(Show.APPROVAL) == (row_of(found, "housing"),)


def test_the_number_of_queries_does_not_grow_with_the_round(city_hall: CityHall) -> None:
    before = _size_and_queries(city_hall)
    _add_measures(city_hall, 40)
    after = _size_and_queries(city_hall)
    assert (before[0], after[0]) == (36, 76)
    assert before[1] == after[1] <= 8


def _size_and_queries(city_hall: CityHall) -> tuple[int, int]:
    with city_hall.reading() as session:
        round_ = city_hall.round(session)
        session.expunge_all()
        with counted_queries(city_hall.database) as statements:
            size = board.of_round(session, round_, LATE, CALENDAR).total
        return size, len(statements)


def _add_measures(city_hall: CityHall, how_many: int) -> None:
    """More departments, measures and mails in the same round."""
    with city_hall.writing() as session:
        round_, like = city_hall.round(session), city_hall.report(session, "4-1-1")
        node = session.get_one(t.Node, like.node_id)
        for n in range(how_many):
            department = t.Department(code=f"new-{n}", name=f"新{n}課", valid_from=TODAY)
            added = t.Node(edition_id=node.edition_id, level=node.level, code=f"9-{n}", title="施策", position=900 + n)
            session.add_all([department, added])
            session.flush()
            request = t.UpdateRequest(round_id=round_.id, department_id=department.id, opened_on=TODAY)
            session.add(request)
            session.flush()
            session.add(
                t.ProgressReport(
                    round_id=round_.id, request_id=request.id, node_id=added.id, due_on=DUE, since_on=TODAY
                )
            )
            session.flush()
        due = city_hall.due(session)
        round_mails.claim(session, change(), due, TODAY, "meguru.example")
        assert session.exec(select(t.Mail)).all()
