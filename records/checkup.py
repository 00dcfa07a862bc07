"""What the record itself shows of the health of an installation: figures for `meguru doctor`, no verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.mail_ledger import TROUBLE, MailState
from records import audit

_PROBE = "checkup"


@dataclass(frozen=True)
class Figures:
    """`relay_until`: when the lease of the relay ends or ended (None: it never ran). Instants of the oldest row each.

    `mails` wait though their city is not paused; `look_at` are those that a person must look at. `broken_ends`:
    municipalities whose audit chain does not end where its head says.
    """

    relay_until: datetime | None
    outbox_since: datetime | None
    outbox: int
    mail_since: datetime | None
    mails: int
    look_at: int
    broken_ends: Sequence[str]


def figures(session: Session) -> Figures:
    """Of all municipalities together."""
    lease = session.get(t.Lease, "relay")
    outbox = select(func.min(t.Outbox.created_at), func.count()).where(col(t.Outbox.relayed_at).is_(None))
    outbox_since, outbox_count = session.exec(outbox).one()
    paused = select(t.Pause.municipality_id).where(col(t.Pause.ended_on).is_(None))
    mails = select(func.min(t.Mail.claimed_at), func.count()).where(
        t.Mail.state == MailState.QUEUED, col(t.Mail.municipality_id).not_in(paused)
    )
    mail_since, mail_count = session.exec(mails).one()
    unsettled = select(func.count()).where(col(t.Mail.state).in_(TROUBLE), col(t.Mail.settled_at).is_(None))
    return Figures(
        lease.until if lease else None,
        outbox_since,
        outbox_count,
        mail_since,
        mail_count,
        session.exec(unsettled).one(),
        _broken_ends(session),
    )


def write_test(database: Database, at: datetime) -> None:
    """Write a row and take it back. Raises what the database raises."""
    with database.writing(EVERY_MUNICIPALITY) as session:
        session.add(t.Lease(name=_PROBE, holder="", until=at))
        session.flush()
        session.rollback()


def _broken_ends(session: Session) -> list[str]:
    """The last entry of each chain must be the one its head names; the whole chain: `meguru audit verify`."""
    broken = []
    for city in session.exec(select(t.Municipality).order_by(t.Municipality.code)):
        head = session.exec(select(t.AuditHead).where(t.AuditHead.municipality_id == city.id)).first()
        entries = select(t.AuditEntry).where(t.AuditEntry.municipality_id == city.id)
        last = session.exec(entries.order_by(col(t.AuditEntry.sequence).desc()).limit(1)).first()
        said = (head.sequence, head.digest) if head else (0, audit.GENESIS)
        if said != ((last.sequence, last.digest) if last else (0, audit.GENESIS)):
            broken.append(city.code)
    return broken
