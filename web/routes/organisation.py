"""組織と人事: departments and people on a day with their history, and the handover sheets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from db import tables as t
from documents.formats import Format
from documents.handover import HandoverSheet
from domain.text import typed_day
from records import department_tree, directory, handover, people, plans, reorganisation
from records.change import NotAllowed, NotFound
from web.attempts import RENDERING
from web.context import ChangingPerson, Person, Reading, SignedInPerson, language_of
from web.downloads import made_response
from web.pages import page
from web.paths import RowId

router = APIRouter()


def organising_person(person: SignedInPerson) -> Person:
    """The planning division and the administrators see to the organisation."""
    if not (person.actor.is_planning or person.actor.is_administrator):
        raise NotAllowed("organisation")
    return person


def changing_organising_person(person: ChangingPerson) -> Person:
    return organising_person(person)


OrganisingPerson = Annotated[Person, Depends(organising_person)]
ChangingOrganisingPerson = Annotated[Person, Depends(changing_organising_person)]


@router.get("/organisation")
def show_organisation(
    request: Request, person: OrganisingPerson, session: Reading, on: str = "", done: str = ""
) -> Response:
    today = reorganisation.city_day(session, person.at)
    day = typed_day(on) or today
    recorded = reorganisation.recorded(session)
    return page(
        request,
        "organisation/list.html",
        plans=plans.every(session),
        departments=directory.departments_on(session, day),
        without_post=directory.people_without_post(session, day),
        left_alone=directory.left_alone(session, day),
        pending=[r for r in recorded if r.done_at is None],
        done_before=[r for r in reversed(recorded) if r.done_at is not None],
        day=day,
        today=today,
        done=done,
    )


@router.get("/organisation/departments/{department_id}")
def show_department(
    request: Request, person: OrganisingPerson, session: Reading, department_id: RowId, on: str = ""
) -> Response:
    department = people.department(session, department_id)
    today = reorganisation.city_day(session, person.at)
    day = typed_day(on) or min(today, department.valid_until or today)
    comes_from, becomes = directory.history_of(session, department)
    return page(
        request,
        "organisation/department.html",
        plans=plans.every(session),
        department=department,
        above=department_tree.above(session, department),
        sections=department_tree.sections_of(session, department, day),
        comes_from=comes_from,
        becomes=becomes,
        holders=directory.holders_ever(session, department),
        measures=directory.measures_of(session, department, day),
        day=day,
        today=today,
    )


@router.get("/organisation/people/{user_id}")
def show_person(
    request: Request, person: OrganisingPerson, session: Reading, user_id: RowId, done: str = ""
) -> Response:
    user = find_user(session, user_id)
    today = reorganisation.city_day(session, person.at)
    return page(
        request,
        "organisation/person.html",
        plans=plans.every(session),
        user=user,
        posts=directory.posts_of(session, user),
        today=today,
        done=done,
    )


@router.get("/organisation/departments/{department_id}/handover", dependencies=[RENDERING])
def show_department_sheet(
    request: Request,
    person: OrganisingPerson,
    session: Reading,
    department_id: RowId,
    format: Format = Format.HTML,
    on: str = "",
) -> Response:
    department = people.department(session, department_id)
    today = reorganisation.city_day(session, person.at)
    day = typed_day(on) or min(today, department.valid_until or today)
    sheet = handover.of_department(session, department, day, person.at, language_of(request))
    return _sheet(session, sheet, format, f"handover-{department.code}")


@router.get("/organisation/people/{user_id}/handover", dependencies=[RENDERING])
def show_persons_sheet(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    user_id: RowId,
    format: Format = Format.HTML,
    on: str = "",
) -> Response:
    """Everybody may write down what they hand over themselves."""
    if person.user.id != user_id:
        organising_person(person)
    user = find_user(session, user_id)
    day = typed_day(on) or handover.last_day_of(session, user, reorganisation.city_day(session, person.at))
    sheet = handover.of_person(session, user, day, person.at, language_of(request))
    return _sheet(session, sheet, format, f"handover-{user.name}")


def find_user(session: Session, user_id: int) -> t.User:
    user = session.get(t.User, user_id)
    if user is None:
        raise NotFound(f"user {user_id}")
    return user


def _sheet(session: Session, sheet: HandoverSheet, format: Format, name: str) -> Response:
    document = handover.document(session, sheet)
    if format not in document.formats:
        raise NotFound(f"handover sheet as {format.value}")
    return made_response(document, format, f"{name}-{sheet.on.isoformat()}", sheet.language)
