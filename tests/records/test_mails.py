"""The mail ledger: claimed once, never for what was submitted, never more than two copies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from records import cycles, desk, mails, round_mails
from records.change import NotFound
from tests.city_hall import (
    AT,
    CALENDAR,
    DUE,
    SCHOOL_MEASURES,
    TODAY,
    CityHall,
    change,
    cycle_2020,
)

LATE = date(2021, 2, 16)
ESCALATION = ("escalation-section-head@2021-02-22", StepKind.ESCALATION, Rank.SECTION_HEAD)


def claim(
    city_hall: CityHall,
    session: Session,
    step_key: str = "reminder-first@2021-02-16",
    kind: StepKind = StepKind.REMINDER,
    to: Rank = Rank.STAFF,
    codes: tuple[str, ...] = SCHOOL_MEASURES,
    today: date = LATE,
) -> list[int]:
    due = city_hall.due(session, codes, kind, to, step_key)
    return round_mails.claim(session, change(), due, today, "meguru.example")


def ledger(session: Session) -> list[t.Mail]:
    return list(session.exec(select(t.Mail).order_by(col(t.Mail.id))))


def finish(session: Session, mail_id: int, outcome: Outcome) -> MailState:
    return mails.finish_attempt(session, change(), mail_id, outcome, "件名", "本文", "")


def measures(city_hall: CityHall, session: Session, *codes: str) -> list[int]:
    return [city_hall.report(session, code).node_id for code in codes]


# Claiming


def test_nothing_is_claimed_for_what_is_just_being_submitted(city_hall: CityHall) -> None:
    """A batch that looked before the submission was committed would write its claim down after it."""

    def claim_meanwhile() -> list[int]:
        with city_hall.writing() as session:
            return claim(city_hall, session)

    with ThreadPoolExecutor(1) as thread:
        with city_hall.writing() as session:
            for code in SCHOOL_MEASURES:
                city_hall.submit(session, code)
            session.flush()
            claimed = thread.submit(claim_meanwhile)
            wait([claimed], timeout=0.5)
            assert not claimed.done(), "it waits for the submission to be committed"
        assert claimed.result() == []


def test_a_due_mail_is_claimed_once_for_each_holder_of_the_rank(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        first = claim(city_hall, session)
        again = claim(city_hall, session)
        rows = ledger(session)
        assert city_hall.audited(session).count("mail.claimed") == 2
    assert len(first) == 2, "the school section has two staff"
    assert sorted(again) == sorted(first) == [mail.id for mail in rows]
    assert len({mail.recipient for mail in rows}) == len({mail.message_id for mail in rows}) == 2
    assert all(mail.message_id.endswith("@meguru.example>") for mail in rows)
    assert {(mail.state, len(mail.measures), mail.claimed_at) for mail in rows} == {(MailState.QUEUED, 4, AT)}


def test_nothing_is_claimed_for_what_was_submitted_exempted_or_closed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        desk.exempt(session, change(), city_hall.report(session, "4-1-2").id, "休止中", TODAY)
        assert claim(city_hall, session, codes=("4-1-1", "4-1-2")) == []
        assert claim(city_hall, session, codes=("4-1-3",)) != []
        cycles.begin_evaluation(session, change(), cycle_2020(session), TODAY)
        assert claim(city_hall, session, "reminder-second@2021-02-18", codes=("4-1-3",)) == []


def test_approval_is_only_asked_for_what_was_submitted(city_hall: CityHall) -> None:
    asked = ("approval-request@2021-01-21", StepKind.APPROVAL_REQUEST, Rank.SECTION_HEAD)
    with city_hall.writing() as session:
        assert claim(city_hall, session, *asked) == []
        city_hall.submit(session, "4-1-1")
        assert len(claim(city_hall, session, *asked)) == 1
        city_hall.approve(session, "4-1-1")
        assert claim(city_hall, session, "approval-reminder@2021-01-26", *asked[1:]) == []


def test_where_nobody_holds_the_rank_the_shared_mailbox_gets_the_mail(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        school = city_hall.department(session, "school")
        for held in session.exec(select(t.Appointment).where(t.Appointment.department_id == school.id)):
            held.valid_until = TODAY
            session.add(held)
        session.flush()
        claim(city_hall, session, *ESCALATION)
        rows = ledger(session)
    assert [(mail.recipient, mail.recipient_name) for mail in rows] == [(school.email, school.name)]


def test_a_mail_with_nobody_to_go_to_is_shown_as_failed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for user in session.exec(select(t.User).where(t.User.office == "planning")):
            user.is_active = False
            session.add(user)
        (mail_id,) = claim(city_hall, session, "escalation-planning@2021-03-02", StepKind.ESCALATION, Rank.PLANNING)
        mail = session.get_one(t.Mail, mail_id)
        assert mail.state is MailState.FAILED
        assert mail.error == "there is nobody to send this to"
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None


def test_without_a_shared_mailbox_the_planning_division_gets_the_mail(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        school = city_hall.department(session, "school")
        school.email = ""
        for held in session.exec(select(t.Appointment).where(t.Appointment.department_id == school.id)):
            session.delete(held)
        session.add(school)
        session.flush()
        claim(city_hall, session, *ESCALATION)
        assert [mail.recipient for mail in ledger(session)] == ["nakajima.sakura@iizuka.example"]


def test_a_person_whose_account_was_closed_gets_no_mail(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        gone = city_hall.holder(session, "school", Rank.STAFF)
        gone.is_active = False
        session.add(gone)
        session.flush()
        claim(city_hall, session)
        assert [mail.recipient for mail in ledger(session)] != []
        assert gone.email not in [mail.recipient for mail in ledger(session)]


def test_measures_relayed_later_under_the_same_step_get_a_mail_of_their_own(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        first = claim(city_hall, session, codes=("4-1-1", "4-1-2"))
        second = claim(city_hall, session, codes=("4-1-1", "4-1-2", "4-1-3"))
        third = claim(city_hall, session, codes=("4-1-3", "4-1-4"))
        assert set(second) > set(first)
        assert set(third).isdisjoint(first), "another batch has those in hand"
        claim(city_hall, session, codes=("4-1-1", "4-1-2", "4-1-3", "4-1-4"))
        said = {mail.step_key: mail.measures for mail in ledger(session)}
        assert said == {
            "reminder-first@2021-02-16": measures(city_hall, session, "4-1-1", "4-1-2"),
            "reminder-first@2021-02-16+2": measures(city_hall, session, "4-1-3"),
            "reminder-first@2021-02-16+3": measures(city_hall, session, "4-1-4"),
        }


def test_a_person_transferred_in_between_gets_no_second_copy(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        first = claim(city_hall, session)
        school = city_hall.department(session, "school")
        newcomer = city_hall.holder(session, "housing", Rank.STAFF)
        session.add(
            t.Appointment(user_id=newcomer.id, department_id=school.id, rank=Rank.STAFF, valid_from=date(2021, 1, 1))
        )
        session.flush()
        assert claim(city_hall, session) == first
        assert newcomer.email not in [mail.recipient for mail in ledger(session)]


# Superseding


def test_a_newer_word_up_the_line_retires_the_older_one_that_still_waits(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        older = claim(city_hall, session)
        newer = claim(city_hall, session, "reminder-second@2021-02-18")
        states = {mail.id: mail.state for mail in ledger(session)}
    assert {states[i] for i in older} == {MailState.OBSOLETE}
    assert {states[i] for i in newer} == {MailState.QUEUED}


def test_of_two_words_claimed_together_for_one_person_only_the_later_leaves(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        head, school = city_hall.holder(session, "school", Rank.SECTION_HEAD), city_hall.department(session, "school")
        session.add(t.Appointment(user_id=head.id, department_id=school.id, rank=Rank.STAFF, valid_from=TODAY))
        reminder = city_hall.due(session, SCHOOL_MEASURES, StepKind.REMINDER, Rank.STAFF, "reminder-first@2021-02-16")
        step_key, kind, rank = ESCALATION
        escalation = city_hall.due(session, SCHOOL_MEASURES, kind, rank, step_key)
        claimed = round_mails.claim_all(session, change(), (reminder, escalation), LATE, "meguru.example")
        assert claimed == [mail.id for mail in ledger(session)]
        to_head = {mail.kind: mail.state for mail in ledger(session) if mail.recipient == head.email}
        assert to_head == {StepKind.REMINDER: MailState.OBSOLETE, StepKind.ESCALATION: MailState.QUEUED}
        assert [mail.state for mail in ledger(session) if mail.recipient != head.email] == [MailState.QUEUED] * 2


def test_an_older_word_is_retired_too_when_what_it_said_more_has_been_answered(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        older = claim(city_hall, session)
        city_hall.submit(session, "4-1-1")
        claim(city_hall, session, "reminder-second@2021-02-18", codes=SCHOOL_MEASURES[1:])
        assert {m.state for m in ledger(session) if m.id in older} == {MailState.OBSOLETE}


def test_an_older_word_about_other_measures_still_leaves(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        older = claim(city_hall, session, codes=("4-1-1", "4-1-2"))
        claim(city_hall, session, "reminder-second@2021-02-18", codes=("4-1-2",))
        assert {m.state for m in ledger(session) if m.id in older} == {MailState.QUEUED}


def test_a_return_neither_retires_nor_is_retired(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        city_hall.send_back(session, "4-1-1")
        claim(city_hall, session)
        claim(city_hall, session, "return@2021-01-20/1", StepKind.RETURN, codes=("4-1-1",))
        claim(city_hall, session, "reminder-second@2021-02-18")
        waiting = {m.kind for m in ledger(session) if m.state is MailState.QUEUED}
        assert waiting == {StepKind.RETURN, StepKind.REMINDER}
        assert len([m for m in ledger(session) if m.kind is StepKind.RETURN and m.state is MailState.QUEUED]) == 2


# Attempts


def test_a_mail_that_is_begun_is_inflight_and_lists_what_is_owed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session)[0]
        city_hall.submit(session, "4-1-2")
        in_hand = round_mails.begin_attempt(session, change(), mail_id, date(2021, 2, 18))
        assert in_hand is not None
        assert [(m.code, m.due_on, m.days_late) for m in in_hand.measures] == [
            (code, DUE, 3) for code in ("4-1-1", "4-1-3", "4-1-4")
        ]
        assert (in_hand.mail.state, in_hand.mail.attempts) == (MailState.INFLIGHT, 1)
        assert in_hand.department is not None
        assert in_hand.department.code == "school"


def test_a_submission_between_claim_and_attempt_makes_the_mail_obsolete(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session, codes=("4-1-1",))[0]
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
    with city_hall.writing() as session:
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None
        assert session.get_one(t.Mail, mail_id).state is MailState.OBSOLETE
        assert city_hall.audited(session)[-1] == "mail.obsolete"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ACCEPTED, MailState.SENT),
        (Outcome.NOT_REACHED, MailState.QUEUED),
        (Outcome.REFUSED_FOR_NOW, MailState.QUEUED),
        (Outcome.REFUSED_FOR_GOOD, MailState.FAILED),
        (Outcome.AMBIGUOUS, MailState.QUEUED),
    ],
)
def test_the_end_of_an_attempt_is_written_down(city_hall: CityHall, outcome: Outcome, state: MailState) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session)[0]
        round_mails.begin_attempt(session, change(), mail_id, LATE)
        assert finish(session, mail_id, outcome) is state
        mail = session.get_one(t.Mail, mail_id)
        again = round_mails.begin_attempt(session, change(), mail_id, LATE)
    assert (mail.subject, mail.body) == ("件名", "本文")
    assert (mail.sent_at == AT) is (outcome is Outcome.ACCEPTED)
    assert (again is not None) is (state is MailState.QUEUED)


def test_a_reminder_found_inflight_after_a_kill_is_tried_once_more_and_no_more(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session)[0]
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is not None  # killed
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is not None  # killed again
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None
        mail = session.get_one(t.Mail, mail_id)
        assert (mail.state, mail.attempts, mail.unknown_ends) == (MailState.UNKNOWN, 2, 2)


def test_an_escalation_found_inflight_after_a_kill_is_never_tried_again(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session, *ESCALATION)[0]
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is not None  # killed
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None
        assert session.get_one(t.Mail, mail_id).state is MailState.UNKNOWN


def test_what_was_sent_stays_sent_when_an_attempt_thought_dead_ends_late(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session)[0]
        round_mails.begin_attempt(session, change(), mail_id, LATE)  # stalls, and is thought dead
        round_mails.begin_attempt(session, change(), mail_id, LATE)
        assert finish(session, mail_id, Outcome.ACCEPTED) is MailState.SENT
        assert finish(session, mail_id, Outcome.REFUSED_FOR_NOW) is MailState.SENT
        assert session.get_one(t.Mail, mail_id).sent_at == AT
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None


@pytest.mark.parametrize("step", [(), ESCALATION], ids=["obsolete", "unknown"])
def test_what_has_come_to_an_end_does_not_wait_again_when_an_attempt_thought_dead_is_refused_late(
    city_hall: CityHall, step: tuple[str, StepKind, Rank]
) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session, *step)[0]
        round_mails.begin_attempt(session, change(), mail_id, LATE)  # stalls, and is thought dead
        for code in SCHOOL_MEASURES:
            city_hall.submit(session, code)
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None
        ended = MailState.UNKNOWN if step else MailState.OBSOLETE
        assert finish(session, mail_id, Outcome.NOT_REACHED) is ended, "nobody would take it up any more"
        assert finish(session, mail_id, Outcome.ACCEPTED) is MailState.SENT, "so it was delivered"


def test_a_reassigned_measure_is_no_longer_asked_of_the_old_department(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session, codes=("4-1-1",))[0]
        report, housing = city_hall.report(session, "4-1-1"), city_hall.department(session, "housing")
        desk.reassign(session, change(), report.id, housing.id, "訳", TODAY, CALENDAR)
        assert round_mails.begin_attempt(session, change(), mail_id, LATE) is None
        assert session.get_one(t.Mail, mail_id).state is MailState.OBSOLETE


# Looking


def test_a_mail_is_found_with_every_measure_it_names_answered_or_not(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        mail_id = claim(city_hall, session)[0]
        city_hall.submit(session, "4-1-1")
        assert [m.code for m in round_mails.find(session, mail_id).measures] == list(SCHOOL_MEASURES)
        with pytest.raises(NotFound):
            round_mails.find(session, 99_999)


def test_every_mail_of_a_round_is_listed_whatever_its_fate(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        sent, waiting = claim(city_hall, session)
        unknown = claim(city_hall, session, *ESCALATION)[0]
        for mail_id, outcome in ((sent, Outcome.ACCEPTED), (unknown, Outcome.AMBIGUOUS)):
            round_mails.begin_attempt(session, change(), mail_id, LATE)
            finish(session, mail_id, outcome)
        assert [mail.id for mail in round_mails.of_round(session, city_hall.round(session).id)] == [
            unknown,
            waiting,
            sent,
        ]


def test_what_still_waits_when_the_round_closes_is_dropped(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        sent, waiting = claim(city_hall, session)
        round_mails.begin_attempt(session, change(), sent, LATE)
        finish(session, sent, Outcome.ACCEPTED)
        cycles.begin_evaluation(session, change(), cycle_2020(session), LATE)
        assert session.get_one(t.Mail, sent).state is MailState.SENT
        assert session.get_one(t.Mail, waiting).state is MailState.OBSOLETE
        assert round_mails.begin_attempt(session, change(), waiting, LATE) is None
