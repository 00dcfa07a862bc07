"""Sending a digest: what it says, what it waits for, and that there are never more than two copies of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

import pytest
from sqlmodel import Session, select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import DigestToSend, MailBatch, ProcessMail
from activities.mailing import MailingActivities
from db import tables as t
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from records import inquiries, pauses
from tests.city_hall import SCHOOL_MEASURES, CityHall
from tests.conftest import RememberingMailer
from tests.dx_city import CHAIR, CHANGE, LEADER, MONDAY, DxCity, nine
from tests.dx_city_fixtures import dx_city, dx_city_template
from tests.records.digest_city import TUESDAY, DigestCity, by, clock, prepared

__all__ = ["dx_city", "dx_city_template"]
NINE, HALF_PAST = clock(9), clock(9, 30)
BASE_URL = "https://meguru.example"


@pytest.fixture
def city(city_hall: CityHall) -> DigestCity:
    return prepared(city_hall)


def activities(city: DigestCity | DxCity, mailer: RememberingMailer, at: datetime) -> MailingActivities:
    database = city.hall.database if isinstance(city, DigestCity) else city.database
    return MailingActivities(database, mailer, f"{BASE_URL}/", lambda: at)


def round_sends(city: DigestCity, mailer: RememberingMailer, at: datetime, *departments: str) -> None:
    with city.hall.reading() as session:
        key = f"reminder-first@{at.date().isoformat()}"
        due = tuple(city.due(session, d, StepKind.REMINDER, Rank.STAFF, key) for d in departments)
    batch = MailBatch(city.hall.municipality, due, at.date())
    asyncio.run(ActivityEnvironment().run(activities(city, mailer, at).send_mails, batch))


def digest_leaves(city: DigestCity, mailer: RememberingMailer, at: datetime = HALF_PAST) -> int:
    order = DigestToSend(city.hall.municipality, city.digests()[0].id)

    async def send() -> int:
        return await ActivityEnvironment().run(activities(city, mailer, at).send_digest, order)

    return asyncio.run(send())


def to(mailer: RememberingMailer, recipient: str) -> list[str]:
    """Subject and text of what reached somebody."""
    return [
        f"{m['Subject']}\n{(m.get_body() or m).get_content()}".replace("\u00a0", " ").replace("\r\n", "\n")
        for m in mailer.sent
        if recipient in str(m["To"])
    ]


def test_two_departments_of_one_person_are_one_mail_with_a_link_to_each(city: DigestCity) -> None:
    mailer = RememberingMailer()
    round_sends(city, mailer, NINE, "school", "housing")
    assert mailer.to(city.reader) == [], "it waits"
    assert mailer.sent, "the others get theirs at once"
    assert digest_leaves(city, mailer) == 1
    (said,) = to(mailer, city.reader)
    assert said.startswith("【まとめ】2021年2月16日（火）のお知らせ（2件・うち期限超過2件）\n")
    for mail in city.mails():
        assert f"\n{BASE_URL}/requests/{mail.request_id}\n" in said
        assert (mail.state, mail.body) == (MailState.SENT, said.partition("\n")[2])
    assert said.count("【督促】") == 2
    assert "・4-1-1 " in said
    assert "（1営業日経過）" in said
    assert f"{BASE_URL}/settings/mails\n" in said
    assert said.count("模擬データ") == 1


def test_an_english_reader_gets_the_digest_in_english(city: DigestCity) -> None:
    with city.hall.writing() as session:
        reader = session.exec(select(t.User).where(t.User.email == city.reader)).one()
        reader.language, reader.name_en = "en", "Reader of English"
        session.add(reader)
    mailer = RememberingMailer()
    round_sends(city, mailer, NINE, "school", "housing")
    digest_leaves(city, mailer)
    (said,) = to(mailer, city.reader)
    assert "Tue 16 Feb 2021" in said.partition("\n")[0]
    assert "Reader of English" in said


def test_a_digest_of_one_mail_is_that_mail_as_it_is(city: DigestCity) -> None:
    mailer = RememberingMailer()
    round_sends(city, mailer, NINE, "school")
    digest_leaves(city, mailer)
    (of_digest,) = to(mailer, city.reader)
    (of_other, *_) = [m.get_content().replace("\r\n", "\n") for m in mailer.sent]
    assert of_digest.startswith("【督促】")
    assert of_digest.split("様", 1)[1] == of_other.split("様", 1)[1], "but for the name"


def test_who_answered_everything_before_it_leaves_gets_none(city: DigestCity) -> None:
    mailer = RememberingMailer()
    round_sends(city, mailer, NINE, "school")
    with city.hall.writing() as session:
        for code in SCHOOL_MEASURES:
            city.hall.submit(session, code, today=TUESDAY)
    assert digest_leaves(city, mailer) == 0
    assert mailer.to(city.reader) == []
    assert city.states() == [MailState.OBSOLETE]


def test_a_digest_waits_for_its_mail_server_and_leaves_once(city: DigestCity) -> None:
    mailer = RememberingMailer()
    round_sends(city, mailer, NINE, "school", "housing")
    down = RememberingMailer(ends=[Outcome.NOT_REACHED] * 3)
    for _ in range(3):
        with pytest.raises(ApplicationError, match="1 mails wait"):
            digest_leaves(city, down)
    assert digest_leaves(city, mailer) == 1
    assert digest_leaves(city, mailer) == 0
    assert len(mailer.to(city.reader)) == 1


def test_there_are_two_copies_of_a_digest_at_most(city: DigestCity) -> None:
    round_sends(city, RememberingMailer(), NINE, "school", "housing")
    mailer = RememberingMailer(ends=[Outcome.AMBIGUOUS] * 9)
    with pytest.raises(ApplicationError):
        digest_leaves(city, mailer)
    for _ in range(3):
        digest_leaves(city, mailer)
    assert Counter(str(m["Message-ID"]) for m in mailer.sent) == {city.digests()[0].message_id: 2}
    assert city.states() == [MailState.UNKNOWN] * 2


def test_nothing_leaves_while_the_city_is_paused(city: DigestCity) -> None:
    mailer = RememberingMailer()
    round_sends(city, mailer, NINE, "school")
    with city.hall.writing() as session:
        pauses.begin(session, by(clock(9, 10)), "台風のため", TUESDAY)
    with pytest.raises(pauses.Paused):
        digest_leaves(city, mailer)
    assert city.states() == [MailState.GATHERED]
    assert mailer.to(city.reader) == []


# What waits outside the rounds


def _wants_a_digest(session: Session, email: str) -> None:
    user = session.exec(select(t.User).where(t.User.email == email)).one()
    session.add(t.MailPreference(user_id=user.id, wants_digest=True))


def test_a_check_in_joins_the_digest_and_a_meeting_never_does(dx_city: DxCity) -> None:
    with dx_city.writing() as session:
        check_in, meeting = dx_city.check_in(session), dx_city.meeting(session)
        for email in (LEADER, CHAIR):
            _wants_a_digest(session, email)
    mailer = RememberingMailer("巡 <meguru@tokorozawa.example>")
    for inquiry in (check_in, meeting):
        dx_city.claim(inquiry.workflow_id, nine(MONDAY))
        order = ProcessMail(dx_city.municipality, inquiry.workflow_id, MONDAY)
        posting = activities(dx_city, mailer, nine(MONDAY))
        asyncio.run(ActivityEnvironment().run(posting.send_waiting, order))
    assert [subject[:8] for email in (LEADER, CHAIR) for subject in mailer.to(email)] == ["【会議のご案内】"] * 2
    with dx_city.writing() as session:
        (digest,) = session.exec(select(t.Digest)).all()
    sending = activities(dx_city, mailer, datetime.combine(MONDAY, HALF_PAST.timetz()))
    asyncio.run(ActivityEnvironment().run(sending.send_digest, DigestToSend(dx_city.municipality, digest.id)))
    (_, said) = to(mailer, LEADER)
    assert "状況確認のお願い" in said
    assert f"{BASE_URL}/check-ins/{check_in.check_in_id}\n" in said


def test_a_check_in_that_was_answered_leaves_no_digest(dx_city: DxCity) -> None:
    with dx_city.writing() as session:
        check_in = dx_city.check_in(session)
        _wants_a_digest(session, LEADER)
    mailer = RememberingMailer("巡 <meguru@tokorozawa.example>")
    dx_city.claim(check_in.workflow_id, nine(MONDAY))
    posting = activities(dx_city, mailer, nine(MONDAY))
    order = ProcessMail(dx_city.municipality, check_in.workflow_id, MONDAY)
    asyncio.run(ActivityEnvironment().run(posting.send_waiting, order))
    with dx_city.writing() as session:
        inquiries.settle(session, CHANGE, inquiries.find(session, check_in.id), MONDAY)
        (digest,) = session.exec(select(t.Digest)).all()
    asyncio.run(ActivityEnvironment().run(posting.send_digest, DigestToSend(dx_city.municipality, digest.id)))
    assert mailer.to(LEADER) == []
    assert {mail.state for mail in dx_city.ledger() if mail.recipient == LEADER} == {MailState.OBSOLETE}
