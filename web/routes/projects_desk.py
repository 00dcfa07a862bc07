"""The key projects on the desk: who is late and whose turn it is, a new project, and its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from db import tables as t
from domain.key_project import Cadence, KeyProjectRules
from records import key_projects, plan_pages, plans, project_pages, trigger_events
from records.change import Conflict
from records.key_projects import ProjectEditedMeanwhile
from records.plan_pages import Placed
from web.context import ChangingPlanningPerson, Person, PlanDay, PlanningPerson, Reading, Writing, language_of, plan_day
from web.forms import project_form
from web.forms.posted import Posted, revision_seen
from web.forms.project_form import ProjectForm
from web.labels import options
from web.pages import page
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, to_project
from web.refused import in_words

router = APIRouter()
_NOTHING: Mapping[str, str] = {}


@router.get("/desk/plans/{code}/projects")
def show_projects(request: Request, person: PlanningPerson, session: Reading, code: str, done: str = "") -> Response:
    plan, rules, day = _of_plan(session, person, code)
    glances = project_pages.of_plan(session, plan, day.today, day.calendar)
    return page(
        request,
        "projects/desk.html",
        plan=plan,
        rules=rules,
        today=day.today,
        definition=plans.definition_of(plan),
        projects=[(one, project_pages.turns(session, one, rules, day.calendar)) for one in glances],
        events=trigger_events.of_plan(session, plan),
        nodes={placed.row.origin_id: placed.row for placed in plan_pages.everything(_tree(session, plan, day))},
        done=done,
    )


@router.get("/desk/plans/{code}/projects/new")
def show_new(request: Request, person: PlanningPerson, session: Reading, code: str) -> Response:
    plan, rules, day = _of_plan(session, person, code)
    return _page(request, session, plan, day, project_form.empty(rules.cadence))


@router.post("/desk/plans/{code}/projects/new")
def open_project(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, posted: Posted
) -> Response:
    plan, _, day = _of_plan(session, person, code)
    form = project_form.posted(posted, _states(session, plan, day))
    if missing := form.missing(is_new=True):
        return _page(request, session, plan, day, form, 422, problems=in_words(request, missing))
    typed = form.typed
    try:
        project = key_projects.open_project(
            session,
            person.change,
            plan,
            typed["code"],
            form.texts,
            typed["goal"],
            typed["path"],
            form.nodes,
            day.today,
            cadence=Cadence(typed["cadence"]),
            mark=project_form.MARK if typed["mark"] else "",
        )
    except Conflict as conflict:
        session.rollback()
        return _page(request, session, plan, day, form, 409, problems=in_words(request, [conflict.reason]))
    return to_project(project.id, "opened")


@router.get("/desk/projects/{project_id}/edit")
def show_edit(request: Request, person: PlanningPerson, session: Reading, project_id: RowId) -> Response:
    frame = frame_of(session, person, project_id)
    return _edit(request, session, frame, _recorded(session, frame))


@router.post("/desk/projects/{project_id}/edit")
def rewrite(
    request: Request, person: ChangingPlanningPerson, session: Writing, project_id: RowId, posted: Posted
) -> Response:
    frame = frame_of(session, person, project_id, lock=True)
    form, seen = project_form.posted(posted, _states(session, frame.plan, frame.day)), revision_seen(posted)
    if missing := form.missing(is_new=False):
        return _edit(request, session, frame, form, 422, problems=in_words(request, missing), seen=seen)
    try:
        key_projects.rewrite(session, person.change, frame.project, form.texts, form.nodes, seen)
    except ProjectEditedMeanwhile:
        problems = in_words(request, ["project_changed"])
        return _edit(request, session, frame, form, 409, problems=problems, meanwhile=_recorded(session, frame))
    except Conflict as conflict:
        session.rollback()
        return _edit(request, session, frame, form, 409, problems=in_words(request, [conflict.reason]), seen=seen)
    return to_project(project_id, "rewritten")


def _of_plan(session: Session, person: Person, code: str) -> tuple[t.Plan, KeyProjectRules, PlanDay]:
    plan = plans.find(session, code)
    return plan, key_projects.rules_of(plan), plan_day(plan, person.at)


def _tree(session: Session, plan: t.Plan, day: PlanDay) -> Sequence[Placed]:
    return plan_pages.tree(session, plans.edition_in_force(session, plan, day.today).id)


def _states(session: Session, plan: t.Plan, day: PlanDay) -> list[Placed]:
    """What a project may serve: the nodes that the plan reports on."""
    return [placed for placed in plan_pages.everything(_tree(session, plan, day)) if placed.row.is_reported]


def _recorded(session: Session, frame: ProjectFrame) -> ProjectForm:
    return project_form.as_recorded(frame.project, key_projects.served_by(session, frame.project, frame.today))


def _edit(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    form: ProjectForm,
    status: int = 200,
    *,
    problems: Mapping[str, str] = _NOTHING,
    seen: int = 0,
    meanwhile: ProjectForm | None = None,
) -> Response:
    return _page(
        request,
        session,
        frame.plan,
        frame.day,
        form,
        status,
        problems=problems,
        project=frame.project,
        seen=seen or frame.project.version,
        meanwhile=meanwhile,
    )


def _page(
    request: Request,
    session: Session,
    plan: t.Plan,
    day: PlanDay,
    form: ProjectForm,
    status: int = 200,
    *,
    problems: Mapping[str, str] = _NOTHING,
    project: t.KeyProject | None = None,
    seen: int = 0,
    meanwhile: ProjectForm | None = None,
) -> Response:
    """The form of a new project, or of the texts of `project`; `meanwhile`: what somebody else wrote."""
    return page(
        request,
        "projects/edit.html",
        status,
        plan=plan,
        project=project,
        themes=_tree(session, plan, day),
        form=form,
        seen=seen,
        meanwhile=meanwhile,
        cadences=options(Cadence, language_of(request)),
        problems=problems,
    )
