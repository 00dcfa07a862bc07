"""期間の振返り: what a term is looked back upon as, theme by theme, without grades."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime


class TermEvaluation(Scoped, table=True):
    """One theme (`node_id`) of one term: good points, points to do, in the order they are shown.

    `node_id` None: the term as a whole, and `to_do` is the outlook; the plan is locked while it is written.
    `decided_on` None: still being written. `version` grows with every save.
    """

    __table_args__ = (UniqueConstraint("plan_id", "term", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    term: str
    node_id: int | None = Field(default=None, foreign_key="node.id")
    good: list[str] = Field(default_factory=list, sa_type=JSON)
    to_do: list[str] = Field(default_factory=list, sa_type=JSON)
    decided_on: date | None = None
    version: int = 1
    evaluated_at: datetime = Field(sa_type=UtcDateTime)
    evaluated_by_id: int | None = Field(default=None, foreign_key="user.id")
