"""A mail server that is down for three days of the plan's clock: nothing is lost, nobody gets a storm afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import col, select

from activities.mail_batch import _IN_HAND
from db import tables as t
from db.session import Database
from domain.clock import SECONDS_PER_DAY
from domain.ladder import StepKind
from domain.mail_ledger import MailState, Outcome
from domain.progress_report import ReportState
from tests.workflows.office import Office
from tests.workflows.test_one_year import assert_both_sides_agree, play
from workflows.activity_options import MAIL

OUTAGE = timedelta(hours=72)
QUICK_DAY = 600
"""Seconds of a plan's day here: an attempt costs real time, so three days are half an hour of the retry policy.
What it comes to in three real days is calculated beside it."""
BATCHES_WAITED = (60, 55, 36, 12)
"""For how many hours of the outage, rounded up, each batch waited: 16 February 9:00, the return at 14:30, 17 and 18."""
LATEST_STEPS = {"reminder-second@2021-02-18", "escalation-subsection-chief@2021-02-18"}
ASKING = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
ANY_NUMBER = 100_000


def attempts_at_most(down_for: timedelta) -> int:
    """How often the retry policy tries one batch while the mail server is away: waits grow up to the longest."""
    policy = MAIL["retry_policy"]
    assert policy.maximum_interval is not None
    attempts, waited, wait = 1, timedelta(), policy.initial_interval
    while (waited := waited + wait) <= down_for:
        attempts += 1
        wait = min(wait * policy.backoff_coefficient, policy.maximum_interval)
    return attempts


def on_plan_clock(hours: int) -> timedelta:
    return timedelta(hours=hours) * (QUICK_DAY / SECONDS_PER_DAY)


async def pass_by(office: Office, hours: int) -> None:
    """A skip of the test server may not take longer than its call: a quarter of a day at a time."""
    for _ in range(hours // 6):
        then = await office.plan_time() + timedelta(hours=6)
        await office.until(then.year, then.month, then.day, then.hour, then.minute)


def ledger(office: Office, after: int = 0) -> Sequence[t.Mail]:
    with office.database.reading(office.municipality) as session:
        return session.exec(select(t.Mail).where(col(t.Mail.id) > after).order_by(col(t.Mail.id))).all()


def requests_of(mails: Iterable[t.Mail], kind: StepKind) -> set[int | None]:
    return {mail.request_id for mail in of_kind(mails, kind)}


def of_kind(mails: Iterable[t.Mail], *kinds: StepKind) -> list[t.Mail]:
    return [mail for mail in mails if mail.kind in kinds]


def requests_with(office: Office, *states: ReportState) -> set[int | None]:
    """The requests of which a report stands so."""
    with office.database.reading(office.municipality) as session:
        return {report.request_id for report in office.reports(session).values() if report.state in states}


def test_after_72_hours_without_a_mail_server_each_person_gets_the_latest_word_once_and_nothing_obsolete(
    sample_database: Database,
) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 1, 15, 9)
        await office.until(2021, 2, 15, 15)
        codes = office.codes()
        returned, approved, waiting = codes[0], codes[1:4], codes[4:6]
        office.submit([returned, *approved, *waiting], date(2021, 2, 15))
        await office.until(2021, 2, 15, 20, 30)
        before, last_claimed = len(office.mailer.sent), ledger(office)[-1].id

        # Down: the first reminders and requests for approval fall due; people go on working.
        office.mailer.ends = [Outcome.NOT_REACHED] * ANY_NUMBER
        await pass_by(office, 18)
        office.return_report(returned, "台数の根拠を書いてください。", date(2021, 2, 16))
        office.approve(approved, date(2021, 2, 16))
        answered = codes[10:25]
        office.submit(answered, date(2021, 2, 16))
        settled = [returned, *approved, *waiting, *answered]
        # The second reminders and the first escalations fall due, and requests to approve what was answered.
        await pass_by(office, 54)
        connections = ANY_NUMBER - len(office.mailer.ends)
        down = ledger(office, last_claimed)
        still_owing = requests_with(office, ReportState.DRAFT)
        still_waiting = requests_with(office, ReportState.SUBMITTED)
        queued = [mail for mail in down if mail.state is MailState.QUEUED]
        assert len(office.mailer.sent) == before
        assert {mail.state for mail in down} == {MailState.QUEUED, MailState.OBSOLETE}, "nothing is lost or given up"
        assert requests_of(queued, StepKind.REMINDER) >= still_owing
        assert requests_of(queued, StepKind.ESCALATION) >= still_owing
        assert requests_of(queued, StepKind.APPROVAL_REQUEST) >= still_waiting
        assert requests_of(queued, StepKind.RETURN) == requests_with(office, ReportState.RETURNED)
        assert 0 < connections <= _IN_HAND * sum(attempts_at_most(on_plan_clock(hours)) for hours in BATCHES_WAITED)

        # Back.
        office.mailer.ends = []
        await pass_by(office, 6)
        late = ledger(office, last_claimed)
        sent = [mail for mail in late if mail.state is MailState.SENT]
        asking = of_kind(sent, *ASKING)
        assert len(late) == len(down), "nothing fell due meanwhile"
        assert {mail.state for mail in late} == {MailState.SENT, MailState.OBSOLETE}
        assert Counter(str(message["Message-ID"]) for message in office.mailer.sent[before:]) == Counter(
            mail.message_id for mail in sent
        ), "one copy of each, and no other"
        assert set(Counter(mail.recipient for mail in asking).values()) == {1}, "one asking word for each person"
        assert {mail.step_key for mail in asking} == LATEST_STEPS, "the latest, not one for each missed step"
        assert requests_of(asking, StepKind.REMINDER) == requests_of(asking, StepKind.ESCALATION) == still_owing
        assert not [code for code in settled for mail in asking if f"{code} " in mail.body], "nothing that was answered"
        assert requests_of(sent, StepKind.APPROVAL_REQUEST) == still_waiting
        assert not [code for code in approved for mail in sent if f"{code} " in mail.body], "nothing that was approved"
        assert requests_of(sent, StepKind.RETURN) == requests_with(office, ReportState.RETURNED)
        assert all("台数の根拠を書いてください。" in mail.body for mail in of_kind(sent, StepKind.RETURN))
        assert len(of_kind(late, *ASKING)) > 1.5 * len(asking), "there was something to fold"
        await assert_both_sides_agree(office)

    play(sample_database, story, seconds_per_day=QUICK_DAY)


def test_three_real_days_without_a_mail_server_cost_each_batch_no_more_than_two_attempts_a_minute() -> None:
    assert attempts_at_most(timedelta(seconds=4)) == 1
    assert attempts_at_most(timedelta(seconds=5)) == 2
    assert attempts_at_most(OUTAGE) <= OUTAGE / timedelta(seconds=30) + 4
