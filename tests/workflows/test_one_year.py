"""One PDCA year of the sample city in skipped time, with the real activities, ledger and relay."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date

from sqlmodel import select
from temporalio.client import WorkflowHandle

from db import tables as t
from db.session import Database
from domain.collection import ObligationState, Round
from domain.evaluation import CycleState, Direction
from domain.mail_ledger import MailState
from domain.progress_report import ReportState
from records import audit, cycles, desk, plans, round_state
from tests.conftest import REAL_DAY
from tests.workflows.office import COLLECTION, CYCLE, PLANNER, Office, running_office

Story = Callable[[Office], Awaitable[None]]


def play(database: Database, story: Story, seconds_per_day: float = REAL_DAY) -> None:
    async def run() -> None:
        async with running_office(database, seconds_per_day) as office:
            await story(office)

    asyncio.run(run())


def kinds(office: Office) -> Counter[str]:
    """How many mails of each kind have been sent."""
    with office.database.reading(office.municipality) as session:
        sent = session.exec(select(t.Mail).where(t.Mail.state == MailState.SENT)).all()
    assert len(sent) == len(office.mailer.sent)
    return Counter(mail.kind.value for mail in sent)


async def believed(office: Office) -> Round:
    handle: WorkflowHandle[object, object] = office.environment.client.get_workflow_handle(COLLECTION)
    return await handle.query("state", result_type=Round)  # type: ignore[no-any-return]


async def assert_both_sides_agree(office: Office) -> None:
    """Database state and workflow state agree after the relay has drained (invariant 4)."""
    state = await believed(office)
    with office.database.reading(office.municipality) as session:
        reports = {report.node_id: report for report in office.reports(session).values()}
    assert {o.measure: (o.request, o.state, o.due_on) for o in state.obligations} == {
        node: (o.request, o.state, o.due_on)
        for node, o in ((n, round_state.obligation_of(r)) for n, r in reports.items())
    }


def test_every_department_gets_one_notice_with_a_deep_link_when_the_round_opens(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 15, 8, 59)
        assert office.mailer.sent == []
        await office.until(2021, 1, 15, 9)
        with office.database.reading(office.municipality) as session:
            requests = session.exec(select(t.UpdateRequest).where(t.UpdateRequest.opened_on == date(2021, 1, 15))).all()
            notices = session.exec(select(t.Mail)).all()
        assert {mail.request_id for mail in notices} == {request.id for request in requests}
        assert len({(mail.request_id, mail.recipient) for mail in notices}) == len(notices) == len(office.mailer.sent)
        assert all(mail.state is MailState.SENT for mail in notices)
        for mail in notices:
            assert f"https://meguru.example/requests/{mail.request_id}" in mail.body

    play(sample_database, story)


def test_the_ladder_climbs_to_the_planning_division_when_nobody_answers(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 2, 15, 23)  # due that day
        assert kinds(office).keys() == {"notice"}
        await office.until(2021, 2, 16, 10)
        assert kinds(office)["reminder"] > 0
        assert kinds(office)["escalation"] == 0
        await office.until(2021, 3, 20, 9)
        with office.database.reading(office.municipality) as session:
            escalations = session.exec(select(t.Mail).where(t.Mail.kind == "escalation").order_by("id")).all()
        ranks = list(dict.fromkeys(mail.rank for mail in escalations))
        assert ranks == ["subsection_chief", "section_head", "director", "planning"]
        assert office.mailer.to(PLANNER), "the last step reaches the planning division"
        silence = len(office.mailer.sent)
        await office.until(2021, 6, 1, 9)
        assert len(office.mailer.sent) == silence, "the ladder has an end"

    play(sample_database, story)


def test_no_reminder_leaves_after_the_last_measure_is_submitted(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 20, 10)
        office.submit(office.codes(), date(2021, 1, 20))
        await office.settle()
        office.approve(office.codes(), date(2021, 1, 20))
        await office.settle()
        before = len(office.mailer.sent)
        await office.until(2021, 4, 1, 9)
        assert len(office.mailer.sent) == before
        await assert_both_sides_agree(office)

    play(sample_database, story)


def test_a_submission_silences_the_department_even_before_the_workflow_has_heard_of_it(
    sample_database: Database,
) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 2, 15, 23)
        office.submit(office.codes(), date(2021, 2, 15))
        before = len(office.mailer.sent)
        # No relay: Temporal has not been told. The reminder of 16 February falls due all the same.
        now = await office.plan_time()
        await office.environment.sleep(60 * 60 * 30)
        assert (await office.plan_time()) > now
        assert len(office.mailer.sent) == before

    play(sample_database, story)


def test_a_return_mails_at_once_and_gets_its_own_due_date_and_ladder(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 20, 10)
        office.submit(office.codes(), date(2021, 1, 20))
        await office.settle()
        office.approve([c for c in office.codes() if c != "4-1-1"], date(2021, 1, 20))
        office.return_report("4-1-1", "台数の根拠を書いてください。", date(2021, 1, 20))
        await office.settle()
        returns = [m for m in office.mailer.sent if str(m["Subject"]).startswith("【差戻し】")]
        assert returns
        body = returns[0].get_content()
        assert "台数の根拠を書いてください。" in body
        with office.database.reading(office.municipality) as session:
            report = office.reports(session)["4-1-1"]
        assert report.due_on == date(2021, 1, 27)
        await assert_both_sides_agree(office)
        await office.until(2021, 1, 28, 10)
        assert kinds(office)["reminder"] == len(returns), "one business day after its own due date"

    play(sample_database, story)


def test_extending_exempting_and_reassigning_move_the_ladder(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 18, 10)
        today = date(2021, 1, 18)
        with office.database.writing(office.municipality) as session:
            reports = office.reports(session)
            school = reports["4-1-1"].request_id
            desk.extend(
                session, office.change(), school, date(2021, 3, 1), "年度末の行事のため", today, office.calendar
            )
            desk.exempt(session, office.change(), reports["5-1-1"].id, "今年度は休止中のため", today)
            target = session.get_one(t.UpdateRequest, reports["1-1-1"].request_id).department_id
            other = session.exec(select(t.Department).where(t.Department.id != target)).first()
            assert other is not None
            desk.reassign(
                session, office.change(), reports["1-1-1"].id, other.id, "事務分掌の変更", today, office.calendar
            )
        await office.settle()
        await assert_both_sides_agree(office)
        state = await believed(office)
        with office.database.reading(office.municipality) as session:
            exempted = office.reports(session)["5-1-1"].node_id
        assert next(o for o in state.obligations if o.measure == exempted).state is ObligationState.EXEMPTED
        await office.until(2021, 2, 26, 10)
        with office.database.reading(office.municipality) as session:
            late = session.exec(select(t.Mail).where(t.Mail.request_id == school, t.Mail.kind == "reminder")).all()
        assert late == [], "the extended department is not reminded before its new date"
        await office.until(2021, 3, 2, 10)
        with office.database.reading(office.municipality) as session:
            late = session.exec(select(t.Mail).where(t.Mail.request_id == school, t.Mail.kind == "reminder")).all()
        assert {mail.step_key for mail in late} == {"reminder-first@2021-03-02"}

    play(sample_database, story)


def test_a_year_goes_from_the_notice_to_the_closed_cycle_with_its_documents(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 20, 10)
        office.submit(office.codes(), date(2021, 1, 20))
        await office.settle()
        office.approve(office.codes(), date(2021, 1, 21))
        await office.settle()
        with office.database.writing(office.municipality) as session:
            cycle = cycles.cycle_of(session, plans.find(session, "iizuka-ict"), 2020)
            assert cycle is not None
            assert cycle.state is CycleState.COLLECTING
            cycles.begin_evaluation(session, office.change(), cycle, date(2021, 2, 1))
            planner = office.planner(session)
            for node in cycles.missing_evaluations(session, cycle):
                desk.evaluate(
                    session,
                    office.change(),
                    planner.id,
                    cycle.id,
                    node,
                    "A",
                    Direction.CONTINUE,
                    "順調",
                    date(2021, 2, 1),
                )
            cycles.finish_evaluation(session, office.change(), cycle, date(2021, 2, 2))
        await office.relay.drain()
        await office.environment.client.get_workflow_handle(CYCLE).result()
        with office.database.reading(office.municipality) as session:
            cycle = cycles.cycle_of(session, plans.find(session, "iizuka-ict"), 2020)
            assert cycle is not None
            assert cycle.state is CycleState.CLOSED
            formats = session.exec(select(t.Document.format).where(t.Document.cycle_id == cycle.id)).all()
            assert sorted(formats) == ["docx", "html", "pdf", "xlsx"]
            assert {r.state for r in office.reports(session).values()} == {ReportState.CONFIRMED}
            assert audit.verify(session).broken_at is None

    play(sample_database, story)


def test_a_round_of_36_measures_costs_at_most_a_hundred_events(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 20, 10)
        for code in office.codes():  # the worst case for the relay: every submission alone
            office.submit([code], date(2021, 1, 20))
        await office.settle()
        await office.until(2021, 4, 1, 9)
        history = await office.environment.client.get_workflow_handle(COLLECTION).fetch_history()
        assert len(history.events) <= 100

    play(sample_database, story)
