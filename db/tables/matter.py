"""付議事項 and the meetings that decide on them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime, coded
from domain.matter import MatterOutcome, MatterState, StageOrigin
from domain.meeting import MeetingState


class Matter(Scoped, table=True):
    """付議事項. `number` counts within the plan; `papers` is the text laid before the body.

    `proposal` is the route decision asked for (a `domain/key_project.py::RouteStep`), if any: approval takes it.
    `body` is the body that has it now, or had it last.
    """

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    project_id: int | None = Field(default=None, foreign_key="keyproject.id", index=True)
    check_in_id: int | None = Field(default=None, foreign_key="checkin.id")
    number: int
    title: str
    question: str
    papers: str = ""
    proposal: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    wanted_by: date
    body: str
    state: MatterState = Field(default=MatterState.PENDING, sa_type=coded(MatterState))
    workflow_id: str = Field(unique=True)
    raised_on: date
    raised_by_id: int | None = Field(default=None, foreign_key="user.id")
    closed_on: date | None = None


class MatterStage(Scoped, table=True):
    """One body's turn at a matter; `outcome` None: it waits there. `meeting_id`: where it was decided."""

    __table_args__ = (UniqueConstraint("matter_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id", index=True)
    position: int
    body: str
    body_name: str
    origin: StageOrigin = Field(sa_type=coded(StageOrigin))
    arrived_on: date
    due_on: date
    outcome: MatterOutcome | None = Field(default=None, sa_type=coded(MatterOutcome))
    decided_on: date | None = None
    comment: str = ""
    minutes: str = ""
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")


class Meeting(Scoped, table=True):
    """会議: one sitting of a body. `sequence` grows with every change, as calendars want it (RFC 5545).

    Its members are invited once an inquiry about it is open (`db/tables/inquiry.py`).
    """

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    body: str
    body_name: str
    held_on: date
    begins_at: time
    ends_at: time
    place: str = ""
    note: str = ""
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_type=coded(MeetingState))
    sequence: int = 0
    workflow_id: str = Field(unique=True)
    minutes: str = ""
    cancelled_reason: str = ""
    closed_on: date | None = None
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")


class MeetingItem(Scoped, table=True):
    """議題: a matter that waits before the body, the papers of a review, or a heading of its own (`title`)."""

    __table_args__ = (UniqueConstraint("meeting_id", "stage_id"), UniqueConstraint("meeting_id", "consultation_id"))

    id: int = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    position: int
    stage_id: int | None = Field(default=None, foreign_key="matterstage.id")
    consultation_id: int | None = Field(default=None, foreign_key="consultation.id")
    title: str = ""
    note: str = ""
