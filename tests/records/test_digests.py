"""The digest: whoever wants one gets one a day, and the ledger stays true to what became of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db import tables as t
from domain.clock import PlanClock, real_clock
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from records import audit, cycles, outbox, plans
from tests.city_hall import SCHOOL_MEASURES, CityHall, cycle_2020
from tests.conftest import PLAN
from tests.records.digest_city import TUESDAY, DigestCity, by, clock, prepared

NINE, HALF_PAST = clock(9), clock(9, 30)
THURSDAY = TUESDAY + timedelta(days=2)


@pytest.fixture
def city(city_hall: CityHall) -> DigestCity:
    return prepared(city_hall)


# Gathering


def test_what_can_wait_waits_for_the_digest_of_who_wants_one(city: DigestCity) -> None:
    at_once = city.post(NINE, "school", "housing")
    assert city.states() == [MailState.GATHERED] * 2
    (digest,) = city.digests()
    assert {mail.digest_id for mail in city.mails()} == {digest.id}
    assert (digest.recipient, digest.digest_on, digest.state) == (city.reader, TUESDAY, MailState.QUEUED)
    assert at_once, "the others of the departments get theirs at once"


def test_the_first_gathered_mail_starts_the_process_and_later_ones_join(city: DigestCity) -> None:
    city.post(NINE, "school")
    city.post(clock(9, 10), "housing")
    (digest,) = city.digests()
    with city.hall.reading() as session:
        (start,) = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == digest.workflow_id))
    assert (start.name, start.is_start) == ("DigestWorkflow", True)
    assert start.payload["digest"] == digest.id
    assert start.payload["leaves_at"] == "2021-02-16T09:30:00+09:00"
    assert city.reader not in digest.workflow_id, "no address is told to Temporal"


@pytest.mark.parametrize(
    ("kind", "to", "step"),
    [
        (StepKind.ESCALATION, Rank.STAFF, "escalation"),
        (StepKind.RETURN, Rank.STAFF, "return"),
    ],
)
def test_what_is_urgent_goes_at_once(city: DigestCity, kind: StepKind, to: Rank, step: str) -> None:
    assert city.post(NINE, kind=kind, to=to, step=step)
    assert city.states() == [MailState.INFLIGHT]
    assert city.digests() == []


def test_an_escalation_does_not_wait_for_the_digest_and_makes_its_reminder_idle(city: DigestCity) -> None:
    city.post(NINE)
    city.post(clock(9, 5), kind=StepKind.ESCALATION, step="escalation")
    assert city.states() == [MailState.OBSOLETE, MailState.INFLIGHT]
    (digest,) = city.digests()
    assert city.begin(digest.id, HALF_PAST) is None
    assert city.digests()[0].state is MailState.OBSOLETE


def test_the_wish_of_a_person_counts_only_where_the_plan_lets_them_choose(city: DigestCity) -> None:
    city.rules(person_may_choose=False)
    city.post(NINE)
    assert city.states() == [MailState.INFLIGHT]


def test_a_plan_may_gather_for_whoever_said_nothing_and_who_said_no_is_heard(city: DigestCity) -> None:
    city.rules(gathers_by_default=True)
    city.wishes(wants_digest=False)
    assert len(city.post(NINE)) == 1, "the one who said no"
    assert city.states() == [MailState.INFLIGHT]
    assert len(city.digests()) == 1, "the other one of the section said nothing"


def test_what_comes_after_the_digest_has_left_opens_that_of_the_next_business_day(city: DigestCity) -> None:
    friday = TUESDAY + timedelta(days=3)
    city.post(clock(9, day=friday), "school")
    (first,) = city.digests()
    assert city.begin(first.id, clock(9, 30, friday)) is not None
    city.post(clock(9, 31, friday), "housing")
    assert [digest.digest_on for digest in city.digests()] == [friday, friday + timedelta(days=3)]


def test_what_comes_while_a_digest_is_being_handed_over_does_not_join_it(city: DigestCity) -> None:
    city.post(NINE, "school")
    city.begin(city.digests()[0].id, clock(9, 20))
    city.post(clock(9, 20), "housing")
    assert [digest.digest_on for digest in city.digests()] == [TUESDAY, TUESDAY + timedelta(days=1)]
    assert city.states() == [MailState.INFLIGHT, MailState.GATHERED]


def test_a_mail_that_a_digest_has_is_not_sent_beside_it(city: DigestCity) -> None:
    city.post(NINE)
    assert city.reader not in {mail.recipient for mail in city.mails() if mail.id in city.post(clock(9, 1))}
    city.begin(city.digests()[0].id, HALF_PAST)
    again = city.post(clock(9, 40))
    assert not {mail.id for mail in city.mails()} & set(again), "inflight with its digest, not lost by itself"
    assert city.mails()[0].unknown_ends == 0


# Still owed


def test_what_was_answered_before_the_digest_leaves_is_not_in_it(city: DigestCity) -> None:
    city.post(NINE, "school", "housing")
    with city.hall.writing() as session:
        city.hall.submit(session, "4-1-1", today=TUESDAY)
    in_hand = city.begin(city.digests()[0].id, HALF_PAST)
    assert in_hand is not None
    listed = [measure.code for part in in_hand.parts for measure in getattr(part, "measures", ())]
    assert "4-1-1" not in listed
    assert {"4-1-2", "4-1-3", "4-1-4"} < set(listed)


def test_who_answered_everything_by_ten_past_nine_gets_no_digest(city: DigestCity) -> None:
    city.post(NINE)
    with city.hall.writing() as session:
        for code in SCHOOL_MEASURES:
            city.hall.submit(session, code, today=TUESDAY)
    (digest,) = city.digests()
    assert city.begin(digest.id, HALF_PAST) is None
    assert city.digests()[0].state is MailState.OBSOLETE
    assert city.states() == [MailState.OBSOLETE]


def test_what_waits_for_a_digest_when_its_round_closes_is_owed_to_nobody(city: DigestCity) -> None:
    city.post(NINE)
    with city.hall.writing() as session:
        cycles.begin_evaluation(session, by(NINE), cycle_2020(session), TUESDAY)
    assert city.states() == [MailState.OBSOLETE]
    assert city.begin(city.digests()[0].id, HALF_PAST) is None


# Attempts


@pytest.mark.parametrize(
    ("outcome", "state", "of_mails"),
    [
        (Outcome.ACCEPTED, MailState.SENT, MailState.SENT),
        (Outcome.NOT_REACHED, MailState.QUEUED, MailState.GATHERED),
        (Outcome.REFUSED_FOR_NOW, MailState.QUEUED, MailState.GATHERED),
        (Outcome.REFUSED_FOR_GOOD, MailState.FAILED, MailState.FAILED),
        (Outcome.AMBIGUOUS, MailState.QUEUED, MailState.GATHERED),
    ],
)
def test_the_mails_of_a_digest_end_as_it_does(
    city: DigestCity, outcome: Outcome, state: MailState, of_mails: MailState
) -> None:
    city.post(NINE, "school", "housing")
    (digest,) = city.digests()
    assert city.begin(digest.id, HALF_PAST) is not None
    assert city.states() == [MailState.INFLIGHT] * 2
    assert city.finish(digest.id, outcome, HALF_PAST) is state
    assert city.states() == [of_mails] * 2
    assert {(mail.subject, mail.body, mail.attempts) for mail in city.mails()} == {("件名", "本文", 1)}
    assert {mail.sent_at == HALF_PAST for mail in city.mails()} == {outcome is Outcome.ACCEPTED}
    with city.hall.reading() as session:
        told = session.exec(select(t.AuditEntry.subject).where(t.AuditEntry.action == f"mail.{of_mails.value}")).all()
        assert {f"mail/{mail.id}" for mail in city.mails()} <= set(told)
        assert audit.verify(session).broken_at is None
        assert outbox.process_has_ended(session, digest.workflow_id) is (state is not MailState.QUEUED)


def test_a_digest_found_inflight_after_a_kill_is_tried_once_more_and_no_more(city: DigestCity) -> None:
    city.post(NINE)
    (digest,) = city.digests()
    assert city.begin(digest.id, HALF_PAST) is not None  # killed
    assert city.begin(digest.id, HALF_PAST) is not None  # killed again
    assert city.begin(digest.id, HALF_PAST) is None
    (digest,) = city.digests()
    assert (digest.state, digest.attempts, digest.unknown_ends) == (MailState.UNKNOWN, 2, 2)
    assert city.states() == [MailState.UNKNOWN]


def test_a_digest_that_may_have_left_takes_nothing_more(city: DigestCity) -> None:
    city.post(NINE, "school")
    city.begin(city.digests()[0].id, clock(9, 15))
    city.finish(city.digests()[0].id, Outcome.AMBIGUOUS, clock(9, 15))
    city.post(clock(9, 20), "housing")
    assert [digest.digest_on for digest in city.digests()] == [TUESDAY, TUESDAY + timedelta(days=1)]


def test_after_days_without_a_mail_server_one_digest_leaves_with_what_is_still_owed(city: DigestCity) -> None:
    days = [TUESDAY + timedelta(days=n) for n in range(3)]
    for day, departments in zip(days, (("school",), ("housing",), ("school",)), strict=True):
        city.post(clock(9, day=day), *departments, step=f"reminder-{day.day}")
        for digest in city.digests():
            if city.begin(digest.id, clock(9, 30, day)) is not None:
                city.finish(digest.id, Outcome.NOT_REACHED, clock(9, 30, day))
    back = clock(15, day=THURSDAY)
    begun = [city.begin(digest.id, back) for digest in city.digests()]
    (leaves,) = [in_hand for in_hand in begun if in_hand is not None]
    assert leaves.digest.digest_on == THURSDAY
    assert [part.mail.step_key[:11] for part in leaves.parts] == ["reminder-17", "reminder-18"]
    city.finish(leaves.digest.id, Outcome.ACCEPTED, back)
    assert [d.state for d in city.digests()] == [MailState.OBSOLETE, MailState.OBSOLETE, MailState.SENT]
    assert city.states() == [MailState.OBSOLETE, MailState.SENT, MailState.SENT], "the first was said again"


# The clock


def test_a_digest_is_told_when_the_clock_of_its_plan_is_set_anew(city: DigestCity) -> None:
    city.post(NINE)
    (digest,) = city.digests()
    with city.hall.writing() as session:
        anew = PlanClock(HALF_PAST, NINE)
        plans.set_clock(session, by(NINE), plans.find(session, PLAN), anew)
        told = session.exec(select(t.Outbox.name).where(t.Outbox.workflow_id == digest.workflow_id)).all()
        assert told == ["DigestWorkflow", "change_clock"]
    city.begin(digest.id, NINE)
    city.finish(digest.id, Outcome.ACCEPTED, NINE)
    with city.hall.writing() as session:
        plans.set_clock(session, by(NINE), plans.find(session, PLAN), real_clock(NINE))
        assert len(session.exec(select(t.Outbox).where(t.Outbox.workflow_id == digest.workflow_id)).all()) == 2


def test_a_digest_goes_by_the_day_of_its_plan(city: DigestCity) -> None:
    with city.hall.writing() as session:
        plans.set_clock(session, by(NINE), plans.find(session, PLAN), PlanClock(clock(9, day=date(2021, 3, 5)), NINE))
    city.post(NINE)
    assert [digest.digest_on for digest in city.digests()] == [date(2021, 3, 5)]
