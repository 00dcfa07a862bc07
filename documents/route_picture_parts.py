"""What the picture of a route is made of, placed in px."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Look(StrEnum):
    """The looks of marks, boxes, lines and texts; what each is drawn like is told in `route_picture`."""

    WORKED = "worked"
    PARTLY = "partly"
    LEARNT = "learnt"
    UNCLEAR = "unclear"
    RUNNING = "running"
    TURN = "turn"
    GOES_ON = "goes_on"
    EVENT = "event"
    ENDED = "ended"
    NOW = "now"
    ON_TIME = "on_time"
    LATE = "late"
    AWAITED = "awaited"
    OVERDUE = "overdue"
    DROPPED = "dropped"
    GOAL_NOW = "goal_now"
    GOAL_BEFORE = "goal_before"
    TEAM = "team"
    WAY = "way"
    DEAD_END = "dead_end"
    LEADER = "leader"
    GRID = "grid"
    TODAY = "today"
    NAME = "name"
    SAID = "said"
    SOFT = "soft"
    STRONG = "strong"
    SAMPLE = "sample"


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    look: Look


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    x2: float
    y2: float
    look: Look


@dataclass(frozen=True)
class Rule:
    x: float
    y: float
    x2: float
    y2: float
    look: Look
    width: float = 1


@dataclass(frozen=True)
class Said:
    """A text; `y` is the middle of its line. `ends` at x instead of beginning there."""

    x: float
    y: float
    text: str
    look: Look = Look.SAID
    ends: bool = False


@dataclass
class Layout:
    height: float = 0
    marks: list[Mark] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    texts: list[Said] = field(default_factory=list)
