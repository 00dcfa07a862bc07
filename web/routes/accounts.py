"""アカウント: who may sign in, in which office, and by what; the administrators of a city see to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Annotated

import anyio.from_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

import i18n
from db import tables as t
from domain.clock import jst_day
from domain.mail_ledger import Outcome
from domain.roles import Office
from domain.text import named
from mail import compose
from records import account_pages, accounts, directory, identities, people, transfers
from records.account_pages import Standing, Wanted
from records.change import Conflict, NotAllowed
from web.account_words import STANDINGS
from web.context import ChangingPerson, Parts, Person, Reading, SignedInPerson, Writing, language_of, parts_of
from web.forms import account_form
from web.forms.account_form import Typed
from web.forms.posted import Posted
from web.forms.transfer_form import RANKS
from web.labels import label, problem_in_words
from web.oidc_words import name_of_issuer
from web.pages import page
from web.paths import RowId

router = APIRouter(prefix="/admin/accounts")

_FIELD_OF = {"last_administrator": "office", "department_not_there": "department"}


def administering_person(person: SignedInPerson) -> Person:
    if not person.actor.is_administrator:
        raise NotAllowed("accounts")
    return person


def changing_administering_person(person: ChangingPerson) -> Person:
    return administering_person(person)


Administrator = Annotated[Person, Depends(administering_person)]
ChangingAdministrator = Annotated[Person, Depends(changing_administering_person)]


@router.get("")
def show_accounts(
    request: Request,
    person: Administrator,
    session: Reading,
    q: str = "",
    office: str = "",
    standing: str = "",
    page_number: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    language = language_of(request)
    wanted = Wanted(
        q.strip(),
        Office(office) if office in set(Office) else None,
        Standing(standing) if standing in set(Standing) else None,
    )
    number = int(page_number) if page_number.isascii() and page_number.isdigit() and len(page_number) < 6 else 1
    everything = [("", i18n.translate(language, "すべて"))]
    return page(
        request,
        "accounts/list.html",
        found=account_pages.listed(session, wanted, jst_day(person.at), number),
        q=q.strip(),
        office=office,
        standing=standing,
        offices=everything + _offices(language),
        standings=everything + [(one.value, i18n.translate(language, text)) for one, text in STANDINGS.items()],
        standing_words=_standing_words(language),
    )


@router.get("/new")
def show_new(request: Request, person: Administrator, session: Reading) -> Response:
    return _new_page(request, person, session, Typed(on=jst_day(person.at).isoformat(), invite="yes"))


@router.post("")
def create(request: Request, person: ChangingAdministrator, posted: Posted) -> Response:
    typed = account_form.typed_of(posted)
    with parts_of(request).database.writing(person.municipality) as session:
        understood = account_form.understand(session, typed)
        if understood.problems:
            return _new_page(request, person, session, typed, understood.problems, 422)
        user = accounts.create(session, person.change, understood.described)
        if understood.post is not None:
            post, on = understood.post
            transfers.transfer(session, person.change, user, (), (post,), on)
    done = _invite(request, person, user) if typed.invite else "created"
    return RedirectResponse(f"/admin/accounts/{user.id}?done={done}", status_code=303)


@router.get("/{user_id}")
def show_account(request: Request, person: Administrator, session: Reading, user_id: RowId, done: str = "") -> Response:
    return _account_page(request, person, session, accounts.find(session, user_id), done=done)


@router.post("/{user_id}")
def describe(
    request: Request, person: ChangingAdministrator, session: Writing, user_id: RowId, posted: Posted
) -> Response:
    user, typed = accounts.find(session, user_id), account_form.typed_of(posted)
    understood = account_form.understand(session, typed, user)
    if understood.problems:
        return _account_page(request, person, session, user, typed, understood.problems, 422)
    try:
        accounts.describe(session, person.change, user, understood.described)
    except Conflict as conflict:
        session.rollback()
        problem = {_FIELD_OF.get(conflict.reason, ""): conflict.reason}
        return _account_page(request, person, session, user, typed, problem, 409)
    # Who gave the administrator's office away may not look at accounts any more.
    keeps_office = user.id != person.user.id or user.office is Office.ADMINISTRATOR
    return RedirectResponse(f"/admin/accounts/{user_id}?done=changed" if keeps_office else "/", status_code=303)


@router.post("/{user_id}/invite")
def invite(request: Request, person: ChangingAdministrator, session: Reading, user_id: RowId) -> Response:
    user = accounts.find(session, user_id)
    if not user.is_active:
        return _account_page(request, person, session, user, problems={"": "account_blocked"}, status=409)
    return RedirectResponse(f"/admin/accounts/{user_id}?done={_invite(request, person, user)}", status_code=303)


@router.post("/{user_id}/block")
def block(request: Request, person: ChangingAdministrator, session: Writing, user_id: RowId) -> Response:
    return _acted(
        request, person, session, user_id, "blocked", lambda u: accounts.block(session, person.change, u.email)
    )


@router.post("/{user_id}/unblock")
def unblock(request: Request, person: ChangingAdministrator, session: Writing, user_id: RowId) -> Response:
    return _acted(
        request, person, session, user_id, "unblocked", lambda u: accounts.unblock(session, person.change, u.email)
    )


@router.post("/{user_id}/end-sessions")
def end_sessions(request: Request, person: ChangingAdministrator, session: Writing, user_id: RowId) -> Response:
    return _acted(
        request, person, session, user_id, "sessions_ended", lambda u: accounts.end_sessions(session, person.change, u)
    )


@router.post("/{user_id}/revoke-tokens")
def revoke_tokens(request: Request, person: ChangingAdministrator, session: Writing, user_id: RowId) -> Response:
    return _acted(
        request,
        person,
        session,
        user_id,
        "tokens_revoked",
        lambda u: accounts.revoke_tokens(session, person.change, u.email),
    )


@router.post("/{user_id}/unlink")
def unlink(request: Request, person: ChangingAdministrator, session: Writing, user_id: RowId) -> Response:
    return _acted(request, person, session, user_id, "unlinked", lambda u: identities.unlink(session, person.change, u))


def _acted(
    request: Request, person: Person, session: Session, user_id: int, done: str, act: Callable[[t.User], object]
) -> Response:
    """Back to the account after one button, or its page with why not."""
    user = accounts.find(session, user_id)
    try:
        act(user)
    except Conflict as conflict:
        session.rollback()
        return _account_page(request, person, session, user, problems={"": conflict.reason}, status=409)
    return RedirectResponse(f"/admin/accounts/{user_id}?done={done}", status_code=303)


def _invite(request: Request, person: Person, user: t.User) -> str:
    """Tell somebody by mail how to sign in; it holds no secret. Whoever pressed the button waits for its end.

    No transaction is open meanwhile: a mail server may take its time.
    """
    parts = parts_of(request)
    with parts.database.reading(person.municipality) as session:
        city = session.get_one(t.Municipality, user.municipality_id)
    try:
        letter = _invitation(parts, user, named(city, user.language), name_of_issuer(parts.settings, user.language))
    except compose.NotAnAddress:
        return "not_invited"
    if anyio.from_thread.run(parts.mailer.hand_over, letter).outcome is not Outcome.ACCEPTED:
        return "not_invited"
    with parts.database.writing(person.municipality) as session:
        accounts.invited(session, person.change, user)
    return "invited"


def _invitation(parts: Parts, user: t.User, municipality: str, issuer: str) -> EmailMessage:
    name, sender = named(user, user.language), parts.mailer.sender
    letter = compose.write(
        "invitation",
        user.language,
        recipient_name=name,
        municipality=municipality,
        email=user.email,
        link=f"{str(parts.settings.base_url).rstrip('/')}/sign-in",
        issuer=issuer,
        local=parts.settings.local_sign_in,
    )
    return compose.address(letter, sender, user.email, name, make_msgid(domain=compose.domain_of(sender)), parts.now())


def _new_page(
    request: Request,
    person: Person,
    session: Session,
    typed: Typed,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    language = language_of(request)
    return page(
        request,
        "accounts/new.html",
        status,
        typed=typed,
        problems=_in_words(problems, language),
        offices=_offices(language),
        departments=people.departments_from(session, jst_day(person.at)),
        ranks=RANKS,
    )


def _account_page(
    request: Request,
    person: Person,
    session: Session,
    user: t.User,
    typed: Typed | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    language = language_of(request)
    today = jst_day(person.at)
    settings = parts_of(request).settings
    return page(
        request,
        "accounts/account.html",
        status,
        user=user,
        typed=typed or account_form.typed_from(user),
        problems=_in_words(problems, language),
        offices=_offices(language),
        posts=[p for p in directory.posts_of(session, user) if (p.appointment.valid_until or today) >= today],
        ways_in=account_pages.ways_in(session, user, person.at),
        last_sign_in=account_pages.last_sign_ins(session, [user.id]).get(user.id),
        standing=account_pages.standing_of(user).value,
        standing_words=_standing_words(language),
        is_oneself=user.id == person.user.id,
        issuer=name_of_issuer(settings, language),
        local=settings.local_sign_in,
        by_groups=[label(Office(office), language) for office in {office for _, office in settings.offices_of_groups}],
        today=today,
        done=done,
        not_invited=problem_in_words("invitation_not_sent", language),
    )


def _in_words(problems: Mapping[str, str] | None, language: str) -> dict[str, str]:
    return {name: problem_in_words(problem, language) for name, problem in (problems or {}).items()}


def _offices(language: str) -> list[tuple[str, str]]:
    return [(office.value, label(office, language)) for office in Office]


def _standing_words(language: str) -> dict[str, str]:
    return {one.value: i18n.translate(language, text) for one, text in STANDINGS.items()}
