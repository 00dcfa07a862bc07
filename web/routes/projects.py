"""キープロジェクト: the projects of a plan, the page of one, and what its team sets there."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from documents.formats import Format
from domain import questions
from domain.indicator import IndicatorDirection
from domain.key_project import Cadence
from domain.route import Route
from domain.text import typed_text
from records import (
    check_ins,
    key_projects,
    matters,
    plan_pages,
    project_pages,
    route,
    teams,
    trials,
    trigger_events,
)
from records.change import Conflict, NotAllowed, NotFound
from web.attempts import RENDERING
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, plan_day
from web.downloads import made_response
from web.labels import options
from web.pages import page
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, project_page, to_project
from web.refused import Refused, Typed, in_words, refused_by

router = APIRouter()


@router.get("/plans/{code}/projects")
def show_projects(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    if frame.definition.key_projects is None:
        raise NotFound(f"key projects of plan {code}")
    day = plan_day(frame.plan, person.at)
    tree = plan_pages.tree(session, frame.in_force.id)
    projects = project_pages.of_plan(session, frame.plan, day.today, day.calendar)
    return page(
        request,
        "projects/list.html",
        frame=frame,
        definition=frame.definition,
        part="projects",
        projects=projects,
        themes=project_pages.by_theme(tree, projects),
        mine={p.id for p in teams.projects_of(session, person.actor.user, day.today)},
    )


@router.get("/projects/{project_id}")
def show_project(
    request: Request, person: SignedInPerson, session: Reading, project_id: RowId, done: str = ""
) -> Response:
    return _page(request, person, session, frame_of(session, person, project_id), done=done)


@router.get("/projects/{project_id}/route.svg")
def show_route(request: Request, person: SignedInPerson, session: Reading, project_id: RowId) -> Response:
    """The picture of the route: a file of its own, so that nothing of it runs in the page."""
    from documents import route_picture  # loads the renderer of charts: only who looks at a picture waits for it

    frame, language = frame_of(session, person, project_id), language_of(request)
    drawn = route_picture.svg(_route(session, frame, language), language)
    return Response(drawn, media_type="image/svg+xml")  # made anew each time: nothing is gained by keeping it


@router.get("/projects/{project_id}/report", dependencies=[RENDERING])
def show_report(
    request: Request, person: SignedInPerson, session: Reading, project_id: RowId, format: Format = Format.HTML
) -> Response:
    """The report as things stand today; made on demand."""
    from records import key_project_report  # loads typst and docxtpl

    frame = frame_of(session, person, project_id)
    report = key_project_report.gather(session, frame.project, frame.today, language_of(request))
    if format not in report.formats:
        raise NotFound(f"report of a key project as {format.value}")
    name = f"{report.kind}-{frame.project.code}-{frame.today.isoformat()}"
    return made_response(report, format, name, language_of(request))


@router.post("/projects/{project_id}/cadence")
def set_cadence(
    request: Request, person: ChangingPerson, session: Writing, project_id: RowId, cadence: Typed = ""
) -> Response:
    frame = _to_write(session, person, project_id)
    if cadence not in set(Cadence):
        problems = in_words(request, ["cadence_missing"])
        refused = Refused("cadence", project_id, problems, {"cadence": cadence})
        return _page(request, person, session, frame, refused, 422)
    try:
        key_projects.set_cadence(session, person.change, frame.project, Cadence(cadence), frame.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "cadence", project_id, {"cadence": cadence})
        return _page(request, person, session, frame, refused, 409)
    return to_project(project_id, "cadence", "check-ins")


@router.post("/projects/{project_id}/check-ins")
def ask_for_check_in(person: ChangingPerson, session: Writing, project_id: RowId) -> Response:
    """The team wants to look now."""
    frame = frame_of(session, person, project_id, lock=True)
    check_in = check_ins.ask_by_hand(
        session, person.change, frame.rights, frame.project, frame.today, frame.day.calendar
    )
    return _to(f"/check-ins/{check_in.id}")


@router.post("/projects/{project_id}/indicators")
def add_indicator(
    request: Request,
    person: ChangingPerson,
    session: Writing,
    project_id: RowId,
    label: Typed = "",
    unit: Typed = "",
    direction: Typed = "",
    target: Typed = "",
) -> Response:
    frame = _to_write(session, person, project_id)
    typed = {"label": label, "unit": unit, "direction": direction, "target": target}
    aim = questions.number(target)
    reasons = ["target_not_a_number"] if target.strip() and aim is None else []
    if direction not in set(IndicatorDirection):
        reasons.append("indicator_direction_missing")
    if not label.strip():
        reasons.append("indicator_label_missing")
    if reasons:
        refused = Refused("indicator", project_id, in_words(request, reasons), typed)
        return _page(request, person, session, frame, refused, 422)
    try:
        key_projects.add_indicator(
            session,
            person.change,
            frame.project,
            typed_text(label),
            typed_text(unit),
            IndicatorDirection(direction),
            aim,
            frame.today,
        )
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "indicator", project_id, typed)
        return _page(request, person, session, frame, refused, 409)
    return to_project(project_id, "indicator", "figures")


def _to_write(session: Session, person: Person, project_id: int) -> ProjectFrame:
    frame = frame_of(session, person, project_id, lock=True)
    if not frame.rights.may_write:
        raise NotAllowed("write for a key project")
    return frame


def _page(
    request: Request,
    person: Person,
    session: Session,
    frame: ProjectFrame,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    from documents import route_picture_words

    project, today, calendar = frame.project, frame.today, frame.day.calendar
    asked = check_ins.of_project(session, project)
    raised = matters.of_project(session, project)
    language = language_of(request)
    way = _route(session, frame, language)
    return project_page(
        request,
        "projects/project.html",
        frame,
        status,
        glance=project_pages.glance(session, project, today, calendar),
        goals=project_pages.goals_of(session, project),
        decisions=route.of_project(session, project),
        projects={p.id: p for p in key_projects.of_plan(session, frame.plan)},
        picture=route_picture_words.summary(way, language),
        told_route=route_picture_words.told(way, language),
        check_ins=asked,
        said=project_pages.said,
        follow_ups={c.id: project_pages.follow_up(session, c) for c in asked},
        trials=trials.of_project(session, project),
        raised=[(matter, matters.stages_of(session, matter)[-1]) for matter in raised],
        events=trigger_events.of_project(session, project),
        indicators=project_pages.indicators_of(session, project),
        teams=project_pages.teams_of(session, project, today),
        cadences=options(Cadence, language),
        directions=options(IndicatorDirection, language),
        refused=refused,
        done=done,
    )


def _route(session: Session, frame: ProjectFrame, language: str) -> Route:
    from records import key_project_report

    return key_project_report.route(session, frame.project, frame.today, language)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
