"""停止: nothing is sent while a city is paused, and what was owed is owed as many business days later."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import inquiry, pause
from domain.collection import (
    DueMail,
    Round,
    RoundEvent,
    RoundEventKind,
    apply,
    mails_due,
    next_step,
    next_wake,
)
from domain.inquiry import Inquiry, InquiryKind
from japan_calendar import business_calendar
from tests.domain.rounds import CALENDAR, DUE, LADDER, OPENED, at, event, nine_on, owed, play, round_of, told
from tests.domain.test_collection_always import END, rounds

CALENDAR_2026 = business_calendar(range(2026, 2028))


def paused(on: date, id: int = 1) -> RoundEvent:
    return RoundEvent(id, RoundEventKind.PAUSED, on)


def ended(on: date, id: int = 2) -> RoundEvent:
    return RoundEvent(id, RoundEventKind.RESUMED, on)


def test_the_first_and_the_last_day_of_a_pause_are_both_lost() -> None:
    assert pause.days_lost(date(2021, 2, 10), date(2021, 2, 10), CALENDAR) == 1
    assert pause.days_lost(date(2021, 2, 10), date(2021, 2, 16), CALENDAR) == 4  # 11 February is a holiday
    assert pause.days_lost(date(2021, 2, 13), date(2021, 2, 14), CALENDAR) == 0  # a weekend
    assert pause.days_lost(date(2021, 2, 11), date(2021, 2, 12), CALENDAR) == 1
    assert pause.days_lost(date(2021, 2, 12), date(2021, 2, 10), CALENDAR) == 0


def test_a_due_date_in_the_pause_moves_behind_it_and_its_reminder_follows() -> None:
    # Due on 15 February; the city stands still from the 12th to the 19th, six business days.
    _, round_ = play(round_of(owed(1)), nine_on(date(2021, 2, 11)))
    during = apply(round_, [paused(date(2021, 2, 12))])
    assert (mails_due(during, END), next_wake(during)) == (((), during), None)
    after = apply(during, [ended(date(2021, 2, 19))])
    assert after.obligations[0].due_on == date(2021, 2, 24)  # 23 February is a holiday
    reminders = [instant.date() for instant, mail in play(after, END)[0] if mail.step_key.startswith("reminder-first")]
    assert reminders == [date(2021, 2, 25)]


def test_what_was_late_before_the_pause_is_as_late_after_it_and_no_later() -> None:
    _, round_ = play(round_of(owed(1)), at(2, 18))
    late = CALENDAR.between(DUE, date(2021, 2, 18))
    after = apply(round_, [paused(date(2021, 2, 18)), ended(date(2021, 3, 5))])
    assert CALENDAR.between(after.obligations[0].due_on, date(2021, 3, 8)) == late


def test_who_was_asked_during_the_pause_hears_of_it_when_it_ends_and_has_the_whole_time() -> None:
    opened = date(2021, 1, 15)
    round_ = apply(round_of(owed(1)), [paused(date(2021, 1, 12)), ended(date(2021, 1, 20))])
    assert told(mails_due(round_, at(1, 20, 15))[0]) == [("staff", "notice-opening@2021-01-20")]
    assert CALENDAR.between(date(2021, 1, 20), round_.obligations[0].due_on) == CALENDAR.between(opened, DUE) + 1


def test_what_is_sent_back_during_the_pause_is_told_when_it_ends() -> None:
    round_ = apply(round_of(owed(1)), [event(1, RoundEventKind.SUBMITTED, date(2021, 1, 18))])
    returned = event(3, RoundEventKind.RETURNED, date(2021, 1, 20), due_on=date(2021, 1, 27), returns=1)
    round_ = apply(round_, [paused(date(2021, 1, 19), 2), returned])
    assert mails_due(round_, END)[0] == ()
    mails, round_ = mails_due(apply(round_, [ended(date(2021, 1, 22), 4)]), at(1, 22, 16))
    assert told(mails) == [("staff", "return@2021-01-22/1")]
    assert round_.obligations[0].due_on == date(2021, 2, 1)


def test_an_answer_during_the_pause_is_asked_for_no_more() -> None:
    round_ = apply(round_of(owed(1)), [paused(date(2021, 2, 1))])
    answered = event(3, RoundEventKind.SUBMITTED, date(2021, 2, 3))
    approved = event(4, RoundEventKind.APPROVED, date(2021, 2, 3))
    round_ = apply(round_, [answered, approved, ended(date(2021, 2, 10))])
    assert (round_.obligations[0].due_on, mails_due(round_, END)[0]) == (DUE, ())


def test_telling_a_pause_or_its_end_twice_changes_nothing() -> None:
    events = [paused(date(2021, 2, 12)), ended(date(2021, 2, 19))]
    once = apply(round_of(owed(1)), events)
    assert apply(apply(once, events), [ended(date(2021, 2, 26), 9)]) == replace(once, seen=once.seen | {9})


def test_a_paused_round_has_no_next_step() -> None:
    during = apply(round_of(owed(1)), [paused(date(2021, 1, 18))])
    assert next_step(during, during.obligations[0].request, at(1, 18)) is None


begun = st.dates(OPENED, date(2021, 4, 15))


def steps(sent: list[tuple[datetime, DueMail]]) -> Counter[tuple[int, str, str]]:
    """How often each step spoke to a rank, whatever its day."""
    return Counter(
        (measure, mail.to.value, mail.step_key.split("@")[0]) for _, mail in sent for measure in mail.measures
    )


@settings(max_examples=200, deadline=None)
@given(rounds(), begun, st.integers(0, 60), st.integers(0, 23), st.integers(0, 23))
def test_no_step_is_sent_twice_over_a_pause_and_none_inside_it(
    round_: Round, first: date, length: int, from_hour: int, to_hour: int
) -> None:
    begins = nine_on(first) + timedelta(hours=from_hour - 9, minutes=30)
    ends = max(begins, nine_on(first + timedelta(days=length)) + timedelta(hours=to_hour - 9, minutes=45))
    round_ = replace(round_, obligations=round_.obligations[:1])  # mails that fold several measures name them again
    before, round_ = play(round_, begins)
    round_ = apply(round_, [paused(first)])
    assert (mails_due(round_, ends), next_wake(round_)) == (((), round_), None)
    round_ = apply(round_, [ended(ends.date())])
    on_resuming, round_ = mails_due(round_, ends)
    after, _ = play(round_, END + timedelta(days=150))
    everything = [*before, *((ends, mail) for mail in on_resuming), *after]
    assert all(n == 1 for n in steps(everything).values())
    assert all(instant >= ends for instant, _ in after)
    assert all(n == 1 for n in Counter((mail.request, mail.to, mail.kind) for mail in on_resuming).values()), "no storm"


@settings(max_examples=200, deadline=None)
@given(rounds(), begun, st.integers(0, 60))
def test_a_pause_puts_off_every_step_by_the_business_days_it_lasted_and_forgets_none(
    round_: Round, first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    before = Round(tuple(replace(o, since=OPENED - timedelta(days=7)) for o in round_.obligations), LADDER, CALENDAR)
    _, before = mails_due(before, nine_on(first) - timedelta(hours=9))  # all that was due is said
    unpaused = play(before, END + timedelta(days=150))[0]
    moved = play(apply(before, [paused(first), ended(last)]), END + timedelta(days=300))[0]
    lost = pause.days_lost(first, last, CALENDAR)
    expected = [(CALENDAR.shift(instant.date(), lost), mail.to, mail.measures) for instant, mail in unpaused]
    assert [(instant.date(), mail.to, mail.measures) for instant, mail in moved] == expected


def test_a_meeting_stays_on_its_day_and_everything_else_that_waits_is_put_off() -> None:
    first, last = date(2026, 6, 9), date(2026, 6, 12)
    for kind in InquiryKind:
        asked = Inquiry(1, kind, date(2026, 6, 8), date(2026, 6, 11), ("asked",))
        moved = inquiry.resumed(asked, first, last, CALENDAR_2026)
        is_meeting = kind is InquiryKind.MEETING
        assert moved.due_on == (date(2026, 6, 11) if is_meeting else date(2026, 6, 17))
        assert moved.done == ("asked",)


def test_what_was_asked_while_paused_counts_from_the_day_the_pause_ended() -> None:
    asked = Inquiry(1, InquiryKind.CHECK_IN, date(2026, 6, 10), date(2026, 6, 15))
    moved = inquiry.resumed(asked, date(2026, 6, 9), date(2026, 6, 12), CALENDAR_2026)
    assert (moved.opened_on, moved.due_on) == (date(2026, 6, 12), date(2026, 6, 18))
