"""What a round will send if nobody answers, said beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import JST
from domain.collection import DueMail, Round, RoundEvent, RoundEventKind, apply, mails_due
from domain.ladder import StepKind
from domain.preview import PlannedMail, planned_mails, steps_after_an_answer
from tests.domain.rounds import CALENDAR, DUE, HOUSING, LADDER, OPENED, at, nine_on, owed, round_of
from tests.domain.test_collection_always import REQUESTS, rounds

END = date(2021, 8, 31)


@st.composite
def reassignments(draw: st.DrawFn) -> list[RoundEvent]:
    """Measures that pass to another department on known days, as by a reorganisation."""
    found = []
    for id, on in enumerate(sorted(draw(st.lists(st.dates(OPENED, date(2021, 4, 30)), max_size=4))), start=1):
        due_on = max(DUE, CALENDAR.shift(on, 5))
        measure, request = draw(st.integers(1, 6)), draw(st.sampled_from(REQUESTS))
        found.append(RoundEvent(id, RoundEventKind.REASSIGNED, on, measure=measure, request=request, due_on=due_on))
    return found


def stepped(round_: Round, events: list[RoundEvent]) -> list[tuple[datetime, DueMail]]:
    """The round woken at the first instant of every day and at the hour of the mails, as if it knew nothing ahead."""
    sent: list[tuple[datetime, DueMail]] = []
    day = OPENED
    while day <= END:
        round_ = apply(round_, [event for event in events if event.on == day])
        for instant in (datetime.combine(day, time(), JST), nine_on(day)):
            mails, round_ = mails_due(round_, instant)
            sent += [(instant, mail) for mail in mails]
        day += timedelta(days=1)
    return sent


def said(planned: tuple[PlannedMail, ...]) -> list[tuple[datetime, DueMail]]:
    return [(mail.at, mail.mail) for mail in planned]


@settings(max_examples=130, deadline=None)
@given(rounds(), reassignments())
def test_what_is_said_beforehand_is_what_the_round_says_day_by_day(round_: Round, events: list[RoundEvent]) -> None:
    assert said(planned_mails(round_, events)) == stepped(round_, events)


def test_a_round_that_nobody_answers_climbs_its_whole_ladder() -> None:
    planned = planned_mails(round_of(owed(1), owed(2)))
    assert [(mail.at, mail.step.code) for mail in planned] == [
        (at(1, 15), "notice-opening"),
        (at(2, 5), "notice-before-due"),
        (at(2, 16), "reminder-first"),
        (at(2, 18), "reminder-second"),
        (at(2, 18), "escalation-subsection-chief"),
        (at(2, 22), "escalation-section-head"),
        (at(2, 26), "escalation-director"),
        (at(3, 2), "escalation-planning"),
    ]
    assert {mail.mail.measures for mail in planned} == {(1, 2)}


def test_nothing_is_said_from_the_instant_on_at_which_the_round_ends() -> None:
    round_ = round_of(owed(1), owed(2, HOUSING))
    ended = planned_mails(round_, until=at(2, 16))
    assert {mail.at for mail in ended} == {at(1, 15), at(2, 5)}
    assert planned_mails(round_, until=at(2, 16, 9, 1))[: len(ended)] == ended
    assert len(planned_mails(round_, until=at(2, 16, 9, 1))) == len(ended) + 2


def test_a_measure_that_passes_on_is_asked_of_its_new_department_from_that_day() -> None:
    moved = RoundEvent(1, RoundEventKind.REASSIGNED, date(2021, 2, 1), measure=1, request=HOUSING, due_on=DUE)
    planned = planned_mails(round_of(owed(1)), [moved])
    assert [(mail.at.date(), mail.mail.request) for mail in planned[:2]] == [
        (OPENED, owed(1).request),
        (date(2021, 2, 1), HOUSING),
    ]
    assert {mail.mail.request for mail in planned[1:]} == {HOUSING}


def test_a_settled_round_has_nothing_to_say() -> None:
    assert planned_mails(replace(round_of(owed(1)), closed=True)) == ()


def test_requests_for_approval_and_returns_have_no_day_beforehand() -> None:
    undated = steps_after_an_answer(LADDER)
    assert {step.kind for step in undated} == {StepKind.APPROVAL_REQUEST, StepKind.RETURN}
    planned = {mail.step for mail in planned_mails(round_of(owed(1)))}
    assert planned | set(undated) == set(LADDER.steps)
    assert planned & set(undated) == set()
