"""付議事項: raising one, its way through the bodies, and what the body that has it answers."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.key_project import RouteOutcome
from domain.matter import MatterOutcome, MatterState
from domain.project_rights import ProjectRights
from domain.text import typed_day, typed_text
from records import attachments, matter_pages, matters, plan_pages, plans
from records.change import Conflict, NotAllowed, NotFound
from web.context import ChangingPerson, Person, PlanDay, Reading, SignedInPerson, Writing, language_of, plan_day
from web.forms import matter_form, route_form
from web.forms.posted import Posted
from web.pages import page
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, project_page
from web.refused import Refused, Typed, in_words, refused_by, say, without_reason

router = APIRouter()


@router.get("/plans/{code}/matters")
def show_matters(
    request: Request, person: SignedInPerson, session: Reading, code: str, body: str = "", state: str = ""
) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    if frame.definition.key_projects is None:
        raise NotFound(f"matters of plan {code}")
    day = plan_day(frame.plan, person.at)
    line = frame.definition.key_projects.matter.line
    listed = matter_pages.of_plan(session, frame.plan, day.today, day.calendar, body=body, state=state)
    return page(
        request,
        "matters/list.html",
        frame=frame,
        part="matters",
        listed=listed,
        bodies=[one for one in frame.definition.bodies if one.code in line],
        states=list(MatterState),
        body=body,
        state=state,
    )


@router.get("/projects/{project_id}/matters/new")
def show_form(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    project_id: RowId,
    outcome: str = "",
    check_in: str = "",
) -> Response:
    frame = _to_raise(session, person, project_id)
    typed = _suggested(request, session, frame, {"outcome": outcome, "check_in": check_in})
    return _form(request, session, frame, typed)


@router.post("/projects/{project_id}/matters/new")
def raise_matter(
    request: Request, person: ChangingPerson, session: Writing, project_id: RowId, posted: Posted
) -> Response:
    frame = _to_raise(session, person, project_id, lock=True)
    typed = matter_form.posted(posted, matter_form.RAISED)
    step = matter_form.step_of(typed)
    if reasons := matter_form.wrong_with_raising(typed, step, frame.project):
        refused = Refused("matter", project_id, in_words(request, reasons), typed)
        return _form(request, session, frame, typed, refused, 422)
    wanted_by = typed_day(typed["wanted_by"])
    assert wanted_by is not None
    try:
        matter = matters.raise_matter(
            session,
            person.change,
            frame.rights,
            frame.plan,
            typed["title"],
            typed["question"],
            typed["papers"],
            wanted_by,
            frame.today,
            frame.day.calendar,
            project=frame.project,
            proposal=step,
            check_in=route_form.check_in_of(session, frame, typed["check_in"]),
        )
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "matter", project_id, typed)
        return _form(request, session, frame, typed, refused, 409)
    return _to(matter.id, "raised")


@router.get("/matters/{matter_id}")
def show_matter(
    request: Request, person: SignedInPerson, session: Reading, matter_id: RowId, done: str = ""
) -> Response:
    return _matter(request, person, session, matter_id, done=done)


@router.post("/matters/{matter_id}/answer")
def answer(request: Request, person: ChangingPerson, session: Writing, matter_id: RowId, posted: Posted) -> Response:
    """What the body that has the matter decided."""
    matter, _, day = _found(session, person, matter_id, lock=True)
    seen = matter_pages.seen(session, matter, person.actor, day.today, day.calendar)
    if not seen.may_answer:
        raise NotAllowed("answer a matter") if seen.waiting else Conflict("matter_closed")
    typed = matter_form.posted(posted, ("decided_on", *matter_form.ANSWERED))
    given, decided_on = matter_form.answer_of(typed, seen.outcomes), typed_day(typed["decided_on"])
    problems = {
        matter_form.field_of(reason, given): say(request, reason)
        for reason in reversed(matter_form.wrong_with_step(given, seen.project))
    }
    if given.outcome is None:
        problems["outcome"] = say(request, "not_an_answer")
    if decided_on is None:
        problems["decided_on"] = say(request, "day_not_readable")
    if not isinstance(given.outcome, MatterOutcome) or decided_on is None or problems:
        return _matter(request, person, session, matter_id, Refused("answer", matter_id, problems, typed), 422)
    try:
        matters.answer(
            session,
            person.change,
            person.actor,
            matter,
            given.outcome,
            given.comment,
            given.minutes,
            decided_on,
            day.today,
            day.calendar,
            instead=given.instead,
        )
    except Conflict as conflict:
        session.rollback()
        field = matter_form.field_of(conflict.reason, given)
        refused = Refused("answer", matter_id, {field: say(request, conflict.reason)}, typed)
        status = 422 if field in ("comment", "decided_on") else 409
        return _matter(request, person, session, matter_id, refused, status)
    return _to(matter_id, "answered")


@router.post("/matters/{matter_id}/withdraw")
def withdraw(
    request: Request, person: ChangingPerson, session: Writing, matter_id: RowId, reason: Typed = ""
) -> Response:
    matter, rights, day = _found(session, person, matter_id, lock=True)
    typed, problems = {"reason": reason}, without_reason(request, reason)
    if problems and rights.may_decide:
        return _matter(request, person, session, matter_id, Refused("withdraw", matter_id, problems, typed), 422)
    try:
        matters.withdraw(session, person.change, rights, matter, typed_text(reason), day.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "withdraw", matter_id, typed)
        return _matter(request, person, session, matter_id, refused, 409)
    return _to(matter_id, "withdrawn")


@router.post("/matters/{matter_id}/wanted-by")
def want_by(
    request: Request, person: ChangingPerson, session: Writing, matter_id: RowId, wanted_by: Typed = ""
) -> Response:
    """Another day by which the answer is wanted."""
    matter, rights, day = _found(session, person, matter_id, lock=True)
    typed, wanted = {"wanted_by": wanted_by}, typed_day(wanted_by)
    if wanted is None and rights.may_decide:
        problems = {"wanted_by": say(request, "day_not_readable")}
        return _matter(request, person, session, matter_id, Refused("wanted", matter_id, problems, typed), 422)
    try:
        matters.want_by(session, person.change, rights, matter, wanted or day.today, day.today, day.calendar)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "wanted", matter_id, typed)
        return _matter(request, person, session, matter_id, refused, 409)
    return _to(matter_id, "wanted")


def _found(
    session: Session, person: Person, matter_id: int, *, lock: bool = False
) -> tuple[t.Matter, ProjectRights, PlanDay]:
    """A matter with what the person may do as who raised it, and the day it is for its plan."""
    matter = matters.find(session, matter_id, lock=lock)
    day = plan_day(session.get_one(t.Plan, matter.plan_id), person.at)
    return matter, matter_pages.rights_in(session, matter, person.actor, day.today), day


def _to_raise(session: Session, person: Person, project_id: int, *, lock: bool = False) -> ProjectFrame:
    frame = frame_of(session, person, project_id, lock=lock)
    if not frame.rights.may_decide:
        raise NotAllowed("raise a matter")
    return frame


def _suggested(request: Request, session: Session, frame: ProjectFrame, asked: Mapping[str, str]) -> dict[str, str]:
    """An empty form; for an outcome with what the record suggests."""
    outcome = route_form.outcome_of(asked)
    check_in = route_form.check_in_of(session, frame, asked["check_in"])
    wanted = frame.day.calendar.shift(frame.today, frame.rules.matter.answer_within_days)
    found = dict.fromkeys(matter_form.RAISED, "") | {"wanted_by": wanted.isoformat()}
    if outcome is not None:
        said = route_form.route_form(session, frame, outcome, check_in, language_of(request)).typed
        found |= {name: said[name] for name in matter_form.RAISED if said[name]}
    return found | {"check_in": str(check_in.id) if check_in else ""}


def _form(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    typed: Mapping[str, str],
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    first = frame.rules.matter.line[0]
    return project_page(
        request,
        "matters/new.html",
        frame,
        status,
        body=next((body for body in frame.definition.bodies if body.code == first), None),
        outcomes=list(RouteOutcome),
        targets=matter_pages.other_projects(session, frame.plan, frame.project),
        typed=typed,
        problems=refused.problems if refused else {},
    )


def _matter(
    request: Request,
    person: Person,
    session: Session,
    matter_id: int,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    matter = matters.find(session, matter_id)
    plan = session.get_one(t.Plan, matter.plan_id)
    day = plan_day(plan, person.at)
    seen = matter_pages.seen(session, matter, person.actor, day.today, day.calendar)
    return page(
        request,
        "matters/matter.html",
        status,
        seen=seen,
        matter=matter,
        attached=attachments.of_matter(session, matter),
        plan=plan,
        definition=plans.definition_of(plan),
        route_outcomes=list(RouteOutcome),
        targets=matter_pages.other_projects(session, plan, seen.project) if seen.may_answer else [],
        today=day.today,
        refused=refused,
        done=done,
    )


def _to(matter_id: int, done: str) -> Response:
    return RedirectResponse(f"/matters/{matter_id}?done={done}", status_code=303)
