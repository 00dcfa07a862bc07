"""人事異動: somebody leaves and takes posts, with a look at what that means before it is entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.clock import jst_day
from records import directory, people, plans, reorganisation, transfers
from records.change import Conflict
from records.transfers import Preview
from web.context import Person, Reading, Writing, language_of
from web.forms import transfer_form
from web.forms.transfer_form import RANKS, Typed, Understood
from web.labels import problem_in_words
from web.pages import page
from web.paths import RowId
from web.routes.organisation import ChangingOrganisingPerson, OrganisingPerson, find_user

router = APIRouter()
_FIELD_OF = {"appointment_not_held": "leaves", "nothing_transferred": "leaves"}


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


@router.get("/organisation/people/{user_id}/transfer")
def show_form(request: Request, person: OrganisingPerson, session: Reading, user_id: RowId) -> Response:
    return _page(request, person, session, find_user(session, user_id), Typed())


@router.post("/organisation/people/{user_id}/transfer/preview")
def preview(
    request: Request, person: ChangingOrganisingPerson, session: Reading, user_id: RowId, posted: Posted
) -> Response:
    """Who is there afterwards and what ends; nothing is changed."""
    user, typed = find_user(session, user_id), transfer_form.typed_of(posted)
    understood = transfer_form.understand(session, typed, directory.posts_of(session, user))
    if understood.problems:
        return _page(request, person, session, user, typed, understood.problems, status=422)
    try:
        seen = transfers.preview(session, user, understood.leaves, understood.takes, understood.on)
    except Conflict as conflict:
        return _page(request, person, session, user, typed, _problem(conflict), status=409)
    return _page(request, person, session, user, typed, understood=understood, seen=seen)


@router.post("/organisation/people/{user_id}/transfer")
def transfer(
    request: Request, person: ChangingOrganisingPerson, session: Writing, user_id: RowId, posted: Posted
) -> Response:
    user, typed = find_user(session, user_id), transfer_form.typed_of(posted)
    understood = transfer_form.understand(session, typed, directory.posts_of(session, user))
    if understood.problems:
        return _page(request, person, session, user, typed, understood.problems, status=422)
    try:
        transfers.transfer(session, person.change, user, understood.leaves, understood.takes, understood.on)
    except Conflict as conflict:
        session.rollback()
        return _page(request, person, session, user, typed, _problem(conflict), status=409)
    return RedirectResponse(f"/organisation/people/{user_id}?done=transferred", status_code=303)


def _page(
    request: Request,
    person: Person,
    session: Session,
    user: t.User,
    typed: Typed,
    problems: Mapping[str, str] | None = None,
    *,
    understood: Understood | None = None,
    seen: Preview | None = None,
    status: int = 200,
) -> Response:
    language = language_of(request)
    today = reorganisation.city_day(session, person.at)
    return page(
        request,
        "organisation/transfer.html",
        status,
        plans=plans.every(session),
        user=user,
        posts=[
            (transfer_form.post_name(post.department, post.appointment.rank), post)
            for post in directory.posts_of(session, user)
            if post.appointment.valid_until is None or post.appointment.valid_until >= today
        ],
        departments=people.departments_from(session, today),
        ranks=RANKS,
        typed=typed,
        problems={name: problem_in_words(problem, language) for name, problem in (problems or {}).items()},
        understood=understood,
        seen=seen,
        today=today,
        real_today=jst_day(person.at),
    )


def _problem(conflict: Conflict) -> dict[str, str]:
    return {_FIELD_OF.get(conflict.reason, ""): conflict.reason}
