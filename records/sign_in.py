"""Signing in: passwords (argon2), one-time mail codes, sessions and API tokens.

Secrets are handed out once and stored as digests. These functions run before the municipality is
known, so their sessions are `EVERY_MUNICIPALITY`; whatever they return names it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db import tables as t
from domain.password import LEAST_LENGTH
from records import audit
from records.change import Change, NotFound

CODE_MINUTES = 10
_CODE_ATTEMPTS = 5
_IDLE = timedelta(minutes=90)

_passwords = PasswordHash.recommended()
# Verified against when there is no such user, so that the answer takes as long either way.
_NOBODY = _passwords.hash(secrets.token_urlsafe(16))

_BY_API_TOKEN = (
    select(t.User)
    .join(t.ApiToken, col(t.ApiToken.user_id) == col(t.User.id))
    .where(t.ApiToken.token_digest == bindparam("digest"), col(t.ApiToken.revoked_at).is_(None), col(t.User.is_active))
)


@dataclass(frozen=True)
class SignedIn:
    """A user with the session that was found or made. `token` is only known when it is made."""

    user: t.User
    session: t.SignedInSession
    token: str = ""


class PasswordTooShort(Exception):
    """A password of fewer than `LEAST_LENGTH` characters."""


def hash_password(password: str) -> str:
    if len(password) < LEAST_LENGTH:
        raise PasswordTooShort(f"a password needs at least {LEAST_LENGTH} characters")
    return _passwords.hash(password)


def by_password(session: Session, email: str, password: str) -> t.User | None:
    """The active user whom e-mail and password fit."""
    for user in _users(session, email):
        if fits(user, password):
            return user
    _passwords.verify(password, _NOBODY)
    return None


def fits(user: t.User, password: str) -> bool:
    """Whether it is the password of the account; no account without one has any that fits."""
    return user.password_hash is not None and _passwords.verify(password, user.password_hash)


def issue_code(session: Session, email: str, at: datetime, browser: str = "") -> tuple[t.User, str] | None:
    """A one-time code for an active user; earlier ones end. None when there is no such user.

    `browser` is a secret of the browser that asked; only with it does the code fit.
    """
    user = next(iter(_users(session, email)), None)
    if user is None:
        return None
    for old in session.exec(
        select(t.LoginCode).where(t.LoginCode.user_id == user.id, col(t.LoginCode.used_at).is_(None))
    ):
        old.used_at = at
        session.add(old)
    code = f"{secrets.randbelow(10**8):08d}"
    session.add(
        t.LoginCode(
            municipality_id=user.municipality_id,
            user_id=user.id,
            code_digest=_digest(f"{user.id}:{browser}:{code}"),
            expires_at=at + timedelta(minutes=CODE_MINUTES),
        )
    )
    return user, code


def by_code(session: Session, email: str, code: str, at: datetime, browser: str = "") -> t.User | None:
    """The user whom a fresh code fits, in the browser that asked for it; it works once. A few wrong tries end it."""
    for user in _users(session, email):
        issued = session.exec(
            select(t.LoginCode)
            .where(t.LoginCode.user_id == user.id, col(t.LoginCode.used_at).is_(None), t.LoginCode.expires_at > at)
            .with_for_update()
        ).first()
        if issued is None:
            continue
        issued.attempts += 1
        fits = secrets.compare_digest(issued.code_digest, _digest(f"{user.id}:{browser}:{code.strip()}"))
        if fits or issued.attempts >= _CODE_ATTEMPTS:
            issued.used_at = at
        session.add(issued)
        if fits:
            return user
    return None


def start_session(session: Session, user: t.User, at: datetime, hours: int) -> SignedIn:
    """A new session, with a new token whatever the browser had before."""
    token = secrets.token_urlsafe(32)
    row = t.SignedInSession(
        municipality_id=user.municipality_id,
        token_digest=_digest(token),
        user_id=user.id,
        csrf_token=secrets.token_urlsafe(24),
        created_at=at,
        last_seen_at=at,
        expires_at=at + timedelta(hours=hours),
    )
    session.add(row)
    session.flush()
    return SignedIn(user, row, token)


def by_session(session: Session, token: str, at: datetime) -> SignedIn | None:
    """Who a session token belongs to, while it is neither expired nor idle and the user is active."""
    found = session.exec(
        select(t.SignedInSession, t.User)
        .join(t.User, col(t.User.id) == col(t.SignedInSession.user_id))
        .where(t.SignedInSession.token_digest == _digest(token))
    ).first()
    if found is None:
        return None
    row, user = found
    if not user.is_active or row.expires_at <= at or row.last_seen_at + _IDLE <= at:
        return None
    return SignedIn(user, row)


def needs_touch(row: t.SignedInSession, at: datetime) -> bool:
    """Whether to note that the session is in use: at most once a minute, to spare the database."""
    return at - row.last_seen_at >= timedelta(minutes=1)


def touch(session: Session, row: t.SignedInSession, at: datetime) -> None:
    stored = session.get(t.SignedInSession, row.id)
    if stored is not None:
        stored.last_seen_at = at
        session.add(stored)


def end_session(session: Session, token: str) -> None:
    for row in session.exec(select(t.SignedInSession).where(t.SignedInSession.token_digest == _digest(token))):
        session.delete(row)


def speak(session: Session, change: Change, user: t.User, language: str) -> None:
    """Pages and mails come to the user in this language from now on."""
    stored = session.get_one(t.User, user.id)
    if stored.language == language:
        return
    stored.language = language
    session.add(stored)
    audit.write(session, change, "user.language_changed", f"user/{user.id}", language=language)


def issue_api_token(session: Session, email: str, name: str, at: datetime) -> str:
    """A token that acts as a user through the API; shown once. Raises `NotFound`."""
    user = next(iter(_users(session, email)), None)
    if user is None:
        raise NotFound(f"user {email}")
    token = f"meguru_{secrets.token_urlsafe(32)}"
    session.add(
        t.ApiToken(
            municipality_id=user.municipality_id, name=name, token_digest=_digest(token), user_id=user.id, created_at=at
        )
    )
    return token


def by_api_token(session: Session, token: str) -> t.User | None:
    return session.exec(_BY_API_TOKEN, params={"digest": _digest(token)}).first()


def _users(session: Session, email: str) -> list[t.User]:
    query = select(t.User).where(t.User.email == email.strip().lower(), col(t.User.is_active))
    return list(session.exec(query.order_by(col(t.User.id))))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
