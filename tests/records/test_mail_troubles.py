"""What a person does about a mail that did not arrive: sent again once, or settled otherwise, and never by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.ladder import Rank
from domain.mail_ledger import MailState, Outcome
from domain.mail_trouble import TroubleReason
from records import audit, cycles, inquiry_mails, mail_troubles, mails, round_mails
from records.change import Conflict
from tests.city_hall import SCHOOL_MEASURES, CityHall, cycle_2020
from tests.dx_city import CHANGE, LEADER, MONDAY, DxCity, nine
from tests.dx_city_fixtures import dx_city, dx_city_template
from tests.records.digest_city import TUESDAY, DigestCity, by, clock, prepared

__all__ = ["dx_city", "dx_city_template"]
NINE, TEN = clock(9), clock(10)
UNKNOWN_USER = "550 5.1.1 no such user"


@pytest.fixture
def city(city_hall: CityHall) -> DigestCity:
    made = prepared(city_hall)
    made.wishes(wants_digest=False)
    return made


def ended(city: DigestCity, outcome: Outcome, error: str = "") -> t.Mail:
    """The reader's reminder, after an attempt that ended so (an ambiguous one: after both)."""
    city.post(NINE)
    (mail,) = city.mails()
    for _ in range(2 if outcome is Outcome.AMBIGUOUS else 1):
        with city.hall.writing() as session:
            round_mails.begin_attempt(session, by(NINE), mail.id, TUESDAY)
            mails.finish_attempt(session, by(NINE), mail.id, outcome, "件名", "本文", error)
    return mail


def again(city: DigestCity, mail: t.Mail, *, has_not_arrived: bool = False) -> list[t.Mail]:
    with city.hall.writing() as session:
        return mail_troubles.send_again(session, by(TEN), mail.id, has_not_arrived, "meguru.example")


def troubles(city: DigestCity) -> list[tuple[int, TroubleReason]]:
    with city.hall.reading() as session:
        return [(one.mail.id, one.reason) for one in mail_troubles.of_municipality(session, TEN)]


def test_a_refused_mail_is_sent_again_as_a_new_row_with_its_own_process(city: DigestCity) -> None:
    old = ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER)
    assert troubles(city) == [(old.id, TroubleReason.MAILBOX_UNKNOWN)]
    (new,) = again(city, old)
    assert (new.step_key, new.recipient, new.state) == (f"{old.step_key}~1", old.recipient, MailState.QUEUED)
    assert new.message_id != old.message_id
    assert troubles(city) == []
    with city.hall.reading() as session:
        (start,) = session.exec(select(t.Outbox).where(t.Outbox.name == "MailWorkflow"))
        assert start.payload["mail"] == new.id
        assert audit.verify(session).broken_at is None
    with pytest.raises(Conflict, match="mail_not_in_trouble"):
        again(city, old)


def test_it_goes_to_the_address_that_was_corrected_and_to_nobody_who_has_it(city: DigestCity) -> None:
    old = ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER)
    with city.hall.writing() as session:
        user = session.exec(select(t.User).where(t.User.email == city.reader)).one()
        user.email = "corrected@iizuka.example"
        session.add(user)
    assert [mail.recipient for mail in again(city, old)] == ["corrected@iizuka.example"]


def test_a_mail_sent_again_may_fail_and_be_sent_again(city: DigestCity) -> None:
    (second,) = again(city, ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER))
    with city.hall.writing() as session:
        round_mails.begin_attempt(session, by(TEN), second.id, TUESDAY)
        mails.finish_attempt(session, by(TEN), second.id, Outcome.REFUSED_FOR_GOOD, "", "", UNKNOWN_USER)
    (third,) = again(city, second)
    assert third.step_key.endswith("2021-02-16~2")


def test_what_may_have_arrived_is_sent_again_only_once_somebody_has_asked(city: DigestCity) -> None:
    old = ended(city, Outcome.AMBIGUOUS)
    assert troubles(city) == [(old.id, TroubleReason.CUT)]
    with pytest.raises(Conflict, match="mail_arrived_perhaps"):
        again(city, old)
    assert len(again(city, old, has_not_arrived=True)) == 1


def test_what_was_answered_meanwhile_is_not_sent_again_after_all(city: DigestCity) -> None:
    (new,) = again(city, ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER))
    with city.hall.writing() as session:
        for code in SCHOOL_MEASURES:
            city.hall.submit(session, code, today=TUESDAY)
        assert round_mails.begin_attempt(session, by(TEN), new.id, TUESDAY) is None
        assert session.get_one(t.Mail, new.id).state is MailState.OBSOLETE


def test_where_there_is_nobody_a_mail_waits_for_a_person_to_be_named(city: DigestCity) -> None:
    old = ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER)
    with city.hall.writing() as session:
        school = city.hall.department(session, "school")
        held = session.exec(
            select(t.Appointment).where(t.Appointment.department_id == school.id, t.Appointment.rank == Rank.STAFF)
        ).all()
        reader = session.exec(select(t.User).where(t.User.email == city.reader)).one()
        for one in held:
            if one.user_id == reader.id:
                session.delete(one)
    with pytest.raises(Conflict, match="mail_goes_to_nobody"):
        again(city, old)


def test_what_was_settled_by_telephone_is_shown_no_more(city: DigestCity) -> None:
    old = ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER)
    with city.hall.writing() as session, pytest.raises(Conflict, match="note_missing"):
        mail_troubles.settle(session, by(TEN), old.id, "")
    with city.hall.writing() as session:
        mail_troubles.settle(session, by(TEN), old.id, "電話でお伝えした")
        assert city.hall.audited(session)[-1] == "mail.settled"
    assert troubles(city) == []
    assert city.mails()[0].state is MailState.FAILED, "the ledger keeps what happened"


def test_what_waits_for_its_mail_server_is_shown_after_a_day_with_since_when(city: DigestCity) -> None:
    old = ended(city, Outcome.NOT_REACHED, "connect: refused")
    assert troubles(city) == []
    with city.hall.reading() as session:
        assert mail_troubles.not_reached_since(session) == NINE
        late = mail_troubles.of_municipality(session, NINE + timedelta(days=1, minutes=1))
        assert [(one.mail.id, one.reason, one.is_waiting) for one in late] == [
            (old.id, TroubleReason.NOT_REACHED, True)
        ]


def test_nothing_of_a_round_that_is_closed_is_trouble(city: DigestCity) -> None:
    ended(city, Outcome.REFUSED_FOR_GOOD, UNKNOWN_USER)
    with city.hall.writing() as session:
        cycles.begin_evaluation(session, by(TEN), cycle_2020(session), TUESDAY)
    assert troubles(city) == []


def test_a_mail_of_a_check_in_is_sent_again_by_its_own_process(dx_city: DxCity) -> None:
    with dx_city.writing() as session:
        inquiry = dx_city.check_in(session)
    dx_city.claim(inquiry.workflow_id, nine(MONDAY))
    (mail,) = [mail for mail in dx_city.ledger() if mail.recipient == LEADER]
    assert dx_city.begin(mail.id) is not None
    with dx_city.writing() as session:
        mails.finish_attempt(session, CHANGE, mail.id, Outcome.REFUSED_FOR_GOOD, "", "", UNKNOWN_USER)
        mail_troubles.send_again(session, CHANGE, mail.id, False, "meguru.example")
        told = session.exec(select(t.Outbox.workflow_id).order_by(col(t.Outbox.id).desc())).first()
        assert told == inquiry.workflow_id
        waiting = inquiry_mails.waiting(session, inquiry.workflow_id)
    assert [mail.step_key[-2:] for mail in dx_city.ledger() if mail.id in waiting and mail.recipient == LEADER] == [
        "~1"
    ]
