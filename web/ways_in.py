"""What all ways to sign in have in common: the session they end in, its cookie, and the answer to too many tries."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

import i18n
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from i18n import N_
from records import audit, sign_in
from records.change import Change
from web.context import SESSION_COOKIE, Parts, cookie_name, cookie_of, language_of, parts_of
from web.pages import page

MEANS_COOKIE = "meguru_means"
"""How this browser signed in, to say at the end what else to sign out of."""
OIDC = "oidc"


def begin_session(request: Request, user: t.User, next: str, means: str) -> Response:
    """Into the application with a session of their own, in one transaction with its audit entry.

    Whatever session the browser had before ends: it may be somebody else's.
    """
    parts = parts_of(request)
    if before := cookie_of(request, SESSION_COOKIE):
        with parts.database.writing(EVERY_MUNICIPALITY) as session:
            sign_in.end_session(session, before)
    at, hours = parts.now(), parts.settings.session_hours
    with parts.database.writing(user.municipality_id) as session:
        signed_in = sign_in.start_session(session, user, at, hours)
        audit.write(session, Change(user.email, at, user.id), "user.signed_in", subject_of(user), means=means)
    response = RedirectResponse(next, status_code=303)
    keep_cookie(response, parts, SESSION_COOKIE, signed_in.token, hours * 3600)
    if means == OIDC:
        keep_cookie(response, parts, MEANS_COOKIE, means, hours * 3600)
    else:
        drop_cookie(response, parts, MEANS_COOKIE)
    return response


def too_often(request: Request) -> Response:
    return page(
        request,
        "problem.html",
        429,
        what=_say(request, N_("サインインの操作が続いたため、一時的に止めています")),
        remedy=_say(request, N_("15分ほど待ってから、もう一度操作してください。")),
    )


def keep_cookie(response: Response, parts: Parts, name: str, value: str, seconds: int, path: str = "/") -> None:
    name, secure = cookie_name(parts, name, path), _is_secure(parts)
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path=path)


def drop_cookie(response: Response, parts: Parts, name: str, path: str = "/") -> None:
    name, secure = cookie_name(parts, name, path), _is_secure(parts)
    response.delete_cookie(name, path=path, httponly=True, samesite="lax", secure=secure)


def _is_secure(parts: Parts) -> bool:
    return parts.settings.base_url.scheme == "https"


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def subject_of(user: t.User) -> str:
    return f"user/{user.id}"


def _say(request: Request, text: str) -> str:
    return i18n.translate(language_of(request), text)
