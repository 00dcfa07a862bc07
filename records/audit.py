"""監査記録: an append-only chain per municipality. Each digest covers its entry and the digest before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, select

from db import tables as t
from db.session import Scope
from records.change import Change

GENESIS = "0" * 64
_HELD = "end of the audit chain"


def write(session: Session, change: Change, action: str, subject: str, **detail: Any) -> None:
    """Append one entry to the chain of the session's municipality."""
    head = _head(session)
    entry = t.AuditEntry(
        sequence=head.sequence + 1,
        at=change.at,
        actor=change.by,
        action=action,
        subject=subject,
        detail=detail,
        previous=head.digest,
        digest="",
    )
    entry.digest = _digest(entry)
    head.sequence, head.digest = entry.sequence, entry.digest
    session.add(entry)
    session.add(head)


def _head(session: Session) -> t.AuditHead:
    """The chain's end, locked. Once a transaction has it, nobody else moves it until the transaction ends."""
    scope: Scope | None
    head: t.AuditHead | None
    scope, head = session.info.get(_HELD, (None, None))
    if head is None or scope != session.info["scope"] or head not in session:
        head = session.exec(select(t.AuditHead).with_for_update()).first() or t.AuditHead(sequence=0, digest=GENESIS)
        session.info[_HELD] = session.info["scope"], head
    return head


@event.listens_for(OrmSession, "after_transaction_end")
def _let_go(session: OrmSession, transaction: SessionTransaction) -> None:
    """After a commit or a rollback, of a part or of all, the end is looked up and locked anew."""
    if transaction.nested or transaction.parent is None:
        session.info.pop(_HELD, None)


@dataclass(frozen=True)
class Verification:
    """The state of a chain. `broken_at` is the first sequence number that does not fit, None when all do."""

    entries: int
    broken_at: int | None


def verify(session: Session) -> Verification:
    """Recompute the chain of the session's municipality: rewriting, reordering and truncation show."""
    previous, expected = GENESIS, 0
    for entry in session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence))):
        expected += 1
        if (entry.sequence, entry.previous, entry.digest) != (expected, previous, _digest(entry)):
            return Verification(expected, expected)
        previous = entry.digest
    head = session.exec(select(t.AuditHead)).first()
    known = (head.sequence, head.digest) if head else (0, GENESIS)
    return Verification(expected, None if known == (expected, previous) else expected + 1)


def _digest(entry: t.AuditEntry) -> str:
    content = [
        entry.sequence,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
        entry.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
