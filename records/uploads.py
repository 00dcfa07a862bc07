"""Files that people sent: kept between the look at what would change and the word to do it.

A plan and the answers to a request do not meet: what is sent for one puts nothing of the other away.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, col, delete, select

from db import tables as t
from records.change import Change, NotFound

KEPT_FOR = timedelta(days=1)
"""Meguru's own: long enough for lunch and a question to a colleague."""


def keep(session: Session, change: Change, file_name: str, content: bytes, request: int | None = None) -> t.Upload:
    """Keep a plan file, or with `request` the answers to it, for its sender.

    What the sender sent before for the same, and whatever lies too long, is put away.
    """
    assert change.user is not None
    put_away(session, change, request)
    session.execute(delete(t.Upload).where(col(t.Upload.uploaded_at) < change.at - KEPT_FOR))
    upload = t.Upload(
        user_id=change.user, request_id=request, file_name=file_name, content=content, uploaded_at=change.at
    )
    session.add(upload)
    session.flush()
    return upload


def find(session: Session, change: Change, upload_id: int, request: int | None = None) -> t.Upload:
    """A file of one's own. Raises `NotFound`, also where it was put away meanwhile or is for something else."""
    query = select(t.Upload).where(t.Upload.id == upload_id, t.Upload.user_id == change.user)
    upload = session.exec(query).first()
    if upload is None or upload.request_id != request or upload.uploaded_at < change.at - KEPT_FOR:
        raise NotFound(f"upload {upload_id}")
    return upload


def put_away(session: Session, change: Change, request: int | None = None) -> None:
    of_sender = delete(t.Upload).where(col(t.Upload.user_id) == change.user)
    session.execute(of_sender.where(col(t.Upload.request_id).is_not_distinct_from(request)))
