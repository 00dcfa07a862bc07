"""The mails of inquiries: claimed once, to whom they concern on the day, silent once the answer is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db import tables as t
from domain.body import SeatRole
from domain.inquiry import Addressee, InquiryKind
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from records import addressees, audit, inquiries, inquiry_mails, mails
from records.change import NotFound
from tests.dx_city import (
    CALENDAR,
    CHAIR,
    CHANGE,
    EXPERT,
    FRIDAY,
    LEADER,
    MEMBER,
    MONDAY,
    PLANNER,
    THURSDAY,
    DxCity,
    nine,
)
from tests.dx_city_fixtures import dx_city, dx_city_template

FIVE_DAYS_LATE = CALENDAR.shift(THURSDAY, 5)


__all__ = ["dx_city", "dx_city_template"]


@pytest.fixture
def city(dx_city: DxCity) -> DxCity:
    return dx_city


def asked(city: DxCity) -> t.Inquiry:
    with city.writing() as session:
        return city.check_in(session)


def sent(city: DxCity, mail: int, outcome: Outcome = Outcome.ACCEPTED, on: date = MONDAY) -> MailState:
    assert city.begin(mail, on) is not None
    with city.writing() as session:
        return mails.finish_attempt(session, CHANGE, mail, outcome, "件名", "本文", "")


def states(city: DxCity) -> list[MailState]:
    return [mail.state for mail in city.ledger()]


def recipients(city: DxCity, inquiry: t.Inquiry, to: Addressee, day: date = MONDAY) -> list[str]:
    with city.writing() as session:
        return [recipient.email for recipient in addressees.recipients_of(session, inquiry, to, day)]


# Claiming


def test_everybody_of_the_team_is_asked_at_once_and_only_once(city: DxCity) -> None:
    inquiry = asked(city)
    first = city.claim(inquiry.workflow_id, nine(MONDAY))
    assert [mail.recipient for mail in city.ledger()] == [LEADER, MEMBER, EXPERT]
    assert {(m.step_key, m.kind, m.addressee, m.state, m.inquiry_id, m.request_id) for m in city.ledger()} == {
        ("check-in-asked@2026-04-06", StepKind.NOTICE, Addressee.TEAM, MailState.QUEUED, inquiry.id, None)
    }
    assert city.claim(inquiry.workflow_id, nine(MONDAY)) == []
    assert [mail.id for mail in city.ledger()] == first


def test_a_step_whose_mark_was_lost_is_not_claimed_again(city: DxCity) -> None:
    inquiry = asked(city)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    with city.writing() as session:
        inquiries.find(session, inquiry.id).done = []
    assert city.claim(inquiry.workflow_id, nine(MONDAY)) == []
    assert len(city.ledger()) == 3


def test_every_claim_stands_in_the_audit_log_with_its_inquiry(city: DxCity) -> None:
    inquiry = asked(city)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    with city.writing() as session:
        entries = session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "mail.claimed")).all()
        assert [e.detail for e in entries] == [{"step": "check-in-asked@2026-04-06", "inquiry": inquiry.id}] * 3
        assert audit.verify(session).broken_at is None


def test_nothing_is_due_before_its_hour_and_the_next_wake_says_when(city: DxCity) -> None:
    inquiry = asked(city)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    with city.writing() as session:
        assert inquiry_mails.next_wake(session, inquiry.workflow_id, CALENDAR) == nine(FRIDAY)
    assert city.claim(inquiry.workflow_id, nine(FRIDAY) - timedelta(minutes=1)) == []
    assert len(city.claim(inquiry.workflow_id, nine(FRIDAY))) == 3
    city.settle(inquiry.id)
    with city.writing() as session:
        assert inquiry_mails.next_wake(session, inquiry.workflow_id, CALENDAR) is None


def test_where_there_is_nobody_the_mail_stands_there_as_failed(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
        for seat in session.exec(select(t.Seat).where(t.Seat.body == "strategy-committee")):
            session.delete(seat)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    (mail,) = city.ledger()
    assert (mail.state, mail.recipient, mail.error) == (MailState.FAILED, "", "there is nobody to send this to")


def test_whom_two_steps_reach_at_once_gets_one_mail(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.vacancy(session)
        for seat in session.exec(select(t.Seat).where(t.Seat.role == SeatRole.LEADER)):
            seat.valid_until = date(2026, 4, 5)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    assert [mail.recipient for mail in city.ledger()] == [PLANNER], "the team has no leader: both go to the same people"


# Falling silent


def test_a_settled_inquiry_owes_nothing_and_what_waits_becomes_obsolete(city: DxCity) -> None:
    inquiry = asked(city)
    claimed = city.claim(inquiry.workflow_id, nine(MONDAY))
    city.settle(inquiry.id)
    assert city.claim(inquiry.workflow_id, nine(FIVE_DAYS_LATE)) == []
    with city.writing() as session:
        assert inquiry_mails.waiting(session, inquiry.workflow_id) == claimed
    assert [city.begin(mail) for mail in claimed] == [None, None, None]
    assert set(states(city)) == {MailState.OBSOLETE}
    with city.writing() as session:
        assert inquiry_mails.waiting(session, inquiry.workflow_id) == []


def test_after_three_days_without_a_mail_server_only_the_latest_word_leaves(city: DxCity) -> None:
    inquiry = asked(city)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    city.claim(inquiry.workflow_id, nine(FRIDAY))
    assert states(city) == [MailState.OBSOLETE] * 3 + [MailState.QUEUED] * 3
    assert {mail.kind for mail in city.ledger() if mail.state is MailState.QUEUED} == {StepKind.REMINDER}


def test_after_days_without_the_worker_only_the_most_serious_step_to_each_is_claimed(city: DxCity) -> None:
    inquiry = asked(city)
    city.claim(inquiry.workflow_id, nine(FIVE_DAYS_LATE))
    assert [(mail.kind, mail.recipient) for mail in city.ledger()] == [
        (StepKind.REMINDER, LEADER),
        (StepKind.REMINDER, MEMBER),
        (StepKind.REMINDER, EXPERT),
        (StepKind.ESCALATION, PLANNER),
    ]


# Unknown ends


def test_a_reminder_that_is_killed_in_flight_leaves_at_most_twice(city: DxCity) -> None:
    inquiry = asked(city)
    mail = city.claim(inquiry.workflow_id, nine(FRIDAY))[0]
    attempts = [city.begin(mail, FRIDAY) for _ in range(4)]  # each is cut off by a kill
    assert [attempt is not None for attempt in attempts] == [True, True, False, False]
    assert states(city)[0] is MailState.UNKNOWN


def test_an_escalation_that_is_killed_in_flight_is_never_tried_again(city: DxCity) -> None:
    inquiry = asked(city)
    mail = city.claim(inquiry.workflow_id, nine(FIVE_DAYS_LATE))[-1]
    assert city.begin(mail, FIVE_DAYS_LATE) is not None
    assert city.begin(mail, FIVE_DAYS_LATE) is None
    assert states(city)[-1] is MailState.UNKNOWN


def test_what_was_sent_is_never_begun_again(city: DxCity) -> None:
    inquiry = asked(city)
    mail = city.claim(inquiry.workflow_id, nine(MONDAY))[0]
    assert sent(city, mail) is MailState.SENT
    assert city.begin(mail) is None
    with city.writing() as session:
        assert mail not in inquiry_mails.waiting(session, inquiry.workflow_id)


# Meetings


def test_an_invitation_is_owed_until_the_meeting_is_over_though_nothing_is_asked_any_more(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    first, second = city.claim(inquiry.workflow_id, nine(MONDAY))
    city.settle(inquiry.id)
    assert city.begin(first) is not None
    assert city.begin(second, date(2026, 4, 22)) is None, "its day has passed"


def test_who_was_invited_hears_that_the_meeting_is_cancelled_and_nobody_else(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    told, waiting = city.claim(inquiry.workflow_id, nine(MONDAY))
    sent(city, told)
    assert inquiry.meeting_id is not None
    city.cancel(inquiry.meeting_id)
    (word,) = city.claim(inquiry.workflow_id, nine(MONDAY))
    assert city.claim(inquiry.workflow_id, nine(MONDAY)) == []
    assert city.begin(waiting) is None
    in_hand = city.begin(word)
    assert in_hand is not None
    assert (in_hand.mail.recipient, in_hand.mail.step_key) == (CHAIR, inquiry_mails.CANCELLED)


def test_who_may_have_been_invited_hears_of_the_cancelling_too(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    killed, cut = city.claim(inquiry.workflow_id, nine(MONDAY))
    city.begin(killed)
    sent(city, cut, Outcome.AMBIGUOUS)
    assert inquiry.meeting_id is not None
    city.cancel(inquiry.meeting_id)
    words = city.claim(inquiry.workflow_id, nine(MONDAY))
    assert {m.recipient for m in city.ledger() if m.id in words} == {CHAIR, LEADER}


def test_of_a_meeting_that_is_cancelled_after_its_day_nobody_hears(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    for mail in city.claim(inquiry.workflow_id, nine(MONDAY)):
        sent(city, mail)
    assert inquiry.meeting_id is not None
    city.cancel(inquiry.meeting_id)
    assert city.claim(inquiry.workflow_id, nine(date(2026, 4, 22))) == []


def test_a_meeting_that_is_moved_invites_anew_and_older_invitations_are_void(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    told, waiting = city.claim(inquiry.workflow_id, nine(MONDAY))
    sent(city, told)
    with city.writing() as session:
        moved = city.asked_again(session, inquiries.find(session, inquiry.id), date(2026, 4, 24))
    to_chair, to_leader = city.claim(moved.workflow_id, nine(MONDAY))
    assert city.begin(waiting) is None
    chair, leader = city.begin(to_chair), city.begin(to_leader)
    assert chair is not None
    assert leader is not None
    assert (chair.is_asked_anew, chair.is_repeated) == (True, False), "the chair knows the old day"
    assert (leader.is_asked_anew, leader.is_repeated) == (False, False), "the leader never heard of it"


# Who is meant


def test_a_step_reaches_who_holds_the_seats_on_the_day(city: DxCity) -> None:
    inquiry = asked(city)
    assert recipients(city, inquiry, Addressee.TEAM) == [LEADER, MEMBER, EXPERT]
    assert recipients(city, inquiry, Addressee.LEADER) == [LEADER]
    with city.writing() as session:
        seat = session.exec(select(t.Seat).where(t.Seat.user_id == city.user(session, MEMBER).id)).one()
        seat.valid_until = MONDAY
        city.user(session, LEADER).is_active = False
    assert recipients(city, inquiry, Addressee.TEAM) == [MEMBER, EXPERT]
    assert recipients(city, inquiry, Addressee.TEAM, THURSDAY) == [EXPERT]
    assert recipients(city, inquiry, Addressee.LEADER) == [PLANNER], "nobody leads: the coordinating section is asked"


def test_a_project_without_a_team_speaks_through_the_coordinating_section(city: DxCity) -> None:
    inquiry = asked(city)
    with city.writing() as session:
        session.exec(select(t.ProjectTeam)).one().dissolved_on = MONDAY
    assert recipients(city, inquiry, Addressee.TEAM, MONDAY) == [LEADER, MEMBER, EXPERT], "its last day counts"
    assert recipients(city, inquiry, Addressee.TEAM, THURSDAY) == [PLANNER]


def test_the_department_that_the_city_named_keeps_the_papers_and_coordinates(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.matter(session)
        department = t.Department(
            code="dx", name="デジタル戦略課", email="dx@tokorozawa.example", valid_from=date(2025, 4, 1)
        )
        session.add(department)
        session.flush()
        for body in ("digital-strategy-division", "strategy-committee"):
            session.add(
                t.Secretariat(
                    plan_id=inquiry.plan_id, body=body, department_id=department.id, valid_from=date(2026, 4, 7)
                )
            )
        head = t.User(email="head@tokorozawa.example", name="課長 一")
        session.add(head)
        session.flush()
        session.add(
            t.Appointment(
                user_id=head.id,
                department_id=department.id,
                rank=Rank.SECTION_HEAD,
                valid_from=date(2026, 4, 1),
            )
        )
    assert recipients(city, inquiry, Addressee.SECRETARIAT) == [PLANNER]
    assert recipients(city, inquiry, Addressee.SECRETARIAT, THURSDAY) == ["dx@tokorozawa.example"]
    assert recipients(city, inquiry, Addressee.COORDINATOR, THURSDAY) == ["head@tokorozawa.example"]
    assert recipients(city, inquiry, Addressee.COMMITTEE, THURSDAY) == [CHAIR, "dx@tokorozawa.example"]


def test_a_body_without_a_chair_speaks_through_its_secretariat(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.matter(session)
    assert recipients(city, inquiry, Addressee.CHAIR) == [CHAIR]
    assert recipients(city, inquiry, Addressee.MEMBERS) == [CHAIR, LEADER]
    with city.writing() as session:
        session.exec(select(t.Seat).where(t.Seat.role == SeatRole.CHAIR)).one().valid_until = date(2026, 4, 5)
    assert recipients(city, inquiry, Addressee.CHAIR) == [PLANNER]


def test_who_leaves_a_seat_is_not_asked_who_follows(city: DxCity) -> None:
    with city.writing() as session:
        of_leader = city.vacancy(session, SeatRole.LEADER)
    assert recipients(city, of_leader, Addressee.LEADER) == [PLANNER]
    assert recipients(city, of_leader, Addressee.TEAM) == [MEMBER, EXPERT]


def test_somebody_with_two_seats_gets_one_mail(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
        session.add(
            t.Seat(plan_id=inquiry.plan_id, body="strategy-committee", name="副市 長", email=CHAIR, valid_from=MONDAY)
        )
    assert recipients(city, inquiry, Addressee.MEMBERS) == [CHAIR, LEADER]


# Looking it up


def test_a_mail_of_an_inquiry_can_be_looked_at_when_all_is_over(city: DxCity) -> None:
    inquiry = asked(city)
    mail = city.claim(inquiry.workflow_id, nine(MONDAY))[0]
    city.settle(inquiry.id)
    with city.writing() as session:
        found = inquiry_mails.find(session, mail, "en")
        assert found.inquiry.kind is InquiryKind.CHECK_IN
        assert found.subject.project is not None
        assert [m.id for m in inquiry_mails.of_subject(session, inquiry)] == [3, 2, 1]
        with pytest.raises(NotFound):
            inquiry_mails.find(session, 99_999)
        with pytest.raises(NotFound):
            mails.find(session, 99_999)
