"""Worker, web and Temporal are killed in the middle of a round; what must always hold still holds.

The four tests share one run: the round is played once, each test looks at one invariant of the design.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import Session, col, select
from temporalio.client import Client

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.clock import PlanClock
from domain.collection import Round
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MailState
from domain.progress_report import ReportState
from records import audit, plans, round_state, sign_in
from records.change import Change
from temporal_client import DATA_CONVERTER
from tests.chaos.installation import Installation
from tests.conftest import PLAN

SECONDS_PER_DAY = 1.0
COLLECTION = f"collection/iizuka/{PLAN}/2020/yearly"
ANSWERS = {
    "progress": "on_track",
    "achievements": "窓口に端末を置き、講座を開きました。",
    "next_step": "講座を支所でも開きます。",
}
# The ladder's days up to the step to the planning division, from 15 January 2021 to 1 March.
LAST_STEP = datetime(2021, 3, 2, 10, tzinfo=JST)


@dataclass
class Aftermath:
    """What is left after the round: the database, the mail server's counts, and what was promised to whom."""

    database: Database
    municipality: int
    copies: dict[str, int]
    acknowledged: dict[int, datetime]
    believed: Round
    accepted_while_temporal_was_down: int
    readiness: list[str]

    def session(self) -> Any:
        return self.database.reading(self.municipality)


@pytest.fixture(scope="module")
def aftermath(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("chaos")
    shutil.copy(sample_file, folder / "meguru.sqlite")
    url = f"sqlite:///{folder / 'meguru.sqlite'}"
    database = Database(url)
    installation = Installation(folder, url)
    try:
        yield play(installation, database)
    finally:
        installation.stop()
        database.dispose()


def play(installation: Installation, database: Database) -> Aftermath:
    """A round in which everything is killed once or more while departments go on submitting."""
    municipality, tokens = _prepared(database)
    for part in ("temporal", "worker", "web"):
        installation.start(part)
    installation.wait_until(lambda: installation.readiness() == "ok", "the start")
    installation.wait_until(lambda: len(installation.mail.copies) >= 5, "the first notices")
    reports = _reports_to_submit(database, municipality)
    acknowledged: dict[int, datetime] = {}
    readiness = []

    def submit(count: int) -> None:
        for _ in range(count):
            report, department = reports.pop(0)
            acknowledged[report] = _submit_until_acknowledged(installation.url, tokens[department], report)

    installation.kill("worker")  # while notices are leaving
    submit(6)
    installation.start("worker")
    submit(4)
    installation.kill("temporal")
    installation.wait_until(lambda: installation.readiness() == "degraded", "the degraded state")
    readiness.append("degraded")
    submit(5)  # Temporal is down: accepted all the same
    installation.kill("web")
    installation.start("web")
    installation.start("temporal")
    installation.wait_until(lambda: installation.readiness() == "ok", "the recovery")
    readiness.append("ok")
    submit(4)
    installation.wait_until(lambda: _mails(database, StepKind.REMINDER) > 0, "the first reminders")
    installation.kill("worker")  # while reminders are leaving
    installation.kill("web")
    installation.start("web")
    installation.start("worker")
    installation.wait_until(lambda: installation.readiness() == "ok", "the second recovery")
    submit(3)
    installation.kill("temporal")
    installation.kill("worker")
    installation.start("temporal")
    installation.start("worker")
    installation.wait_until(lambda: _plan_time(database) > LAST_STEP, "the last step's day", 90)
    installation.wait_until(lambda: _drained(database), "the drain")
    installation.wait_until(lambda: _mails(database, StepKind.ESCALATION) > 0, "the escalations")
    return Aftermath(
        database,
        municipality,
        installation.mail.copies,
        acknowledged,
        asyncio.run(_believed(installation.temporal_address)),
        5,
        readiness,
    )


def test_an_acknowledged_submission_is_in_the_database_whatever_is_killed(aftermath: Aftermath) -> None:
    with aftermath.session() as session:
        for report_id in aftermath.acknowledged:
            submissions = session.exec(select(t.Submission).where(t.Submission.report_id == report_id)).all()
            assert len(submissions) == 1, "once, though the client asked again until it was acknowledged"
            assert session.get_one(t.ProgressReport, report_id).state is ReportState.SUBMITTED
        assert audit.verify(session).broken_at is None
    assert len(aftermath.acknowledged) == 22
    assert aftermath.readiness == ["degraded", "ok"]


def test_nothing_is_claimed_for_what_was_submitted_before(aftermath: Aftermath) -> None:
    asking = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
    with aftermath.session() as session:
        reports = {r.id: r for r in session.exec(select(t.ProgressReport))}
        submitted = {
            (reports[s.report_id].request_id, reports[s.report_id].node_id): s.submitted_at
            for s in session.exec(select(t.Submission))
        }
        mails = session.exec(select(t.Mail).where(col(t.Mail.kind).in_(asking))).all()
    assert len(submitted) == 22
    for mail in mails:
        still_owed = [
            measure
            for measure in mail.measures
            if submitted.get((mail.request_id, measure), datetime.max.replace(tzinfo=UTC)) > mail.claimed_at
        ]
        assert still_owed, f"mail {mail.id} {mail.step_key} asks for nothing but what was submitted"


def test_each_step_reaches_each_recipient_exactly_once_or_its_fate_is_known_to_be_unknown(aftermath: Aftermath) -> None:
    with aftermath.session() as session:
        mails = session.exec(select(t.Mail)).all()
    assert len(mails) > 30
    assert {mail.state for mail in mails} <= set(FINAL), "nothing hangs after the drain"
    for mail in mails:
        copies = aftermath.copies.get(mail.message_id, 0)
        assert copies <= 2
        if mail.state is MailState.SENT and mail.unknown_ends == 0:
            assert copies == 1, f"{mail.step_key} to {mail.recipient}: {copies} copies"
        if mail.state is MailState.SENT:
            assert copies >= 1, "none is recorded as sent that was not delivered"
    claims = Counter((mail.request_id, mail.step_key, mail.recipient) for mail in mails)
    assert max(claims.values()) == 1


def test_database_and_workflow_agree_after_the_relay_has_drained(aftermath: Aftermath) -> None:
    with aftermath.session() as session:
        round_ = session.exec(select(t.CollectionRound).where(t.CollectionRound.workflow_id == COLLECTION)).one()
        reports = session.exec(select(t.ProgressReport).where(t.ProgressReport.round_id == round_.id)).all()
    recorded = {r.node_id: (r.request_id, round_state.obligation_of(r).state, r.due_on) for r in reports}
    assert {o.measure: (o.request, o.state, o.due_on) for o in aftermath.believed.obligations} == recorded


def _prepared(database: Database) -> tuple[int, dict[int, str]]:
    """The clock at the opening of the round, and an API token for each department's staff."""
    at = wall_clock.now()
    with database.reading(EVERY_MUNICIPALITY) as session:
        municipality = plans.find(session, PLAN).municipality_id
    with database.writing(municipality) as session:
        clock = PlanClock(datetime(2021, 1, 14, 12, tzinfo=JST), at + timedelta(seconds=2), SECONDS_PER_DAY)
        plans.set_clock(session, Change("test", at), plans.find(session, PLAN), clock)
        staff = session.exec(
            select(t.Appointment, t.User)
            .join(t.User, col(t.User.id) == col(t.Appointment.user_id))
            .where(t.Appointment.rank == "staff")
        ).all()
        return municipality, {
            appointment.department_id: sign_in.issue_api_token(session, user.email, "chaos", at)
            for appointment, user in staff
        }


def _reports_to_submit(database: Database, municipality: int) -> list[tuple[int, int]]:
    with database.reading(municipality) as session:
        rows = session.exec(
            select(t.ProgressReport, t.UpdateRequest, t.CollectionRound)
            .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
            .where(t.CollectionRound.workflow_id == COLLECTION)
            .order_by(col(t.ProgressReport.id))
        ).all()
        return [(report.id, request.department_id or 0) for report, request, _ in rows]


def _submit_until_acknowledged(url: str, token: str, report: int) -> datetime:
    """A careful client: the same key until there is an answer."""
    body = {"report": report, "answers": ANSWERS, "action": "submit"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"chaos-{report}"}
    for _ in range(300):
        try:
            answer = httpx2.post(f"{url}/api/v1/reports", json=body, headers=headers, timeout=5)
        except httpx2.TransportError:
            continue
        assert answer.is_success, answer.text
        return wall_clock.now()
    raise AssertionError("never acknowledged")


def _mails(database: Database, kind: StepKind) -> int:
    with database.reading(EVERY_MUNICIPALITY) as session:
        return len(session.exec(select(t.Mail).where(t.Mail.kind == kind)).all())


def _plan_time(database: Database) -> datetime:
    at = wall_clock.now()
    with database.reading(EVERY_MUNICIPALITY) as session:
        return plans.clock_of(plans.find(session, PLAN), at).plan_time(at)


def _drained(database: Database) -> bool:
    def nothing_left(session: Session) -> bool:
        waiting = session.exec(select(t.Outbox).where(col(t.Outbox.relayed_at).is_(None))).first()
        hanging = session.exec(select(t.Mail).where(col(t.Mail.state).in_((MailState.QUEUED, MailState.INFLIGHT))))
        return waiting is None and hanging.first() is None

    with database.reading(EVERY_MUNICIPALITY) as session:
        return nothing_left(session)


async def _believed(address: str) -> Round:
    client = await Client.connect(address, data_converter=DATA_CONVERTER)
    return await client.get_workflow_handle(COLLECTION).query("state", result_type=Round)  # type: ignore[no-any-return]
