"""The year's cycle in the database: opened once, frozen once, closed in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from db.session import Database
from domain.clock import PlanClock
from domain.evaluation import CycleState, Direction
from domain.identifiers import ANNUAL_CYCLE, RECORD
from domain.progress_report import ReportState
from records import cycles, desk, plans
from records.change import Conflict, NotFound
from tests.city_hall import AT, CALENDAR, DUE, OPENED, TODAY, CityHall, change, cycle_2020, open_round
from tests.conftest import PLAN

CLOCK = PlanClock(AT, AT)
CYCLE_2021 = "annual-cycle/iizuka/iizuka-ict/2021"


def open_2021(database: Database, city: int) -> bool:
    with database.writing(city) as session:
        return cycles.open_cycle(session, change(), plans.find(session, PLAN), 2021, CLOCK)[1]


def starts(session: Session, workflow_id: str) -> list[t.Outbox]:
    return list(session.exec(select(t.Outbox).where(t.Outbox.workflow_id == workflow_id)))


def test_opening_a_cycle_twice_finds_the_first_one(sample_database: Database, city: int) -> None:
    assert open_2021(sample_database, city)
    assert not open_2021(sample_database, city)
    with sample_database.reading(city) as session:
        assert len(session.exec(select(t.AnnualCycle).where(t.AnnualCycle.fiscal_year == 2021)).all()) == 1
        assert [(row.name, row.is_start) for row in starts(session, CYCLE_2021)] == [(ANNUAL_CYCLE, True)]


def test_eight_who_open_a_cycle_at_once_make_one_cycle_and_start_it_once(sample_database: Database, city: int) -> None:
    with ThreadPoolExecutor(8) as threads:
        new = list(threads.map(lambda _: open_2021(sample_database, city), range(8)))
    assert sorted(new) == [False] * 7 + [True]
    with sample_database.reading(city) as session:
        assert len(session.exec(select(t.AnnualCycle).where(t.AnnualCycle.fiscal_year == 2021)).all()) == 1
        assert len(starts(session, CYCLE_2021)) == 1


@pytest.mark.parametrize("fiscal_year", [2017, 2027])
def test_a_year_outside_the_plan_is_refused(sample_database: Database, city: int, fiscal_year: int) -> None:
    with sample_database.writing(city) as session:
        plan = plans.find(session, PLAN)
        with pytest.raises(Conflict, match="outside_plan_period"):
            cycles.open_cycle(session, change(), plan, fiscal_year, CLOCK)


def test_owners_are_frozen_once(sample_database: Database, city: int) -> None:
    with sample_database.writing(city) as session:
        cycle = cycle_2020(session)
        for _ in range(2):
            cycles.freeze_owners(session, change(), cycle, OPENED)
        frozen = session.exec(select(t.CycleMeasure).where(t.CycleMeasure.cycle_id == cycle.id)).all()
    assert len(frozen) == 36
    assert all(measure.department_id for measure in frozen)
    assert cycle.state is CycleState.COLLECTING


def test_on_the_day_of_a_handover_the_new_owner_is_frozen(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report, housing = city_hall.report(session, "4-1-1"), city_hall.department(session, "housing")
        desk.reassign(session, change(), report.id, housing.id, "事務分掌の変更", TODAY, CALENDAR)
        cycle, _ = cycles.open_cycle(session, change(), plans.find(session, PLAN), 2021, CLOCK)
        cycles.freeze_owners(session, change(), cycle, TODAY)
        frozen = session.exec(
            select(t.CycleMeasure.department_id)
            .join(t.Node, col(t.Node.id) == col(t.CycleMeasure.node_id))
            .where(t.CycleMeasure.cycle_id == cycle.id, t.Node.origin_id == report.node_id)
        ).one()
    assert frozen == housing.id


def test_a_round_asks_each_department_once_for_all_its_measures(sample_database: Database, city: int) -> None:
    with sample_database.writing(city) as session:
        round_ = open_round(session)
        requests = session.exec(select(t.UpdateRequest).where(t.UpdateRequest.round_id == round_.id)).all()
        reports = session.exec(select(t.ProgressReport).where(t.ProgressReport.round_id == round_.id)).all()
    assert len({request.department_id for request in requests}) == len(requests) == 11
    assert len({report.node_id for report in reports}) == len(reports) == 36
    assert {(report.due_on, report.since_on, report.state) for report in reports} == {(DUE, OPENED, ReportState.DRAFT)}


def test_opening_a_round_again_finds_the_one_that_is_open(sample_database: Database, city: int) -> None:
    with sample_database.writing(city) as session:
        assert open_round(session).id == open_round(session).id
        assert len(_requests(session)) == 11
        assert len(cycles.rounds_of(session, cycle_2020(session))) == 1


def _requests(session: Session) -> list[t.UpdateRequest]:
    round_ = cycles.rounds_of(session, cycle_2020(session))[0]
    return list(session.exec(select(t.UpdateRequest).where(t.UpdateRequest.round_id == round_.id)))


def test_a_round_that_opens_on_a_closed_day_opens_on_the_next_business_day(
    sample_database: Database, city: int
) -> None:
    with sample_database.writing(city) as session:
        cycle = cycle_2020(session)
        cycles.freeze_owners(session, change(), cycle, date(2021, 1, 16))
        round_ = cycles.open_round(session, change(), cycle, "yearly", date(2021, 1, 16), CALENDAR)
    assert (round_.opened_on, round_.due_on) == (date(2021, 1, 18), date(2021, 2, 16))


def _dissolve(session: Session, code: str) -> t.Department:
    department = session.exec(select(t.Department).where(t.Department.code == code)).one()
    department.valid_until = OPENED - timedelta(days=1)
    session.add(department)
    session.flush()
    return department


def _owner_of(session: Session, code: str) -> str | None:
    """The department that was asked for a measure, None when it stays with the planning division."""
    query = (
        select(t.UpdateRequest)
        .join(t.ProgressReport, col(t.ProgressReport.request_id) == col(t.UpdateRequest.id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .where(t.Node.code == code, t.CollectionRound.cycle_id == cycle_2020(session).id)
    )
    request = session.exec(query).one()
    return session.get_one(t.Department, request.department_id).code if request.department_id else None


def test_a_department_dissolved_since_the_owners_were_frozen_is_replaced_by_its_successor(
    sample_database: Database, city: int
) -> None:
    with sample_database.writing(city) as session:
        cycles.freeze_owners(session, change(), cycle_2020(session), OPENED - timedelta(days=10))
        lifelong = _dissolve(session, "lifelong")
        heir = session.exec(select(t.Department).where(t.Department.code == "school")).one()
        held = session.exec(select(t.Responsibility).where(t.Responsibility.department_id == lifelong.id)).all()
        session.add_all(t.Responsibility(node_id=r.node_id, department_id=heir.id, valid_from=OPENED) for r in held)
        cycles.open_round(session, change(), cycle_2020(session), "yearly", OPENED, CALENDAR)
        assert _owner_of(session, "4-2-1") == "school"
        assert _owner_of(session, "4-1-1") == "school"
        assert len(_requests(session)) == 10


def test_a_measure_that_nobody_answers_for_stays_with_the_planning_division(
    sample_database: Database, city: int
) -> None:
    with sample_database.writing(city) as session:
        cycles.freeze_owners(session, change(), cycle_2020(session), OPENED - timedelta(days=10))
        _dissolve(session, "lifelong")
        _dissolve(session, "disaster")
        cycles.open_round(session, change(), cycle_2020(session), "yearly", OPENED, CALENDAR)
        assert {_owner_of(session, code) for code in ("4-2-1", "4-2-2", "5-1-1")} == {None}
        assert sum(r.department_id is None for r in _requests(session)) == 1, "one request for all of them"


def _evaluate_all(session: Session, planner: int) -> None:
    cycle = cycle_2020(session)
    for measure in session.exec(select(t.CycleMeasure).where(t.CycleMeasure.cycle_id == cycle.id)).all():
        desk.evaluate(session, change(), planner, cycle.id, measure.node_id, "B", Direction.CONTINUE, "順調", TODAY)
    session.flush()


def test_the_collection_closes_once_and_tells_its_process(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycle = cycle_2020(session)
        cycles.begin_evaluation(session, change(), cycle, TODAY)
        assert cycle.state is CycleState.EVALUATING
        assert city_hall.round(session).closed_on == TODAY
        assert [row.payload["kind"] for row in city_hall.outbox(session)] == ["closed"]
        with pytest.raises(Conflict, match="cycle_not_collecting"):
            cycles.begin_evaluation(session, change(), cycle, TODAY)


def test_a_collection_that_has_not_opened_cannot_be_closed(sample_database: Database, city: int) -> None:
    with sample_database.writing(city) as session:
        cycle = cycle_2020(session)
        with pytest.raises(Conflict, match="cycle_not_collecting"):
            cycles.begin_evaluation(session, change(), cycle, TODAY)
        cycles.freeze_owners(session, change(), cycle, OPENED)
        with pytest.raises(Conflict, match="collection_not_opened"):
            cycles.begin_evaluation(session, change(), cycle, TODAY)


def test_the_evaluation_is_not_finished_before_it_began_or_while_a_measure_is_missing(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycle, planner = cycle_2020(session), city_hall.planner(session)
        with pytest.raises(Conflict, match="cycle_not_evaluating"):
            cycles.finish_evaluation(session, change(), cycle, TODAY)
        cycles.begin_evaluation(session, change(), cycle, TODAY)
        assert len(cycles.missing_evaluations(session, cycle)) == 36
        _evaluate_all(session, planner.user)
        last = session.exec(select(t.Evaluation)).all()[-1]
        session.delete(last)
        session.flush()
        with pytest.raises(Conflict, match="measures_not_evaluated"):
            cycles.finish_evaluation(session, change(), cycle, TODAY)


def test_a_finished_evaluation_tells_the_cycles_process(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycle, planner = cycle_2020(session), city_hall.planner(session)
        cycles.begin_evaluation(session, change(), cycle, TODAY)
        _evaluate_all(session, planner.user)
        cycles.finish_evaluation(session, change(), cycle, TODAY)
        assert cycle.state is CycleState.CLOSING
        assert starts(session, cycle.workflow_id)[-1].name == RECORD
        with pytest.raises(Conflict, match="cycle_not_evaluating"):
            cycles.finish_evaluation(session, change(), cycle, TODAY)


def test_closing_the_year_confirms_what_was_handed_in_and_leaves_drafts_as_they_are(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        city_hall.submit(session, "4-1-2")
        city_hall.approve(session, "4-1-2")
        city_hall.submit(session, "4-1-3")
        city_hall.send_back(session, "4-1-3")
        for _ in range(2):
            cycles.close_cycle(session, change(), cycle_2020(session), TODAY)
        states = {code: city_hall.report(session, f"4-1-{code}").state for code in range(1, 5)}
        assert city_hall.audited(session).count("cycle.closed") == 1
    confirmed = ReportState.CONFIRMED
    assert states == {1: confirmed, 2: confirmed, 3: ReportState.RETURNED, 4: ReportState.DRAFT}


def test_what_is_not_there_is_not_found(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        with pytest.raises(NotFound):
            cycles.find(session, 99_999)
        with pytest.raises(NotFound):
            plans.find(session, "no-such-plan")
