"""Accounts as an administrator sees them: setting a password, blocking, revoking tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from db import tables as t
from domain.organisation import address
from records import audit
from records.change import Change, NotFound


def municipalities_of(session: Session, email: str) -> Mapping[str, int]:
    """The municipalities in which an address has an account, by code; for a session of every municipality."""
    query = select(t.Municipality).join(t.User, col(t.User.municipality_id) == col(t.Municipality.id))
    return {city.code: city.id for city in session.exec(query.where(t.User.email == address(email)))}


def set_password(session: Session, change: Change, email: str, password_hash: str) -> None:
    """Whoever is signed in with the account must sign in again. Its API tokens stay valid."""
    user = _user(session, email)
    user.password_hash = password_hash
    session.add(user)
    _end_sign_ins(session, user, change.at)
    audit.write(session, change, "user.password_set", f"user/{user.email}")


def block(session: Session, change: Change, email: str) -> None:
    """The account lets nobody in any more: sessions, codes and API tokens end at once. What it did stays."""
    user = _user(session, email)
    user.is_active, user.left_on = False, None
    session.add(user)
    revoked = end_access(session, user, change.at)
    audit.write(session, change, "user.blocked", f"user/{user.email}", tokens=revoked)


def unblock(session: Session, change: Change, email: str) -> None:
    """The account may sign in again, with the password it had. Its API tokens stay revoked."""
    user = _user(session, email)
    user.is_active, user.left_on = True, None
    session.add(user)
    audit.write(session, change, "user.unblocked", f"user/{user.email}")


def revoke_tokens(session: Session, change: Change, email: str, name: str) -> int:
    """End the API tokens of this name; how many there were. Raises `NotFound` where there is none."""
    user = _user(session, email)
    revoked = _revoke(session, user, change.at, name)
    if not revoked:
        raise NotFound(f"token {name}")
    audit.write(session, change, "token.revoked", f"user/{user.email}", tokens=revoked)
    return len(revoked)


def end_access(session: Session, user: t.User, at: datetime) -> list[str]:
    """What somebody is signed in with ends: sessions, codes and API tokens; the names of the tokens."""
    _end_sign_ins(session, user, at)
    return _revoke(session, user, at)


def _user(session: Session, email: str) -> t.User:
    user = session.exec(select(t.User).where(t.User.email == address(email)).with_for_update()).first()
    if user is None:
        raise NotFound(f"user {email}")
    return user


def _end_sign_ins(session: Session, user: t.User, at: datetime) -> None:
    for signed_in in session.exec(select(t.SignedInSession).where(t.SignedInSession.user_id == user.id)):
        session.delete(signed_in)
    codes = select(t.LoginCode).where(t.LoginCode.user_id == user.id, col(t.LoginCode.used_at).is_(None))
    for code in session.exec(codes):
        code.used_at = at
        session.add(code)


def _revoke(session: Session, user: t.User, at: datetime, name: str | None = None) -> list[str]:
    query = select(t.ApiToken).where(t.ApiToken.user_id == user.id, col(t.ApiToken.revoked_at).is_(None))
    revoked = []
    for token in session.exec(query if name is None else query.where(t.ApiToken.name == name)):
        token.revoked_at = at
        session.add(token)
        revoked.append(token.name)
    return revoked
