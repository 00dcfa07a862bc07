"""What holds for every collection round, whatever happens in it and whenever the process wakes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.collection import (
    SETTLED,
    DueMail,
    Obligation,
    ObligationState,
    Round,
    RoundEvent,
    RoundEventKind,
    apply,
    mails_due,
    next_wake,
)
from domain.ladder import StepKind
from tests.domain.rounds import CALENDAR, LADDER, OPENED, at, nine_on, play

OUTSTANDING = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
REQUESTS = (10, 20, 30)
END = at(7, 1)

days = st.dates(OPENED, date(2021, 4, 30))
instants = st.integers(0, 168 * 24 * 60).map(lambda minutes: at(1, 14, 0) + timedelta(minutes=minutes))


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """Up to six measures in up to three requests, in any state, with due dates of their own."""
    obligations = []
    for measure in range(1, draw(st.integers(1, 6)) + 1):
        state = draw(st.sampled_from(ObligationState))
        returns = draw(st.integers(0, 2)) if state is ObligationState.OWED else 0
        due_on = CALENDAR.on_or_after(draw(st.dates(date(2021, 1, 18), date(2021, 4, 1))))
        request = draw(st.sampled_from(REQUESTS))
        obligations.append(Obligation(measure, request, due_on, OPENED, state, returned=returns > 0, returns=returns))
    return Round(tuple(obligations), LADDER, CALENDAR)


@st.composite
def stories(draw: st.DrawFn) -> list[RoundEvent]:
    """Events as the outbox tells them: day by day, each possible in the state the measure is in."""
    told: list[RoundEvent] = []
    states = dict.fromkeys(range(1, 4), ObligationState.OWED)
    due = dict.fromkeys(states, date(2021, 2, 15))
    returns = dict.fromkeys(states, 0)
    possible = {
        ObligationState.OWED: [RoundEventKind.SUBMITTED, RoundEventKind.EXTENDED, RoundEventKind.EXEMPTED],
        ObligationState.AWAITING_APPROVAL: [RoundEventKind.RETURNED, RoundEventKind.APPROVED],
        ObligationState.APPROVED: [RoundEventKind.RETURNED],
        ObligationState.EXEMPTED: [RoundEventKind.EXTENDED],
    }
    after = {
        RoundEventKind.SUBMITTED: ObligationState.AWAITING_APPROVAL,
        RoundEventKind.RETURNED: ObligationState.OWED,
        RoundEventKind.APPROVED: ObligationState.APPROVED,
        RoundEventKind.EXEMPTED: ObligationState.EXEMPTED,
    }
    for id, on in enumerate(sorted(draw(st.lists(days, max_size=8))), start=1):
        measure = draw(st.sampled_from(sorted(states)))
        kind = draw(st.sampled_from(possible[states[measure]]))
        due_on = None
        if kind is RoundEventKind.RETURNED:
            due_on, returns[measure] = CALENDAR.shift(on, 5), returns[measure] + 1
        if kind is RoundEventKind.EXTENDED:
            due_on = CALENDAR.on_or_after(max(due[measure], on) + timedelta(days=draw(st.integers(1, 30))))
        due[measure] = due_on or due[measure]
        states[measure] = after.get(kind, states[measure])
        told.append(RoundEvent(id, kind, on, measure=measure, due_on=due_on, returns=returns[measure]))
    return told


def lived(story: list[RoundEvent], wakes: list[datetime]) -> list[tuple[list[RoundEvent], DueMail]]:
    """A round of three measures that hears of events at noon of their day and wakes at the given instants.

    Each mail with what had happened before it.
    """
    round_ = Round(tuple(Obligation(m, 10, date(2021, 2, 15), OPENED) for m in (1, 2, 3)), LADDER, CALENDAR)
    sent: list[tuple[list[RoundEvent], DueMail]] = []
    heard: list[RoundEvent] = []
    moments: list[tuple[datetime, RoundEvent | None]] = [(nine_on(e.on) + timedelta(hours=3), e) for e in story]
    moments += [(wake, None) for wake in [*wakes, END]]
    for instant, event in sorted(moments, key=lambda m: (m[0], m[1].id if m[1] else 0)):
        if event is not None:
            round_ = apply(round_, [event])
            heard = [*heard, event]
        mails, round_ = mails_due(round_, instant)
        sent += [(heard, mail) for mail in mails]
    return sent


def keys(mails: list[DueMail]) -> Counter[tuple[int, str, str]]:
    return Counter((mail.request, mail.to.value, mail.step_key) for mail in mails)


@settings(max_examples=130, deadline=None)
@given(rounds(), instants)
def test_nothing_is_due_for_a_settled_measure(round_: Round, instant: datetime) -> None:
    settled = {o.measure for o in round_.obligations if o.state in SETTLED}
    mails, _ = mails_due(round_, instant)
    assert not settled & {measure for mail in mails for measure in mail.measures}


@settings(max_examples=130, deadline=None)
@given(rounds(), st.lists(instants, max_size=12))
def test_each_step_reaches_a_rank_of_a_request_at_most_once_whatever_the_wakes(
    round_: Round, wakes: list[datetime]
) -> None:
    sent: list[DueMail] = []
    for instant in sorted(wakes):
        mails, round_ = mails_due(round_, instant)
        sent += mails
    assert all(n == 1 for n in keys(sent).values())


@settings(max_examples=130, deadline=None)
@given(stories(), st.lists(instants, max_size=6))
def test_no_measure_is_named_twice_under_one_step_whatever_happens(
    story: list[RoundEvent], wakes: list[datetime]
) -> None:
    named = Counter((m.request, m.to, m.step_key, measure) for _, m in lived(story, wakes) for measure in m.measures)
    assert all(n == 1 for n in named.values())


@settings(max_examples=130, deadline=None)
@given(stories(), st.lists(instants, max_size=6))
def test_nothing_is_asked_between_a_submission_and_its_return(story: list[RoundEvent], wakes: list[datetime]) -> None:
    for heard, mail in lived(story, wakes):
        for measure in mail.measures if mail.kind is not StepKind.APPROVAL_REQUEST else ():
            of_measure = [e.kind for e in heard if e.measure == measure and e.kind is not RoundEventKind.EXTENDED]
            assert of_measure[-1:] in ([], [RoundEventKind.RETURNED])


@settings(max_examples=130, deadline=None)
@given(stories(), st.randoms(use_true_random=False), st.integers(0, 8))
def test_events_that_were_seen_before_change_nothing_in_any_order(
    story: list[RoundEvent], shuffling: object, again: int
) -> None:
    round_ = Round(tuple(Obligation(m, 10, date(2021, 2, 15), OPENED) for m in (1, 2, 3)), LADDER, CALENDAR)
    once = apply(round_, story)
    repeated = story[:again] * 2
    shuffling.shuffle(repeated)  # type: ignore[attr-defined]
    assert apply(once, repeated) == once
    one_by_one = round_
    for i in range(len(story)):
        one_by_one = apply(one_by_one, story[: i + 1])  # the relay repeats everything each time
    assert one_by_one == once


@settings(max_examples=130, deadline=None)
@given(rounds(), instants)
def test_the_next_wake_lies_ahead_and_nothing_is_due_before_it(round_: Round, instant: datetime) -> None:
    _, round_ = mails_due(round_, instant)
    wake = next_wake(round_)
    if wake is None:
        assert mails_due(round_, END)[0] == ()
    else:
        assert wake > instant
        assert mails_due(round_, wake - timedelta(microseconds=1))[0] == ()
        assert mails_due(round_, wake)[0] != ()


@settings(max_examples=130, deadline=None)
@given(rounds(), instants)
def test_a_late_wake_says_the_last_of_what_punctual_wakes_would_have_said(round_: Round, instant: datetime) -> None:
    punctual = [mail for _, mail in play(round_, instant)[0]]
    late, _ = mails_due(round_, instant)
    assert keys(list(late)).keys() <= keys(punctual).keys(), "nothing that would not have been said"
    outstanding = Counter((mail.request, mail.to) for mail in late if mail.kind in OUTSTANDING)
    assert all(n == 1 for n in outstanding.values()), "one word up the line for each rank"

    def asked(mails: list[DueMail]) -> set[tuple[object, ...]]:
        return {(m.request, m.to, m.kind in OUTSTANDING, measure) for m in mails for measure in m.measures}

    assert asked(list(late)) == asked(punctual), "nobody and nothing is forgotten"


@settings(max_examples=130, deadline=None)
@given(rounds(), days, st.integers(1, 60))
def test_an_extension_only_brings_steps_of_its_new_date(round_: Round, on: date, further: int) -> None:
    _, round_ = mails_due(round_, nine_on(on))
    due_on = on + timedelta(days=further)
    extended = apply(round_, [RoundEvent(1, RoundEventKind.EXTENDED, on, measure=1, due_on=due_on)])
    if round_.obligations[0].state is not ObligationState.OWED:
        assert mails_due(extended, nine_on(on)) == ((), extended)
        return
    rolled = CALENDAR.on_or_after(due_on)
    possible = {f"{s.code}@{LADDER.falls_on(s, rolled, CALENDAR).isoformat()}" for s in LADDER.steps}
    alone = replace(extended, obligations=extended.obligations[:1])
    for instant, mail in play(alone, END)[0]:
        assert mail.step_key in possible
        assert mail.kind is StepKind.NOTICE or instant.date() > rolled


@settings(max_examples=130, deadline=None)
@given(rounds(), instants)
def test_a_round_falls_silent_when_it_is_closed(round_: Round, instant: datetime) -> None:
    closed = apply(round_, [RoundEvent(1, RoundEventKind.CLOSED, instant.date())])
    assert (mails_due(closed, END)[0], next_wake(closed)) == ((), None)


@settings(max_examples=130, deadline=None)
@given(rounds(), days, st.sampled_from(REQUESTS))
def test_a_reassigned_measure_is_only_asked_of_its_new_department(round_: Round, on: date, request: int) -> None:
    moved = RoundEvent(1, RoundEventKind.REASSIGNED, on, measure=1, request=request)
    after = apply(round_, [moved])
    asked = {mail.request for _, mail in play(after, END)[0] if 1 in mail.measures}
    expected = round_.obligations[0].request if round_.obligations[0].state is ObligationState.EXEMPTED else request
    assert asked <= {expected}
