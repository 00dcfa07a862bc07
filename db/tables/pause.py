"""停止: a time during which nothing of a city is owed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from db.types import Scoped, UtcDateTime


class Pause(Scoped, table=True):
    """One switch for the whole city. `ended_on` None: it still lasts; there is one such at a time."""

    __table_args__ = (
        Index(
            "ix_pause_lasting",
            "municipality_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    reason: str
    begins_on: date
    begun_at: datetime = Field(sa_type=UtcDateTime)
    begun_by_id: int | None = Field(default=None, foreign_key="user.id")
    ended_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by_id: int | None = Field(default=None, foreign_key="user.id")
