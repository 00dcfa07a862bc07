"""One mail a day for who works for three plans, in skipped time, with the real activities, relay and ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import Database
from domain.calendar import JST
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from records import audit, outbox
from replay.agenda import on
from tests.databases import Databases
from tests.workflows import digest_life as life
from tests.workflows.digest_life import LATE, OPENS, PLANS, City
from tests.workflows.test_mail_outage import QUICK_DAY

BACK_AT = datetime(2021, 2, 19, 12, tzinfo=JST)


@dataclass
class Weeks:
    """From the opening of three plans to the week after they were due.

    `silent` answers nothing, and no mail reaches them from 16 to 19 February; `prompt` answers everything on the 16th,
    ten minutes after the reminders fell due.
    """

    city: City
    silent: str
    prompt: str


@pytest.fixture(scope="module")
def weeks(databases: Databases) -> Iterator[Weeks]:
    with databases.copied() as database:
        municipality, staff = life.store(database, "school", "housing")
        mailer = life.FailingMailer(lost=staff["school"], begins=datetime.combine(LATE, time(0), JST), ends_at=BACK_AT)
        agenda = [on(LATE, 9, 10, life.submit_all("housing"))]
        city = life.play(database, municipality, agenda, date(2021, 2, 19), mailer, seconds_per_day=QUICK_DAY)
        yield Weeks(city, staff["school"], staff["housing"])


def test_a_person_in_three_plans_gets_one_mail_on_the_day_they_open(weeks: Weeks) -> None:
    for address in (weeks.silent, weeks.prompt):
        assert weeks.city.mailer.days(address).count(OPENS) == 1
    (message,) = [m for m in weeks.city.mailer.sent if weeks.silent in str(m["To"]) and m["Date"].datetime.day == 15]
    assert message["Date"].datetime.astimezone(JST).time().replace(second=0, microsecond=0) == time(9, 30)
    text = message.get_content()
    assert [code for code in PLANS if f"■ 計画 {code}" not in text] == []
    opening = [mail for mail in weeks.city.mails(weeks.silent) if mail.claimed_on == OPENS]
    assert [(mail.kind, mail.state) for mail in opening] == [(StepKind.NOTICE, MailState.SENT)] * 3
    assert len({mail.digest_id for mail in opening}) == 1


def test_nobody_who_wants_a_digest_gets_two_mails_on_a_day(weeks: Weeks) -> None:
    for address in (weeks.silent, weeks.prompt):
        assert set(Counter(weeks.city.mailer.days(address)).values()) == {1}


def test_who_wants_each_mail_at_once_gets_it_so(weeks: Weeks) -> None:
    on_opening = Counter(str(m["To"]) for m in weeks.city.mailer.sent if m["Date"].datetime.date() == OPENS)
    assert 3 in on_opening.values()


def test_who_answered_at_ten_past_nine_gets_no_digest_that_day(weeks: Weeks) -> None:
    assert LATE not in weeks.city.mailer.days(weeks.prompt)
    reminders = [mail for mail in weeks.city.mails(weeks.prompt) if mail.kind is StepKind.REMINDER]
    assert {mail.claimed_on for mail in reminders} == {LATE}, "they were owed at nine"
    assert {mail.state for mail in reminders} == {MailState.OBSOLETE}


def test_after_three_days_without_a_mail_server_one_digest_arrives_and_not_three(weeks: Weeks) -> None:
    late = [day for day in weeks.city.mailer.days(weeks.silent) if day >= LATE]
    assert late == [BACK_AT.date()]
    reminders = [mail for mail in weeks.city.mails(weeks.silent) if mail.kind is StepKind.REMINDER]
    assert {mail.claimed_on for mail in reminders} == {LATE, date(2021, 2, 18)}
    assert {mail.state for mail in reminders if mail.claimed_on == LATE} == {MailState.OBSOLETE}
    assert {mail.state for mail in reminders if mail.claimed_on > LATE} == {MailState.SENT}
    states = [digest.state for digest in weeks.city.digests(weeks.silent) if digest.digest_on >= LATE]
    assert states == [MailState.OBSOLETE, MailState.SENT]


def test_nothing_waits_and_the_audit_log_says_what_became_of_each(weeks: Weeks) -> None:
    with weeks.city.database.reading(weeks.city.municipality) as session:
        assert outbox.waiting(session, 0, 10) == []
        assert audit.verify(session).broken_at is None
        assert {digest.state for digest in session.exec(select(t.Digest))} <= {MailState.SENT, MailState.OBSOLETE}
        gathered = session.exec(select(t.Mail).where(t.Mail.digest_id != None)).all()  # noqa: E711 (a column)
        told = set(session.exec(select(t.AuditEntry.subject, t.AuditEntry.action)).all())
        assert [m.id for m in gathered if (f"mail/{m.id}", f"mail.{m.state.value}") not in told] == []


def test_a_person_in_three_plans_gets_one_mail_on_postgresql_too_and_a_refused_one_is_sent_again(
    postgresql: Database,
) -> None:
    municipality, staff = life.store(postgresql, "school")
    again = on(OPENS, 10, 20, life.refused_and_sent_again("housing"))
    city = life.play(postgresql, municipality, [again], OPENS, life.FailingMailer())
    with postgresql.reading(municipality) as session:
        (sent,) = session.exec(select(t.Mail).where(col(t.Mail.step_key).endswith("~1")))
        assert (sent.state, sent.attempts) == (MailState.SENT, 1)
    assert city.mailer.days(staff["school"]) == [OPENS]
    assert [mail.state for mail in city.mails(staff["school"])] == [MailState.SENT] * 3
