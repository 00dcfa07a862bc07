"""照会: what waits for an answer outside the rounds of a year."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON
from sqlmodel import Field

from db.types import Scoped, coded
from domain.inquiry import InquiryKind


class Inquiry(Scoped, table=True):
    """One question that waits (`settled_on` None), and the process that reminds of it (`workflow_id`).

    It is about exactly one of the four; `done` are the steps of its ladder that were taken.
    """

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    kind: InquiryKind = Field(sa_type=coded(InquiryKind))
    workflow_id: str = Field(index=True)
    check_in_id: int | None = Field(default=None, foreign_key="checkin.id", index=True)
    stage_id: int | None = Field(default=None, foreign_key="matterstage.id", index=True)
    seat_id: int | None = Field(default=None, foreign_key="seat.id", index=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    opened_on: date
    due_on: date
    done: list[str] = Field(default_factory=list, sa_type=JSON)
    settled_on: date | None = None
