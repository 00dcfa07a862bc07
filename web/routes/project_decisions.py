"""進め方の決定: what a status check comes to. The team decides itself, or lays it before the body that decides."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from domain.key_project import RouteOutcome
from records import matters, route
from records.change import Conflict, NotAllowed
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of
from web.forms import route_form
from web.forms.posted import Posted
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, project_page, to_project
from web.refused import Refused, in_words, refused_by

router = APIRouter()


@router.get("/projects/{project_id}/decisions/new")
def show_decision(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    project_id: RowId,
    outcome: str = "",
    check_in: str = "",
) -> Response:
    return _page(request, session, _to_decide(session, person, project_id), {"outcome": outcome, "check_in": check_in})


@router.post("/projects/{project_id}/decisions/new")
def decide(request: Request, person: ChangingPerson, session: Writing, project_id: RowId, posted: Posted) -> Response:
    frame = _to_decide(session, person, project_id, lock=True)
    typed = route_form.posted(posted)
    outcome = route_form.outcome_of(typed)
    if outcome is None:
        problems = in_words(request, ["route_outcome_missing"])
        return _page(request, session, frame, typed, Refused("route", project_id, problems, typed), 422)
    step = route_form.step_of(typed, outcome)
    if reasons := route_form.wrong_with(typed, step, frame):
        refused = Refused("route", project_id, in_words(request, reasons), typed)
        return _page(request, session, frame, typed, refused, 422)
    check_in = route_form.check_in_of(session, frame, typed["check_in"])
    change, rights, today = person.change, frame.rights, frame.today
    wanted_by = route_form.wanted_by(typed)
    try:
        if not frame.rules.decides(outcome):
            route.decide(session, change, rights, frame.project, step, today, check_in=check_in)
            return to_project(project_id, "decided", "route")
        assert wanted_by is not None
        matters.raise_matter(
            session,
            change,
            rights,
            frame.plan,
            typed["title"],
            typed["question"],
            typed["papers"],
            wanted_by,
            today,
            frame.day.calendar,
            project=frame.project,
            proposal=step,
            check_in=check_in,
        )
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "route", project_id, typed)
        return _page(request, session, frame, typed, refused, 409)
    return to_project(project_id, "raised", "matters")


def _to_decide(session: Session, person: Person, project_id: int, *, lock: bool = False) -> ProjectFrame:
    frame = frame_of(session, person, project_id, lock=lock)
    if not frame.rights.may_decide:
        raise NotAllowed("decide on the route")
    if not frame.is_running:
        raise Conflict("project_not_running")
    return frame


def _page(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    typed: Mapping[str, str],
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    language, outcome = language_of(request), route_form.outcome_of(typed)
    check_in = route_form.check_in_of(session, frame, typed["check_in"])
    shown = typed if refused else None
    return project_page(
        request,
        "projects/decision.html",
        frame,
        status,
        route=route_form.route_form(session, frame, outcome, check_in, language, shown) if outcome else None,
        outcomes=[(one, route_form.decider(frame, one)) for one in RouteOutcome],
        check_in=check_in,
        refused=refused,
    )
