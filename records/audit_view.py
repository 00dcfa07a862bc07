"""監査記録 as people look at it: who did what when, the newest first, in parts or all of it. It is never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from db import tables as t
from domain import search_text
from domain.audit_chain import Anchor
from domain.calendar import JST
from records import audit
from records.audit import Verification

ON_A_PAGE = 50
TAKEN_ALONG_AT_MOST = 50_000
"""Rows of a file; the newest of them where there are more (Meguru's own)."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for; "" and None: anything. `by` is part of a name or an address, days are those of Japan.

    `group` is what actions begin with (`report` of `report.submitted`), `subject` a part of the subject.
    """

    by: str = ""
    group: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Part:
    """A page of the log. `older` and `newer` are where the pages beside it begin (None: there is none)."""

    entries: Sequence[t.AuditEntry]
    names: Mapping[str, t.User]
    older: int | None
    newer: int | None


def part(session: Session, wanted: Wanted, before: int | None = None, after: int | None = None) -> Part:
    """The entries before a sequence number, or those after one, else the newest."""
    query = select(t.AuditEntry).where(*_conditions(session, wanted))
    sequence = col(t.AuditEntry.sequence)
    if after is not None:
        nearest = query.where(sequence > after).order_by(sequence).limit(ON_A_PAGE)
        entries = list(reversed(session.exec(nearest).all()))
    else:
        if before is not None:
            query = query.where(sequence < before)
        entries = list(session.exec(query.order_by(sequence.desc()).limit(ON_A_PAGE)).all())
    older = newer = None
    if entries:
        beside = select(func.min(sequence), func.max(sequence)).where(*_conditions(session, wanted))
        first, last = session.exec(beside).one()
        older = entries[-1].sequence if first < entries[-1].sequence else None
        newer = entries[0].sequence if last > entries[0].sequence else None
    return Part(entries, names_of(session, {entry.actor for entry in entries}), older, newer)


def count(session: Session, wanted: Wanted) -> int:
    query = select(func.count()).select_from(t.AuditEntry).where(*_conditions(session, wanted))
    return session.exec(query).one()


def taken_along(session: Session, wanted: Wanted) -> Sequence[t.AuditEntry]:
    """All that is wanted, the newest first, up to `TAKEN_ALONG_AT_MOST`."""
    query = select(t.AuditEntry).where(*_conditions(session, wanted)).order_by(col(t.AuditEntry.sequence).desc())
    return session.exec(query.limit(TAKEN_ALONG_AT_MOST)).all()


def names_of(session: Session, addresses: Collection[str]) -> dict[str, t.User]:
    """The people behind addresses, as far as they have an account."""
    query = select(t.User).where(col(t.User.email).in_(addresses))
    return {user.email: user for user in session.exec(query)}


def verification(session: Session) -> Verification:
    """Recompute the whole chain: the longer it is, the longer this takes."""
    return audit.verify(session)


def anchor_of(session: Session, municipality: int, found: Verification, at: datetime) -> str:
    """An anchor of a sound chain as it is written on paper (`meguru audit verify --paper`); "" where there is none."""
    if not (found.is_sound and found.entries):
        return ""
    city = session.get_one(t.Municipality, municipality)
    return Anchor(city.code, found.entries, found.last, at).on_paper


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.by.strip():
        actor = col(t.AuditEntry.actor)
        found.append(or_(actor.icontains(wanted.by.strip(), autoescape=True), actor.in_(_called(session, wanted.by))))
    if wanted.group:
        found.append(col(t.AuditEntry.action).startswith(f"{wanted.group}.", autoescape=True))
    if wanted.subject.strip():
        found.append(col(t.AuditEntry.subject).icontains(wanted.subject.strip(), autoescape=True))
    if wanted.since is not None:
        found.append(col(t.AuditEntry.at) >= _midnight(wanted.since))
    if wanted.until is not None:
        found.append(col(t.AuditEntry.at) < _midnight(wanted.until + timedelta(days=1)))
    return found


def _called(session: Session, name: str) -> list[str]:
    """The addresses of everybody whose name holds what was typed."""
    words = search_text.words_of(name)
    users = session.exec(select(t.User)).all() if words else ()
    return [user.email for user in users if search_text.holds_all((user.name, user.name_en), words)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
