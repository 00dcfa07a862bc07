"""Who calls: the bearer token's user, and a reading session of that user's municipality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from db.session import EVERY_MUNICIPALITY
from domain.clock import jst_day
from records import people, sign_in
from web.attempts import attempts_of
from web.context import Person, parts_of

_bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="meguru_…",
    description="A token of a person, issued by the administrator and shown once.",
    auto_error=False,
)


class WrongToken(Exception):
    """No token, or one that is unknown, revoked or of a person who left."""


def caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Person:
    """The person the token acts for. Raises `WrongToken`, `TooOften`."""
    if credentials is None:
        raise WrongToken
    parts = parts_of(request)
    at = parts.now()
    with parts.database.reading(EVERY_MUNICIPALITY) as session:
        user = sign_in.by_api_token(session, credentials.credentials)
        if user is None:
            raise WrongToken
        actor = people.actor_of(session, user, jst_day(at))
    attempts_of(request).count_api(user.id, parts.settings.api_requests_per_minute)
    return Person(user, actor, "", at)


Caller = Annotated[Person, Depends(caller)]


def _reading(request: Request, person: Caller) -> Iterator[Session]:
    with parts_of(request).database.reading(person.municipality) as session:
        yield session


Reading = Annotated[Session, Depends(_reading)]
