"""Who hears what and when, on the real ladder of Iizuka's plan and the real calendar of 2021."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from domain.calendar import JST
from domain.collection import mails_due, next_wake
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind
from tests.domain.rounds import CALENDAR, DUE, LADDER, LAST_STEP, OPENED, PLAN, at, nine_on, owed, play, round_of, told


def step(code: str) -> Step:
    return next(s for s in LADDER.steps if s.code == code)


def test_the_due_date_of_a_round_opened_on_15_january_2021_is_15_february() -> None:
    assert CALENDAR.shift(OPENED, PLAN.round_of("yearly").due_after_days) == DUE, "11 February is a holiday"


def test_an_unanswered_measure_climbs_the_whole_ladder_on_business_days() -> None:
    sent, _ = play(round_of(owed(1)), LAST_STEP)
    assert [(instant, mail.kind.value, mail.to.value, mail.step_key) for instant, mail in sent] == [
        (at(1, 15), "notice", "staff", "notice-opening@2021-01-15"),
        (at(2, 5), "notice", "staff", "notice-before-due@2021-02-05"),  # five business days: 11 February is closed
        (at(2, 16), "reminder", "staff", "reminder-first@2021-02-16"),
        (at(2, 18), "reminder", "staff", "reminder-second@2021-02-18"),
        (at(2, 18), "escalation", "subsection_chief", "escalation-subsection-chief@2021-02-18"),
        (at(2, 22), "escalation", "section_head", "escalation-section-head@2021-02-22"),
        (at(2, 26), "escalation", "director", "escalation-director@2021-02-26"),  # 23 February is closed
        (at(3, 2), "escalation", "planning", "escalation-planning@2021-03-02"),
    ]


def test_the_ladder_has_an_end() -> None:
    _, climbed = play(round_of(owed(1)), LAST_STEP)
    assert next_wake(climbed) is None
    assert mails_due(climbed, nine_on(date(2022, 3, 1)))[0] == ()


@pytest.mark.parametrize(
    ("due_on", "reminded_on"),
    [
        (date(2021, 2, 11), date(2021, 2, 15)),  # 建国記念の日 rolls to Friday 12; reminded on Monday
        (date(2021, 2, 23), date(2021, 2, 25)),  # 天皇誕生日
        (date(2021, 2, 13), date(2021, 2, 16)),  # a Saturday
        (date(2021, 4, 29), date(2021, 5, 6)),  # 昭和の日: Friday 30, then Golden Week
        (date(2021, 12, 29), date(2022, 1, 5)),  # the year-end closure
        (date(2021, 7, 22), date(2021, 7, 27)),  # the holiday that 2021 moved for the games
    ],
)
def test_a_due_date_on_a_closed_day_rolls_on_to_the_next_business_day(due_on: date, reminded_on: date) -> None:
    assert LADDER.falls_on(step("reminder-first"), due_on, CALENDAR) == reminded_on


def test_grace_days_delay_what_comes_after_the_due_date_and_nothing_before_it() -> None:
    patient = replace(LADDER, grace_days=2)
    assert patient.falls_on(step("notice-before-due"), DUE, CALENDAR) == date(2021, 2, 5)
    assert patient.falls_on(step("reminder-first"), DUE, CALENDAR) == date(2021, 2, 18)
    assert patient.falls_on(step("approval-request"), DUE, CALENDAR) == date(2021, 2, 16)


def test_mails_leave_at_the_send_hour_but_a_return_at_once() -> None:
    late_riser = replace(LADDER, send_at=time(10, 30))
    assert late_riser.sends_at(step("reminder-first"), DUE) == at(2, 15, 10, 30)
    assert late_riser.sends_at(step("return"), DUE) == at(2, 15, 0)
    assert late_riser.sends_at(step("return"), DUE).tzinfo is JST


def test_a_later_step_of_the_list_is_the_more_serious_one() -> None:
    assert LADDER.seriousness(step("reminder-second")) > LADDER.seriousness(step("reminder-first"))
    assert LADDER.seriousness(step("escalation-planning")) > LADDER.seriousness(step("escalation-director"))


def test_a_short_deadline_skips_the_notice_that_would_precede_the_request() -> None:
    sent, _ = play(round_of(owed(1, due_on=date(2021, 1, 20))), LAST_STEP)
    assert told(tuple(mail for _, mail in sent))[:2] == [
        ("staff", "notice-opening@2021-01-15"),
        ("staff", "reminder-first@2021-01-21"),
    ]


def test_a_plan_may_have_a_ladder_of_one_step() -> None:
    only = Step("reminder", StepKind.REMINDER, Anchor.DUE, 2, Rank.STAFF)
    sent, _ = play(replace(round_of(owed(1)), ladder=Ladder((only,))), LAST_STEP)
    assert [(instant, mail.step_key) for instant, mail in sent] == [(at(2, 17), "reminder@2021-02-17")]
