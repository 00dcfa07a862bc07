"""Signing in with the city's own sign-in (OpenID Connect): there, back, and its page for signing out."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.roles import Office
from i18n import translate
from metrics import SIGN_IN_FAILURES
from records import identities, people
from records.change import Change, NotFound
from records.identities import NotLetIn, Somebody
from web.addresses import local_path
from web.attempts import attempts_of
from web.context import Parts, cookie_of, language_of, parts_of
from web.oidc import JOURNEY_MINUTES, Issuer, NotBelieved, Unreachable
from web.oidc_words import REFUSALS, name_of_issuer
from web.pages import page
from web.ways_in import OIDC, address_of, begin_session, drop_cookie, keep_cookie, too_often

router = APIRouter(prefix="/sign-in/oidc")

JOURNEY_COOKIE = "meguru_journey"
_PATH = "/sign-in/oidc"

_log = logging.getLogger("meguru.sign_in")
_OAUTH_CODE = re.compile(r"[a-z_]{1,40}")


def issuer_of(request: Request) -> Issuer:
    """The city's sign-in, with what this process knows of it. Raises `NotFound` where there is none."""
    settings, state = parts_of(request).settings, request.app.state
    if not settings.oidc_issuer:
        raise NotFound("sign-in by OpenID Connect")
    if not hasattr(state, "issuer"):
        state.issuer = Issuer(settings)
    issuer: Issuer = state.issuer
    return issuer


TheIssuer = Annotated[Issuer, Depends(issuer_of)]


@router.get("")
def depart(request: Request, issuer: TheIssuer, next: str = "/") -> Response:
    """Changes nothing: it only says where to go, and what the browser must bring back."""
    parts = parts_of(request)
    at = parts.now()
    try:
        address, journey = issuer.depart(local_path(next), at)
    except Unreachable as error:
        _log.warning("sign-in by OpenID Connect: %s", error)
        return _refused(request, "unreachable")
    response = RedirectResponse(address, status_code=303)
    keep_cookie(response, parts, JOURNEY_COOKIE, issuer.sealed(journey, at), JOURNEY_MINUTES * 60, _PATH)
    return response


@router.get("/callback")
def arrive(
    request: Request, issuer: TheIssuer, state: str = "", code: str = "", error: str = "", iss: str = ""
) -> Response:
    """The one GET that changes something, since OpenID Connect sends people back by an address.

    It does so only for the browser that left with this state, and only once: the code is worth nothing afterwards.
    """
    parts = parts_of(request)
    if not attempts_of(request).may_come_back(address_of(request)):
        return too_often(request)
    response = _arrived(request, parts, issuer, state, code, error, iss)
    if response.status_code >= 400:
        SIGN_IN_FAILURES.labels(OIDC).inc()
    drop_cookie(response, parts, JOURNEY_COOKIE, _PATH)
    return response


@router.get("/sign-out")
def sign_out_there(request: Request, issuer: TheIssuer) -> Response:
    """To the issuer's page for signing out; in Meguru nobody is signed in any more."""
    address = issuer.farewell(parts_of(request).now())
    return RedirectResponse(address, status_code=303) if address else _refused(request, "no_farewell")


def _arrived(request: Request, parts: Parts, issuer: Issuer, state: str, code: str, error: str, iss: str) -> Response:
    at = parts.now()
    journey = issuer.unsealed(cookie_of(request, JOURNEY_COOKIE, _PATH), at)
    if journey is None or not secrets.compare_digest(journey.state.encode(), state.encode()):
        return _refused(request, "journey_lost")
    if error or not code:
        said = error if _OAUTH_CODE.fullmatch(error) else "something else"  # from the address: it may be any text
        _log.warning("sign-in by OpenID Connect: the issuer says %s", said)
        return _refused(request, "declined" if error == "access_denied" else "not_believed")
    try:
        somebody = issuer.arrive(journey, code, iss, at)
    except (Unreachable, NotBelieved) as problem:
        _log.warning("sign-in by OpenID Connect: %s", problem)
        return _refused(request, "unreachable" if isinstance(problem, Unreachable) else "not_believed")
    try:
        user = _account(parts, somebody)
    except NotLetIn as refusal:
        reason = "mail_unknown" if refusal.reason == "unknown" and not somebody.email else refusal.reason
        _log.warning("sign-in by OpenID Connect: no account, %s", reason)
        return _refused(request, reason, somebody.email if reason == "unknown" else "")
    return begin_session(request, user, local_path(journey.next), OIDC)


def _account(parts: Parts, somebody: Somebody) -> t.User:
    """The person's account, linked and with the office of today. Raises `NotLetIn`."""
    change = Change(identities.ACTOR, parts.now())
    offices = [(group, Office(office)) for group, office in parts.settings.offices_of_groups]
    with parts.database.reading(EVERY_MUNICIPALITY) as session:
        code = parts.settings.oidc_municipality
        try:
            only = people.municipality(session, code).id if code else None
        except NotFound:
            _log.error("MEGURU_OIDC_MUNICIPALITY: there is no municipality %r", code)
            raise NotLetIn("several") from None
        new_in = only or identities.only_municipality(session)
        try:
            found = identities.account_of(session, somebody, only)
        except NotLetIn as refusal:
            if refusal.reason != "unknown" or new_in is None or not parts.settings.oidc_creates_accounts:
                raise
            found = None
    with parts.database.writing(found.municipality_id if found else new_in or 0) as session:
        user = session.get_one(t.User, found.id) if found else identities.make_account(session, change, somebody)
        identities.take_in(session, change, user, somebody, offices)
    return user


def _refused(request: Request, reason: str, email: str = "") -> Response:
    status, what, remedy = REFUSALS[reason]
    language, settings = language_of(request), parts_of(request).settings
    name = name_of_issuer(settings, language)
    return page(
        request,
        "sign_in/refused.html",
        status,
        what=translate(language, what, name=name),
        remedy=translate(language, remedy, name=name),
        email=email,
        is_refusal=reason != "no_farewell",
        local=settings.local_sign_in and reason == "unreachable",
    )
