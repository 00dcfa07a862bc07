"""What a process is told when it starts: the first argument of each workflow.

They travel through the outbox and Temporal, so a new field always gets a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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


@dataclass(frozen=True)
class ProjectOrder:
    """Run a key project that the database already holds."""

    municipality: int
    project: int
    clock: PlanClock


@dataclass(frozen=True)
class MatterOrder:
    """See to it that a matter is answered."""

    municipality: int
    matter: int
    clock: PlanClock


@dataclass(frozen=True)
class InquiryOrder:
    """See to it that what waits under this process (`workflow_id`) is answered: a successor, a meeting."""

    municipality: int
    workflow_id: str
    clock: PlanClock


@dataclass(frozen=True)
class DigestOrder:
    """Send a digest when the plan's clock shows `leaves_at`."""

    municipality: int
    digest: int
    leaves_at: datetime
    clock: PlanClock


@dataclass(frozen=True)
class MailOrder:
    """Send one mail of a round again, which the ledger already holds."""

    municipality: int
    mail: int
    clock: PlanClock


@dataclass(frozen=True)
class ProcessEvent:
    """That something changed in the record, for processes that look there what it was. `on`: the plan day."""

    id: int
    on: date
