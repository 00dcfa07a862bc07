"""見直しのきっかけ: events that call for a check of one project, of those under a theme, or of all of a policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.key_project import EventKind, ProjectState
from records import audit, key_projects
from records.change import Change, Conflict


def register(
    session: Session,
    change: Change,
    plan: t.Plan,
    kind: EventKind,
    title: str,
    description: str,
    happened_on: date,
    calls_on: date,
    today: date,
    *,
    project: t.KeyProject | None = None,
    node: t.Node | None = None,
) -> t.TriggerEvent:
    """Something happened, or a deadline is coming: the projects concerned look, and check on `calls_on`.

    `node`: a theme or a desired state. Raises `Conflict`: `event_title_missing`, `calls_in_the_past`,
    `project_not_running`.
    """
    if not title.strip():
        raise Conflict("event_title_missing")
    if calls_on < today:
        raise Conflict("calls_in_the_past")
    if project is not None and project.state is not ProjectState.RUNNING:
        raise Conflict("project_not_running")
    event = t.TriggerEvent(
        plan_id=plan.id,
        project_id=project.id if project else None,
        node_id=node.origin_id if node else None,
        kind=kind,
        title=title,
        description=description,
        happened_on=happened_on,
        calls_on=calls_on,
        recorded_at=change.at,
        recorded_by_id=change.user,
    )
    session.add(event)
    session.flush()
    for concerned in concerned_by(session, plan, event):
        key_projects.tell(session, change, concerned, today)
    audit.write(session, change, "event.registered", f"plan/{plan.code}", title=title, calls_on=calls_on.isoformat())
    return event


def concerned_by(session: Session, plan: t.Plan, event: t.TriggerEvent) -> list[t.KeyProject]:
    """The running projects that an event concerns."""
    return [
        project
        for project in key_projects.of_plan(session, plan)
        if project.state is ProjectState.RUNNING and event in _of_project(session, project)
    ]


def to_call(session: Session, project: t.KeyProject) -> list[t.TriggerEvent]:
    """The events that have yet to call for a check of a project, the earliest first.

    One whose day lay before the project began does not concern it.
    """
    called = set(session.exec(select(t.EventCall.event_id).where(t.EventCall.project_id == project.id)))
    begun_on = project.begun_on or date.max
    return [e for e in _of_project(session, project) if e.id not in called and e.calls_on >= begun_on]


def of_plan(session: Session, plan: t.Plan) -> Sequence[t.TriggerEvent]:
    """Every event of a plan, the latest first."""
    query = select(t.TriggerEvent).where(t.TriggerEvent.plan_id == plan.id)
    return session.exec(query.order_by(col(t.TriggerEvent.calls_on).desc(), col(t.TriggerEvent.id).desc())).all()


def of_project(session: Session, project: t.KeyProject) -> list[tuple[t.TriggerEvent, t.EventCall | None]]:
    """The events that concern a project since it began, with the check they called for (None: still to come)."""
    calls = {c.event_id: c for c in session.exec(select(t.EventCall).where(t.EventCall.project_id == project.id))}
    begun_on = project.begun_on or date.max
    return [
        (event, calls.get(event.id))
        for event in _of_project(session, project)
        if event.id in calls or event.calls_on >= begun_on
    ]


def _of_project(session: Session, project: t.KeyProject) -> list[t.TriggerEvent]:
    """The events of the project itself, of a node it serves or of one above, and of the whole policy."""
    served = session.exec(select(t.ProjectNode.node_id).where(t.ProjectNode.project_id == project.id)).all()
    query = select(t.TriggerEvent).where(
        t.TriggerEvent.plan_id == project.plan_id,
        or_(
            col(t.TriggerEvent.project_id) == project.id,
            col(t.TriggerEvent.node_id).in_(_with_those_above(session, served)),
            col(t.TriggerEvent.project_id).is_(None) & col(t.TriggerEvent.node_id).is_(None),
        ),
    )
    return list(session.exec(query.order_by(col(t.TriggerEvent.calls_on), col(t.TriggerEvent.id))))


def _with_those_above(session: Session, origins: Sequence[int]) -> set[int]:
    """The origins themselves and those of every node above them, in any edition."""
    found: set[int] = set()
    below = session.exec(select(t.Node).where(col(t.Node.origin_id).in_(origins))).all()
    while below:
        found |= {node.origin_id for node in below if node.origin_id is not None}
        parents = {node.parent_id for node in below if node.parent_id is not None}
        below = session.exec(select(t.Node).where(col(t.Node.id).in_(parents))).all() if parents else []
    return found
