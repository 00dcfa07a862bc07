"""Plans, their editions with nodes and lineage, indicators, and which department answers for which measure.

`details` columns hold what is only stored and shown, as the plan file says it (`plan_files`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlmodel import Field

from db.types import DecimalText, Scoped, UtcDateTime, coded
from domain.indicator import IndicatorDirection, IndicatorKind, ValueType
from domain.lineage import LineageKind
from domain.plan import LinkKind


class Plan(Scoped, table=True):
    """計画. `definition` is the plan file as JSON without what has rows of its own; the clock is the plan's own.

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
    is_draft: bool = False
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Node(Scoped, table=True):
    """A policy, goal, measure or initiative of one edition. `position` is its place on the page.

    `origin_id` is the first node of its life: a measure and what it lives on as in later editions share it.
    Departments report on nodes that are `is_reported`.
    """

    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id")
    parent_id: int | None = Field(default=None, foreign_key="node.id")
    origin_id: int | None = Field(default=None, foreign_key="node.id", index=True)
    level: str
    is_reported: bool = True
    code: str
    title: str
    title_en: str = ""
    measure_class: str | None = None
    position: int
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Lineage(Scoped, table=True):
    """系譜: what became of measures of the edition before; its ends are the rows of `LineageEnd`."""

    id: int = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id", index=True)
    position: int
    kind: LineageKind = Field(sa_type=coded(LineageKind))
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


class LineageEnd(Scoped, table=True):
    __table_args__ = (UniqueConstraint("lineage_id", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    lineage_id: int = Field(foreign_key="lineage.id")
    node_id: int = Field(foreign_key="node.id", index=True)
    side: Side = Field(sa_type=coded(Side))


class Indicator(Scoped, table=True):
    """指標. `node_id` is the node it was told for (None: the plan's); its series follows that node's life."""

    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    node_id: int | None = Field(default=None, foreign_key="node.id", index=True)
    code: str
    name: str
    name_en: str = ""
    kind: IndicatorKind = Field(sa_type=coded(IndicatorKind))
    direction: IndicatorDirection = Field(sa_type=coded(IndicatorDirection))
    position: int
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class IndicatorValue(Scoped, table=True):
    """One value of a series; neither `at` nor `fiscal_year`: 記載なし. `value` None: known to be missing."""

    id: int = Field(default=None, primary_key=True)
    indicator_id: int = Field(foreign_key="indicator.id", index=True)
    position: int
    type: ValueType = Field(sa_type=coded(ValueType))
    value: Decimal | None = Field(default=None, sa_type=DecimalText)
    upper: Decimal | None = Field(default=None, sa_type=DecimalText)
    at: date | None = None
    fiscal_year: int | None = None
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Achievement(Scoped, table=True):
    """実施状況・取組実績: of a node, or of the plan as a whole (None)."""

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    node_id: int | None = Field(default=None, foreign_key="node.id", index=True)
    position: int
    term: str = ""
    fiscal_year: int | None = None
    stage: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class NodeLink(Scoped, table=True):
    """A node's link to a node of another plan (ワンスオンリー)."""

    __table_args__ = (UniqueConstraint("node_id", "kind", "other_id"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    node_id: int = Field(foreign_key="node.id")
    other_id: int = Field(foreign_key="node.id", index=True)
    kind: LinkKind = Field(sa_type=coded(LinkKind))
    position: int
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Responsibility(Scoped, table=True):
    """所管: the department that answers for a measure, from when until when.

    `node_id` is the origin of the measure's life: who answers goes on answering in the next edition.
    """

    id: int = Field(default=None, primary_key=True)
    node_id: int = Field(foreign_key="node.id", index=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    valid_from: date
    valid_until: date | None = None


class QuestionSetVersion(Scoped, table=True):
    """A question set as it was decided at the desk; the plan holds the newest, a round the one it started with.

    Version 1 is what the plan had before the first change at the desk.
    """

    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    version: int
    question_set: dict[str, Any] = Field(sa_type=JSON)
    note: str = ""
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by_id: int | None = Field(default=None, foreign_key="user.id")


class Upload(Scoped, table=True):
    """A file that somebody sent and has not yet taken over or put away: a plan, or the answers to a request."""

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    request_id: int | None = Field(default=None, foreign_key="updaterequest.id")
    file_name: str
    content: bytes = Field(sa_type=LargeBinary)
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
