"""Sessions, one-time codes and API tokens. Only digests of secrets are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime


class SignedInSession(Scoped, table=True):
    id: int = Field(default=None, primary_key=True)
    token_digest: str = Field(unique=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    csrf_token: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class LoginCode(Scoped, table=True):
    """A one-time code sent by mail; valid for minutes, for one sign-in, for few attempts."""

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    code_digest: str
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0


class ExternalIdentity(Scoped, table=True):
    """An account's name at the city's own sign-in (OpenID Connect): `subject` is fixed there, a mail address is not."""

    __table_args__ = (UniqueConstraint("issuer", "subject", "municipality_id"),)

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    issuer: str
    subject: str
    linked_at: datetime = Field(sa_type=UtcDateTime)


class ApiToken(Scoped, table=True):
    """A token that acts as its user through the API."""

    id: int = Field(default=None, primary_key=True)
    name: str
    token_digest: str = Field(unique=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdempotencyKey(Scoped, table=True):
    """The answer given to a POST with this key, so that a repeated one gets the same."""

    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id")
    key: str
    request_digest: str
    status: int
    body: str
    created_at: datetime = Field(sa_type=UtcDateTime)
