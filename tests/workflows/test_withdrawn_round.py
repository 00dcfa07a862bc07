"""A round that was withdrawn, in skipped time with the real activities: it sends nothing more, and the year goes on."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session
from temporalio.client import WorkflowExecutionStatus

from db import tables as t
from db.session import Database
from domain.evaluation import CycleState
from records import cycles, plans, withdrawing
from tests.conftest import PLAN
from tests.workflows.office import COLLECTION, CYCLE, Office
from tests.workflows.test_one_year import kinds, play


def withdraw(office: Office, today: date) -> None:
    with office.database.writing(office.municipality) as session:
        (round_,) = cycles.rounds_of(session, cycle(office, session))
        withdrawing.withdraw_round(session, office.change(), round_, "早く始めすぎたため", today)


def cycle(office: Office, session: Session) -> t.AnnualCycle:
    found = cycles.cycle_of(session, plans.find(session, PLAN), 2020)
    assert found is not None
    return found


async def status_of(office: Office, workflow_id: str) -> WorkflowExecutionStatus | None:
    return (await office.environment.client.get_workflow_handle(workflow_id).describe()).status


def test_a_withdrawn_round_sends_nothing_more_and_the_year_goes_on_to_its_evaluation(
    sample_database: Database,
) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 20, 10)
        assert kinds(office).keys() == {"notice"}
        before = len(office.mailer.sent)
        withdraw(office, date(2021, 1, 20))
        await office.settle()
        assert await status_of(office, COLLECTION) is WorkflowExecutionStatus.COMPLETED
        assert await status_of(office, CYCLE) is WorkflowExecutionStatus.RUNNING
        await office.until(2021, 4, 1, 9)  # reminders and escalations would have left
        assert len(office.mailer.sent) == before
        with office.database.writing(office.municipality) as session:
            cycles.begin_evaluation(session, office.change(), cycle(office, session), date(2021, 4, 1))
            assert cycle(office, session).state is CycleState.EVALUATING

    play(sample_database, story)
