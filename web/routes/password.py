"""Everybody's own password, where people sign in with passwords."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from domain.password import LEAST_LENGTH
from records import accounts, sign_in
from records.change import Conflict, NotFound
from web.attempts import attempts_of
from web.context import SESSION_COOKIE, ChangingPerson, Person, Reading, SignedInPerson, Writing, parts_of
from web.pages import page
from web.refused import Typed, say
from web.ways_in import address_of, keep_cookie, too_often

router = APIRouter(prefix="/settings/password")

_FIELD_OF = {"password_wrong": "old"}


def _local_person(request: Request, person: SignedInPerson) -> Person:
    """Raises `NotFound` where nobody signs in with a password."""
    if not parts_of(request).settings.local_sign_in:
        raise NotFound("passwords")
    return person


LocalPerson = Annotated[Person, Depends(_local_person)]


@router.get("")
def show_password(request: Request, person: LocalPerson, session: Reading, done: str = "") -> Response:
    return _page(request, person, done=done)


@router.post("")
def change_password(
    request: Request,
    _: LocalPerson,
    person: ChangingPerson,
    session: Writing,
    old: Typed = "",
    new: Typed = "",
    again: Typed = "",
) -> Response:
    """Whoever is signed in with the account elsewhere must sign in again; this browser gets a new session."""
    parts = parts_of(request)
    if new != again:
        return _page(request, person, {"again": say(request, "passwords_differ")}, 422)
    if not attempts_of(request).may_sign_in(person.user.email, address_of(request)):
        return too_often(request)
    user = accounts.find(session, person.user.id)
    try:
        accounts.change_password(session, person.change, user, old, new)
    except Conflict as conflict:
        session.rollback()
        return _page(request, person, {_FIELD_OF.get(conflict.reason, "new"): say(request, conflict.reason)}, 422)
    hours = parts.settings.session_hours
    signed_in = sign_in.start_session(session, user, person.at, hours)
    response = RedirectResponse("/settings/password?done=changed", status_code=303)
    keep_cookie(response, parts, SESSION_COOKIE, signed_in.token, hours * 3600)
    return response


def _page(
    request: Request, person: Person, problems: dict[str, str] | None = None, status: int = 200, done: str = ""
) -> Response:
    """What was typed is not shown again: passwords stay out of pages."""
    return page(
        request,
        "accounts/password.html",
        status,
        has_password=person.user.password_hash is not None,
        least=LEAST_LENGTH,
        problems=problems or {},
        done=done,
    )
