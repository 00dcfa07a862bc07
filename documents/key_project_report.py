"""What a key project report (キープロジェクト報告書) says: the content every format renders.

Texts are as they were written, codes as the domain has them; "" and None mean that nothing is known (「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents.annual_report import Answered
from domain.body import SeatRole
from domain.key_project import Cadence, CheckInReason, EventKind, ProjectState, RouteOutcome, TrialResult
from domain.matter import MatterOutcome, MatterState, StageOrigin
from domain.route import CheckInStanding, Route


@dataclass(frozen=True)
class HeldSeat:
    """A seat in a team; `post` with its department. `wanted_since`: its holder was transferred, nobody follows yet."""

    role: SeatRole
    name: str
    post: str
    since: date
    until: date | None = None
    left_reason: str = ""
    successor: str = ""
    wanted_since: date | None = None


@dataclass(frozen=True)
class ReportedTeam:
    """A team; `…_by` names the body that decided, `…_matter` the number of the matter in which it did."""

    name: str
    founded_on: date
    founded_reason: str
    founded_by: str
    seats: tuple[HeldSeat, ...]
    founded_matter: int | None = None
    dissolved_on: date | None = None
    dissolved_reason: str = ""
    dissolved_by: str = ""
    dissolved_matter: int | None = None


@dataclass(frozen=True)
class ReportedDecision:
    """A decision on the route; `decided_by` "" is the team itself. `goal` and `path` where they are new."""

    number: int
    on: date
    outcome: RouteOutcome
    reason: str
    decided_by: str = ""
    matter: int | None = None
    goal: str = ""
    path: str = ""
    merged_into: str = ""


@dataclass(frozen=True)
class ReportedTrial:
    """A trial; `abolishes` names a task that could be given up altogether."""

    number: int
    title: str
    hypothesis: str
    started_on: date
    ended_on: date | None
    done: str
    result: TrialResult | None
    learning: str
    next: str
    abolishes: str = ""


@dataclass(frozen=True)
class ReportedCheckIn:
    """A check-in with what was answered, in the words in which it was asked."""

    number: int
    reason: CheckInReason
    asked_on: date
    due_on: date
    standing: CheckInStanding
    submitted_on: date | None = None
    said: tuple[Answered, ...] = ()


@dataclass(frozen=True)
class ReportedEvent:
    """What called for a check; `check_in` is the number of the one it called for."""

    on: date
    kind: EventKind
    title: str
    description: str = ""
    check_in: int | None = None


@dataclass(frozen=True)
class ReportedStage:
    body: str
    origin: StageOrigin
    arrived_on: date
    due_on: date
    outcome: MatterOutcome | None = None
    decided_on: date | None = None
    comment: str = ""


@dataclass(frozen=True)
class ReportedMatter:
    number: int
    title: str
    question: str
    raised_on: date
    wanted_by: date
    state: MatterState
    stages: tuple[ReportedStage, ...]


@dataclass(frozen=True)
class ReportedFigure:
    """A figure by which the team sees whether its hypothesis holds, with what was measured, the oldest first."""

    label: str
    unit: str
    target: Decimal | None
    values: tuple[tuple[date, Decimal], ...]
    dropped_on: date | None = None


@dataclass(frozen=True)
class KeyProjectReport:
    """The report of a key project as things stand on its day of issue.

    `serves` are "code title" of its desired states. `check_ins` are all of them, the oldest first; `teams` as well.
    `marks` are sentences that must stand on every format, such as the mark of sample data.
    """

    language: str
    municipality: str
    plan: str
    title: str
    state: ProjectState
    issued_on: date
    hypothesis: str
    beneficiaries: str
    serves: tuple[str, ...]
    opened_on: date
    closed_on: date | None
    cadence: Cadence
    first_goal: str
    first_path: str
    goal: str
    path: str
    route: Route
    decisions: tuple[ReportedDecision, ...] = ()
    trials: tuple[ReportedTrial, ...] = ()
    check_ins: tuple[ReportedCheckIn, ...] = ()
    events: tuple[ReportedEvent, ...] = ()
    matters: tuple[ReportedMatter, ...] = ()
    teams: tuple[ReportedTeam, ...] = ()
    figures: tuple[ReportedFigure, ...] = ()
    merged_into: str = ""
    marks: tuple[str, ...] = ()

    @property
    def ending(self) -> ReportedDecision | None:
        """The decision by which the project ended, if it has."""
        endings = (RouteOutcome.STOP, RouteOutcome.MERGE)
        found = (d for d in reversed(self.decisions) if d.outcome in endings)
        return next(found, None) if self.closed_on is not None else None
