"""The outbox: what Temporal must be told, in the transaction that makes it true, in order."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import TypeAdapter
from sqlmodel import Session, select

from db import tables as t
from domain.clock import PlanClock
from domain.collection import RoundEvent, RoundEventKind
from domain.identifiers import CHANGE_CLOCK, RECORD
from domain.orders import CycleEvent, CycleOrder
from records import cycles, outbox, plans
from tests.city_hall import AT, TODAY, CityHall, change, cycle_2020
from tests.conftest import PLAN

EVENT = RoundEvent(0, RoundEventKind.RETURNED, TODAY, measure=7, due_on=date(2021, 1, 27), returns=2)
CLOCK = PlanClock(AT, AT, 10)


def newest(session: Session) -> t.Outbox:
    session.flush()
    return session.exec(select(t.Outbox)).all()[-1]


def test_an_event_travels_whole_and_carries_the_id_of_its_row(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        outbox.tell_round(session, change(), "collection/x", EVENT)
        row = newest(session)
    arrived = TypeAdapter(RoundEvent).validate_python(outbox.argument(row))
    assert arrived == RoundEvent(row.id, EVENT.kind, EVENT.on, EVENT.measure, 0, EVENT.due_on, EVENT.returns)
    assert (row.name, row.is_start) == (RECORD, False)


def test_every_event_of_a_process_has_another_id(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for _ in range(3):
            outbox.tell_round(session, change(), "collection/x", EVENT)
        outbox.tell_cycle(session, change(), "annual-cycle/x", CycleEvent(0, TODAY))
        session.flush()
        ids = [outbox.argument(row)["id"] for row in session.exec(select(t.Outbox)) if row.name == RECORD]
    assert len(set(ids)) == len(ids) == 4


def test_an_order_and_a_clock_travel_as_they_are(city_hall: CityHall) -> None:
    order = CycleOrder(1, 2, CLOCK, collect_now=True)
    with city_hall.writing() as session:
        outbox.start_cycle(session, change(), "annual-cycle/x", order)
        start = newest(session)
        outbox.tell_clock(session, change(), "annual-cycle/x", CLOCK)
        told = newest(session)
    assert start.is_start
    assert TypeAdapter(CycleOrder).validate_python(outbox.argument(start)) == order
    assert told.name == CHANGE_CLOCK
    assert TypeAdapter(PlanClock).validate_python(outbox.argument(told)) == CLOCK


def test_what_waits_is_given_oldest_first_and_what_was_relayed_no_more(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for row in outbox.waiting(session, 0, 100):
            row.relayed_at = AT
            session.add(row)
        for _ in range(5):
            outbox.tell_round(session, change(), "collection/x", EVENT)
        session.flush()
        waiting = outbox.waiting(session, 0, 100)
        assert [row.id for row in waiting] == sorted(row.id for row in waiting)
        assert len(waiting) == 5
        waiting[0].relayed_at = AT
        session.add(waiting[0])
        session.flush()
        assert [row.id for row in outbox.waiting(session, 0, 2)] == [row.id for row in waiting[1:3]]


def test_nothing_is_told_when_the_transaction_fails(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        before = len(session.exec(select(t.Outbox)).all())
    with pytest.raises(ZeroDivisionError), city_hall.writing() as session:  # noqa: PT012
        outbox.tell_round(session, change(), "collection/x", EVENT)
        session.flush()
        _ = 1 / 0
    with city_hall.reading() as session:
        assert len(session.exec(select(t.Outbox)).all()) == before


def test_the_record_says_which_processes_are_over(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        cycle, round_ = cycle_2020(session), city_hall.round(session)
        assert not outbox.process_has_ended(session, cycle.workflow_id)
        assert not outbox.process_has_ended(session, round_.workflow_id)
        assert not outbox.process_has_ended(session, "collection/unknown")
        cycles.begin_evaluation(session, change(), cycle, TODAY)
        assert outbox.process_has_ended(session, round_.workflow_id)
        assert not outbox.process_has_ended(session, cycle.workflow_id)
        cycles.close_cycle(session, change(), cycle, TODAY)
        assert outbox.process_has_ended(session, cycle.workflow_id)


def test_a_new_clock_is_told_to_every_running_process_of_the_plan(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        plans.set_clock(session, change(), plans.find(session, PLAN), CLOCK)
        told = {row.workflow_id for row in outbox.waiting(session, 0, 100) if row.name == CHANGE_CLOCK}
        assert told == {cycle_2020(session).workflow_id, city_hall.round(session).workflow_id}
        assert plans.clock_of(plans.find(session, PLAN), AT) == CLOCK
