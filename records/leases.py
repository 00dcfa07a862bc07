"""Leases: a job that only one process may do at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from db import tables as t

LASTS = timedelta(seconds=15)


def hold(session: Session, name: str, holder: str, at: datetime) -> bool:
    """Take or renew a lease; False while another process holds it."""
    lease = session.get(t.Lease, name, with_for_update=True)
    if lease is None:
        lease = t.Lease(name=name, holder=holder, until=at + LASTS)
    elif lease.holder != holder and at < lease.until <= at + LASTS:
        # One that lasts longer than any can was taken before the clock jumped back: nobody waits for it.
        return False
    lease.holder, lease.until = holder, at + LASTS
    session.add(lease)
    session.flush()
    return True
