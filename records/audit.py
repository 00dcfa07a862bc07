"""監査記録: an append-only chain per municipality. Each digest covers its entry and the digest before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, select

from db import tables as t
from db.session import Scope
from domain.audit_chain import NOTHING_COMPARED, Anchor, Comparison, Fault, compare
from records.change import Change

GENESIS = "0" * 64
_HELD = "end of the audit chain"
_AT_A_TIME = 1_000
"""Entries that are in memory at once while a chain is read."""


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
    """The state of a chain. `broken_at` is the first sequence number that does not fit, None when all do.

    `last` is the digest of the last entry that fits. `compared` is what anchors say of the entries that do.
    """

    entries: int
    broken_at: int | None
    fault: Fault | None = None
    last: str = GENESIS
    compared: Comparison = NOTHING_COMPARED

    @property
    def is_sound(self) -> bool:
        return self.broken_at is None and self.compared.contradiction is None


def verify(session: Session, anchors: Sequence[Anchor] = ()) -> Verification:
    """Recompute the chain of the session's municipality: rewriting, reordering and truncation show.

    Only `anchors` of that municipality show a chain that was made anew with right digests, and one that was cut off
    together with its head.
    """
    anchored = {anchor.sequence for anchor in anchors}
    digests: dict[int, str] = {}
    previous, expected = GENESIS, 0
    end = _end(session)
    # With the end in the same statement, what others write meanwhile is either in both or in neither.
    query = (
        select(t.AuditEntry, t.AuditHead.sequence, t.AuditHead.digest)
        .outerjoin(t.AuditHead, col(t.AuditHead.municipality_id) == col(t.AuditEntry.municipality_id))
        .order_by(col(t.AuditEntry.sequence))
        .execution_options(yield_per=_AT_A_TIME)
    )
    with session.exec(query) as entries:  # a server keeps the rest of them ready until it is told
        for entry, end_sequence, end_digest in entries:
            end = end_sequence or 0, end_digest or GENESIS
            if (entry.sequence, entry.previous, entry.digest) != (expected + 1, previous, _digest(entry)):
                fault = _fault(session, entry, expected + 1, previous)
                return Verification(expected + 1, expected + 1, fault, previous, compare(anchors, digests, expected))
            expected, previous = expected + 1, entry.digest
            if expected in anchored:
                digests[expected] = previous
    compared = compare(anchors, digests, expected)
    if end == (expected, previous):
        return Verification(expected, None, None, previous, compared)
    fault = Fault.TRUNCATED if end[0] > expected else Fault.REWRITTEN
    return Verification(expected, expected + 1, fault, previous, compared)


def _end(session: Session) -> tuple[int, str]:
    head = session.exec(select(t.AuditHead)).first()
    return (head.sequence, head.digest) if head else (0, GENESIS)


def _fault(session: Session, entry: t.AuditEntry, expected: int, previous: str) -> Fault:
    """What was done where `entry` stands at the place `expected`, after the digest `previous`."""
    if entry.sequence != expected:
        return Fault.REMOVED
    if entry.previous == previous:
        return Fault.REWRITTEN
    followed = select(t.AuditEntry.id).where(t.AuditEntry.digest == entry.previous)
    is_elsewhere = entry.previous == GENESIS or session.exec(followed).first() is not None
    return Fault.REORDERED if is_elsewhere else Fault.REMOVED


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
