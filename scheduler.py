"""The scheduler: decides calendar kick-offs, nothing else. `python scheduler.py`

One recurring job looks at the calendar. First come the changes of the day: reorganisations (機構改革) and transfers
(人事異動) that begin take effect, so that a year opens with the departments it will have. Then: which cycles, and
which reviews of a term, should have begun by the plan's own clock? It opens those that are not open. However often, by
however many schedulers and after whatever outage it runs, a change takes effect once, the database lets a cycle or a
review open once, and the workflow's deterministic id starts it once.
"""

from __future__ import annotations

import logging
import signal
import threading
from datetime import datetime
from types import FrameType

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session, select

import settings as settings_module
import telemetry
import wall_clock
from db import migrate
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, Scope
from domain.clock import jst_day
from domain.kick_off import cycle_due
from domain.phase_review import review_due
from japan_calendar import business_calendar
from records import cycles, people, plans, reorganisation, reviews, transfers
from records.change import Change, Conflict
from settings import Settings

_log = logging.getLogger("meguru.scheduler")
JOB_ID = "open-due-cycles"


def open_due_cycles() -> None:
    """The job: changes of the day first, then every cycle whose day has come. Stored by name, it loads its settings."""
    database = Database(settings_module.load().database_url)
    at = wall_clock.now()
    try:
        if changed := let_changes_take_effect(database, at):
            _log.info("changes took effect for %d departments and people", len(changed))  # who: the audit log says it
        for workflow_id in open_cycles_due(database, at):
            _log.info("opened %s", workflow_id)
    finally:
        database.dispose()


def let_changes_take_effect(database: Database, at: datetime, of: Scope = EVERY_MUNICIPALITY) -> list[str]:
    """Reorganisations and transfers whose day has come: the departments (by code) and people they concerned."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        cities = [city for city in people.municipalities(session) if of in (EVERY_MUNICIPALITY, city.id)]
    change, changed = Change("scheduler", at), []
    for city in cities:
        try:
            with database.writing(city.id) as session:
                done = reorganisation.take_effect_due(session, change)
                done += transfers.take_effect(session, change, jst_day(at))
            changed += [f"{city.code}: {concerned}" for concerned in done]
        except Exception:  # one city's trouble must not keep the others' changes from taking effect
            _log.exception("the changes of %s were skipped", city.code)
    return changed


def open_cycles_due(database: Database, at: datetime, of: Scope = EVERY_MUNICIPALITY) -> list[str]:
    """Open what the calendars say has begun at an instant; the workflow ids of the cycles and reviews that are new."""
    with database.reading(of) as session:
        known = session.exec(select(t.Plan.id, t.Plan.municipality_id)).all()
    opened = []
    for plan_id, municipality in known:
        try:
            with database.writing(municipality) as session:
                opened += _open_due(session, plan_id, at)
        except Exception:  # one plan's trouble must not keep the other cities' cycles from opening
            _log.exception("plan %s was skipped", plan_id)
    return opened


def _open_due(session: Session, plan_id: int | None, at: datetime) -> list[str]:
    plan = session.get_one(t.Plan, plan_id)
    clock = plans.clock_of(plan, at)
    today, definition, change = clock.today(at), plans.definition_of(plan), Change("scheduler", at)
    calendar = business_calendar(range(today.year - 1, today.year + 2))
    opened: list[tuple[t.AnnualCycle | t.PhaseReview, bool]] = []
    fiscal_year = cycle_due(definition, today, calendar)
    if fiscal_year is not None:
        opened.append(cycles.open_cycle(session, change, plan, fiscal_year, clock))
    term = review_due(definition, [r.term for r in reviews.of_plan(session, plan)], today, calendar)
    if term is not None:
        try:
            opened.append(reviews.open_review(session, change, plan, term.code, clock))
        except Conflict as conflict:  # the next edition is there already: nothing to review, and the year goes on
            _log.info("the review of %s, %s, is not opened: %s", plan.code, term.code, conflict.reason)
    return [process.workflow_id for process, is_new in opened if is_new]


def build(settings: Settings) -> BackgroundScheduler:
    """The scheduler with its one job in the database, coalescing whatever it missed."""
    scheduler = BackgroundScheduler(
        jobstores={"default": _job_store(settings)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone="Asia/Tokyo",
    )
    scheduler.add_job(
        open_due_cycles,
        "interval",
        minutes=settings.scheduler_minutes,
        id=JOB_ID,
        replace_existing=True,
        next_run_time=wall_clock.now(),
    )
    return scheduler


def _job_store(settings: Settings) -> SQLAlchemyJobStore:
    """Its errors hide, as those of `db.session`, what a statement was about."""
    hidden = {"hide_parameters": True}
    return SQLAlchemyJobStore(url=settings.database_url, tablename="apscheduler_job", engine_options=hidden)


def main() -> None:
    settings = settings_module.load()
    telemetry.set_up(settings, "scheduler")
    stop = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, end)
    database = Database(settings.database_url)
    migrate.require_current(database.engine)
    database.dispose()
    scheduler = build(settings)
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


if __name__ == "__main__":
    try:
        main()
    except settings_module.WrongSettings as error:
        raise SystemExit(f"wrong settings:\n{error}") from None
    except migrate.OldSchema as error:
        raise SystemExit(str(error)) from None
