"""会議体: who sits where, for everybody; seats, chairs and secretariats for those who see to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.reference import BodyKind
from domain.text import typed_day, typed_text
from records import body_pages, people, plan_pages, plans, seats, secretariats, successors
from records.change import Conflict, NotAllowed
from web.context import (
    ChangingPerson,
    ChangingPlanningPerson,
    Person,
    PlanningPerson,
    Reading,
    SignedInPerson,
    Writing,
    language_of,
    plan_day,
)
from web.forms import seat_form
from web.forms.seat_form import PostedSitter
from web.glossary import Glossary
from web.pages import page
from web.paths import RowId
from web.refused import Refused, Typed, refused_by, say, without_reason

router = APIRouter()


@router.get("/plans/{code}/bodies")
def show_bodies(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    return page(
        request,
        "bodies/list.html",
        frame=frame,
        part="bodies",
        bodies=body_pages.of_plan(session, frame.plan, frame.today),
        glossary=Glossary(frame.definition.glossary, language_of(request)),
    )


@router.get("/desk/plans/{code}/bodies/{body}")
def show_body(
    request: Request, person: PlanningPerson, session: Reading, code: str, body: str, done: str = ""
) -> Response:
    return _body(request, person, session, plans.find(session, code), body, done=done)


@router.post("/desk/plans/{code}/bodies/{body}/seats")
def add_seat(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    code: str,
    body: str,
    sitter: PostedSitter,
    role: Typed = SeatRole.MEMBER.value,
    basis: Typed = SeatBasis.NOMINATION.value,
    department: Typed = "",
    on: Typed = "",
) -> Response:
    plan = plans.find(session, code)
    typed = {**sitter.fields, "role": role, "basis": basis, "department": department, "on": on}
    who, problems = _understood(request, session, sitter)
    begins = _day(request, on, problems)
    known = {str(d.id): d for d in people.departments_from(session, plan_day(plan, person.at).today)}
    if department and department not in known:
        problems["department"] = say(request, "seat_department_unknown")
    if role not in (SeatRole.CHAIR, SeatRole.MEMBER):
        problems["role"] = say(request, "seat_role_unknown")
    if basis not in set(SeatBasis):
        problems["basis"] = say(request, "seat_basis_missing")
    if begins is None or problems:
        return _body(request, person, session, plan, body, Refused("seat", body, problems, typed), 422)
    try:
        seats.take(
            session,
            person.change,
            plan,
            body,
            who,
            begins,
            role=SeatRole(role),
            basis=SeatBasis(basis),
            department=known.get(department),
        )
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "seat", body, typed)
        return _body(request, person, session, plan, body, refused, 409)
    return _to(f"/desk/plans/{code}/bodies/{body}", "seated")


@router.post("/desk/plans/{code}/bodies/{body}/secretariat")
def set_secretariat(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    code: str,
    body: str,
    department: Typed = "",
    on: Typed = "",
) -> Response:
    plan, problems = plans.find(session, code), dict[str, str]()
    typed = {"department": department, "on": on}
    begins = _day(request, on, problems)
    known = {str(d.id): d for d in people.departments_from(session, plan_day(plan, person.at).today)}
    if department and department not in known:
        problems["department"] = say(request, "seat_department_unknown")
    if begins is None or problems:
        return _body(request, person, session, plan, body, Refused("secretariat", body, problems, typed), 422)
    secretariats.set(session, person.change, plan, body, known.get(department), begins)
    return _to(f"/desk/plans/{code}/bodies/{body}", "secretariat")


@dataclass(frozen=True)
class _Held:
    """A seat with its plan and what day it is there."""

    seat: t.Seat
    plan: t.Plan
    today: date


@router.get("/desk/seats/{seat_id}")
def show_seat(request: Request, person: SignedInPerson, session: Reading, seat_id: RowId, done: str = "") -> Response:
    """Where the letters about a successor lead."""
    return _seat(request, person, session, _held(session, person, seat_id), done=done)


@router.post("/desk/seats/{seat_id}/successor")
def name_successor(
    request: Request, person: ChangingPerson, session: Writing, seat_id: RowId, sitter: PostedSitter, on: Typed = ""
) -> Response:
    held = _held(session, person, seat_id, lock=True)
    typed = {**sitter.fields, "on": on}
    who, problems = _understood(request, session, sitter)
    begins = _day(request, on, problems)
    if begins is None or problems:
        return _seat(request, person, session, held, Refused("successor", seat_id, problems, typed), 422)
    try:
        seats.replace(session, person.change, held.seat, who, begins)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "successor", seat_id, typed)
        return _seat(request, person, session, _held(session, person, seat_id), refused, 409)
    return _to(f"/desk/seats/{seat_id}", "replaced")


@router.post("/desk/seats/{seat_id}/vacant")
def leave_vacant(
    request: Request, person: ChangingPerson, session: Writing, seat_id: RowId, reason: Typed = ""
) -> Response:
    return _with_reason(request, person, session, seat_id, "vacant", reason)


@router.post("/desk/seats/{seat_id}/stay")
def stay(request: Request, person: ChangingPerson, session: Writing, seat_id: RowId, reason: Typed = "") -> Response:
    """Whoever was transferred goes on in the seat all the same."""
    return _with_reason(request, person, session, seat_id, "stay", reason)


@router.post("/desk/seats/{seat_id}/end")
def end_seat(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    seat_id: RowId,
    on: Typed = "",
    reason: Typed = "",
) -> Response:
    held = _held(session, person, seat_id, lock=True)
    typed, problems = {"on": on, "reason": reason}, without_reason(request, reason)
    last_day = _day(request, on, problems)
    if last_day is None or problems:
        return _seat(request, person, session, held, Refused("end", seat_id, problems, typed), 422)
    try:
        seats.end(session, person.change, held.seat, last_day, typed_text(reason))
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "end", seat_id, typed)
        return _seat(request, person, session, _held(session, person, seat_id), refused, 409)
    return _to(f"/desk/seats/{seat_id}", "ended")


@router.post("/desk/seats/{seat_id}/chair")
def take_the_chair(
    request: Request, person: ChangingPlanningPerson, session: Writing, seat_id: RowId, on: Typed = ""
) -> Response:
    """The member leads the body from a day on; whoever did so until then is a member."""
    held = _held(session, person, seat_id, lock=True)
    typed, problems = {"on": on}, dict[str, str]()
    begins = _day(request, on, problems)
    if seats.body_of(held.plan, held.seat.body).kind is not BodyKind.BODY:
        problems[""] = say(request, "seat_role_unknown")
    if begins is None or problems:
        return _seat(request, person, session, held, Refused("chair", seat_id, problems, typed), 422)
    try:
        chair = seats.give_role(session, person.change, held.seat, SeatRole.CHAIR, begins)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "chair", seat_id, typed)
        return _seat(request, person, session, _held(session, person, seat_id), refused, 409)
    return _to(f"/desk/seats/{chair.id}", "chair")


def _with_reason(request: Request, person: Person, session: Session, seat_id: int, form: str, reason: str) -> Response:
    held = _held(session, person, seat_id, lock=True)
    typed, problems = {"reason": reason}, without_reason(request, reason)
    if problems:
        return _seat(request, person, session, held, Refused(form, seat_id, problems, typed), 422)
    act = seats.leave_vacant if form == "vacant" else seats.stay
    try:
        act(session, person.change, held.seat, typed_text(reason), held.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, form, seat_id, typed)
        return _seat(request, person, session, _held(session, person, seat_id), refused, 409)
    return _to(f"/desk/seats/{seat_id}", form)


def _held(session: Session, person: Person, seat_id: int, *, lock: bool = False) -> _Held:
    """The seat, for those who may see to it. Raises `NotFound`, `NotAllowed`."""
    seat = seats.find(session, seat_id, lock=lock)
    plan = session.get_one(t.Plan, seat.plan_id)
    today = plan_day(plan, person.at).today
    if not seats.may_settle(session, seat, person.actor, today):
        raise NotAllowed(f"seat {seat_id}")
    return _Held(seat, plan, today)


def _understood(
    request: Request, session: Session, typed: seat_form.TypedSitter
) -> tuple[seats.Sitter, dict[str, str]]:
    who, problems = seat_form.understand(typed, body_pages.account_ids(session))
    return who, {field: say(request, problem) for field, problem in problems.items()}


def _day(request: Request, typed: str, problems: dict[str, str]) -> date | None:
    day = typed_day(typed)
    if day is None:
        problems["on"] = say(request, "day_not_readable")
    return day


def _body(
    request: Request,
    person: Person,
    session: Session,
    plan: t.Plan,
    body: str,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    today = plan_day(plan, person.at).today
    definition = plans.definition_of(plan)
    rules = definition.key_projects
    seen = body_pages.seen_body(session, plan, body, today)
    return page(
        request,
        "bodies/body.html",
        status,
        plan=plan,
        definition=definition,
        seen=seen,
        sits_for_departments=rules is not None and rules.leaders == body,
        without_leader=body_pages.vacancies(session, plan, today).without_leader,
        has_chair=seen.said.kind is BodyKind.BODY,
        bases=list(SeatBasis),
        default_basis=next((rule.basis for rule in seen.said.members if rule.basis), SeatBasis.NOMINATION),
        accounts=body_pages.accounts(session, today),
        departments=people.departments_from(session, today),
        today=today,
        refused=refused,
        done=done,
    )


def _seat(
    request: Request,
    person: Person,
    session: Session,
    held: _Held,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    seat, today = held.seat, held.today
    followed_by = seats.find(session, seat.replaced_by_id) if seat.replaced_by_id else None
    return page(
        request,
        "bodies/seat.html",
        status,
        plan=held.plan,
        one=body_pages.seen_seat(session, seat, today),
        followed_by=body_pages.seen_seat(session, followed_by, today).holder if followed_by else None,
        is_wanted=seats.wants_successor(seat),
        is_open=seat.replaced_by_id is None and not seat.left_reason,
        sits_still=seat.valid_until is None or seat.valid_until >= today,
        may_lead=seats.body_of(held.plan, seat.body).kind is BodyKind.BODY and seat.role is not SeatRole.CHAIR,
        obvious=[user.id for user in successors.obvious(session, seat, today)],
        accounts=body_pages.accounts(session, today),
        today=today,
        refused=refused,
        done=done,
    )


def _to(address: str, done: str) -> Response:
    return RedirectResponse(f"{address}?done={done}", status_code=303)
