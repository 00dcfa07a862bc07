"""The ladder of a collection round: who hears what, and when.

A ladder is data of the plan: an ordered list of steps, the gentlest first. The steps themselves and
their offsets are Meguru's own default where a source is silent (none of the five sources gives one).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from domain.calendar import JST, BusinessCalendar


class Rank(StrEnum):
    """Who a step speaks to: the line of a department from below, then the planning division."""

    STAFF = "staff"  # 担当者
    SUBSECTION_CHIEF = "subsection_chief"  # 係長
    SECTION_HEAD = "section_head"  # 課長 (所属長)
    DEPUTY_DIRECTOR = "deputy_director"  # 次長
    DIRECTOR = "director"  # 部長
    PLANNING = "planning"  # 企画・情報政策課


class StepKind(StrEnum):
    NOTICE = "notice"  # 事前通知
    REMINDER = "reminder"  # 督促
    ESCALATION = "escalation"  # 上申
    APPROVAL_REQUEST = "approval_request"  # 承認のお願い
    RETURN = "return"  # 差戻し


class Anchor(StrEnum):
    """The day a step counts from."""

    OPENED = "opened"
    DUE = "due"
    SUBMITTED = "submitted"
    RETURNED = "returned"


@dataclass(frozen=True)
class Step:
    """One rung: `business_days` after (negative: before) its anchor, `to` a rank."""

    code: str
    kind: StepKind
    anchor: Anchor
    business_days: int
    to: Rank


@dataclass(frozen=True)
class Ladder:
    """The steps of a round, gentlest first.

    `grace_days` (business days) are added to every step after the due date. Mails leave at `send_at`
    (JST), except a return, which goes at once.
    """

    steps: tuple[Step, ...]
    send_at: time = time(9, 0)
    grace_days: int = 0

    def seriousness(self, step: Step) -> int:
        return self.steps.index(step)

    def falls_on(self, step: Step, anchored_on: date, calendar: BusinessCalendar) -> date:
        days = step.business_days
        if step.anchor is Anchor.DUE and days > 0:
            days += self.grace_days
        return calendar.shift(anchored_on, days)

    def sends_at(self, step: Step, falls_on: date) -> datetime:
        """The plan instant at which a step that falls on a day is sent."""
        at = time(0, 0) if step.anchor is Anchor.RETURNED else self.send_at
        return datetime.combine(falls_on, at, JST)
