"""見直しのきっかけ: an event that calls for a check of one project, of those under a theme, or of all of a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.key_project import EventKind
from domain.text import typed_day, typed_text
from records import key_projects, plan_pages, plans, trigger_events
from records.change import Conflict, NotAllowed
from records.plan_pages import Placed
from web.context import (
    ChangingPerson,
    ChangingPlanningPerson,
    Person,
    PlanDay,
    PlanningPerson,
    Reading,
    SignedInPerson,
    Writing,
    language_of,
    plan_day,
)
from web.forms.posted import Posted
from web.labels import options
from web.pages import page
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, to_project
from web.refused import in_words, say

router = APIRouter()

_FIELDS = ("kind", "title", "description", "happened_on", "calls_on", "scope")
_NOTHING: Mapping[str, str] = {}


@router.get("/projects/{project_id}/events/new")
def show_for_project(request: Request, person: SignedInPerson, session: Reading, project_id: RowId) -> Response:
    frame = _to_write(session, person, project_id)
    return _page(request, frame.plan, frame.day, _empty(frame.today), project=frame.project)


@router.post("/projects/{project_id}/events/new")
def register_for_project(
    request: Request, person: ChangingPerson, session: Writing, project_id: RowId, posted: Posted
) -> Response:
    frame = _to_write(session, person, project_id, lock=True)
    typed = _typed(posted)
    problems = _register(request, person, session, frame.plan, frame.today, typed, project=frame.project)
    if problems:
        return _page(request, frame.plan, frame.day, typed, 422, project=frame.project, problems=problems)
    return to_project(project_id, "event", "events")


@router.get("/desk/plans/{code}/events/new")
def show_for_plan(request: Request, person: PlanningPerson, session: Reading, code: str) -> Response:
    plan, day, tree = _of_plan(session, person, code)
    return _page(request, plan, day, _empty(day.today), tree=tree)


@router.post("/desk/plans/{code}/events/new")
def register_for_plan(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, posted: Posted
) -> Response:
    plan, day, tree = _of_plan(session, person, code)
    typed = _typed(posted)
    nodes = {str(placed.row.id): placed.row for placed in plan_pages.everything(tree)}
    node = nodes.get(typed["scope"])
    problems = {} if node or not typed["scope"] else in_words(request, ["event_scope_unknown"])
    problems = problems or _register(request, person, session, plan, day.today, typed, node=node)
    if problems:
        return _page(request, plan, day, typed, 422, tree=tree, problems=problems)
    return RedirectResponse(f"/desk/plans/{code}/projects?done=event", status_code=303)


def _register(
    request: Request,
    person: Person,
    session: Session,
    plan: t.Plan,
    today: date,
    typed: Mapping[str, str],
    *,
    project: t.KeyProject | None = None,
    node: t.Node | None = None,
) -> dict[str, str]:
    """Record the event; what keeps it from being recorded, in words by field."""
    happened_on, calls_on = typed_day(typed["happened_on"]), typed_day(typed["calls_on"])
    days = {"happened_on": happened_on, "calls_on": calls_on}
    problems = {name: say(request, "day_not_readable") for name, day in days.items() if day is None}
    reasons = [] if typed["kind"] in set(EventKind) else ["event_kind_missing"]
    reasons += [] if typed["title"] else ["event_title_missing"]
    problems |= in_words(request, reasons)
    if problems or happened_on is None or calls_on is None:
        return problems
    kind, title, description = EventKind(typed["kind"]), typed["title"], typed["description"]
    try:
        trigger_events.register(
            session,
            person.change,
            plan,
            kind,
            title,
            description,
            happened_on,
            calls_on,
            today,
            project=project,
            node=node,
        )
    except Conflict as conflict:
        session.rollback()
        return in_words(request, [conflict.reason])
    return {}


def _to_write(session: Session, person: Person, project_id: int, *, lock: bool = False) -> ProjectFrame:
    frame = frame_of(session, person, project_id, lock=lock)
    if not frame.rights.may_write:
        raise NotAllowed("register an event")
    return frame


def _of_plan(session: Session, person: Person, code: str) -> tuple[t.Plan, PlanDay, Sequence[Placed]]:
    plan = plans.find(session, code)
    key_projects.rules_of(plan)
    day = plan_day(plan, person.at)
    return plan, day, plan_pages.tree(session, plans.edition_in_force(session, plan, day.today).id)


def _empty(today: date) -> dict[str, str]:
    """An event of today that calls for a check at once."""
    return dict.fromkeys(_FIELDS, "") | {"happened_on": today.isoformat(), "calls_on": today.isoformat()}


def _typed(posted: FormData) -> dict[str, str]:
    return {name: typed_text(str(posted.get(name, ""))) for name in _FIELDS}


def _page(
    request: Request,
    plan: t.Plan,
    day: PlanDay,
    typed: Mapping[str, str],
    status: int = 200,
    *,
    project: t.KeyProject | None = None,
    tree: Sequence[Placed] = (),
    problems: Mapping[str, str] = _NOTHING,
) -> Response:
    return page(
        request,
        "projects/event.html",
        status,
        plan=plan,
        project=project,
        definition=plans.definition_of(plan),
        nodes=plan_pages.everything(tree),
        kinds=options(EventKind, language_of(request)),
        today=day.today,
        typed=typed,
        problems=problems,
    )
