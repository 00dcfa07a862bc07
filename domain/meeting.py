"""会議: one sitting of a body, when it is, and what its members must be told again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class MeetingState(StrEnum):
    PLANNED = "planned"  # its members are invited, or will be
    HELD = "held"  # what was decided is recorded
    CANCELLED = "cancelled"  # 中止


@dataclass(frozen=True)
class MeetingTime:
    """When and where a body meets; the hours are those of Japan. A change of it is told to the members anew."""

    held_on: date
    begins_at: time
    ends_at: time
    place: str = ""


class MeetingProblem(StrEnum):
    """Why a meeting cannot be on a day; the web layer says it in words."""

    DAY_PASSED = "meeting_day_passed"
    ENDS_BEFORE_IT_BEGINS = "meeting_ends_before_it_begins"


def meeting_problems(at: MeetingTime, today: date) -> tuple[MeetingProblem, ...]:
    """Everything that keeps a meeting from being planned so."""
    checks = (
        (MeetingProblem.DAY_PASSED, at.held_on < today),
        (MeetingProblem.ENDS_BEFORE_IT_BEGINS, at.ends_at <= at.begins_at),
    )
    return tuple(problem for problem, holds in checks if holds)
