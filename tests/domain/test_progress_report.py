"""The life of a progress report: every state, every action."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from domain import progress_report
from domain.progress_report import NotPossible, ReportState, awaits_approval, is_owed

D, S, R = ReportState.DRAFT, ReportState.SUBMITTED, ReportState.RETURNED
A, C = ReportState.APPROVED, ReportState.CONFIRMED

Action = Callable[[ReportState], ReportState]
ACTIONS: dict[str, Action] = {
    "submit": progress_report.submitted,
    "return": progress_report.returned,
    "approve": progress_report.approved,
    "confirm": progress_report.confirmed,
}
POSSIBLE = {
    ("submit", D): S,
    ("submit", R): S,
    ("return", S): R,
    ("return", A): R,
    ("approve", S): A,
    ("confirm", S): C,
    ("confirm", A): C,
}


@pytest.mark.parametrize(("action", "state"), list(product(ACTIONS, ReportState)))
def test_an_action_leads_on_where_the_table_says_so_and_nowhere_else(action: str, state: ReportState) -> None:
    if (action, state) in POSSIBLE:
        assert ACTIONS[action](state) is POSSIBLE[action, state]
        return
    with pytest.raises(NotPossible) as refused:
        ACTIONS[action](state)
    assert (refused.value.action, refused.value.state) == (action, state)


@pytest.mark.parametrize(
    ("state", "exempted", "closed"), [*product(ReportState, [False, True], [False, True])], ids=str
)
def test_a_report_is_owed_while_it_may_be_written_and_awaits_approval_once_submitted(
    state: ReportState, exempted: bool, closed: bool
) -> None:
    alive = not exempted and not closed
    assert is_owed(state, exempted, closed) is (alive and state in (D, R))
    assert awaits_approval(state, exempted, closed) is (alive and state is S)
