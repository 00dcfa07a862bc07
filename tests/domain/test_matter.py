"""A matter's way from body to body."""

from __future__ import annotations

from datetime import date

import pytest

from domain.key_project import MatterRule
from domain.matter import ANSWERS, MatterOutcome, MatterState, due_on, goes_up_on, next_body, state_after
from japan_calendar import business_calendar

CALENDAR = business_calendar(range(2023, 2027))
RULE = MatterRule(("committee", "conference", "council"), answer_within_days=10, goes_up_after_days=5)


def test_a_matter_goes_up_body_by_body_and_no_further_than_the_highest() -> None:
    assert [next_body(RULE.line, body) for body in RULE.line] == ["conference", "council", ""]
    assert next_body(RULE.line, "somebody else") == ""


def test_the_answer_is_due_when_it_is_wanted() -> None:
    assert due_on(RULE, date(2024, 5, 7), date(2024, 5, 9), CALENDAR) == date(2024, 5, 9)
    assert due_on(RULE, date(2024, 5, 7), date(2024, 5, 11), CALENDAR) == date(2024, 5, 13)  # a Saturday


def test_a_body_to_which_an_unanswered_matter_goes_up_has_the_days_of_the_rule() -> None:
    assert due_on(RULE, date(2024, 5, 16), date(2024, 5, 9), CALENDAR) == date(2024, 5, 30)
    assert due_on(RULE, date(2024, 5, 9), date(2024, 5, 9), CALENDAR) == date(2024, 5, 23)


def test_nobody_takes_a_matter_from_the_highest_body() -> None:
    assert goes_up_on(RULE, date(2024, 5, 9), "committee", CALENDAR) == date(2024, 5, 16)
    assert goes_up_on(RULE, date(2024, 5, 9), "council", CALENDAR) is None


@pytest.mark.parametrize("outcome", MatterOutcome)
def test_a_matter_is_over_unless_it_goes_up(outcome: MatterOutcome) -> None:
    goes_on = outcome in (MatterOutcome.SENT_UP, MatterOutcome.UNANSWERED)
    assert (state_after(outcome) is MatterState.PENDING) is goes_on


def test_a_body_can_neither_leave_a_matter_unanswered_nor_withdraw_it() -> None:
    assert {*MatterOutcome} - {*ANSWERS} == {MatterOutcome.UNANSWERED, MatterOutcome.WITHDRAWN}
