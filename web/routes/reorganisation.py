"""機構改革: entering what becomes of departments, with a look at what moves before it is entered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from domain.reorganisation import SuccessionKind
from records import people, plans, reorganisation, succession
from web.context import Person, Reading, Writing, language_of
from web.forms import reorganisation_form
from web.forms.reorganisation_form import Typed, Understood
from web.labels import problem_in_words
from web.pages import page
from web.paths import RowId
from web.routes.organisation import ChangingOrganisingPerson, OrganisingPerson

router = APIRouter()


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


@router.get("/organisation/reorganisations/new")
def show_form(request: Request, person: OrganisingPerson, session: Reading, department: str = "") -> Response:
    typed = Typed(departments=(department,) if department else ())
    return _page(request, person, session, typed)


@router.post("/organisation/reorganisations/preview")
def preview(request: Request, person: ChangingOrganisingPerson, session: Reading, posted: Posted) -> Response:
    """What would move; nothing is changed."""
    typed = reorganisation_form.typed_of(posted)
    understood = reorganisation_form.understand(session, typed)
    return _page(request, person, session, typed, understood, 422 if understood.problems else 200)


@router.post("/organisation/reorganisations")
def enter(request: Request, person: ChangingOrganisingPerson, session: Writing, posted: Posted) -> Response:
    typed = reorganisation_form.typed_of(posted)
    understood = reorganisation_form.understand(session, typed)
    if understood.problems:
        return _page(request, person, session, typed, understood, 422)
    for one in understood.successions:
        reorganisation.enter(session, person.change, one)
    return RedirectResponse("/organisation?done=entered", status_code=303)


@router.post("/organisation/reorganisations/{succession_id}/withdraw")
def withdraw(person: ChangingOrganisingPerson, session: Writing, succession_id: RowId) -> Response:
    reorganisation.withdraw(session, person.change, succession_id)
    return RedirectResponse("/organisation?done=withdrawn", status_code=303)


def _page(
    request: Request,
    person: Person,
    session: Session,
    typed: Typed,
    understood: Understood | None = None,
    status: int = 200,
) -> Response:
    language, today = language_of(request), reorganisation.city_day(session, person.at)
    made = understood.successions if understood else ()
    problems = understood.problems if understood else {}
    return page(
        request,
        "organisation/reorganisation.html",
        status,
        plans=plans.every(session),
        typed=typed,
        kinds=list(SuccessionKind),
        departments=people.departments_from(session, today),
        problems={name: problem_in_words(problem, language) for name, problem in problems.items()},
        moves=[(one, succession.moves_of(session, one)) for one in made],
        shares=understood.shares if understood else (),
        successors=understood.successors if understood else (),
        today=today,
    )
