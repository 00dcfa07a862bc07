"""What a person arranged for themselves: saved views of a page, and how mails shall come."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.types import Scoped


class SavedView(Scoped, table=True):
    """A choice of filters and order that a person keeps under a name; `query` is the page's own query string."""

    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    page: str
    name: str
    query: str


class MailPreference(Scoped, table=True):
    """How a person wants what can wait: `wants_digest` gathers it into one mail a day. No row: as the plan says."""

    __table_args__ = (UniqueConstraint("municipality_id", "user_id"),)

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id")
    wants_digest: bool
