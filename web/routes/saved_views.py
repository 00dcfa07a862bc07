"""保存した表示: each person's own, for any page that has filters in its address."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from records import saved_views
from records.change import Conflict
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing
from web.pages import page
from web.paths import RowId
from web.refused import Refused, Typed, refused_by
from web.view_pages import ViewPage, kept_views, page_of

router = APIRouter(prefix="/views")


@router.get("")
def show_views(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    of: Annotated[str, Query(alias="page")] = "",
    back: str = "",
    query: str = "",
    done: str = "",
) -> Response:
    """The views of one page, to rename and to delete; and to save the one that `query` says."""
    known = page_of(of)
    return _views(request, person, session, known, known.checked(back), query, done=done)


@router.post("")
def save(
    request: Request,
    person: ChangingPerson,
    session: Writing,
    page: Typed = "",
    back: Typed = "",
    query: Typed = "",
    name: Typed = "",
) -> Response:
    known = page_of(page)
    back = known.checked(back)
    try:
        view = saved_views.save(session, person.change, person.user.id, known.code, name, query, known.parameters)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "view", "new", {"name": name})
        return _views(request, person, session, known, back, query, refused, 409)
    return RedirectResponse(f"{back}?{view.query}", status_code=303)


@router.post("/{view_id}/rename")
def rename(
    request: Request, person: ChangingPerson, session: Writing, view_id: RowId, back: Typed = "", name: Typed = ""
) -> Response:
    known = page_of(saved_views.find(session, person.user.id, view_id).page)
    back = known.checked(back)
    try:
        saved_views.rename(session, person.change, person.user.id, view_id, name)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "view", view_id, {"name": name})
        return _views(request, person, session, known, back, "", refused, 409)
    return _to(known, back, "renamed")


@router.post("/{view_id}/delete")
def delete(person: ChangingPerson, session: Writing, view_id: RowId, back: Typed = "") -> Response:
    known = page_of(saved_views.find(session, person.user.id, view_id).page)
    back = known.checked(back)
    saved_views.delete(session, person.change, person.user.id, view_id)
    return _to(known, back, "deleted")


def _views(
    request: Request,
    person: Person,
    session: Session,
    known: ViewPage,
    back: str,
    query: str,
    refused: Refused | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    kept = kept_views(session, person, known, back, query)
    return page(request, "saved_views.html", status, kept=kept, refused=refused, done=done)


def _to(known: ViewPage, back: str, done: str) -> Response:
    return RedirectResponse(f"/views?{urlencode({'page': known.code, 'back': back, 'done': done})}", status_code=303)
