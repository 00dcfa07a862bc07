"""Records histories of every workflow type: `make histories`. Run it when a workflow is meant to change.

The stored files are what running cities have: today's code must be able to replay them. A change of
the order of commands needs `workflow.patched` or a new workflow type; recording anew instead would
only hide that.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import date, datetime, time
from pathlib import Path

from temporalio.client import WorkflowHistory

import wall_clock
from db import migrate
from db.session import Database
from domain.calendar import JST
from domain.evaluation import Direction
from domain.identifiers import MAIL, digest_id
from domain.key_project import Cadence
from domain.ladder import Rank
from domain.matter import MatterOutcome
from domain.phase_review import ConsultationOutcome
from records import cycles, desk, plans
from replay.agenda import on
from replay.beginning import first_day
from replay.run import agenda
from tests import sample_city
from tests.conftest import PLAN, REAL_DAY
from tests.workflows import digest_life, project_life
from tests.workflows.office import COLLECTION, CYCLE, Office, running_office
from tests.workflows.reviewing import (
    EFFECTIVE,
    PROPOSALS,
    REVIEW,
    bodies_say,
    decide_that_all_continues,
    play,
    set_the_clock_anew,
    undo,
    until_decided,
)
from tests.workflows.reviewing import PLAN as REVIEWED_PLAN

HISTORIES = Path(__file__).parent / "histories"


async def eventful_year(office: Office) -> None:
    """A year with everything that can happen to a round: answers, a return, delay, desk work, a new clock."""
    await office.until(2021, 1, 18, 10)
    today = date(2021, 1, 18)
    codes = office.codes()
    office.submit(codes[:20], today)
    await office.settle()
    office.return_report(codes[0], "根拠を書いてください。", today)
    office.approve(codes[1:20], today)
    with office.database.writing(office.municipality) as session:
        reports = office.reports(session)
        request = reports[codes[25]].request_id
        desk.extend(session, office.change(), request, date(2021, 2, 26), "災害対応のため", today, office.calendar)
        desk.exempt(session, office.change(), reports[codes[35]].id, "休止中のため", today)
    await office.settle()
    with office.database.writing(office.municipality) as session:
        plans.set_clock(session, office.change(), plans.find(session, PLAN), office.clock)
    await office.until(2021, 3, 20, 9)
    with office.database.writing(office.municipality) as session:
        cycle = cycles.cycle_of(session, plans.find(session, PLAN), 2020)
        assert cycle is not None
        cycles.begin_evaluation(session, office.change(), cycle, date(2021, 3, 20))
        planner = office.planner(session)
        for node in cycles.missing_evaluations(session, cycle):
            desk.evaluate(
                session, office.change(), planner.id, cycle.id, node, "A", Direction.CONTINUE, "", date(2021, 3, 20)
            )
        cycles.finish_evaluation(session, office.change(), cycle, date(2021, 3, 20))
    await office.relay.drain()
    await office.environment.client.get_workflow_handle(CYCLE).result()


EVENTFUL_REVIEW = [
    *until_decided(),
    on(date(2021, 2, 18), 15, 20, decide_that_all_continues("2021-03")),
    on(date(2021, 2, 22), 14, 20, bodies_say(ConsultationOutcome.RETURNED, "理由を書き足してください。")),
    on(date(2021, 2, 24), 15, 20, decide_that_all_continues("2021-03b")),
    on(date(2021, 2, 26), 14, 20, bodies_say(ConsultationOutcome.APPROVED)),
    on(date(2021, 3, 2), 9, 40, undo),
    on(date(2021, 3, 3), 9, 40, set_the_clock_anew),
    on(date(2021, 3, 4), 15, 20, decide_that_all_continues("2021-03c")),
    on(date(2021, 3, 8), 14, 20, bodies_say(ConsultationOutcome.APPROVED)),
]
"""A review with everything that can happen to it: a return, an undo, a new clock, and an edition that takes effect."""


EVENTFUL_PROJECT = [
    *project_life.begin(),
    *project_life.answered_daily(date(2026, 4, 9), date(2026, 5, 1)),
    on(date(2026, 5, 11), 10, 40, project_life.check_every(Cadence.MONTHLY)),
    on(date(2026, 5, 12), 11, 20, project_life.raise_matter("終えてよいか", project_life.TO_STOP, date(2026, 5, 26))),
    on(date(2026, 5, 18), 9, 20, project_life.transferred(project_life.LEADER, "elsewhere", Rank.DEPUTY_DIRECTOR)),
    on(date(2026, 6, 1), 11, 20, project_life.succeeded(project_life.LEADER, project_life.SUCCESSOR)),
    on(date(2026, 6, 2), 11, 20, project_life.answer),
    on(date(2026, 6, 19), 14, 20, project_life.body_answers(1, MatterOutcome.APPROVED)),
    on(date(2026, 6, 26), 11, 20, project_life.dissolved("終えたため")),
]
"""A project with what can happen to it: silence, a new cadence, a matter that goes up, a successor, its end."""


def store(workflow_type: str, name: str, history: WorkflowHistory) -> None:
    (HISTORIES / f"{workflow_type}-{name}.json").write_text(history.to_json(), encoding="utf-8")


def record_review(name: str) -> None:
    """Play the eventful review and store its history and the one of its proposals."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/reviewed.sqlite")
        migrate.upgrade(database.engine)
        city = play(database, EVENTFUL_REVIEW, EFFECTIVE, processes=(REVIEW, PROPOSALS))
        for workflow_type, workflow_id in (("phase-review", REVIEW), ("proposals", PROPOSALS)):
            store(workflow_type, name, city.histories[workflow_id])
        database.dispose()


REPLAYED = {
    "annual-cycle": CYCLE,
    "collection": COLLECTION,
    "phase-review": REVIEW,
    "proposals": PROPOSALS,
}


def record_replay(name: str) -> None:
    """Play the early term and its review as `meguru replay` does, and store what its last year left."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/replayed.sqlite")
        migrate.upgrade(database.engine)
        begins, ends = first_day(REVIEWED_PLAN), EFFECTIVE
        begins_at = datetime.combine(begins, time(0), JST)
        acts = list(agenda(REVIEWED_PLAN, begins, ends))
        city = play(database, acts, ends, processes=tuple(REPLAYED.values()), begins_at=begins_at)
        for workflow_type, workflow_id in REPLAYED.items():
            store(f"{workflow_type}-of-a-replay", name, city.histories[workflow_id])
        database.dispose()


async def record_year(name: str) -> None:
    """Play the eventful year and store the history of each of its processes as `<type>-<name>.json`."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/sample.sqlite")
        migrate.upgrade(database.engine)
        sample_city.load(database, PLAN, wall_clock.now(), REAL_DAY, lambda _: "not a hash")
        async with running_office(database) as office:
            await eventful_year(office)
            for workflow_type, workflow_id in (("annual-cycle", CYCLE), ("collection", COLLECTION)):
                history = await office.environment.client.get_workflow_handle(workflow_id).fetch_history()
                store(workflow_type, name, history)
        database.dispose()


def record_project(name: str) -> None:
    """Play the eventful project and store its history, that of its matter and that of the search for a successor."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/project.sqlite")
        migrate.upgrade(database.engine)
        processes = {
            "key-project": project_life.PROJECT,
            "matter": "matter/tokorozawa/tokorozawa-dx/1",
            "successor": "successor/tokorozawa/tokorozawa-dx/4/2026-05-18",
        }
        city = project_life.play(
            database,
            EVENTFUL_PROJECT,
            date(2026, 6, 30),
            processes=tuple(processes.values()),
            by_clock=lambda clock: [on(date(2026, 5, 13), 9, 40, project_life.set_the_clock_anew(clock))],
        )
        for workflow_type, workflow_id in processes.items():
            (history,) = city.histories[workflow_id]
            store(workflow_type, name, history)
        database.dispose()


def record_digest(name: str) -> None:
    """Play the morning of an opening: a digest whose clock was set anew while it waited, and a mail sent again."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/digest.sqlite")
        migrate.upgrade(database.engine)
        municipality, staff = digest_life.store(database, "school")
        process = digest_id("iizuka", staff["school"], digest_life.OPENS)
        city = digest_life.play(
            database,
            municipality,
            [on(digest_life.OPENS, 10, 20, digest_life.refused_and_sent_again("housing"))],
            digest_life.OPENS,
            digest_life.FailingMailer(),
            processes=lambda city: (process, city.process_of(MAIL)),
            by_clock=lambda clock: [
                on(digest_life.OPENS, 9, 20, digest_life.set_the_clock_anew(staff["school"], clock))
            ],
        )
        store("digest", name, city.histories.pop(process))
        (of_mail,) = city.histories.values()
        store("mail", name, of_mail)
        database.dispose()


if __name__ == "__main__":
    asyncio.run(record_year(sys.argv[1]))
    record_review(sys.argv[1])
    record_replay(sys.argv[1])
    record_project(sys.argv[1])
    record_digest(sys.argv[1])
