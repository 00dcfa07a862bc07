"""What a process is told when it starts: the first argument of each workflow.

They travel through the outbox and Temporal, so a new field always gets a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.clock import PlanClock


@dataclass(frozen=True)
class CycleOrder:
    """Run the cycle of one plan and fiscal year. `collect_now`: do not wait for the round's date."""

    municipality: int
    cycle: int
    clock: PlanClock
    collect_now: bool = False


@dataclass(frozen=True)
class CollectionOrder:
    """Run one collection round that the database already holds."""

    municipality: int
    round: int
    clock: PlanClock


@dataclass(frozen=True)
class ReviewOrder:
    """Run the review of a term that the database already holds."""

    municipality: int
    review: int
    clock: PlanClock


@dataclass(frozen=True)
class CycleEvent:
    """Something that happened to a cycle. The only one so far: evaluation is finished."""

    id: int
    on: date
