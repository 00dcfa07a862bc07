"""A request that may arrive twice is carried out once: the key is claimed in the change's own transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db import tables as t


@dataclass(frozen=True)
class Answer:
    """What a request was answered with. `is_repeated`: it was answered before, nothing happened now."""

    status: int
    body: str
    is_repeated: bool = False


class AnsweredBefore(Exception):
    """The key is taken: this transaction is over, and the answer is read in another one."""


class KeyOfAnotherRequest(Exception):
    """The key was used before for a request that said something else."""


def once(session: Session, user: int, key: str, request: str, at: datetime, act: Callable[[], Answer]) -> Answer:
    """Carry out `act` unless the user's key was answered before. Raises `AnsweredBefore`: then see `answered_before`.

    `request` is what was asked, in a canonical form. The unique (user, key) makes a second transaction
    wait for the first one. When `act` raises, the transaction ends and the key is free again: nothing
    happened, so the request may be mended and sent with the same key.
    """
    claim = t.IdempotencyKey(user_id=user, key=key, request_digest=_digest(request), status=0, body="", created_at=at)
    session.add(claim)
    try:
        session.flush()
    except IntegrityError as taken:
        raise AnsweredBefore(key) from taken
    answer = act()
    claim.status, claim.body = answer.status, answer.body
    return answer


def answered_before(session: Session, user: int, key: str, request: str) -> Answer:
    """The answer that the key had. Raises `KeyOfAnotherRequest`."""
    query = select(t.IdempotencyKey).where(t.IdempotencyKey.user_id == user, t.IdempotencyKey.key == key)
    known = session.exec(query).one()
    if known.request_digest != _digest(request):
        raise KeyOfAnotherRequest(key)
    return Answer(known.status, known.body, is_repeated=True)


def _digest(request: str) -> str:
    return hashlib.sha256(request.encode()).hexdigest()
