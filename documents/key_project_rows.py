"""The rows and sections of a key project report, in words: what the formats draw."""

from __future__ import annotations

from dataclasses import dataclass

from documents.annual_report import Answered
from documents.phase_review_rows import Fact


@dataclass(frozen=True)
class GoalRow:
    """What was aimed at first, and what is or was last."""

    name: str
    first: str
    now: str


@dataclass(frozen=True)
class DecisionRow:
    """`leads_to` says the new goal and path, and into what the project was merged; "" where neither changed."""

    name: str
    day: str
    outcome: str
    leads_to: str
    reason: str
    decided_by: str


@dataclass(frozen=True)
class TrialRow:
    name: str
    title: str
    period: str
    hypothesis: str
    done: str
    result: str
    learning: str
    next: str
    abolishes: str


@dataclass(frozen=True)
class CheckInSection:
    """An answered check-in."""

    heading: str
    said: tuple[Answered, ...]


@dataclass(frozen=True)
class EventRow:
    day: str
    kind: str
    title: str
    description: str
    called: str


@dataclass(frozen=True)
class StageRow:
    body: str
    origin: str
    arrived_on: str
    due_on: str
    outcome: str
    comment: str


@dataclass(frozen=True)
class MatterSection:
    heading: str
    facts: tuple[Fact, ...]
    stages: tuple[StageRow, ...]


@dataclass(frozen=True)
class SeatRow:
    role: str
    name: str
    post: str
    period: str
    change: str


@dataclass(frozen=True)
class TeamSection:
    name: str
    facts: tuple[Fact, ...]
    seats: tuple[SeatRow, ...]


@dataclass(frozen=True)
class FigureRow:
    label: str
    unit: str
    target: str
    measured: str
