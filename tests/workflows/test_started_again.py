"""What a replay leaves under way goes on under another Temporal: on its days, and without a mail twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.clock import PlanClock, real_clock
from domain.evaluation import CycleState
from domain.identifiers import CHANGE_CLOCK
from domain.key_project import Cadence, RouteOutcome, RouteStep
from domain.ladder import Rank, StepKind
from domain.matter import MatterState
from japan_calendar import business_calendar
from records import check_ins, cycles, matters, outbox, plans, processes
from records.change import Change
from replay.agenda import Entry, Moment, on
from replay.player import running
from replay.run import play_year
from tests.conftest import RememberingMailer
from tests.databases import Databases
from tests.workflows import project_life as life

ASKED_ON, LEFT_ON, ANSWERED_ON, NEXT_ON = date(2026, 5, 13), date(2026, 5, 16), date(2026, 5, 19), date(2026, 5, 20)
"""The replay ends on a Saturday, with the check-in of Wednesday unanswered and due on Monday."""
WANTED_BY = date(2026, 5, 22)
TO_SCALE = RouteStep(RouteOutcome.SCALE, "二つの窓口で続いたため")
MISATO = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "misato-policy.yaml")
LATE_ON = date(2026, 2, 16)
"""One business day after the reports of Misato's round of FY2025 were due."""


def start_again(session: Session, moment: Moment) -> None:
    for plan in plans.every(session):
        processes.start_again(session, Change("test", moment.at), plan, real_clock(moment.at))


def go_on(
    database: Database, municipality: int, mailer: RememberingMailer, agenda: Sequence[Entry], until: date
) -> None:
    """Another server, which has never heard of what is under way."""
    begins_at = min(entry.at for entry in agenda)

    async def run() -> None:
        async with running(database, municipality, begins_at, mailer, ()) as player:
            await player.play(agenda, datetime.combine(until, time.max, JST), lambda _: None)

    asyncio.run(run())


def left(database: Database, mailer: RememberingMailer | None = None) -> life.City:
    """A project as a replay leaves it: a check-in, a matter and a successor wait."""
    agenda = [
        *life.begin(Cadence.WEEKLY),
        *life.answered_daily(date(2026, 4, 9), date(2026, 5, 12)),
        on(date(2026, 5, 11), 9, 20, life.transferred(life.LEADER, "elsewhere", Rank.DEPUTY_DIRECTOR)),
        on(date(2026, 5, 11), 11, 20, life.raise_matter("広げてよいか", TO_SCALE, WANTED_BY)),
    ]
    return life.play(database, agenda, LEFT_ON, mailer=mailer)


@pytest.fixture(scope="module")
def city(databases: Databases) -> Iterator[life.City]:
    """The project, started again on Sunday and seen until the end of the week."""
    with databases.copied() as database:
        city = left(database)
        agenda = [on(date(2026, 5, 17), 9, 0, start_again), on(ANSWERED_ON, 15, 20, life.answer)]
        go_on(database, city.municipality, city.mailer, agenda, date(2026, 5, 24))
        yield city


def test_the_next_check_in_is_asked_on_its_day_after_the_one_that_waited(city: life.City) -> None:
    found = city.read(lambda s: [(c.asked_on, c.submitted_on) for c in check_ins.of_project(s, life.project_in(s))])
    assert found[-2:] == [(ASKED_ON, ANSWERED_ON), (NEXT_ON, None)]


def test_no_mail_leaves_twice_and_none_is_missing(city: life.City) -> None:
    sent = Counter(message["Message-ID"] for message in city.mailer.sent)
    assert set(sent.values()) == {1}
    assert len(sent) == len(city.read(lambda s: s.exec(select(t.Mail)).all()))
    assert [day for day, _ in city.mails(life.MEMBER)][-3:] == [ASKED_ON, ANSWERED_ON, NEXT_ON]
    assert city.mails(life.MEMBER, "督促")[-1][0] == ANSWERED_ON, "the reminder came before the answer"


def test_the_matter_and_the_search_for_a_successor_go_on_too(city: life.City) -> None:
    assert [day for day, _ in city.mails(life.OFFICE, "広げてよいか")] == [date(2026, 5, 11), date(2026, 5, 19)]
    assert [day for day, _ in city.mails(life.SUB_LEADER, "後任")] == [date(2026, 5, 11), date(2026, 5, 19)]


@pytest.fixture(scope="module")
def left_city(databases: Databases) -> Iterator[life.City]:
    with databases.copied() as database:
        yield left(database)


def test_a_process_is_started_before_it_is_told_anything(left_city: life.City) -> None:
    """The relay passes over a workflow it cannot tell, with all its later rows."""
    at = datetime(2026, 5, 17, tzinfo=JST)
    with left_city.database.writing(left_city.municipality) as session:
        plan, change = life.ACTS.plan_in(session), Change("test", at)
        outbox.tell_process(session, change, life.PROJECT, LEFT_ON)  # the replay's Temporal never heard of it
        clock = PlanClock(at, at, 60)
        started = processes.start_again(session, change, plan, clock)
        plans.set_clock(session, change, plan, clock)
        waiting = [(row.workflow_id, row.is_start, row.name) for row in outbox.waiting(session, 0, 100)]
        session.rollback()
    assert [id_ for id_, is_start, _ in waiting if is_start] == list(started)
    assert [(id_, name) for id_, is_start, name in waiting if not is_start] == [(id_, CHANGE_CLOCK) for id_ in started]
    assert len(started) == 3
    assert waiting.index((life.PROJECT, True, "KeyProjectWorkflow")) < waiting.index(
        (life.PROJECT, False, CHANGE_CLOCK)
    )


def test_what_is_over_is_not_started_again(left_city: life.City) -> None:
    with left_city.database.writing(left_city.municipality) as session:
        plan, change = life.ACTS.plan_in(session), Change("test", datetime(2026, 5, 17, tzinfo=JST))
        matter = matters.of_project(session, life.project_in(session))[0]
        matter.state, matter.closed_on = MatterState.WITHDRAWN, LEFT_ON
        session.add(matter)
        for seat in session.exec(select(t.Inquiry).where(col(t.Inquiry.seat_id).is_not(None))):
            seat.settled_on = LEFT_ON
        session.flush()
        assert processes.start_again(session, change, plan, real_clock(change.at)) == (life.PROJECT,)
        session.rollback()


def test_a_year_is_started_as_it_stands(left_city: life.City) -> None:
    """A round opened before its day runs on at once; a year whose evaluation is finished hears of it again."""
    with left_city.database.writing(left_city.municipality) as session:
        plan, change = life.ACTS.plan_in(session), Change("test", datetime(2026, 5, 17, tzinfo=JST))
        clock = real_clock(change.at)
        year, _ = cycles.open_cycle(session, change, plan, 2026, clock)
        cycles.open_round(session, change, year, "status-check", date(2026, 3, 20), business_calendar((2026, 2027)))
        year.state = CycleState.CLOSING
        session.flush()
        processes.start_again(session, change, plan, clock)
        rows = [row for row in outbox.waiting(session, 0, 100) if row.workflow_id == year.workflow_id]
        assert [(row.is_start, row.payload.get("collect_now")) for row in rows] == [(True, True), (False, None)]
        session.rollback()


def test_a_review_under_way_is_refused(left_city: life.City) -> None:
    with left_city.database.writing(left_city.municipality) as session:
        plan, change = life.ACTS.plan_in(session), Change("test", datetime(2026, 5, 17, tzinfo=JST))
        session.add(
            t.PhaseReview(
                plan_id=plan.id,
                term="late",
                fiscal_year=2026,
                edition_id=plans.editions_of(session, plan)[0].id,
                workflow_id="phase-review/tokorozawa/tokorozawa-dx/late",
                opened_on=LEFT_ON,
                opened_by="test",
            )
        )
        session.flush()
        with pytest.raises(processes.ReviewUnderWay):
            processes.start_again(session, change, plan, real_clock(change.at))
        session.rollback()


def test_a_round_in_its_middle_goes_on_where_it_was(empty_database: Database) -> None:
    """The first reminder has left, the second and the word to the superior follow on the third day."""
    database, mailer = empty_database, RememberingMailer()
    play_year(database, MISATO, 2024, mailer, (), until=LATE_ON)
    with database.reading(EVERY_MUNICIPALITY) as session:
        municipality = plans.find(session, MISATO.code).municipality_id
    before = len(mailer.sent)
    go_on(database, municipality, mailer, [on(date(2026, 2, 17), 8, 0, start_again)], date(2026, 2, 18))
    with database.reading(municipality) as session:
        mails = session.exec(select(t.Mail).where(t.Mail.claimed_on > LATE_ON)).all()
        asked = [(mail.claimed_on, mail.kind) for mail in mails]
        assert outbox.waiting(session, 0, 10) == []
    assert Counter(asked) == {(date(2026, 2, 18), StepKind.REMINDER): 2, (date(2026, 2, 18), StepKind.ESCALATION): 2}
    assert len(mailer.sent) == before + 4
