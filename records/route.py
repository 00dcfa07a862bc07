"""The route of a key project: what its status checks came to. Decisions are only added; old goals stay visible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain.key_project import ENDING, ProjectState, RouteOutcome, RouteProblem, RouteStep, route_problems
from domain.project_rights import ProjectRights
from records import audit, check_ins, key_projects
from records.change import Change, Conflict, NotAllowed


def decide(
    session: Session,
    change: Change,
    rights: ProjectRights,
    project: t.KeyProject,
    step: RouteStep,
    today: date,
    *,
    check_in: t.CheckIn | None = None,
) -> t.RouteDecision:
    """What the team decides itself. Raises `NotAllowed`, and `Conflict` with a `RouteProblem`'s code or `body_decides`:
    then the team raises a matter (`records/matters.py`).
    """
    if not rights.may_decide:
        raise NotAllowed("decide on the route")
    if key_projects.rules_of(key_projects.plan_of(session, project)).decides(step.outcome):
        raise Conflict("body_decides")
    return take(session, change, project, step, today, by="", check_in=check_in)


def take(
    session: Session,
    change: Change,
    project: t.KeyProject,
    step: RouteStep,
    on: date,
    *,
    by: str,
    check_in: t.CheckIn | None = None,
    matter: t.Matter | None = None,
) -> t.RouteDecision:
    """Record a decision of the team or of a body (`by`) and let it take effect. Raises `Conflict`."""
    check(session, project, step)
    if step.outcome in (RouteOutcome.CHANGE_GOAL, RouteOutcome.SCALE):
        project.goal = step.goal.strip() or project.goal
    if step.outcome is not RouteOutcome.CONTINUE:
        project.path = step.path.strip() or project.path
    decision = t.RouteDecision(
        project_id=project.id,
        check_in_id=check_in.id if check_in else None,
        matter_id=matter.id if matter else None,
        outcome=step.outcome,
        reason=step.reason.strip(),
        goal=project.goal,
        path=project.path,
        merged_into_id=step.merged_into if step.outcome is RouteOutcome.MERGE else None,
        decided_on=on,
        decided_by=by,
        recorded_at=change.at,
        recorded_by_id=change.user,
    )
    session.add(decision)
    if step.outcome in ENDING:
        _end(session, change, project, decision, on)
    session.add(project)
    session.flush()
    key_projects.tell(session, change, project, on)
    audit.write(session, change, "project.route_decided", project.workflow_id, outcome=step.outcome.value, by=by)
    return decision


def check(session: Session, project: t.KeyProject, step: RouteStep) -> None:
    """Raises `Conflict` with the code of what keeps a decision from being taken."""
    for problem in route_problems(step, project.state, project.id):
        raise Conflict(problem.value)
    if step.outcome is RouteOutcome.MERGE:
        into = session.get(t.KeyProject, step.merged_into)
        if into is None or into.plan_id != project.plan_id or into.state is not ProjectState.RUNNING:
            raise Conflict(RouteProblem.MERGE_TARGET_MISSING.value)


def of_project(session: Session, project: t.KeyProject) -> Sequence[t.RouteDecision]:
    """The decisions on a project's route, the oldest first."""
    query = select(t.RouteDecision).where(t.RouteDecision.project_id == project.id)
    return session.exec(query.order_by(col(t.RouteDecision.decided_on), col(t.RouteDecision.id))).all()


def _end(session: Session, change: Change, project: t.KeyProject, decision: t.RouteDecision, on: date) -> None:
    check_ins.drop_open(session, change, project, on)
    project.state, project.closed_on, project.merged_into_id = ProjectState.ENDED, on, decision.merged_into_id
    audit.write(session, change, "project.ended", project.workflow_id, outcome=decision.outcome.value)
