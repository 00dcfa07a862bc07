"""付議事項: a question that a team raises to a body, which answers it, sends it up, or loses it to the next body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from domain.calendar import BusinessCalendar
from domain.key_project import KeyProjectRules, MatterRule, RouteOutcome


class MatterState(StrEnum):
    PENDING = "pending"
    ANSWERED = "answered"
    RETURNED = "returned"  # 差戻し: back to who raised it, who may raise it anew
    WITHDRAWN = "withdrawn"


class MatterOutcome(StrEnum):
    """How a body's turn at a matter ended."""

    APPROVED = "approved"  # 了承
    DECIDED_OTHERWISE = "decided_otherwise"  # 別の内容で決定
    RETURNED = "returned"  # 差戻し
    SENT_UP = "sent_up"  # 上位の会議体へ
    UNANSWERED = "unanswered"  # nobody answered in time: it went up by itself
    WITHDRAWN = "withdrawn"  # 取下げ, by who raised it


ANSWERS = (MatterOutcome.APPROVED, MatterOutcome.DECIDED_OTHERWISE, MatterOutcome.RETURNED, MatterOutcome.SENT_UP)
"""What a body may answer."""

_STATES = {
    MatterOutcome.APPROVED: MatterState.ANSWERED,
    MatterOutcome.DECIDED_OTHERWISE: MatterState.ANSWERED,
    MatterOutcome.RETURNED: MatterState.RETURNED,
    MatterOutcome.WITHDRAWN: MatterState.WITHDRAWN,
}


class StageOrigin(StrEnum):
    """How a matter came before a body."""

    RAISED = "raised"
    SENT_UP = "sent_up"
    UNANSWERED = "unanswered"


def state_after(outcome: MatterOutcome) -> MatterState:
    """Where a matter stands once a body's turn has ended so."""
    return _STATES.get(outcome, MatterState.PENDING)


def next_body(line: Sequence[str], body: str) -> str:
    """The body above one in the line; "" above the highest, or for a body that is not in the line."""
    return line[line.index(body) + 1] if body in line[:-1] else ""


def due_on(rule: MatterRule, arrived_on: date, wanted_by: date, calendar: BusinessCalendar) -> date:
    """The day a body's answer is due: when it is wanted; where that day has come, the days of the rule after arrival.

    So a body to which an unanswered matter goes up always has time for it.
    """
    wanted = calendar.on_or_after(wanted_by)
    return wanted if wanted > arrived_on else calendar.shift(arrived_on, rule.answer_within_days)


def goes_up_on(rule: MatterRule, due: date, body: str, calendar: BusinessCalendar) -> date | None:
    """The business day on which an unanswered matter goes to the next body, or None at the highest."""
    return calendar.shift(due, rule.goes_up_after_days) if next_body(rule.line, body) else None


def may_decide(rules: KeyProjectRules, body: str, outcome: RouteOutcome) -> bool:
    """Whether a body of the line may take a route decision: the one that decides by the rules, or one above it."""
    line, decider = rules.matter.line, rules.decides(outcome)
    return decider not in line or (body in line and line.index(body) >= line.index(decider))
