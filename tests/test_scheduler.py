"""The scheduler opens what the plan's calendar has begun: once, whoever looks however often."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

import scheduler
import settings as settings_module
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.clock import PlanClock
from domain.reorganisation import SuccessionKind
from records import cycles, plans, reorganisation
from records.change import Change
from records.succession import Heir, Succession
from settings import Settings
from tests.conftest import PLAN

CYCLE = "annual-cycle/iizuka/iizuka-ict/{}"


@pytest.fixture
def real_time(sample_database: Database, city: int) -> Database:
    """The sample city whose plan lives in real time: its clock is the world's."""
    at = datetime(2020, 1, 1, tzinfo=UTC)
    with sample_database.writing(city) as session:
        plans.set_clock(session, Change("test", at), plans.find(session, PLAN), PlanClock(at, at))
    return sample_database


def opened(database: Database) -> dict[int, date]:
    with database.reading(EVERY_MUNICIPALITY) as session:
        return {cycle.fiscal_year: cycle.opened_on for cycle in session.exec(select(t.AnnualCycle))}


def on(*day_and_hour: int) -> datetime:
    return datetime(*day_and_hour, tzinfo=JST)  # type: ignore[arg-type,misc]


def test_the_running_fiscal_year_is_opened_once(real_time: Database) -> None:
    assert scheduler.open_cycles_due(real_time, on(2021, 4, 1, 0)) == [CYCLE.format(2021)]
    assert scheduler.open_cycles_due(real_time, on(2021, 4, 1, 1)) == []
    assert scheduler.open_cycles_due(real_time, on(2022, 3, 31, 23)) == []
    assert opened(real_time)[2021] == date(2021, 4, 1)


def test_a_year_begins_at_midnight_in_japan(real_time: Database) -> None:
    assert scheduler.open_cycles_due(real_time, datetime(2021, 3, 31, 14, 59, tzinfo=UTC)) == []
    assert scheduler.open_cycles_due(real_time, datetime(2021, 3, 31, 15, 0, tzinfo=UTC)) == [CYCLE.format(2021)]


def test_nothing_opens_before_the_first_business_day_of_the_year(real_time: Database) -> None:
    assert scheduler.open_cycles_due(real_time, on(2023, 4, 2, 12)) == [], "1 and 2 April 2023 are a weekend"
    assert scheduler.open_cycles_due(real_time, on(2023, 4, 3, 0)) == [CYCLE.format(2023)]


def test_a_scheduler_that_was_away_for_years_opens_only_the_running_one(real_time: Database) -> None:
    assert scheduler.open_cycles_due(real_time, on(2025, 7, 1, 9)) == [CYCLE.format(2025)]
    assert set(opened(real_time)) == {2019, 2020, 2025}


@pytest.mark.parametrize("day", [(2018, 3, 31, 12), (2027, 4, 1, 12)])
def test_nothing_opens_outside_the_plans_years(real_time: Database, day: tuple[int, ...]) -> None:
    assert scheduler.open_cycles_due(real_time, on(*day)) == []


def test_a_cycle_of_the_year_end_waits_for_the_new_year(real_time: Database, city: int) -> None:
    with real_time.writing(city) as session:
        plan = plans.find(session, PLAN)
        plan.definition = {**plan.definition, "cycle_opens": {"month": 12, "day": 29}}
        session.add(plan)
    assert scheduler.open_cycles_due(real_time, on(2022, 1, 3, 12)) == []
    assert scheduler.open_cycles_due(real_time, on(2022, 1, 4, 0)) == [CYCLE.format(2021)]


def test_two_schedulers_at_once_open_one_cycle_and_start_it_once(real_time: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        new = list(threads.map(lambda _: scheduler.open_cycles_due(real_time, on(2021, 4, 1, 0)), range(8)))
    assert sorted(new) == [[]] * 7 + [[CYCLE.format(2021)]]
    with real_time.reading(EVERY_MUNICIPALITY) as session:
        starts = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == CYCLE.format(2021))).all()
    assert len(starts) == 1


def test_the_plans_own_clock_decides_not_the_worlds(sample_database: Database, city: int) -> None:
    """The demo's plan shows January 2021 whatever year it is in the world, and its days pass in seconds."""
    at = datetime(2026, 5, 1, tzinfo=UTC)
    with sample_database.writing(city) as session:
        clock = PlanClock(on(2021, 3, 31, 12), at, seconds_per_day=10)
        plans.set_clock(session, Change("test", at), plans.find(session, PLAN), clock)
    assert scheduler.open_cycles_due(sample_database, at) == []
    assert scheduler.open_cycles_due(sample_database, at.replace(second=10)) == [CYCLE.format(2021)]


def test_one_plans_trouble_does_not_keep_the_others_from_opening(
    real_time: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with real_time.writing(EVERY_MUNICIPALITY) as session:
        broken = t.Municipality(code="broken", name="壊れた市")
        session.add(broken)
        session.flush()
        for municipality, id in ((broken.id, 0), (broken.id, 99)):
            session.add(
                t.Plan(id=id, municipality_id=municipality, code=f"p{id}", name="計画", definition={"code": "p"})
            )
    assert scheduler.open_cycles_due(real_time, on(2021, 4, 1, 0)) == [CYCLE.format(2021)]
    assert [record.getMessage() for record in caplog.records] == ["plan 0 was skipped", "plan 99 was skipped"]


def test_the_job_is_stored_in_the_database_coalescing_with_no_limit_to_how_late_it_runs(
    empty_database: Database,
) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False)
    for minutes in (10, 7):  # a second start replaces the job
        running = scheduler.build(Settings(database_url=url, scheduler_minutes=minutes))
        running.start(paused=True)
        running.shutdown()
        running._jobstores["default"].engine.dispose()  # its thread looked once more while it ended
    with empty_database.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, job_state FROM apscheduler_job")).all()
    assert [row.id for row in rows] == [scheduler.JOB_ID]
    job = pickle.loads(rows[0].job_state)
    assert (job["coalesce"], job["misfire_grace_time"], job["max_instances"]) == (True, None, 1)
    assert job["func"] == "scheduler:open_due_cycles"
    assert job["trigger"].interval.total_seconds() == 7 * 60


def test_the_year_opens_with_the_departments_that_the_day_brings(
    real_time: Database, city: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The changes of 1 April come before the cycle of 1 April, in one run of the job."""
    with real_time.writing(city) as session:
        school = session.exec(select(t.Department).where(t.Department.code == "school")).one()
        heir = Heir(t.Department(code="learning", name="学びの課", valid_from=date(2021, 4, 1)))
        renamed = Succession(school, date(2021, 4, 1), SuccessionKind.RENAMED, (heir,))
        reorganisation.enter(session, Change("test", on(2021, 3, 1)), renamed)
    monkeypatch.setenv("MEGURU_DATABASE_URL", real_time.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr("wall_clock.now", lambda: on(2021, 4, 1, 0))
    settings_module.load.cache_clear()
    try:
        scheduler.open_due_cycles()
    finally:
        settings_module.load.cache_clear()
    with real_time.writing(city) as session:
        cycle = cycles.cycle_of(session, plans.find(session, PLAN), 2021)
        assert cycle is not None
        took_effect, opened_cycle = (
            session.exec(select(t.AuditEntry.sequence).where(t.AuditEntry.action == action)).all()[-1]
            for action in ("reorganisation.took_effect", "cycle.opened")
        )
        assert took_effect < opened_cycle
        cycles.freeze_owners(session, Change("test", on(2021, 4, 1)), cycle, date(2021, 4, 1))
        owners = select(t.Department.code).join(
            t.CycleMeasure, col(t.CycleMeasure.department_id) == col(t.Department.id)
        )
        codes = set(session.exec(owners.where(t.CycleMeasure.cycle_id == cycle.id)))
    assert "learning" in codes
    assert "school" not in codes


def test_the_job_runs_with_the_settings_of_its_process(
    real_time: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MEGURU_DATABASE_URL", real_time.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr("wall_clock.now", lambda: on(2021, 4, 1, 0))
    settings_module.load.cache_clear()
    caplog.set_level("INFO")
    try:
        scheduler.open_due_cycles()
    finally:
        settings_module.load.cache_clear()
    assert 2021 in opened(real_time)
    assert json.dumps(caplog.messages) == json.dumps([f"opened {CYCLE.format(2021)}"])
