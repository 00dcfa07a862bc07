"""A collection round as worked examples: what each event changes, and who is owed a mail afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.collection import (
    Obligation,
    ObligationState,
    Round,
    RoundEvent,
    RoundEventKind,
    apply,
    mails_due,
    next_step,
    next_wake,
)
from domain.ladder import StepKind
from tests.domain.rounds import (
    HOUSING,
    LAST_STEP,
    OPENED,
    SCHOOL,
    at,
    event,
    owed,
    play,
    round_of,
    told,
)

SUBMITTED, RETURNED, APPROVED = RoundEventKind.SUBMITTED, RoundEventKind.RETURNED, RoundEventKind.APPROVED
EXTENDED, EXEMPTED, CLOSED = RoundEventKind.EXTENDED, RoundEventKind.EXEMPTED, RoundEventKind.CLOSED


def climbed_to(day: tuple[int, int], *obligations: Obligation) -> Round:
    """A round whose steps up to 9:00 of a day of 2021 have been taken."""
    return play(round_of(*obligations), at(*day))[1]


def kinds_after(round_: Round) -> set[StepKind]:
    return {mail.kind for _, mail in play(round_, LAST_STEP)[0]}


def test_one_mail_lists_everything_a_department_owes() -> None:
    mails, _ = mails_due(round_of(owed(1), owed(2), owed(3, HOUSING)), at(1, 15))
    assert [(mail.request, mail.measures) for mail in mails] == [(SCHOOL, (1, 2)), (HOUSING, (3,))]


def test_nothing_is_due_a_minute_before_the_send_hour() -> None:
    assert mails_due(round_of(owed(1)), at(1, 15, 8, 59))[0] == ()
    assert mails_due(round_of(owed(1)), at(1, 15, 9, 0))[0] != ()


def test_a_step_is_taken_once() -> None:
    mails, after = mails_due(round_of(owed(1)), at(2, 16))
    assert mails
    assert mails_due(after, at(2, 16, 23))[0] == ()


def test_after_an_outage_each_rank_hears_once_and_the_most_serious_word_only() -> None:
    mails, _ = mails_due(round_of(owed(1)), at(3, 10))
    assert sorted(told(mails)) == [
        ("director", "escalation-director@2021-02-26"),
        ("planning", "escalation-planning@2021-03-02"),
        ("section_head", "escalation-section-head@2021-02-22"),
        ("staff", "reminder-second@2021-02-18"),
        ("subsection_chief", "escalation-subsection-chief@2021-02-18"),
    ]


def test_two_due_dates_of_one_department_fold_into_one_mail_a_rank() -> None:
    mails, _ = mails_due(round_of(owed(1), owed(2, due_on=date(2021, 2, 16))), at(2, 17))
    assert told(mails) == [("staff", "reminder-first@2021-02-17")]
    assert mails[0].measures == (1, 2)


def test_a_submission_stops_the_ladder_for_its_measure_only() -> None:
    round_ = apply(climbed_to((2, 15), owed(1), owed(2)), [event(1, SUBMITTED, date(2021, 2, 15), measure=1)])
    mails, _ = mails_due(round_, at(2, 16))
    asked = {mail.measures for mail in mails if mail.kind is StepKind.REMINDER}
    assert asked == {(2,)}


def test_no_notice_reminder_or_escalation_leaves_for_a_submitted_measure() -> None:
    for month, day in ((1, 15), (2, 5), (2, 16), (2, 22), (3, 2)):
        round_ = apply(climbed_to((month, day), owed(1)), [event(1, SUBMITTED, date(2021, month, day))])
        assert kinds_after(round_) == {StepKind.APPROVAL_REQUEST}


def test_an_approval_that_does_not_come_goes_up_the_line_too() -> None:
    round_ = apply(round_of(owed(1)), [event(1, SUBMITTED, date(2021, 1, 20))])
    sent, _ = play(round_, LAST_STEP)
    assert [(instant, mail.to.value, mail.step_key) for instant, mail in sent] == [
        (at(1, 21), "section_head", "approval-request@2021-01-21"),
        (at(1, 26), "section_head", "approval-reminder@2021-01-26"),
        (at(1, 29), "director", "approval-director@2021-01-29"),
        (at(2, 3), "planning", "approval-planning@2021-02-03"),
    ]


def test_an_approval_brings_silence() -> None:
    round_ = apply(round_of(owed(1)), [event(1, SUBMITTED, OPENED), event(2, APPROVED, date(2021, 1, 18))])
    assert round_.is_settled
    assert next_wake(round_) is None
    assert mails_due(round_, at(3, 31))[0] == ()


def test_a_return_mails_at_once_and_has_a_due_date_and_a_ladder_of_its_own() -> None:
    back = event(2, RETURNED, date(2021, 1, 20), due_on=date(2021, 1, 27), returns=1)
    round_ = apply(round_of(owed(1)), [event(1, SUBMITTED, date(2021, 1, 18)), back])
    assert next_wake(round_) == at(1, 20, 0)
    sent, _ = play(round_, at(2, 1))
    assert [(instant, mail.step_key) for instant, mail in sent] == [
        (at(1, 20, 0), "return@2021-01-20/1"),
        (at(1, 28), "reminder-first@2021-01-28"),
        (at(2, 1), "reminder-second@2021-02-01"),
        (at(2, 1), "escalation-subsection-chief@2021-02-01"),
    ]


def test_an_approved_report_can_still_come_back() -> None:
    events = [event(1, SUBMITTED, OPENED), event(2, APPROVED, date(2021, 1, 18))]
    back = event(3, RETURNED, date(2021, 1, 19), due_on=date(2021, 1, 26), returns=1)
    mails, _ = mails_due(apply(round_of(owed(1)), [*events, back]), at(1, 19, 15))
    assert told(mails) == [("staff", "return@2021-01-19/1")]


def test_two_returns_on_one_day_are_two_mails() -> None:
    today, due_on = date(2021, 1, 20), date(2021, 1, 27)
    round_ = apply(round_of(owed(1)), [event(1, SUBMITTED, today), event(2, RETURNED, today, due_on=due_on, returns=1)])
    first, round_ = mails_due(round_, at(1, 20, 10))
    again = [event(3, SUBMITTED, today), event(4, RETURNED, today, due_on=due_on, returns=2)]
    second, _ = mails_due(apply(round_, again), at(1, 20, 11))
    assert (told(first), told(second)) == ([("staff", "return@2021-01-20/1")], [("staff", "return@2021-01-20/2")])


def test_a_return_is_never_folded_into_a_reminder_for_other_measures() -> None:
    back = event(2, RETURNED, date(2021, 2, 16), due_on=date(2021, 2, 24), returns=1)
    round_ = apply(climbed_to((2, 15), owed(1), owed(2)), [event(1, SUBMITTED, date(2021, 2, 15)), back])
    mails, _ = mails_due(round_, at(2, 16))
    assert {(mail.kind, mail.measures) for mail in mails} == {(StepKind.RETURN, (1,)), (StepKind.REMINDER, (2,))}


def test_an_extension_owes_the_steps_of_the_new_date_again_but_not_the_notice_of_opening() -> None:
    round_ = apply(climbed_to((2, 16), owed(1)), [event(1, EXTENDED, date(2021, 2, 17), due_on=date(2021, 3, 1))])
    sent, _ = play(round_, at(3, 2))
    assert [(instant, mail.step_key) for instant, mail in sent] == [
        (at(2, 19), "notice-before-due@2021-02-19"),
        (at(3, 2), "reminder-first@2021-03-02"),
    ]


def test_an_extension_to_a_holiday_is_due_on_the_next_business_day() -> None:
    round_ = apply(round_of(owed(1)), [event(1, EXTENDED, date(2021, 2, 1), due_on=date(2021, 2, 23))])
    assert round_.obligations[0].due_on == date(2021, 2, 24)


def test_an_exempted_measure_is_owed_nothing_whatever_happens_afterwards() -> None:
    round_ = apply(round_of(owed(1)), [event(1, EXEMPTED, date(2021, 1, 18))])
    late = [event(2, SUBMITTED, date(2021, 1, 19)), event(3, EXTENDED, date(2021, 1, 19), due_on=date(2021, 3, 1))]
    assert apply(round_, late).obligations == round_.obligations
    assert mails_due(round_, at(3, 31))[0] == ()


def test_a_reassigned_measure_moves_to_the_other_request_which_hears_of_it_at_once() -> None:
    moved = RoundEvent(1, RoundEventKind.REASSIGNED, date(2021, 1, 20), measure=1, request=HOUSING)
    round_ = apply(climbed_to((1, 15), owed(1), owed(2)), [moved])
    mails, round_ = mails_due(round_, at(1, 20))
    assert [(mail.request, mail.step_key, mail.measures) for mail in mails] == [
        (HOUSING, "notice-opening@2021-01-20", (1,))
    ]
    later, _ = mails_due(round_, at(2, 16))
    assert {(mail.request, mail.measures) for mail in later} == {(HOUSING, (1,)), (SCHOOL, (2,))}


def test_a_reassigned_report_that_waits_for_approval_stays_submitted() -> None:
    moved = RoundEvent(2, RoundEventKind.REASSIGNED, date(2021, 1, 20), measure=1, request=HOUSING)
    round_ = apply(round_of(owed(1)), [event(1, SUBMITTED, date(2021, 1, 19)), moved])
    assert round_.obligations[0].state is ObligationState.AWAITING_APPROVAL
    assert {mail.request for mail in mails_due(round_, at(1, 20))[0]} == {HOUSING}


@pytest.mark.parametrize("day", [(1, 15), (2, 16), (3, 2)])
def test_a_closed_round_is_silent(day: tuple[int, int]) -> None:
    round_ = apply(round_of(owed(1), owed(2, HOUSING)), [RoundEvent(1, CLOSED, date(2021, *day))])
    assert round_.is_settled
    assert next_wake(round_) is None
    assert mails_due(round_, at(3, 31))[0] == ()


def test_a_round_stays_closed() -> None:
    closed = apply(round_of(owed(1)), [RoundEvent(1, CLOSED, OPENED)])
    assert apply(closed, [event(2, EXTENDED, OPENED, due_on=date(2021, 3, 1))]).closed


def test_an_event_for_a_measure_of_another_round_changes_nothing_but_what_was_seen() -> None:
    round_ = round_of(owed(1))
    assert apply(round_, [event(9, SUBMITTED, OPENED, measure=77)]) == replace(round_, seen=frozenset({9}))


def test_an_event_that_is_relayed_twice_counts_once() -> None:
    story = [event(1, SUBMITTED, OPENED), event(2, RETURNED, OPENED, due_on=date(2021, 1, 22), returns=1)]
    once = apply(round_of(owed(1)), story)
    assert apply(once, story) == apply(once, reversed(story)) == once


def test_the_board_sees_the_next_step_of_a_request_and_the_measures_it_concerns() -> None:
    round_ = round_of(owed(1), owed(2), owed(3, due_on=date(2021, 3, 1)), owed(4, HOUSING))
    found = next_step(round_, SCHOOL, at(2, 10))
    assert found is not None
    assert (found.step.code, found.at, found.measures) == ("reminder-first", at(2, 16), (1, 2))


def test_of_two_steps_at_one_instant_the_board_shows_the_gentler() -> None:
    found = next_step(round_of(owed(1)), SCHOOL, at(2, 17))
    assert found is not None
    assert found.step.code == "reminder-second"


def test_there_is_no_next_step_for_a_settled_or_foreign_request() -> None:
    settled = round_of(replace(owed(1), state=ObligationState.APPROVED))
    assert next_step(settled, SCHOOL, at(1, 15)) is None
    assert next_step(round_of(owed(1)), HOUSING, at(1, 15)) is None
