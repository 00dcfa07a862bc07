"""Sending a batch: one refusal holds up nobody, a long outage brings no storm, and what was begun is finished."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage

import pytest
from sqlmodel import col, select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import MailBatch
from activities.mailing import MailingActivities
from db import tables as t
from domain.collection import DueMail, mails_due
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from letters import single
from mail.compose import Letter
from mail.send import Handed
from records import plans, reporting, round_state
from records.round_mails import RoundMail
from tests.city_hall import ANSWERS, AT, CALENDAR, SCHOOL_MEASURES, TODAY, CityHall, change
from tests.conftest import PLAN, RememberingMailer
from tests.domain.rounds import at

BASE_URL = "https://meguru.example/"


@dataclass
class ParticularMailer(RememberingMailer):
    """A mail server that refuses some recipients, each for a reason of its own."""

    refused: dict[str, Outcome] = field(default_factory=dict)

    async def hand_over(self, message: EmailMessage) -> Handed:
        recipient = message["To"].addresses[0].addr_spec
        if recipient in self.refused:
            return Handed(self.refused[recipient], "refused")
        return await super().hand_over(message)


@dataclass
class SlowMailer(RememberingMailer):
    """A mail server that answers when it is told to."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def hand_over(self, message: EmailMessage) -> Handed:
        self.begun.set()
        await self.answer.wait()
        return await super().hand_over(message)


def batch_at(city_hall: CityHall, month: int, day: int) -> MailBatch:
    """What the rules say is due at 9:00 of a day of 2021, for a process that wakes for the first time."""
    with city_hall.reading() as session:
        ladder = plans.definition_of(plans.find(session, PLAN)).round_of("yearly").ladder
        state = round_state.load(session, city_hall.round(session), ladder, CALENDAR)
    return MailBatch(city_hall.municipality, mails_due(state, at(month, day))[0], date(2021, month, day))


def one_mail(
    city_hall: CityHall, step_key: str, kind: StepKind = StepKind.REMINDER, to: Rank = Rank.STAFF
) -> MailBatch:
    with city_hall.reading() as session:
        due: DueMail = city_hall.due(session, SCHOOL_MEASURES, kind, to, step_key)
    return MailBatch(city_hall.municipality, (due,), date.fromisoformat(step_key[-10:]))


def run(city_hall: CityHall, mailer: RememberingMailer, batch: MailBatch) -> int:
    activities = MailingActivities(city_hall.database, mailer, BASE_URL, lambda: AT)

    async def send() -> int:
        return await ActivityEnvironment().run(activities.send_mails, batch)

    return asyncio.run(send())


def ledger(city_hall: CityHall) -> Sequence[t.Mail]:
    with city_hall.reading() as session:
        return session.exec(select(t.Mail).order_by(col(t.Mail.id))).all()


def copies(mailer: RememberingMailer) -> Counter[str]:
    return Counter(str(message["Message-ID"]) for message in mailer.sent)


def test_everybody_of_a_batch_gets_one_mail_with_a_link_to_the_request(city_hall: CityHall) -> None:
    mailer = RememberingMailer()
    sent = run(city_hall, mailer, batch_at(city_hall, 1, 15))
    rows = ledger(city_hall)
    assert sent == len(mailer.sent) == len(rows)
    assert {mail.state for mail in rows} == {MailState.SENT}
    assert set(copies(mailer).values()) == {1}
    for mail in rows:
        assert f"https://meguru.example/requests/{mail.request_id}\n" in mail.body
        assert ("simulated data" if mail.language == "en" else "模擬データ") in mail.body


def test_running_again_sends_nothing_again(city_hall: CityHall) -> None:
    mailer, batch = RememberingMailer(), batch_at(city_hall, 1, 15)
    run(city_hall, mailer, batch)
    before = len(mailer.sent)
    assert run(city_hall, mailer, batch) == 0
    assert len(mailer.sent) == before


def test_one_who_is_refused_for_now_holds_up_nobody_and_gets_the_mail_later(city_hall: CityHall) -> None:
    batch = batch_at(city_hall, 1, 15)
    with city_hall.reading() as session:
        unlucky = city_hall.holder(session, "school", Rank.STAFF).email
    mailer = ParticularMailer(refused={unlucky: Outcome.REFUSED_FOR_NOW})
    with pytest.raises(ApplicationError, match="1 mails wait") as waiting:
        run(city_hall, mailer, batch)
    assert waiting.value.type == "MailServerNotReady"
    assert not waiting.value.non_retryable
    rows = ledger(city_hall)
    assert Counter(mail.state for mail in rows) == {MailState.SENT: len(rows) - 1, MailState.QUEUED: 1}
    mailer.refused.clear()
    assert run(city_hall, mailer, batch) == 1, "only the rest"
    assert len(mailer.to(unlucky)) == 1
    assert set(copies(mailer).values()) == {1}


def test_one_who_is_refused_for_good_or_has_no_address_is_for_a_person_to_see(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        refused = city_hall.holder(session, "housing", Rank.STAFF).email
        broken = city_hall.holder(session, "school", Rank.STAFF)
        broken.email = "住所のない人"
        session.add(broken)
    mailer = ParticularMailer(refused={refused: Outcome.REFUSED_FOR_GOOD})
    sent = run(city_hall, mailer, batch_at(city_hall, 1, 15))
    failed = [mail for mail in ledger(city_hall) if mail.state is MailState.FAILED]
    assert {mail.recipient for mail in failed} == {refused, broken.email}
    assert all(mail.error for mail in failed)
    assert sent == len(ledger(city_hall)) - 2


def test_a_mail_server_that_cannot_be_reached_is_not_asked_for_every_mail(city_hall: CityHall) -> None:
    mailer = RememberingMailer(ends=[Outcome.NOT_REACHED] * 1000)
    with pytest.raises(ApplicationError):
        run(city_hall, mailer, batch_at(city_hall, 1, 15))
    rows = ledger(city_hall)
    assert {mail.state for mail in rows} == {MailState.QUEUED}
    assert 1000 - len(mailer.ends) <= 5 < len(rows)


def test_three_days_without_a_mail_server_bring_no_duplicates_and_no_obsolete_mail(city_hall: CityHall) -> None:
    """The process keeps trying its old batches while new steps fall due; then the server is back."""
    down = RememberingMailer(ends=[Outcome.NOT_REACHED] * 1000)
    batches = [batch_at(city_hall, 1, 15)]
    batches += [one_mail(city_hall, f"reminder-{step}") for step in ("first@2021-02-16", "second@2021-02-18")]
    for n in (1, 2, 3):
        for batch in batches[:n]:
            with pytest.raises(ApplicationError) if batch is batches[n - 1] else suppress(ApplicationError):
                run(city_hall, down, batch)
        if n == 2:
            with city_hall.writing() as session:
                city_hall.submit(session, "4-1-1", today=date(2021, 2, 17))
                city_hall.submit(session, "5-1-2", "housing", date(2021, 2, 17))
    up = RememberingMailer()
    for batch in batches * 2:
        run(city_hall, up, batch)
    assert set(copies(up).values()) == {1}
    with city_hall.reading() as session:
        school = city_hall.holder(session, "school", Rank.STAFF).email
        housing = city_hall.holder(session, "housing", Rank.STAFF).email
    [latest] = [m.get_content() for m in up.sent if m["To"].addresses[0].addr_spec == school]
    assert "4-1-1 " not in latest
    assert "4-1-2 " in latest
    assert up.to(housing) == [], "answered in the meantime"
    assert {mail.state for mail in ledger(city_hall)} <= {MailState.SENT, MailState.OBSOLETE}


def test_a_reminder_of_unknown_fate_is_tried_once_more_and_an_escalation_never(city_hall: CityHall) -> None:
    reminder = one_mail(city_hall, "reminder-first@2021-02-16")
    escalation = one_mail(city_hall, "escalation-section-head@2021-02-22", StepKind.ESCALATION, Rank.SECTION_HEAD)
    mailer = RememberingMailer(ends=[Outcome.AMBIGUOUS] * 100)
    with pytest.raises(ApplicationError):
        run(city_hall, mailer, reminder)
    for batch in (reminder, reminder, escalation, escalation):
        run(city_hall, mailer, batch)
    rows = {mail.message_id: mail for mail in ledger(city_hall)}
    assert {mail.state for mail in rows.values()} == {MailState.UNKNOWN}
    for message_id, n in copies(mailer).items():
        assert n == (1 if rows[message_id].kind is StepKind.ESCALATION else 2)


def test_a_cancelled_activity_finishes_the_mail_it_began_and_begins_no_other(city_hall: CityHall) -> None:
    batch = batch_at(city_hall, 1, 15)

    async def cancel_midway() -> SlowMailer:
        mailer = SlowMailer()
        environment = ActivityEnvironment()
        activities = MailingActivities(city_hall.database, mailer, BASE_URL, lambda: AT)
        running = asyncio.ensure_future(environment.run(activities.send_mails, batch))
        await mailer.begun.wait()
        environment.cancel()
        await asyncio.sleep(0.05)
        assert not running.done(), "it waits for what it began"
        mailer.answer.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        return mailer

    mailer = asyncio.run(cancel_midway())
    rows = ledger(city_hall)
    sent = [mail for mail in rows if mail.state is MailState.SENT]
    assert {mail.state for mail in rows} == {MailState.SENT, MailState.QUEUED}, "nothing is left inflight"
    assert 1 <= len(sent) == len(mailer.sent) <= 5
    assert {str(m["Message-ID"]) for m in mailer.sent} == {mail.message_id for mail in sent}


def test_a_letter_that_cannot_be_written_holds_up_nobody_and_is_not_begun(
    city_hall: CityHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, mailer, write = batch_at(city_hall, 1, 15), RememberingMailer(), single.of_round
    with city_hall.reading() as session:
        unlucky = city_hall.holder(session, "school", Rank.STAFF).email

    def refuse_one(in_hand: RoundMail, base_url: str) -> Letter:
        if in_hand.mail.recipient == unlucky:
            raise ValueError("this letter cannot be written")
        return write(in_hand, base_url)

    monkeypatch.setattr(single, "of_round", refuse_one)
    with pytest.raises(ValueError, match="cannot be written"):
        run(city_hall, mailer, batch)
    rows = ledger(city_hall)
    assert Counter(mail.state for mail in rows) == {MailState.SENT: len(rows) - 1, MailState.QUEUED: 1}
    assert set(copies(mailer).values()) == {1}


def test_of_a_batch_only_a_few_mails_are_of_unknown_fate_at_any_time(city_hall: CityHall) -> None:
    """Whatever is committed when a kill comes: no more than a handful may have left unrecorded."""
    seen: list[int] = []

    class Watching(RememberingMailer):
        async def hand_over(self, message: EmailMessage) -> Handed:
            states = {mail.message_id: mail.state for mail in ledger(city_hall)}
            assert states[str(message["Message-ID"])] is MailState.INFLIGHT, "begun before it is handed over"
            seen.append(sum(state is MailState.INFLIGHT for state in states.values()))
            return await super().hand_over(message)

    run(city_hall, Watching(), batch_at(city_hall, 1, 15))
    assert max(seen) <= 10 < len(seen)


def test_a_return_of_one_measure_links_straight_to_its_form(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        report = city_hall.send_back(session, "4-1-1", "台数の根拠を書いてください。")
        due = city_hall.due(session, ("4-1-1",), StepKind.RETURN, Rank.STAFF, "return@2021-01-20/1")
    mailer = RememberingMailer()
    run(city_hall, mailer, MailBatch(city_hall.municipality, (due,), date(2021, 1, 20)))
    body = mailer.sent[0].get_content()
    assert f"https://meguru.example/reports/{report.id}\n" in body.replace("\r\n", "\n")
    assert "台数の根拠を書いてください。" in body


def test_a_return_quotes_each_answer_that_is_to_be_mended(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = city_hall.submit(session, "4-1-1")
        head = city_hall.actor(session, "school", Rank.SECTION_HEAD)
        definition = plans.definition_of(plans.find(session, PLAN))
        remarks = {"achievements": "台数も書いてください。\n学校の名前も。", "progress": "遅れではありませんか。"}
        reporting.return_(session, change(), head, report.id, "", TODAY, CALENDAR, definition, remarks)
        due = city_hall.due(session, ("4-1-1",), StepKind.RETURN, Rank.STAFF, "return@2021-01-20/1")
    mailer = RememberingMailer()
    run(city_hall, mailer, MailBatch(city_hall.municipality, (due,), date(2021, 1, 20)))
    body = mailer.sent[0].get_content().replace("\r\n", "\n")
    assert "直すところ「今年度に実施したこと」：台数も書いてください。\n    学校の名前も。" in body
    assert f"いまの回答：{ANSWERS['achievements']}" in body
    assert "いまの回答：予定どおり" in body
    assert "差戻しの理由" not in body


def test_a_request_for_approval_links_to_what_waits(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        request = city_hall.submit(session, "4-1-1").request_id
        due = city_hall.due(session, ("4-1-1",), StepKind.APPROVAL_REQUEST, Rank.SECTION_HEAD, "approval@2021-01-21")
    mailer = RememberingMailer()
    run(city_hall, mailer, MailBatch(city_hall.municipality, (due,), date(2021, 1, 21)))
    assert f"https://meguru.example/approvals?request={request}\n" in mailer.sent[0].get_content().replace("\r\n", "\n")


def test_each_recipient_is_written_to_in_their_language(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        reader = city_hall.holder(session, "school", Rank.STAFF)
        reader.language, reader.name_en = "en", "Reader of English"
        session.add(reader)
    mailer = RememberingMailer()
    run(city_hall, mailer, batch_at(city_hall, 1, 15))
    written = {m["To"].addresses[0].addr_spec: m.get_content() for m in mailer.sent}
    assert "FY2020" in mailer.to(reader.email)[0]
    assert sum("School Education Section" in body for body in written.values()) == 1
