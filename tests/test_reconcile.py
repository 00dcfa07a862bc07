"""The record decides what is owed: what Temporal lost goes on from it, what is over is ended, no mail is repeated.

That Temporal's store is lost altogether in the middle of a round is played once, with real processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from sqlmodel import Session, col, select
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode
from typer.testing import CliRunner, Result

import settings
from cli import app
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.clock import real_clock
from domain.evaluation import CycleState
from domain.identifiers import DIGEST, INQUIRY, KEY_PROJECT, MAIL, MATTER, mail_id
from domain.inquiry import InquiryKind
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MailState
from domain.orders import MailOrder
from domain.phase_review import ConsultationOutcome, ReviewState
from reconcile import Difference, Fault, Reconciliation
from records import audit, cycles, mails, obligations, outbox, plans
from records.change import Change
from records.people import Recipient
from replay.agenda import Entry, on
from replay.player import running
from tests.chaos.installation import Installation
from tests.chaos.plan_clock import show
from tests.city_hall import SCHOOL_MEASURES, CityHall, cycle_2020, open_city_hall
from tests.conftest import PLAN, RememberingMailer
from tests.databases import Databases
from tests.dx_city import DxCity
from tests.dx_city_fixtures import dx_city, dx_city_template
from tests.workflows import reviewing

__all__ = ["dx_city", "dx_city_template"]

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ROUND, YEAR = f"collection/iizuka/{PLAN}/2020/yearly", f"annual-cycle/iizuka/{PLAN}/2020"


# Temporal's store is lost in the middle of a round.


@dataclass
class Lost:
    """What was seen while Temporal's store was lost and the round went on."""

    database: Database
    municipality: int
    copies: dict[str, int]
    before: dict[str, int]
    without: Result
    shown: Result
    mended: Result
    after: Result
    submitted: int


@pytest.fixture(scope="module")
def lost(databases: Databases, sample_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    folder = tmp_path_factory.mktemp("lost")
    url = databases.copy(sample_template)
    database, installation = Database(url), Installation(folder, url)
    try:
        yield _lose(installation, database, url)
    finally:
        installation.stop()
        database.dispose()


def _lose(installation: Installation, database: Database, url: str) -> Lost:
    with database.reading(EVERY_MUNICIPALITY) as session:
        municipality = plans.find(session, PLAN).municipality_id

    def at(year: int, month: int, day: int, hour: int) -> None:
        show(database, municipality, PLAN, datetime(year, month, day, hour, 30, tzinfo=JST))

    def meguru(*arguments: str) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MEGURU_DATABASE_URL", url)
            patch.setenv("TEMPORAL_ADDRESS", installation.temporal_address)
            settings.load.cache_clear()
            result = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments))
        settings.load.cache_clear()
        return result

    def claimed(kind: StepKind) -> int:
        with database.reading(municipality) as session:
            return len(session.exec(select(t.Mail).where(t.Mail.kind == kind, t.Mail.state == "sent")).all())

    at(2021, 1, 15, 9)
    for part in ("temporal", "worker"):
        installation.start(part)
    installation.wait_until(lambda: claimed(StepKind.NOTICE) >= 10, "the first notices")
    installation.wait_until(lambda: _nothing_waits(database, municipality), "the last notice")
    before = dict(installation.mail.copies)
    for part in ("temporal", "worker"):
        installation.kill(part)
    for file in installation.folder.glob("temporal.sqlite*"):
        file.unlink()
    submitted = _submit_something(database, municipality)
    without = meguru("reconcile")
    for part in ("temporal", "worker"):
        installation.start(part)
    installation.wait_until(lambda: "does not answer" not in meguru("reconcile").stderr, "Temporal")
    shown = meguru("reconcile")
    mended = meguru("reconcile", "--mend", "--wait-seconds", "0")
    installation.wait_until(lambda: meguru("reconcile").exit_code == 0, "the round")
    after = meguru("reconcile")
    at(2021, 2, 16, 9)
    installation.wait_until(lambda: claimed(StepKind.REMINDER) >= 5, "the reminders")
    installation.wait_until(lambda: _nothing_waits(database, municipality), "the last reminder")
    return Lost(database, municipality, installation.mail.copies, before, without, shown, mended, after, submitted)


def _nothing_waits(database: Database, municipality: int) -> bool:
    with database.reading(municipality) as session:
        return not session.exec(select(t.Mail).where(col(t.Mail.state).not_in(FINAL))).all()


def _submit_something(database: Database, municipality: int) -> int:
    """A department answers everything it was asked while Temporal is gone; its request."""
    hall = CityHall(database, municipality)
    with hall.writing() as session:
        requests = {hall.submit(session, code).request_id for code in SCHOOL_MEASURES}
    assert len(requests) == 1
    return requests.pop()


def test_while_temporal_is_away_nothing_is_compared(lost: Lost) -> None:
    assert lost.without.exit_code == 1
    assert "does not answer" in lost.without.stderr


def test_what_a_lost_store_owes_is_shown_and_only_shown(lost: Lost) -> None:
    assert lost.shown.exit_code == 1
    lines = [line for line in lost.shown.stdout.splitlines() if "missing" in line]
    assert [process in line for process, line in zip((YEAR, ROUND), lines, strict=True)] == [True, True]
    assert "meguru reconcile --mend" in lost.shown.stderr


def test_the_round_goes_on_after_its_process_was_lost(lost: Lost) -> None:
    assert lost.mended.exit_code == 0, lost.mended.output
    assert "1 processes mended" in lost.mended.stdout
    assert "record and Temporal agree" in lost.after.stdout
    with lost.database.reading(lost.municipality) as session:
        reminders = session.exec(select(t.Mail).where(t.Mail.kind == StepKind.REMINDER)).all()
        assert len(reminders) >= 5
        assert {mail.claimed_on for mail in reminders} == {date(2021, 2, 16)}, "the next reminder comes on its day"
        assert lost.submitted not in {mail.request_id for mail in reminders}, "whoever had answered is not reminded"


def test_no_mail_is_sent_twice_because_its_process_was_lost(lost: Lost) -> None:
    assert len(lost.before) >= 10
    assert set(lost.copies.values()) == {1}
    with lost.database.reading(lost.municipality) as session:
        assert len(session.exec(select(t.Mail)).all()) == len(lost.copies)
        done = [entry.action for entry in session.exec(select(t.AuditEntry))]
        assert done.count("plan.process_begun_anew") == 1
        assert audit.verify(session).broken_at is None


# What differs, seen from a Temporal that says what the test wants.


@dataclass
class PretendTemporal:
    """Says of each process what the test wants, else that it runs; remembers what was ended and begun, in order."""

    says: dict[str, WorkflowExecutionStatus | None] = field(default_factory=dict)
    otherwise: WorkflowExecutionStatus | None = WorkflowExecutionStatus.RUNNING
    done: list[tuple[str, str]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)

    def get_workflow_handle(self, workflow_id: str) -> _Handle:
        return _Handle(self, workflow_id)

    async def start_workflow(self, name: str, order: dict[str, Any], *, id: str, **more: Any) -> None:
        assert more["id_reuse_policy"] is WorkflowIDReusePolicy.ALLOW_DUPLICATE, "one that has ended may begin anew"
        self.done.append((name, id))
        self.orders.append(order)
        self.events += more["start_signal_args"]


@dataclass
class _Handle:
    temporal: PretendTemporal
    workflow_id: str
    status: WorkflowExecutionStatus | None = None

    async def describe(self) -> _Handle:
        self.status = self.temporal.says.get(self.workflow_id, self.temporal.otherwise)
        if self.status is None:
            raise RPCError("not found", RPCStatusCode.NOT_FOUND, b"")
        return self

    async def terminate(self, reason: str) -> None:
        if (await self.describe()).status is not WorkflowExecutionStatus.RUNNING:
            raise RPCError("not running", RPCStatusCode.NOT_FOUND, b"")
        self.temporal.done.append(("end", self.workflow_id))


def both(database: Database, temporal: PretendTemporal) -> Reconciliation:
    return Reconciliation(database, cast(Client, temporal), lambda: NOW)


def differing(database: Database, temporal: PretendTemporal) -> list[Difference]:
    return asyncio.run(both(database, temporal).lasting_differences(0))[1]


def mend(database: Database, temporal: PretendTemporal, found: Sequence[Difference]) -> int:
    return asyncio.run(both(database, temporal).mend(found, lambda: None))


_LAST_YEAR: dict[str, WorkflowExecutionStatus | None] = {
    f"annual-cycle/iizuka/{PLAN}/2019": None,
    f"collection/iizuka/{PLAN}/2019/yearly": None,
}
"""The closed year of the sample city, of which Temporal never heard."""


@pytest.fixture
def hall(sample_database: Database, city: int) -> CityHall:
    """The round of FY2020 runs, and its start was told to Temporal."""
    hall = open_city_hall(sample_database, city)
    told(hall)
    return hall


def told(hall: CityHall) -> None:
    with hall.writing() as session:
        for row in session.exec(select(t.Outbox).where(col(t.Outbox.relayed_at).is_(None))):
            row.relayed_at = NOW
            session.add(row)


def test_where_both_agree_there_is_nothing_to_mend(hall: CityHall) -> None:
    temporal = PretendTemporal(
        {f"annual-cycle/iizuka/{PLAN}/2019": None, f"collection/iizuka/{PLAN}/2019/yearly": None}
    )
    assert differing(hall.database, temporal) == []


def test_a_year_that_ended_too_early_begins_anew_and_its_round_with_it(hall: CityHall) -> None:
    ended = WorkflowExecutionStatus.FAILED
    temporal = PretendTemporal({YEAR: ended}, None)
    temporal.says[ROUND] = WorkflowExecutionStatus.RUNNING
    (found,) = differing(hall.database, temporal)
    assert (found.workflow_id, found.fault, found.found) == (YEAR, Fault.ENDED_EARLY, "failed")
    assert mend(hall.database, temporal, [found]) == 1
    assert temporal.done == [("end", ROUND), ("AnnualCycleWorkflow", YEAR)], "two rounds of one name cannot run"


def test_a_round_that_was_lost_alone_is_begun_by_its_year(hall: CityHall) -> None:
    temporal = PretendTemporal({YEAR: WorkflowExecutionStatus.RUNNING}, None)
    (found,) = differing(hall.database, temporal)
    assert (found.workflow_id, found.fault, found.of.workflow_id) == (ROUND, Fault.MISSING, YEAR)
    mend(hall.database, temporal, [found])
    assert temporal.done == [("end", YEAR), ("AnnualCycleWorkflow", YEAR)]


def test_what_runs_though_the_record_says_it_is_over_is_ended(hall: CityHall) -> None:
    with hall.writing() as session:
        year = cycle_2020(session)
        cycles.begin_evaluation(session, Change("test", NOW), year, date(2021, 3, 1))
        year.state, year.closed_on = CycleState.CLOSED, date(2021, 3, 31)
    temporal = PretendTemporal({YEAR: WorkflowExecutionStatus.RUNNING, ROUND: WorkflowExecutionStatus.RUNNING}, None)
    found = differing(hall.database, temporal)
    assert [(one.workflow_id, one.fault) for one in found] == [
        (YEAR, Fault.STILL_RUNNING),
        (ROUND, Fault.STILL_RUNNING),
    ]
    assert mend(hall.database, temporal, found) == 1
    assert temporal.done == [("end", YEAR), ("end", ROUND)]


def test_what_the_relay_has_still_to_start_is_not_missing(sample_database: Database) -> None:
    assert differing(sample_database, PretendTemporal(otherwise=None)) == []


def test_what_differs_only_for_a_moment_is_no_difference(hall: CityHall) -> None:
    class Starting(PretendTemporal):
        looks = 0

        def get_workflow_handle(self, workflow_id: str) -> _Handle:
            if workflow_id == ROUND:
                self.looks += 1
                self.says[ROUND] = None if self.looks == 1 else WorkflowExecutionStatus.RUNNING
            return super().get_workflow_handle(workflow_id)

    temporal = Starting()
    temporal.says |= _LAST_YEAR
    assert differing(hall.database, temporal) == []
    assert temporal.looks == 2


def test_a_year_whose_evaluation_is_finished_hears_of_it_again(hall: CityHall) -> None:
    with hall.writing() as session:
        year = cycle_2020(session)
        cycles.begin_evaluation(session, Change("test", NOW), year, date(2021, 3, 1))
        year.state = CycleState.CLOSING
    temporal = PretendTemporal(otherwise=None)
    mend(hall.database, temporal, differing(hall.database, temporal))
    assert [event["id"] for events in temporal.events for event in events] == [0]


def test_a_process_that_begins_anew_is_not_told_again_what_waits(hall: CityHall) -> None:
    with hall.writing() as session:
        hall.submit(session, "4-1-1")
    temporal = PretendTemporal(otherwise=None)
    mend(hall.database, temporal, differing(hall.database, temporal))
    with hall.reading() as session:
        (row,) = [row for row in hall.outbox(session) if row.workflow_id == ROUND]
    assert (row.relayed_at is not None, row.note) == (True, "started again")


def test_what_waits_outside_a_year_begins_anew_and_what_is_over_does_not(dx_city: DxCity) -> None:
    with dx_city.writing() as session:
        plan = dx_city.plan(session)
        names = _everything_outside_a_year(session, plan)
        for row in session.exec(select(t.Outbox)):
            row.relayed_at = NOW
    temporal = PretendTemporal(otherwise=None)
    found = differing(dx_city.database, temporal)
    assert {one.fault for one in found} == {Fault.MISSING}
    mend(dx_city.database, temporal, found)
    assert set(temporal.done) - {(KEY_PROJECT, one.workflow_id) for one in found} == names
    assert {order["municipality"] for order in temporal.orders} == {dx_city.municipality}


def _everything_outside_a_year(session: Session, plan: t.Plan) -> set[tuple[str, str]]:
    """Of each kind one that waits, and one that is over; type and id of those that wait."""
    day = NOW.date()
    for number, closed_on in ((1, None), (2, day)):
        session.add(
            t.Matter(
                plan_id=plan.id,
                number=number,
                title="広げてよいか",
                question="二つの窓口で続けます。",
                wanted_by=day,
                body="dx-committee",
                raised_on=day,
                raised_by_id=1,
                workflow_id=f"matter/{number}",
                closed_on=closed_on,
            )
        )
    for name, settled_on in (("successor/1", day), ("successor/1", None), ("successor/2", day)):
        session.add(
            t.Inquiry(
                plan_id=plan.id,
                kind=InquiryKind.SUCCESSOR,
                workflow_id=name,
                opened_on=day,
                due_on=day,
                settled_on=settled_on,
            )
        )
    for number, state in ((1, MailState.QUEUED), (2, MailState.SENT)):
        session.add(
            t.Digest(
                plan_id=plan.id,
                recipient=f"{number}@city.example",
                digest_on=day,
                workflow_id=f"digest/{number}",
                state=state,
                message_id=f"<digest-{number}>",
                gathered_at=NOW,
            )
        )
    session.flush()
    return {(MATTER, "matter/1"), (INQUIRY, "successor/1"), (DIGEST, "digest/1")}


def test_a_mail_that_somebody_wanted_sent_again_is_sent(hall: CityHall) -> None:
    with hall.writing() as session:
        (mail,) = mails.addressed(
            Change("test", NOW),
            [Recipient("somebody@city.example", "佐藤", "ja")],
            NOW.date(),
            "city.example",
            request_id=hall.due(session).request,
            step_key="reminder#again1",
            kind=StepKind.REMINDER,
        )
        session.add(mail)
        session.flush()
        outbox.start_mail(session, Change("test", NOW), MailOrder(hall.municipality, mail.id, real_clock(NOW)))
    told(hall)
    temporal = PretendTemporal({mail_id(mail.id): None, **_LAST_YEAR})
    (found,) = differing(hall.database, temporal)
    mend(hall.database, temporal, [found])
    assert temporal.done == [(MAIL, mail_id(mail.id))]


def test_with_a_record_older_than_temporal_everything_begins_anew(hall: CityHall) -> None:
    temporal = PretendTemporal()
    found = both(hall.database, temporal).all_anew()
    assert [one.workflow_id for one in found] == [YEAR]
    mend(hall.database, temporal, found)
    assert temporal.done == [("end", YEAR), ("end", ROUND), ("AnnualCycleWorkflow", YEAR)]


# A review begins anew in whatever state it is.

_APPROVED = ConsultationOutcome.APPROVED
_DECIDED, _CONSULTED = date(2021, 2, 18), date(2021, 2, 22)
_UNTIL = {
    ReviewState.PROPOSING: [on(reviewing.OPENS, 8, 30, reviewing.open_by_hand)],
    ReviewState.DECIDING: reviewing.until_decided(),
    ReviewState.CONSULTING: [
        *reviewing.until_decided(),
        on(_DECIDED, 15, 20, reviewing.decide_that_all_continues("2021-03")),
    ],
    ReviewState.AWAITING_EFFECT: [
        *reviewing.until_decided(),
        on(_DECIDED, 15, 20, reviewing.decide_that_all_continues("2021-03")),
        on(_CONSULTED, 14, 20, reviewing.bodies_say(_APPROVED)),
    ],
}
_AGENDA = _UNTIL[ReviewState.AWAITING_EFFECT]


@pytest.mark.parametrize("state", _UNTIL)
def test_a_review_whose_process_was_lost_ends_as_if_it_had_not_been(
    state: ReviewState, empty_database: Database
) -> None:
    before = _UNTIL[state]
    lost_on = before[-1].at.date()
    city = reviewing.play(empty_database, before, lost_on, processes=())
    assert city.review().state is state
    mailer = _go_on(city, [entry for entry in _AGENDA if entry not in before and entry.at > before[-1].at], lost_on)
    assert city.review().state is ReviewState.CLOSED
    assert list(city.editions()) == ["2018-03", "2021-03"]
    steps = city.audited("edition.") + city.audited("review.closed") + city.audited("round.")
    assert sorted(steps) == ["edition.made", "edition.took_effect", "review.closed", "round.opened"]
    sent = [message["Message-ID"] for message in (*city.mailer.sent, *mailer.sent)]
    assert len(sent) == len(set(sent))


def _go_on(city: reviewing.City, agenda: Sequence[Entry], lost_on: date) -> RememberingMailer:
    """Another server, which has never heard of the review, until the edition is in force."""
    mailer = RememberingMailer()
    begins_at = datetime(lost_on.year, lost_on.month, lost_on.day, 23, 59, tzinfo=JST)

    async def run() -> None:
        async with running(city.database, city.municipality, begins_at, mailer, ()) as player:
            reconciliation = Reconciliation(city.database, player.client, player.time.now)
            _, found = await reconciliation.lasting_differences(0)
            assert reviewing.REVIEW in {one.workflow_id for one in found}
            await reconciliation.mend(found, lambda: None)
            await player.play(agenda, datetime(2021, 4, 2, tzinfo=JST), lambda _: None)

    asyncio.run(run())
    return mailer


def test_a_review_that_begins_anew_hears_what_was_decided_last(hall: CityHall) -> None:
    """After a return only the last decision counts; its events keep the ids under which they were told."""
    with hall.writing() as session:
        plan = plans.find(session, PLAN)
        review = t.PhaseReview(
            plan_id=plan.id,
            term="early",
            fiscal_year=2020,
            edition_id=plans.editions_of(session, plan)[0].id,
            workflow_id="phase-review/x",
            opened_on=date(2021, 2, 1),
            opened_by="test",
            state=ReviewState.MAKING,
        )
        session.add(review)
        for kind in ("decided", "returned", "decided", "consulted"):
            payload = {"id": 0, "kind": kind, "on": "2021-02-18"}
            session.add(
                t.Outbox(workflow_id="phase-review/x", name="record", payload=payload, created_at=NOW, relayed_at=NOW)
            )
        session.flush()
        (process,) = [p for p in obligations.of_municipality(session) if p.workflow_id == "phase-review/x"]
        events = obligations.begin_anew(session, Change("test", NOW), process).events
        ids = list(session.exec(select(t.Outbox.id).where(t.Outbox.workflow_id == "phase-review/x")))
    assert [event["kind"] for event in events] == ["decided", "consulted"]
    assert [event["id"] for event in events] == ids[2:]
