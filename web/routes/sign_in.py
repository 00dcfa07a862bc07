"""Signing in with a password or a code by mail, signing out, and the language of the pages."""

from __future__ import annotations

import logging
import secrets
from email.utils import make_msgid
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

import i18n
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.mail_ledger import Outcome
from domain.text import half_width, named
from i18n import N_
from mail import compose
from metrics import SIGN_IN_FAILURES
from records import audit, sign_in
from records.change import NotFound
from web.addresses import local_path, page_before, refuse_foreign_pages
from web.attempts import attempts_of
from web.context import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    ChangingPerson,
    NotSignedIn,
    Parts,
    checked_csrf,
    cookie_of,
    language_of,
    parts_of,
    person_of,
)
from web.oidc_words import name_of_issuer
from web.pages import page
from web.ways_in import MEANS_COOKIE, OIDC, address_of, begin_session, drop_cookie, keep_cookie, subject_of, too_often

router = APIRouter()

EMAIL_COOKIE = "meguru_sign_in"
"""Whom the code was asked for, while the code lives."""
CODE_COOKIE = "meguru_code"
"""What this browser must bring beside the code, so that nobody else can use one that was asked for here."""
_YEAR = 365 * 86_400

_EMAIL_MISSING = N_("メールアドレスを入力してください。")
_PASSWORD_MISSING = N_("パスワードを入力してください。")
_CODE_MISSING = N_("確認コードを入力してください。")

_log = logging.getLogger("meguru.sign_in")

Typed = Annotated[str, Form()]
OwnPage = Depends(refuse_foreign_pages)


def _local_sign_in(request: Request) -> None:
    """Raises `NotFound` where people come in by the city's own sign-in only."""
    if not parts_of(request).settings.local_sign_in:
        raise NotFound("local sign-in")


Local = Depends(_local_sign_in)


@router.get("/sign-in")
def show_sign_in(request: Request, next: Annotated[str, Query()] = "/", ended: str = "") -> Response:
    try:
        person_of(request)
    except NotSignedIn:
        return _sign_in_page(request, local_path(next), ended=ended)
    return RedirectResponse(local_path(next), status_code=303)


@router.post("/sign-in", dependencies=[Local, OwnPage])
def check_password(request: Request, email: Typed = "", password: Typed = "", next: Typed = "/") -> Response:
    parts, next = parts_of(request), local_path(next)
    problems = _missing(
        request,
        email=(email, N_("メールアドレスを入力してください。")),
        password=(password, N_("パスワードを入力してください。")),
    )
    if problems:
        return _sign_in_page(request, next, email, problems, 422)
    if not attempts_of(request).may_sign_in(_account(email), address_of(request)):
        return too_often(request)
    with parts.database.reading(EVERY_MUNICIPALITY) as session:
        user = sign_in.by_password(session, half_width(email), password)
    if user is None:
        _log.warning("wrong password from %s", address_of(request))
        SIGN_IN_FAILURES.labels("password").inc()
        wrong = {"email": _say(request, N_("メールアドレスまたはパスワードが違います。もう一度入力してください。"))}
        return _sign_in_page(request, next, email, wrong, 401)
    return begin_session(request, user, next, "password")


@router.post("/sign-in/code", dependencies=[Local, OwnPage])
def ask_for_code(request: Request, background: BackgroundTasks, email: Typed = "", next: Typed = "/") -> Response:
    """Send a code by mail. The answer is the same, and as quick, whether anybody has this address."""
    parts, next = parts_of(request), local_path(next)
    problems = _missing(request, code_email=(email, _EMAIL_MISSING))
    if problems:
        return _sign_in_page(request, next, email, problems, 422)
    if not attempts_of(request).may_ask_for_code(_account(email), address_of(request)):
        return too_often(request)
    browser = secrets.token_urlsafe(16)
    background.add_task(_send_code, parts, half_width(email), browser)
    response = RedirectResponse(f"/sign-in/confirm?next={quote(next)}", status_code=303, background=background)
    keep_cookie(response, parts, EMAIL_COOKIE, quote(half_width(email)), sign_in.CODE_MINUTES * 60)
    keep_cookie(response, parts, CODE_COOKIE, browser, sign_in.CODE_MINUTES * 60)
    return response


@router.get("/sign-in/confirm", dependencies=[Local])
def show_confirm(request: Request, next: Annotated[str, Query()] = "/") -> Response:
    return _confirm_page(request, local_path(next))


@router.post("/sign-in/confirm", dependencies=[Local, OwnPage])
def check_code(request: Request, email: Typed = "", code: Typed = "", next: Typed = "/") -> Response:
    parts, next = parts_of(request), local_path(next)
    problems = _missing(
        request,
        email=(email, N_("メールアドレスを入力してください。")),
        code=(code, N_("確認コードを入力してください。")),
    )
    if problems:
        return _confirm_page(request, next, email, problems, 422)
    if not attempts_of(request).may_sign_in(_account(email), address_of(request)):
        return too_often(request)
    browser = cookie_of(request, CODE_COOKIE)
    with parts.database.writing(EVERY_MUNICIPALITY) as session:
        user = sign_in.by_code(session, half_width(email), half_width(code), parts.now(), browser)
    if user is None:
        _log.warning("wrong code from %s", address_of(request))
        SIGN_IN_FAILURES.labels("code").inc()
        text = N_("確認コードが違うか、有効期限が切れています。もう一度入力するか、新しいコードを請求してください。")
        return _confirm_page(request, next, email, {"code": _say(request, text)}, 401)
    response = begin_session(request, user, next, "code")
    for name in (EMAIL_COOKIE, CODE_COOKIE):
        drop_cookie(response, parts, name)
    return response


@router.post("/sign-out")
def sign_out(request: Request, person: ChangingPerson) -> Response:
    with parts_of(request).database.writing(person.municipality) as session:
        sign_in.end_session(session, cookie_of(request, SESSION_COOKIE))
        audit.write(session, person.change, "user.signed_out", subject_of(person.user))
    # The issuer's own page is a link on the next one: a browser lets no form lead to another site (form-action).
    elsewhere = cookie_of(request, MEANS_COOKIE) == OIDC
    response = RedirectResponse(f"/sign-in?ended={OIDC}" if elsewhere else "/sign-in", status_code=303)
    for name in (SESSION_COOKIE, MEANS_COOKIE):
        drop_cookie(response, parts_of(request), name)
    return response


@router.post("/language", dependencies=[OwnPage])
def change_language(
    request: Request, language: Typed = "ja", csrf_token: Typed = "", whose: Typed = "person"
) -> Response:
    """For the person, where one is signed in, and for this browser in any case.

    `whose` "browser": for this browser only. Pages for everybody ask so: they are the same for all, so they hold no
    token of a person.
    """
    parts = parts_of(request)
    language = language if language in i18n.LANGUAGES else "ja"
    if whose != "browser":
        try:
            person = checked_csrf(person_of(request), csrf_token)
        except NotSignedIn:
            pass
        else:
            with parts.database.writing(person.municipality) as session:
                sign_in.speak(session, person.change, person.user, language)
    response = RedirectResponse(page_before(request), status_code=303)
    keep_cookie(response, parts, LANGUAGE_COOKIE, language, _YEAR)
    return response


async def _send_code(parts: Parts, email: str, browser: str) -> None:
    """Runs after the answer has left, so that its time tells nothing."""
    issued = await run_in_threadpool(_issue_code, parts, email, browser)
    if issued is None:
        return
    user, code = issued
    name = named(user, user.language)
    letter = compose.write("login_code", user.language, recipient_name=name, code=code, minutes=sign_in.CODE_MINUTES)
    message_id = make_msgid(domain=compose.domain_of(parts.mailer.sender))
    message = compose.address(letter, parts.mailer.sender, user.email, name, message_id, parts.now())
    handed = await parts.mailer.hand_over(message)
    if handed.outcome is not Outcome.ACCEPTED:
        _log.error("a sign-in code for user/%d did not leave: %s", user.id, handed.outcome.value)


def _issue_code(parts: Parts, email: str, browser: str) -> tuple[t.User, str] | None:
    with parts.database.writing(EVERY_MUNICIPALITY) as session:
        return sign_in.issue_code(session, email, parts.now(), browser)


def _sign_in_page(
    request: Request,
    next: str,
    email: str = "",
    problems: dict[str, str] | None = None,
    status: int = 200,
    ended: str = "",
) -> Response:
    settings = parts_of(request).settings
    return page(
        request,
        "sign_in/sign_in.html",
        status,
        next=next,
        email=email,
        problems=problems or {},
        issuer=name_of_issuer(settings, language_of(request)),
        local=settings.local_sign_in,
        ended=ended,
    )


def _confirm_page(
    request: Request, next: str, email: str = "", problems: dict[str, str] | None = None, status: int = 200
) -> Response:
    email = email or unquote(cookie_of(request, EMAIL_COOKIE))
    minutes = sign_in.CODE_MINUTES
    return page(
        request, "sign_in/confirm.html", status, next=next, email=email, minutes=minutes, problems=problems or {}
    )


def _missing(request: Request, **fields: tuple[str, str]) -> dict[str, str]:
    """The fields that were left empty, each with what to say."""
    return {name: _say(request, text) for name, (value, text) in fields.items() if not value.strip()}


def _account(email: str) -> str:
    return half_width(email).lower()


def _say(request: Request, text: str) -> str:
    return i18n.translate(language_of(request), text)
