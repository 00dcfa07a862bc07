"""The accounts of a city as its administrators look at them: who has one, since when it is used, what lets them in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, func, or_, select

from db import tables as t
from domain.roles import Office
from records import identities
from records.directory import HeldPost
from records.succession import is_held_from

PAGE = 50
"""Accounts on one page. Meguru's own."""


class Standing(StrEnum):
    """Whether an account lets anybody in."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    LEFT = "left"


@dataclass(frozen=True)
class Wanted:
    """Which accounts to show: part of a name or address, an office, a standing; None: all."""

    text: str = ""
    office: Office | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class ListedAccount:
    """An account with the posts of the day. `last_sign_in` None: nobody ever signed in with it."""

    user: t.User
    posts: tuple[HeldPost, ...]
    last_sign_in: datetime | None
    is_linked: bool

    @property
    def standing(self) -> Standing:
        return standing_of(self.user)


@dataclass(frozen=True)
class Accounts:
    """A page of the list; `total` counts all that fit."""

    listed: tuple[ListedAccount, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class WaysIn:
    """What lets somebody in with an account."""

    has_password: bool
    sessions: int
    tokens: tuple[t.ApiToken, ...]
    identities: Sequence[t.ExternalIdentity]


def standing_of(user: t.User) -> Standing:
    if user.is_active:
        return Standing.ACTIVE
    return Standing.BLOCKED if user.left_on is None else Standing.LEFT


def listed(session: Session, wanted: Wanted, day: date, page: int) -> Accounts:
    """The accounts that fit, by address; the number of queries does not depend on theirs."""
    fitting = [*_conditions(wanted)]
    total = session.exec(select(func.count()).select_from(t.User).where(*fitting)).one()
    page = max(1, min(page, -(-total // PAGE)))
    query = select(t.User).where(*fitting).order_by(t.User.email).offset((page - 1) * PAGE).limit(PAGE)
    users = session.exec(query).all()
    ids = [user.id for user in users]
    posts, seen = _posts(session, ids, day), last_sign_ins(session, ids)
    linked = set(session.exec(select(t.ExternalIdentity.user_id).where(col(t.ExternalIdentity.user_id).in_(ids))))
    rows = (ListedAccount(u, tuple(posts[u.id]), seen.get(u.id), u.id in linked) for u in users)
    return Accounts(tuple(rows), total, page)


def ways_in(session: Session, user: t.User, at: datetime) -> WaysIn:
    """What lets somebody in with the account now."""
    theirs = (t.SignedInSession.user_id == user.id, t.SignedInSession.expires_at > at)
    tokens = select(t.ApiToken).where(t.ApiToken.user_id == user.id, col(t.ApiToken.revoked_at).is_(None))
    return WaysIn(
        user.password_hash is not None,
        session.exec(select(func.count()).select_from(t.SignedInSession).where(*theirs)).one(),
        tuple(session.exec(tokens.order_by(col(t.ApiToken.id)))),
        identities.identities_of(session, user),
    )


def last_sign_ins(session: Session, users: Collection[int]) -> Mapping[int, datetime]:
    """User → when they last signed in, as the audit log tells it."""
    subjects = {f"user/{user}": user for user in users}
    query = (
        select(t.AuditEntry.subject, func.max(t.AuditEntry.at))
        .where(t.AuditEntry.action == "user.signed_in", col(t.AuditEntry.subject).in_(subjects))
        .group_by(t.AuditEntry.subject)
    )
    return {subjects[subject]: at for subject, at in session.exec(query)}


def _conditions(wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.text:
        named = (t.User.email, t.User.name, t.User.name_en)
        found.append(or_(*(col(one).icontains(wanted.text, autoescape=True) for one in named)))
    if wanted.office is not None:
        found.append(t.User.office == wanted.office)
    match wanted.standing:
        case Standing.ACTIVE:
            found.append(col(t.User.is_active))
        case Standing.BLOCKED:
            found += [col(t.User.is_active).is_(False), col(t.User.left_on).is_(None)]
        case Standing.LEFT:
            found += [col(t.User.is_active).is_(False), col(t.User.left_on).is_not(None)]
        case None:
            pass
    return found


def _posts(session: Session, users: Collection[int], day: date) -> Mapping[int, list[HeldPost]]:
    """User → the posts they hold on a day."""
    query = (
        select(t.Department, t.Appointment)
        .join(t.Appointment, col(t.Appointment.department_id) == col(t.Department.id))
        .where(col(t.Appointment.user_id).in_(users), t.Appointment.valid_from <= day)
        .order_by(t.Department.code)
    )
    found: dict[int, list[HeldPost]] = defaultdict(list)
    for department, appointment in session.exec(query):
        if is_held_from(appointment, day):
            found[appointment.user_id].append(HeldPost(department, appointment))
    return found
