"""Leases: a job that only one process may do at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db import tables as t

LASTS = timedelta(seconds=15)


def hold(session: Session, name: str, holder: str, at: datetime) -> bool:
    """Take or renew a lease; False while another process holds it."""
    lease = session.get(t.Lease, name, with_for_update=True)
    if lease is None:
        return _taken_first(session, t.Lease(name=name, holder=holder, until=at + LASTS))
    if lease.holder != holder and at < lease.until <= at + LASTS:
        # One that lasts longer than any can was taken before the clock jumped back: nobody waits for it.
        return False
    lease.holder, lease.until = holder, at + LASTS
    session.add(lease)
    session.flush()
    return True


def _taken_first(session: Session, lease: t.Lease) -> bool:
    """The very first lease of a job; False where another process was faster by a moment."""
    try:
        with session.begin_nested():
            session.add(lease)
    except IntegrityError:
        return False
    return True
