"""What waits for an answer: who is owed a mail, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import JST
from domain.inquiry import (
    Addressee,
    Inquiry,
    InquiryAnchor,
    InquiryKind,
    InquiryLadder,
    InquiryStep,
    mails_due,
    moved,
    next_step,
    next_wake,
)
from domain.ladder import StepKind
from japan_calendar import business_calendar

CALENDAR = business_calendar(range(2023, 2030))
OPENED, DUE = date(2024, 5, 7), date(2024, 5, 10)
ASKED = InquiryStep("asked", StepKind.NOTICE, InquiryAnchor.OPENED, 0, Addressee.TEAM)
BEFORE = InquiryStep("before", StepKind.NOTICE, InquiryAnchor.DUE, -1, Addressee.TEAM)
REMINDER = InquiryStep("reminder", StepKind.REMINDER, InquiryAnchor.DUE, 1, Addressee.TEAM)
COORDINATOR = InquiryStep("coordinator", StepKind.ESCALATION, InquiryAnchor.DUE, 5, Addressee.COORDINATOR)
LADDER = InquiryLadder((ASKED, BEFORE, REMINDER, COORDINATOR))
LADDERS = {InquiryKind.CHECK_IN: LADDER}
INQUIRY = Inquiry(1, InquiryKind.CHECK_IN, OPENED, DUE)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), JST)


def due_at(instant: datetime, inquiry: Inquiry = INQUIRY) -> tuple[list[str], Inquiry]:
    mails, taken = mails_due([inquiry], LADDERS, CALENDAR, instant)
    return [m.step_key for m in mails], taken[0] if taken else inquiry


def test_the_question_leaves_at_once_and_the_notice_before_its_day_at_nine() -> None:
    keys, asked = due_at(at(OPENED, 0))
    assert keys == ["asked@2024-05-07"]
    assert next_wake([asked], LADDERS, CALENDAR) == at(date(2024, 5, 9))
    assert due_at(at(date(2024, 5, 9), 8), asked)[0] == []
    assert due_at(at(date(2024, 5, 9)), asked)[0] == ["before@2024-05-09"]


def test_what_was_sent_is_never_due_again() -> None:
    _, asked = due_at(at(OPENED))
    assert due_at(at(OPENED), asked) == ([], asked)


def test_after_an_outage_each_addressee_hears_only_the_most_serious_word() -> None:
    keys, taken = due_at(at(date(2024, 6, 3)))
    assert keys == ["reminder@2024-05-13", "coordinator@2024-05-17"]
    assert set(taken.done) == {"asked", "before", "reminder", "coordinator"}
    assert next_wake([taken], LADDERS, CALENDAR) is None


def test_a_notice_that_would_precede_its_own_question_is_not_owed() -> None:
    short = replace(INQUIRY, due_on=date(2024, 5, 8))
    keys, asked = due_at(at(OPENED), short)
    assert keys == ["asked@2024-05-07"]
    assert next_wake([asked], LADDERS, CALENDAR) == at(date(2024, 5, 9))  # the reminder, not a notice of today


def test_business_days_skip_the_golden_week() -> None:
    golden = Inquiry(1, InquiryKind.CHECK_IN, date(2024, 4, 24), date(2024, 5, 2), done=("asked", "before"))
    assert next_wake([golden], LADDERS, CALENDAR) == at(date(2024, 5, 7))


def test_another_due_date_owes_its_reminders_again_but_not_the_question() -> None:
    _, late = due_at(at(date(2024, 5, 13)))
    extended = moved(late, date(2024, 5, 24), LADDER)
    assert extended.done == ("asked",)
    assert due_at(at(date(2024, 5, 27)), extended)[0] == ["reminder@2024-05-27"]


def test_pages_are_told_the_next_step() -> None:
    _, asked = due_at(at(OPENED))
    step = next_step(asked, LADDERS, CALENDAR)
    assert step is not None
    assert (step.step, step.at) == (BEFORE, at(date(2024, 5, 9)))
    assert next_step(replace(INQUIRY, done=("asked", "before", "reminder", "coordinator")), LADDERS, CALENDAR) is None


def test_an_inquiry_without_a_ladder_owes_nothing() -> None:
    meeting = replace(INQUIRY, kind=InquiryKind.MEETING)
    assert mails_due([meeting], LADDERS, CALENDAR, at(date(2025, 1, 6))) == ((), ())


_STEPS = st.lists(
    st.builds(
        InquiryStep,
        code=st.uuids().map(str),
        kind=st.sampled_from([StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION]),
        anchor=st.sampled_from(InquiryAnchor),
        business_days=st.integers(-5, 20),
        to=st.sampled_from(Addressee),
    ),
    max_size=8,
    unique_by=lambda s: s.code,
)


@given(steps=_STEPS, days=st.integers(0, 30), looks=st.lists(st.integers(0, 60 * 24), max_size=12))
def test_every_step_is_taken_once_however_often_somebody_looks(
    steps: list[InquiryStep], days: int, looks: list[int]
) -> None:
    """And waking at each `next_wake` misses nothing: in the end nothing is owed any more."""
    ladders = {InquiryKind.CHECK_IN: InquiryLadder(tuple(steps))}
    inquiry = Inquiry(7, InquiryKind.CHECK_IN, OPENED, OPENED + timedelta(days=days))
    sent: list[str] = []
    instants = [at(OPENED, 0) + timedelta(hours=h) for h in sorted(looks)]
    while (wake := next_wake([inquiry], ladders, CALENDAR)) is not None:
        instants_now = [i for i in instants if i <= wake] + [wake]
        instants = [i for i in instants if i > wake]
        for instant in instants_now:
            mails, taken = mails_due([inquiry], ladders, CALENDAR, instant)
            sent += [m.step_key for m in mails]
            inquiry = taken[0] if taken else inquiry
        assert next_wake([inquiry], ladders, CALENDAR) != wake
    assert len(sent) == len(set(sent))
    assert mails_due([inquiry], ladders, CALENDAR, at(date(2029, 1, 4))) == ((), ())
