"""The board of the city: every open round, narrowed and put in order, in a fixed number of queries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from sqlmodel import Session, select

from db import tables as t
from records import board_view, city_board, cycles, desk, plans, round_mails
from records.board import Board, Show, Turn
from records.board_view import PlacedRow, Sort, Wanted
from tests.city_hall import CALENDAR, DUE, TODAY, CityHall, change, cycle_2020
from tests.conftest import PLAN
from tests.records.test_board import counted_queries

NOW = datetime(2021, 2, 24, 1, tzinfo=UTC)


def live_in_real_time(city_hall: CityHall) -> None:
    """An instant is then the plan's own time, too."""
    with city_hall.writing() as session:
        plan = plans.find(session, PLAN)
        plan.clock_origin_at = plan.clock_started_at = None
        session.add(plan)


@pytest.fixture(autouse=True)
def _real_time(city_hall: CityHall) -> None:
    live_in_real_time(city_hall)


def boards(session: Session) -> tuple[Board, ...]:
    session.flush()
    return city_board.of_city(session, NOW)


def found(session: Session, wanted: Wanted) -> tuple[PlacedRow, ...]:
    return board_view.rows_of(boards(session), wanted, board_view.below(session))


def codes(rows: tuple[PlacedRow, ...]) -> list[str]:
    return [one.row.department.code for one in rows if one.row.department]


def test_only_open_rounds_are_on_the_board_of_the_city(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        assert [len(board.rows) for board in boards(session)] == [11]
        cycles.begin_evaluation(session, change(), cycle_2020(session), TODAY)
        assert boards(session) == ()


def test_the_number_of_queries_is_the_same_for_one_round_and_for_twenty(city_hall: CityHall) -> None:
    one = _rounds_and_queries(city_hall)
    _add_rounds(city_hall, 19)
    twenty = _rounds_and_queries(city_hall)
    assert (one[0], twenty[0]) == (1, 20)
    assert one[1] == twenty[1] <= 7


def test_a_department_brings_those_that_belong_to_it(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        above = t.Department(code="education", name="教育部", valid_from=date(2018, 4, 1))
        session.add(above)
        session.flush()
        school = city_hall.department(session, "school")
        school.parent_id = above.id
        session.add(school)
        assert codes(found(session, Wanted(department=above.id))) == ["school"]
        assert codes(found(session, Wanted(department=school.id))) == ["school"]
        offered = board_view.departments_of(session, boards(session), board_view.below(session))
    assert {"education", "school", "housing"} <= {one.code for one in offered}


def test_rows_are_narrowed_by_turn_lateness_day_plan_and_round(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "5-1-2", "housing")
        request = city_hall.report(session, "4-1-1").request_id
        desk.extend(session, change(), request, date(2021, 3, 8), "訳", TODAY, CALENDAR)
        round_ = city_hall.round(session).id
        assert codes(found(session, Wanted(turn=Turn.SECTION_HEAD))) == ["housing"]
        assert codes(found(session, Wanted(show=Show.APPROVAL))) == ["housing"]
        late = codes(found(session, Wanted(show=Show.LATE)))
        assert len(late) == 9
        assert not {"school", "housing"} & set(late)
        assert codes(found(session, Wanted(due_until=DUE))) == late, "nothing of who owes nothing is due"
        assert len(found(session, Wanted(plan="iizuka-ict", round=round_))) == 11
        assert found(session, Wanted(plan="another")) == found(session, Wanted(round=round_ + 1)) == ()


@pytest.mark.parametrize("typed", ["４－１－１", "4-1-1", "ガッコウ", "がっこう　４-１-1"])
def test_a_row_is_found_by_its_department_or_by_one_of_its_measures(city_hall: CityHall, typed: str) -> None:
    with city_hall.writing() as session:
        school = city_hall.department(session, "school")
        school.name = "がっこう教育課"
        session.add(school)
        assert codes(found(session, Wanted(query=typed))) == ["school"]


def test_words_of_two_measures_do_not_make_one(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        assert found(session, Wanted(query="4-1-1 4-1-2")) == ()


def test_rows_are_put_in_order_and_what_has_no_value_comes_last_either_way(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "5-1-2", "housing")
        city_hall.submit(session, "4-1-1")
        request = city_hall.report(session, "4-1-1").request_id
        desk.extend(session, change(), request, date(2021, 3, 8), "訳", TODAY, CALENDAR)
        by_code = codes(found(session, Wanted(sort=Sort.DEPARTMENT)))
        assert by_code == sorted(by_code)
        for descending in (False, True):
            by_due = codes(found(session, Wanted(sort=Sort.DUE, descending=descending)))
            assert by_due[-1] == "housing", "owes nothing"
            assert by_due.index("school") == (0 if descending else 9)
        by_share = found(session, Wanted(sort=Sort.SHARE, descending=True))
        assert [one.row.share for one in by_share][:3] == [1, Fraction(1, 4), 0]
        by_lateness = found(session, Wanted(sort=Sort.LATE))
        assert {one.row.days_late for one in by_lateness[:9]} == {6}
        assert set(codes(by_lateness[9:])) == {"school", "housing"}
        coming = [one.row.next_step.at for one in found(session, Wanted(sort=Sort.NEXT)) if one.row.next_step]
        assert coming == sorted(coming)


def test_what_is_shown_is_what_is_taken_along(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        rows = found(session, Wanted(query="4-1-1"))
        table = city_board.table(rows, "ja")
    (line,) = table.rows
    said = dict(zip(table.columns, line, strict=True))
    assert (said["提出"], said["報告する数"], said["未提出"], said["期限"]) == (1, 4, 3, "2021-02-15")
    assert (said["期限超過"], said["超過の営業日数"], said["次に動く人"]) == (3, 6, "所管課")


def _rounds_and_queries(city_hall: CityHall) -> tuple[int, int]:
    with city_hall.reading() as session, counted_queries(city_hall.database) as statements:
        found = city_board.of_city(session, NOW)
        board_view.rows_of(found, Wanted(query="課"), board_view.below(session))
        return len(found), len(statements)


def _add_rounds(city_hall: CityHall, how_many: int) -> None:
    """The same round in as many years, each with its departments, measures and mails."""
    with city_hall.writing() as session:
        plan, like = plans.find(session, "iizuka-ict"), city_hall.round(session)
        reports = session.exec(select(t.ProgressReport).where(t.ProgressReport.round_id == like.id)).all()
        cycle = cycle_2020(session)
        for n in range(how_many):
            year = 2040 + n
            added = t.AnnualCycle(
                **{**cycle.model_dump(exclude={"id"}), "fiscal_year": year, "workflow_id": f"annual-cycle/{year}"}
            )
            session.add(added)
            session.flush()
            round_ = t.CollectionRound(
                **{**like.model_dump(exclude={"id"}), "cycle_id": added.id, "workflow_id": f"collection/{year}"}
            )
            session.add(round_)
            session.flush()
            request = t.UpdateRequest(
                round_id=round_.id, department_id=city_hall.department(session, "school").id, opened_on=TODAY
            )
            session.add(request)
            session.flush()
            for report in reports[:3]:
                fields = {**report.model_dump(exclude={"id"}), "round_id": round_.id, "request_id": request.id}
                session.add(t.ProgressReport(**fields))
        assert plan.id == like.plan_id
        round_mails.claim(session, change(), city_hall.due(session), TODAY, "meguru.example")
