"""キープロジェクト: projects, their check-ins, trials and route, and the events that call for a check."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.types import DecimalText, Scoped, UtcDateTime, coded
from domain.indicator import IndicatorDirection
from domain.key_project import Cadence, CheckInReason, CheckInState, EventKind, ProjectState, RouteOutcome, TrialResult


class KeyProject(Scoped, table=True):
    """A key project. `hypothesis` says what will change, `beneficiaries` for whom; `goal` and `path` are those of now.

    `cadence_since` is the day the cadence was set: check-ins are counted in whole periods from it. `version` grows with
    every change of what the team writes here, so that two people who edit at once notice each other.
    `begun_on` is the day its first team was founded. `mark` says that it is sample data.
    """

    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    code: str
    title: str
    title_en: str = ""
    mark: str = ""
    hypothesis: str
    beneficiaries: str = ""
    first_goal: str
    first_path: str
    goal: str
    path: str
    state: ProjectState = Field(default=ProjectState.CONSIDERED, sa_type=coded(ProjectState))
    cadence: Cadence = Field(default=Cadence.MONTHLY, sa_type=coded(Cadence))
    cadence_since: date
    opened_on: date
    opened_by_id: int | None = Field(default=None, foreign_key="user.id")
    begun_on: date | None = None
    workflow_id: str = Field(unique=True)
    closed_on: date | None = None
    merged_into_id: int | None = Field(default=None, foreign_key="keyproject.id")
    version: int = 1


class ProjectNode(Scoped, table=True):
    """The desired states (ありたい姿) that a project works towards, by the node's origin: they outlive editions."""

    __table_args__ = (UniqueConstraint("project_id", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    node_id: int = Field(foreign_key="node.id", index=True)


class ProjectIndicator(Scoped, table=True):
    """A figure by which the team sees whether its hypothesis holds; many projects have none."""

    __table_args__ = (UniqueConstraint("project_id", "label"),)

    id: int = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    label: str
    unit: str = ""
    direction: IndicatorDirection = Field(default=IndicatorDirection.NONE, sa_type=coded(IndicatorDirection))
    target: Decimal | None = Field(default=None, sa_type=DecimalText)
    since_on: date
    dropped_on: date | None = None


class ProjectFigure(Scoped, table=True):
    """One measured value of a project's indicator."""

    __table_args__ = (UniqueConstraint("indicator_id", "measured_on"),)

    id: int = Field(default=None, primary_key=True)
    indicator_id: int = Field(foreign_key="projectindicator.id", index=True)
    check_in_id: int | None = Field(default=None, foreign_key="checkin.id")
    measured_on: date
    value: Decimal = Field(sa_type=DecimalText)


class CheckIn(Scoped, table=True):
    """状況確認 of a project. `number` counts within the project; `question_set` is the version that was asked.

    `revision` grows with every save of the draft. `event_id`: what called for it.
    """

    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    number: int
    reason: CheckInReason = Field(sa_type=coded(CheckInReason))
    event_id: int | None = Field(default=None, foreign_key="triggerevent.id")
    state: CheckInState = Field(default=CheckInState.ASKED, sa_type=coded(CheckInState))
    asked_on: date
    due_on: date
    question_set: dict[str, Any] = Field(sa_type=JSON)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    revision: int = 0
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    edited_by_id: int | None = Field(default=None, foreign_key="user.id")
    submitted_on: date | None = None
    submitted_by_id: int | None = Field(default=None, foreign_key="user.id")


class Trial(Scoped, table=True):
    """試行: hypothesis → what was done → result → learning → next. `result` None: it still runs.

    `abolishes` names a task that could be given up altogether (「業務をなくせるか」), "" none.
    """

    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    number: int
    title: str
    hypothesis: str
    started_on: date
    ended_on: date | None = None
    done: str = ""
    result: TrialResult | None = Field(default=None, sa_type=coded(TrialResult))
    learning: str = ""
    next: str = ""
    abolishes: str = ""
    version: int = 1
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")


class RouteDecision(Scoped, table=True):
    """What a status check came to. `decided_by` is a body's code, "" the team; `goal` and `path` hold from then on.

    Never changed afterwards: old goals stay visible.
    """

    id: int = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    check_in_id: int | None = Field(default=None, foreign_key="checkin.id")
    matter_id: int | None = Field(default=None, foreign_key="matter.id")
    outcome: RouteOutcome = Field(sa_type=coded(RouteOutcome))
    reason: str
    goal: str
    path: str
    merged_into_id: int | None = Field(default=None, foreign_key="keyproject.id")
    decided_on: date
    decided_by: str = ""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")


class TriggerEvent(Scoped, table=True):
    """見直しのきっかけ: what calls for a check of a project, of a theme (`node_id`, its origin) or of the policy.

    `calls_on` is the day the check is asked for: at once, or before a deadline that is known ahead. Which projects it
    has called is in `EventCall`.
    """

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    project_id: int | None = Field(default=None, foreign_key="keyproject.id", index=True)
    node_id: int | None = Field(default=None, foreign_key="node.id", index=True)
    kind: EventKind = Field(sa_type=coded(EventKind))
    title: str
    description: str = ""
    happened_on: date
    calls_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")


class EventCall(Scoped, table=True):
    """That an event has called for a check of one project: each once, whatever runs twice."""

    __table_args__ = (UniqueConstraint("event_id", "project_id"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="triggerevent.id", index=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    check_in_id: int = Field(foreign_key="checkin.id")
