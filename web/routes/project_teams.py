"""プロジェクトチーム: the planning division founds a team, lets people join, and dissolves it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from domain.body import SeatRole
from records import project_pages, teams
from records.change import Conflict, NotFound
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing, language_of
from web.forms import team_form
from web.forms.posted import Posted
from web.labels import options
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, project_page
from web.refused import Refused, refused_by, say

router = APIRouter()


@router.get("/desk/projects/{project_id}/team")
def show_team(
    request: Request, person: PlanningPerson, session: Reading, project_id: RowId, done: str = ""
) -> Response:
    return _page(request, session, frame_of(session, person, project_id), done=done)


@router.post("/desk/projects/{project_id}/team")
def found(
    request: Request, person: ChangingPlanningPerson, session: Writing, project_id: RowId, posted: Posted
) -> Response:
    frame = frame_of(session, person, project_id, lock=True)
    choices = team_form.choices_of(session, frame, language_of(request))
    typed, wrong = team_form.posted(posted, team_form.FOUNDING), dict[str, str]()
    on = team_form.day_of(typed, wrong)
    decision = team_form.decision_of(typed, choices, wrong)
    members = team_form.members_of(typed, choices, wrong)
    if not typed["name"]:
        wrong["name"] = "team_name_missing"
    if wrong or on is None:
        return _refuse(request, session, frame, "found", typed, wrong)
    try:
        teams.found(session, person.change, frame.project, typed["name"], members, decision, on, frame.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "found", project_id, typed)
        return _page(request, session, frame, refused, 409)
    return _to_team(project_id, "founded")


@router.post("/desk/projects/{project_id}/team/members")
def add_member(
    request: Request, person: ChangingPlanningPerson, session: Writing, project_id: RowId, posted: Posted
) -> Response:
    frame = frame_of(session, person, project_id, lock=True)
    team = teams.of_day(session, frame.project, frame.today)
    if team is None:
        raise NotFound(f"team of project {project_id}")
    choices = team_form.choices_of(session, frame, language_of(request))
    typed, wrong = team_form.posted(posted, team_form.JOINING), dict[str, str]()
    on = team_form.day_of(typed, wrong)
    role = SeatRole(typed["role"]) if typed["role"] in team_form.TEAM_ROLES else None
    member = team_form.member_of(typed, "joiner", role or SeatRole.MEMBER, choices, wrong)
    if role is None:
        wrong["role"] = "seat_role_missing"
    if member is None and not wrong:
        wrong["joiner"] = "member_missing"
    if on is not None and on < team.founded_on:
        wrong["on"] = "joins_before_founding"
    if wrong or on is None or member is None:
        return _refuse(request, session, frame, "join", typed, wrong)
    try:
        teams.add(session, person.change, frame.project, team, member, on)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "join", project_id, typed)
        return _page(request, session, frame, refused, 409)
    return _to_team(project_id, "joined")


@router.post("/desk/projects/{project_id}/team/dissolve")
def dissolve(
    request: Request, person: ChangingPlanningPerson, session: Writing, project_id: RowId, posted: Posted
) -> Response:
    frame = frame_of(session, person, project_id, lock=True)
    team = teams.of_day(session, frame.project, frame.today)
    if team is None:
        raise NotFound(f"team of project {project_id}")
    choices = team_form.choices_of(session, frame, language_of(request))
    typed, wrong = team_form.posted(posted, team_form.DISSOLVING), dict[str, str]()
    on = team_form.day_of(typed, wrong)
    decision = team_form.decision_of(typed, choices, wrong)
    if wrong or on is None:
        return _refuse(request, session, frame, "dissolve", typed, wrong)
    try:
        teams.dissolve(session, person.change, frame.project, team, decision, on, frame.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "dissolve", project_id, typed)
        return _page(request, session, frame, refused, 409)
    return _to_team(project_id, "dissolved")


def _refuse(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    form: str,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> Response:
    problems = {field: say(request, reason) for field, reason in wrong.items()}
    return _page(request, session, frame, Refused(form, frame.project.id, problems, typed), 422)


def _page(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    told = project_pages.teams_of(session, frame.project, frame.today)
    team = teams.of_day(session, frame.project, frame.today)
    language = language_of(request)
    forms = {
        "found": team_form.founding(frame),
        "join": team_form.joining(frame),
        "dissolve": team_form.dissolving(frame),
    }
    return project_page(
        request,
        "projects/team.html",
        frame,
        status,
        now=next((one for one in told if team and one.team.id == team.id), None),
        earlier=[one for one in told if not team or one.team.id != team.id],
        choices=team_form.choices_of(session, frame, language),
        places=team_form.PLACES,
        roles=options(team_form.TEAM_ROLES, language),
        typed=forms | ({refused.form: refused.typed} if refused else {}),
        refused=refused,
        done=done,
    )


def _to_team(project_id: int, done: str) -> Response:
    return RedirectResponse(f"/desk/projects/{project_id}/team?done={done}", status_code=303)
