"""Everybody's own mails: one by one or one a day, and in which language."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

import i18n
from records import mail_preferences, sign_in
from web.context import LANGUAGE_COOKIE, ChangingPerson, Person, Reading, SignedInPerson, Writing, parts_of
from web.pages import page
from web.refused import Typed, say
from web.ways_in import keep_cookie

router = APIRouter(prefix="/settings/mails")

_WISHES = {"plan": None, "at_once": False, "digest": True}
_YEAR = 365 * 24 * 3600


@router.get("")
def show_mail_settings(request: Request, person: SignedInPerson, session: Reading, done: str = "") -> Response:
    return _page(request, person, session, done=done)


@router.post("")
def change_mail_settings(
    request: Request, person: ChangingPerson, session: Writing, wish: Typed = "", language: Typed = ""
) -> Response:
    problems = {}
    if wish not in _WISHES:
        problems["wish"] = say(request, "mail_wish_missing")
    if language not in i18n.LANGUAGES:
        problems["language"] = say(request, "language_missing")
    if problems:
        return _page(request, person, session, problems, {"wish": wish, "language": language}, 422)
    mail_preferences.choose(session, person.change, person.user.id, _WISHES[wish])
    sign_in.speak(session, person.change, person.user, language)
    response = RedirectResponse("/settings/mails?done=saved", status_code=303)
    keep_cookie(response, parts_of(request), LANGUAGE_COOKIE, language, _YEAR)
    return response


def _page(
    request: Request,
    person: Person,
    session: Session,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    wish = mail_preferences.wish_of(session, person.user.id)
    stored = next(code for code, wanted in _WISHES.items() if wanted == wish)
    return page(
        request,
        "settings/mails.html",
        status,
        typed=typed or {"wish": stored, "language": person.user.language},
        plans=mail_preferences.by_plan(session, person.user.id),
        problems=problems or {},
        done=done,
    )
