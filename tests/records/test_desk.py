"""What the planning division changes in a running round, and what it is refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from db import tables as t
from domain.evaluation import Direction
from domain.progress_report import ReportState
from records import cycles, desk
from records.change import Conflict, NotFound
from tests.city_hall import CALENDAR, DUE, TODAY, CityHall, change, cycle_2020

CODE = "4-1-1"


def test_an_extension_moves_everything_the_department_still_owes_and_nothing_else(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-2")
        desk.exempt(session, change(), city_hall.report(session, "4-1-3").id, "休止中", TODAY)
        request = city_hall.report(session, CODE).request_id
        became = desk.extend(session, change(), request, date(2021, 3, 6), " 学期末のため ", TODAY, CALENDAR)
        due = {code: city_hall.report(session, code).due_on for code in ("4-1-1", "4-1-2", "4-1-3", "4-1-4", "5-1-2")}
        extended = [row.payload for row in city_hall.outbox(session) if row.payload["kind"] == "extended"]
        entry = session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "request.extended")).one()
    assert became == date(2021, 3, 8), "6 March is a Saturday"
    assert due == {"4-1-1": became, "4-1-2": DUE, "4-1-3": DUE, "4-1-4": became, "5-1-2": DUE}
    assert [payload["due_on"] for payload in extended] == ["2021-03-08"] * 2
    assert entry.detail == {"due_on": "2021-03-08", "reason": "学期末のため"}


@pytest.mark.parametrize(
    ("due_on", "reason", "refusal"),
    [
        (TODAY, "訳", "due_date_not_in_future"),
        (date(2021, 1, 4), "訳", "due_date_not_in_future"),
        (date(2021, 3, 1), " 　", "reason_missing"),
    ],
)
def test_an_extension_needs_a_day_to_come_and_a_reason(
    city_hall: CityHall, due_on: date, reason: str, refusal: str
) -> None:
    with city_hall.writing() as session:
        request = city_hall.report(session, CODE).request_id
        with pytest.raises(Conflict, match=refusal):
            desk.extend(session, change(), request, due_on, reason, TODAY, CALENDAR)
        assert city_hall.outbox(session) == []


def test_there_is_nothing_to_extend_for_a_department_that_has_answered(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = city_hall.report(session, "5-1-2")  # the housing department's only measure
        city_hall.submit(session, "5-1-2", "housing")
        with pytest.raises(Conflict, match="nothing_outstanding"):
            desk.extend(session, change(), report.request_id, date(2021, 3, 1), "訳", TODAY, CALENDAR)


def test_a_returned_report_can_be_extended(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        report = city_hall.send_back(session, "4-1-1")
        desk.extend(session, change(), report.request_id, date(2021, 3, 1), "訳", TODAY, CALENDAR)
        assert report.due_on == date(2021, 3, 1)


def test_an_exemption_is_recorded_with_its_reason_and_told_once(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = desk.exempt(session, change(), city_hall.report(session, CODE).id, " 今年度は休止 ", TODAY)
        assert (report.is_exempted, report.exempted_reason) == (True, "今年度は休止")
        assert [row.payload["kind"] for row in city_hall.outbox(session)] == ["exempted"]
        with pytest.raises(Conflict, match="report_exempted"):
            desk.exempt(session, change(), report.id, "もう一度", TODAY)


def test_an_exemption_needs_a_reason(city_hall: CityHall) -> None:
    with city_hall.writing() as session, pytest.raises(Conflict, match="reason_missing"):
        desk.exempt(session, change(), city_hall.report(session, CODE).id, "", TODAY)


def test_a_reassigned_measure_takes_its_draft_along_and_joins_the_other_departments_request(
    city_hall: CityHall,
) -> None:
    with city_hall.writing() as session:
        report, housing = city_hall.report(session, CODE), city_hall.department(session, "housing")
        report.answers = {"achievements": "下書き"}
        theirs = city_hall.report(session, "5-1-2").request_id
        moved = desk.reassign(session, change(), report.id, housing.id, "事務分掌の変更", TODAY, CALENDAR)
        told = city_hall.outbox(session)[-1].payload
        held = session.exec(select(t.Responsibility).where(t.Responsibility.node_id == report.node_id)).all()
    assert (moved.request_id, moved.answers, moved.since_on) == (theirs, {"achievements": "下書き"}, TODAY)
    assert (told["kind"], told["request"], told["due_on"]) == ("reassigned", theirs, DUE.isoformat())
    assert [(r.department_id == housing.id, r.valid_from, r.valid_until) for r in held] == [
        (False, date(2018, 4, 1), date(2021, 1, 19)),
        (True, TODAY, None),
    ]


def test_a_department_without_a_request_gets_one_with_its_first_measure(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        new = t.Department(code="digital", name="デジタル推進課", valid_from=TODAY)
        session.add(new)
        session.flush()
        first = desk.reassign(session, change(), city_hall.report(session, "4-1-1").id, new.id, "新設", TODAY, CALENDAR)
        second = desk.reassign(
            session, change(), city_hall.report(session, "4-1-2").id, new.id, "新設", TODAY, CALENDAR
        )
        request = session.get_one(t.UpdateRequest, first.request_id)
    assert first.request_id == second.request_id
    assert (request.department_id, request.opened_on) == (new.id, TODAY)


def test_nobody_inherits_a_delay(city_hall: CityHall) -> None:
    late = date(2021, 2, 22)
    with city_hall.writing() as session:
        report, housing = city_hall.report(session, CODE), city_hall.department(session, "housing")
        desk.reassign(session, change(), report.id, housing.id, "訳", late, CALENDAR)
        told = city_hall.outbox(session)[-1].payload
    assert report.due_on == date(2021, 3, 2), "five business days, as after a return; 23 February is closed"
    assert told["due_on"] == "2021-03-02"


def test_a_report_that_was_handed_in_stays_so_when_it_is_reassigned(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        housing = city_hall.department(session, "housing")
        report = desk.reassign(session, change(), city_hall.report(session, CODE).id, housing.id, "訳", TODAY, CALENDAR)
    assert report.state is ReportState.SUBMITTED


def test_a_measure_is_not_reassigned_to_its_own_a_dissolved_or_an_unknown_department(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = city_hall.report(session, CODE)
        school, gone = city_hall.department(session, "school"), city_hall.department(session, "housing")
        gone.valid_until = date(2021, 1, 19)
        session.add(gone)
        for department, refusal in ((school.id, "same_department"), (gone.id, "department_dissolved")):
            with pytest.raises(Conflict, match=refusal):
                desk.reassign(session, change(), report.id, department, "訳", TODAY, CALENDAR)
        with pytest.raises(NotFound):
            desk.reassign(session, change(), report.id, 99_999, "訳", TODAY, CALENDAR)
        with pytest.raises(Conflict, match="reason_missing"):
            desk.reassign(session, change(), report.id, gone.id, " ", TODAY, CALENDAR)


def test_an_exempted_report_stays_where_it_is(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = desk.exempt(session, change(), city_hall.report(session, CODE).id, "休止中", TODAY)
        housing = city_hall.department(session, "housing")
        with pytest.raises(Conflict, match="report_exempted"):
            desk.reassign(session, change(), report.id, housing.id, "訳", TODAY, CALENDAR)


def test_a_closed_round_is_changed_no_more(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycles.begin_evaluation(session, change(), cycle_2020(session), TODAY)
        report, housing = city_hall.report(session, CODE), city_hall.department(session, "housing")
        with pytest.raises(Conflict, match="round_closed"):
            desk.extend(session, change(), report.request_id, date(2021, 3, 1), "訳", TODAY, CALENDAR)
        with pytest.raises(Conflict, match="round_closed"):
            desk.exempt(session, change(), report.id, "訳", TODAY)
        with pytest.raises(Conflict, match="round_closed"):
            desk.reassign(session, change(), report.id, housing.id, "訳", TODAY, CALENDAR)


def test_what_is_not_there_is_not_found(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        with pytest.raises(NotFound):
            desk.find_request(session, 99_999)
        with pytest.raises(NotFound):
            desk.exempt(session, change(), 99_999, "訳", TODAY)


def test_writing_an_evaluation_again_replaces_it(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycle, planner = cycle_2020(session), city_hall.planner(session)
        node = city_hall.report(session, CODE).node_id
        for grade in ("A", "C"):
            desk.evaluate(session, change(), planner.user, cycle.id, node, grade, Direction.IMPROVE, " 所見 ", TODAY)
        found = session.exec(select(t.Evaluation)).one()
    assert (found.grade, found.direction, found.comment) == ("C", Direction.IMPROVE, "所見")


def test_a_measure_of_no_cycle_or_of_a_closed_one_is_not_evaluated(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycle, planner = cycle_2020(session), city_hall.planner(session).user
        node = city_hall.report(session, CODE).node_id
        with pytest.raises(NotFound):
            desk.evaluate(session, change(), planner, cycle.id, 99_999, "A", Direction.STOP, "", TODAY)
        cycles.close_cycle(session, change(), cycle, TODAY)
        with pytest.raises(Conflict, match="cycle_not_evaluating"):
            desk.evaluate(session, change(), planner, cycle.id, node, "A", Direction.STOP, "", TODAY)
