"""The desk's mails: how each kind looks, a test to oneself, and what to do about those that did not arrive."""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid

import anyio.from_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

import i18n
from db import tables as t
from domain.mail_ledger import Outcome
from domain.text import named, typed_text
from letters import preview as preview_letter
from mail import compose
from mail.compose import Letter
from records import audit, inquiry_mails, mail_preview, mail_troubles, mails, plans, round_mails
from records.change import Conflict
from records.mail_preview import Previewed
from records.people import Recipient
from web.attempts import attempts_of
from web.context import (
    ChangingPlanningPerson,
    Parts,
    Person,
    PlanningPerson,
    Reading,
    Writing,
    language_of,
    parts_of,
)
from web.pages import page
from web.paths import RowId
from web.refused import Refused, Typed, refused_by
from web.ways_in import too_often

router = APIRouter(prefix="/desk/mails")


@router.get("")
def show_mails(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    show: str = "",
    plan: str = "",
    kind: str = "",
    language: str = "",
    done: str = "",
) -> Response:
    """How mails look; with `show=trouble` those that did not arrive, or may not have."""
    if show == "trouble":
        return _troubles(request, person, session, done=done)
    return _previewed(request, person, session, plan, kind, language, done)


@router.post("/test")
def send_test(
    request: Request,
    person: ChangingPlanningPerson,
    plan: Typed = "",
    kind: Typed = "",
    language: Typed = "",
) -> Response:
    """The mail that is looked at, to whoever looks; it is not in the ledger. No transaction is open meanwhile."""
    parts = parts_of(request)
    if not attempts_of(request).may_send_test(person.user.email):
        return too_often(request)
    with parts.database.reading(person.municipality) as session:
        shown = _preview(session, person, plans.find(session, plan), kind, _language(request, language))
        letter = _letter(parts, shown, person.at) if shown else None
    place = f"/desk/mails?plan={plan}&kind={kind}&language={language}"
    if letter is None or not _is_sent(parts, person, preview_letter.as_test(letter, _language(request, language))):
        return RedirectResponse(f"{place}&done=not_sent", status_code=303)
    with parts.database.writing(person.municipality) as session:
        audit.write(session, person.change, "mail.tested", f"plan/{plan}", kind=kind, language=language)
    return RedirectResponse(f"{place}&done=tested", status_code=303)


@router.get("/{mail_id}")
def show_mail(request: Request, person: PlanningPerson, session: Reading, mail_id: RowId, done: str = "") -> Response:
    return _mail(request, person, session, mail_id, done=done)


@router.post("/{mail_id}/again")
def send_again(
    request: Request, person: ChangingPlanningPerson, session: Writing, mail_id: RowId, not_arrived: Typed = ""
) -> Response:
    domain = compose.domain_of(parts_of(request).mailer.sender)
    try:
        mail_troubles.send_again(session, person.change, mail_id, bool(not_arrived), domain)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "again", mail_id, {"not_arrived": not_arrived})
        return _mail(request, person, session, mail_id, refused, 409)
    return RedirectResponse("/desk/mails?show=trouble&done=again", status_code=303)


@router.post("/{mail_id}/settle")
def settle(
    request: Request, person: ChangingPlanningPerson, session: Writing, mail_id: RowId, note: Typed = ""
) -> Response:
    try:
        mail_troubles.settle(session, person.change, mail_id, typed_text(note))
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "settle", mail_id, {"note": note})
        return _mail(request, person, session, mail_id, refused, 422 if conflict.reason == "note_missing" else 409)
    return RedirectResponse("/desk/mails?show=trouble&done=settled", status_code=303)


def _troubles(request: Request, person: Person, session: Session, done: str = "") -> Response:
    return page(
        request,
        "desk/mail_troubles.html",
        troubles=mail_troubles.of_municipality(session, person.at),
        not_reached_since=mail_troubles.not_reached_since(session),
        done=done,
    )


def _mail(
    request: Request,
    person: Person,
    session: Session,
    mail_id: int,
    refused: Refused | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    mail = mails.find(session, mail_id)
    found = inquiry_mails.find if mail.request_id is None else round_mails.find
    return page(
        request,
        "desk/mail.html",
        status,
        hand=found(session, mail_id, language_of(request)),
        trouble=mail_troubles.of_mail(session, mail_id, person.at),
        refused=refused,
        done=done,
    )


def _previewed(
    request: Request, person: Person, session: Session, code: str, kind: str, language: str, done: str
) -> Response:
    known = plans.every(session)
    plan = plans.find(session, code) if code else next(iter(known), None)
    kinds = mail_preview.kinds(plans.definition_of(plan)) if plan else ()
    chosen = kind if kind in {one.code for one in kinds} else next((one.code for one in kinds), "")
    reading = _language(request, language)
    shown = _preview(session, person, plan, chosen, reading) if plan and chosen else None
    return page(
        request,
        "desk/mails.html",
        plans=known,
        plan=plan,
        kinds=kinds,
        chosen=chosen,
        reading=reading,
        is_sample=shown is not None and shown.is_sample,
        letter=_letter(parts_of(request), shown, person.at) if shown else None,
        troubles=len(mail_troubles.of_municipality(session, person.at)),
        done=done,
    )


def _preview(session: Session, person: Person, plan: t.Plan, kind: str, language: str) -> Previewed | None:
    reader = Recipient(person.user.email, named(person.user, language), language)
    found = mail_preview.find(plans.definition_of(plan), kind)
    return mail_preview.preview(session, plan, found, reader, language, person.at)


def _letter(parts: Parts, shown: Previewed, at: datetime) -> Letter:
    return preview_letter.write(shown, str(parts.settings.base_url).rstrip("/"), parts.mailer.sender, at)


def _is_sent(parts: Parts, person: Person, letter: Letter) -> bool:
    sender, user = parts.mailer.sender, person.user
    message_id = make_msgid(domain=compose.domain_of(sender))
    try:
        message = compose.address(letter, sender, user.email, named(user, user.language), message_id, person.at)
    except compose.NotAnAddress:
        return False
    return anyio.from_thread.run(parts.mailer.hand_over, message).outcome is Outcome.ACCEPTED


def _language(request: Request, language: str) -> str:
    return language if language in i18n.LANGUAGES else language_of(request)
