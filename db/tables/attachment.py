"""添付ファイル: what people lay beside a report or a matter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime


class Attachment(Scoped, table=True):
    """One file of a report or of a matter: exactly one of the two. Its bytes lie apart, so that lists stay light.

    `size` in bytes; `digest` is the SHA-256 of the content.
    """

    id: int = Field(default=None, primary_key=True)
    report_id: int | None = Field(default=None, foreign_key="progressreport.id", index=True)
    matter_id: int | None = Field(default=None, foreign_key="matter.id", index=True)
    name: str
    media_type: str
    size: int
    digest: str
    attached_at: datetime = Field(sa_type=UtcDateTime)
    attached_by_id: int = Field(foreign_key="user.id")


class AttachmentContent(Scoped, table=True):
    __table_args__ = (UniqueConstraint("municipality_id", "attachment_id"),)

    id: int = Field(default=None, primary_key=True)
    attachment_id: int = Field(foreign_key="attachment.id")
    content: bytes = Field(sa_type=LargeBinary)
