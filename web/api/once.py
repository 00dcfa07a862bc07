"""Requests that change something: the same key with the same body acts once, however often it arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header, Request, Response
from sqlmodel import Session

from records import idempotency
from records.idempotency import Answer, AnsweredBefore
from web.context import Person, parts_of

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Chosen by you, a new one for each thing you want done. The same key with the same body gives the "
        "same answer again and does nothing; with another body it is refused with 422. A refused request does not "
        "use its key up.",
    ),
]


def carried_out_once(
    request: Request, person: Person, key: str, asked: str, act: Callable[[Session], Answer]
) -> Response:
    """Carry out a request in one transaction, or give the answer that it had before; `asked` is its canonical form."""
    database, user = parts_of(request).database, person.actor.user
    try:
        with database.writing(person.municipality) as session:
            answer = idempotency.once(session, user, key, asked, person.at, lambda: act(session))
    except AnsweredBefore:
        with database.reading(person.municipality) as session:
            answer = idempotency.answered_before(session, user, key, asked)
    repeated = {"Idempotency-Replayed": "true"} if answer.is_repeated else None
    return Response(answer.body, answer.status, repeated, "application/json")


def repeatable(description: str) -> dict[str, Any]:
    """The success of such a request, for the OpenAPI document."""
    told = "`true` when this answer was given before and nothing happened now."
    header = {"description": told, "schema": {"type": "string"}}
    return {"description": description, "headers": {"Idempotency-Replayed": header}}
