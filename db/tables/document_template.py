"""様式: a city's own Word template for a kind of document."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime


class DocumentTemplate(Scoped, table=True):
    """Takes the place of Meguru's own template for documents of this kind and language; `digest` is its SHA-256."""

    __table_args__ = (UniqueConstraint("municipality_id", "kind", "language"),)

    id: int = Field(default=None, primary_key=True)
    kind: str
    language: str
    name: str
    content: bytes = Field(sa_type=LargeBinary)
    digest: str
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
    uploaded_by_id: int = Field(foreign_key="user.id")
