"""What becomes of one mail: at most two copies of anything, and nothing sent that was not delivered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MAX_COPIES, MailState, Outcome, after_attempt, after_unknown, is_news

KILLED = "killed while the mail was inflight"
ends = st.lists(st.sampled_from([*Outcome, KILLED]), max_size=40)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(StepKind), ends)
def test_there_are_never_more_than_two_copies_whatever_the_ends(kind: StepKind, ends: list[Outcome | str]) -> None:
    state, unknown, copies = MailState.QUEUED, 0, 0
    for end in ends:
        if state in FINAL:
            break
        if isinstance(end, Outcome):
            state = after_attempt(end, kind, unknown)
            uncertain = end is Outcome.AMBIGUOUS
        else:
            state, uncertain = after_unknown(kind, unknown), True
        unknown += uncertain
        copies += uncertain or end is Outcome.ACCEPTED  # what is uncertain may have been delivered
        assert (state is MailState.SENT) == (end is Outcome.ACCEPTED)
    assert copies <= MAX_COPIES
    if kind is StepKind.ESCALATION:
        assert copies <= 1


@pytest.mark.parametrize("kind", StepKind)
@pytest.mark.parametrize("outcome", [Outcome.NOT_REACHED, Outcome.REFUSED_FOR_NOW])
def test_a_refusal_for_now_waits_however_often_it_happens(kind: StepKind, outcome: Outcome) -> None:
    assert after_attempt(outcome, kind, 0) is MailState.QUEUED
    assert after_attempt(outcome, kind, 1) is MailState.QUEUED


@pytest.mark.parametrize("kind", StepKind)
def test_a_refusal_for_good_is_for_a_person_to_see(kind: StepKind) -> None:
    assert after_attempt(Outcome.REFUSED_FOR_GOOD, kind, 0) is MailState.FAILED


@pytest.mark.parametrize("kind", StepKind)
def test_what_is_uncertain_is_tried_once_more_but_an_escalation_never(kind: StepKind) -> None:
    once = MailState.UNKNOWN if kind is StepKind.ESCALATION else MailState.QUEUED
    assert after_attempt(Outcome.AMBIGUOUS, kind, 0) is once
    assert after_attempt(Outcome.AMBIGUOUS, kind, 1) is MailState.UNKNOWN


@pytest.mark.parametrize("outcome", Outcome)
def test_a_late_end_never_changes_what_was_sent_and_another_end_only_by_a_delivery(outcome: Outcome) -> None:
    assert not is_news(MailState.SENT, outcome)
    assert is_news(MailState.INFLIGHT, outcome)
    for state in (MailState.UNKNOWN, MailState.FAILED, MailState.OBSOLETE):
        assert is_news(state, outcome) == (outcome in (Outcome.ACCEPTED, Outcome.AMBIGUOUS))
