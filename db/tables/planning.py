"""Plans, their editions and nodes, and which department answers for which measure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime, coded
from domain.plan import Level, MeasureClass


class Plan(Scoped, table=True):
    """計画. `definition` is the plan file as JSON (`plan_files`); the clock is the plan's own.

    `mark` and `mark_en` say that the plan holds sample data; both are shown wherever it appears.
    """

    __table_args__ = (UniqueConstraint("municipality_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    code: str
    name: str
    name_en: str = ""
    definition: dict[str, Any] = Field(sa_type=JSON)
    mark: str = ""
    mark_en: str = ""
    clock_origin_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clock_started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clock_seconds_per_day: float = 86_400


class Edition(Scoped, table=True):
    """策定・改訂版. In force from `effective_on` until the next one."""

    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    code: str
    name: str
    name_en: str = ""
    decided: str
    effective_on: date


class Node(Scoped, table=True):
    """A policy, goal, measure or initiative of one edition. `position` is its place on the page."""

    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id")
    parent_id: int | None = Field(default=None, foreign_key="node.id")
    level: Level = Field(sa_type=coded(Level))
    code: str
    title: str
    title_en: str = ""
    measure_class: MeasureClass | None = Field(default=None, sa_type=coded(MeasureClass))
    position: int


class Responsibility(Scoped, table=True):
    """所管: the department that answers for a measure, from when until when."""

    id: int = Field(default=None, primary_key=True)
    node_id: int = Field(foreign_key="node.id", index=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    valid_from: date
    valid_until: date | None = None
