"""The life of a progress report: draft → submitted → (returned) → approved → confirmed."""

from __future__ import annotations

from enum import StrEnum


class ReportState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CONFIRMED = "confirmed"


EDITABLE = (ReportState.DRAFT, ReportState.RETURNED)
"""In these states the department still owes the report and may write."""

RETURNABLE = (ReportState.SUBMITTED, ReportState.APPROVED)
"""An approved report can still be returned until it is confirmed."""


def is_owed(state: ReportState, exempted: bool, round_closed: bool) -> bool:
    """Whether a mail may still ask for this report."""
    return state in EDITABLE and not exempted and not round_closed


def awaits_approval(state: ReportState, exempted: bool, round_closed: bool) -> bool:
    return state is ReportState.SUBMITTED and not exempted and not round_closed


class NotPossible(Exception):
    """An action that the report's state does not allow. `action` and `state` say which."""

    def __init__(self, action: str, state: ReportState) -> None:
        super().__init__(f"{action} is not possible for a report that is {state}")
        self.action = action
        self.state = state


def submitted(state: ReportState) -> ReportState:
    return _from(state, EDITABLE, "submit", ReportState.SUBMITTED)


def returned(state: ReportState) -> ReportState:
    """差戻し."""
    return _from(state, RETURNABLE, "return", ReportState.RETURNED)


def approved(state: ReportState) -> ReportState:
    return _from(state, (ReportState.SUBMITTED,), "approve", ReportState.APPROVED)


def confirmed(state: ReportState) -> ReportState:
    """The planning division took the report into the year's record when the cycle closed."""
    return _from(state, (ReportState.APPROVED, ReportState.SUBMITTED), "confirm", ReportState.CONFIRMED)


def _from(state: ReportState, allowed: tuple[ReportState, ...], action: str, to: ReportState) -> ReportState:
    if state not in allowed:
        raise NotPossible(action, state)
    return to
