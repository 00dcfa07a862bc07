"""キープロジェクト in the record: opening one, its texts, what it serves, its cadence and figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from db import tables as t
from domain.identifiers import key_project_id
from domain.indicator import IndicatorDirection
from domain.key_project import Cadence, KeyProjectRules, ProjectState
from records import audit, outbox, people, plans
from records.change import Change, Conflict, NotFound


@dataclass(frozen=True)
class ProjectTexts:
    """What a project says of itself. `hypothesis`: what will change; `beneficiaries`: for whom."""

    title: str
    hypothesis: str
    beneficiaries: str = ""
    title_en: str = ""


class ProjectEditedMeanwhile(Exception):
    """Somebody else changed this since it was opened. Nothing was overwritten."""


def rules_of(plan: t.Plan) -> KeyProjectRules:
    """How a plan runs its key projects. Raises `Conflict("no_key_projects")` for a plan without them."""
    rules = plans.definition_of(plan).key_projects
    if rules is None:
        raise Conflict("no_key_projects")
    return rules


def open_project(
    session: Session,
    change: Change,
    plan: t.Plan,
    code: str,
    texts: ProjectTexts,
    goal: str,
    path: str,
    nodes: Collection[int],
    today: date,
    *,
    cadence: Cadence | None = None,
    mark: str = "",
) -> t.KeyProject:
    """A project under consideration; it runs once a team is founded. `nodes` are the origins of its desired states.

    Raises `Conflict`: `no_key_projects`, `project_code_missing`, `project_code_taken`, `project_title_missing`,
    `hypothesis_missing`, `goal_missing`, `desired_state_missing`.
    """
    rules = rules_of(plan)
    if not code.strip():
        raise Conflict("project_code_missing")
    if any(project.code == code for project in of_plan(session, plan)):
        raise Conflict("project_code_taken")
    _check_texts(texts)
    if not goal.strip():
        raise Conflict("goal_missing")
    municipality = people.municipality_code(session, plan.municipality_id)
    project = t.KeyProject(
        plan_id=plan.id,
        code=code,
        title=texts.title,
        title_en=texts.title_en,
        mark=mark,
        hypothesis=texts.hypothesis,
        beneficiaries=texts.beneficiaries,
        first_goal=goal,
        first_path=path,
        goal=goal,
        path=path,
        cadence=cadence or rules.cadence,
        cadence_since=today,
        opened_on=today,
        opened_by_id=change.user,
        workflow_id=key_project_id(municipality, plan.code, code),
    )
    session.add(project)
    session.flush()
    _serve(session, project, nodes)
    audit.write(session, change, "project.opened", project.workflow_id, title=texts.title)
    return project


def find(session: Session, project_id: int, *, lock: bool = False) -> t.KeyProject:
    project = session.get(t.KeyProject, project_id, with_for_update=lock or None)
    if project is None:
        raise NotFound(f"key project {project_id}")
    return project


def of_plan(session: Session, plan: t.Plan) -> Sequence[t.KeyProject]:
    """The key projects of a plan, by code."""
    query = select(t.KeyProject).where(t.KeyProject.plan_id == plan.id)
    return session.exec(query.order_by(t.KeyProject.code)).all()


def plan_of(session: Session, project: t.KeyProject) -> t.Plan:
    return session.get_one(t.Plan, project.plan_id)


def served_by(session: Session, project: t.KeyProject, today: date) -> list[t.Node]:
    """The desired states a project works towards, as the edition in force calls them."""
    edition = plans.edition_in_force(session, plan_of(session, project), today)
    query = (
        select(t.Node)
        .join(t.ProjectNode, col(t.ProjectNode.node_id) == col(t.Node.origin_id))
        .where(t.ProjectNode.project_id == project.id, t.Node.edition_id == edition.id)
    )
    return list(session.exec(query.order_by(col(t.Node.position))))


def rewrite(
    session: Session,
    change: Change,
    project: t.KeyProject,
    texts: ProjectTexts,
    nodes: Collection[int],
    version: int,
) -> None:
    """Change what the project says of itself and which desired states it serves. Goal and path have a way of their own.

    Raises `ProjectEditedMeanwhile`, and the `Conflict`s of `open_project`.
    """
    check_version(project.version, version)
    _check_texts(texts)
    _still_open(project)
    project.title, project.title_en = texts.title, texts.title_en
    project.hypothesis, project.beneficiaries = texts.hypothesis, texts.beneficiaries
    project.version += 1
    session.add(project)
    _serve(session, project, nodes)
    audit.write(session, change, "project.rewritten", project.workflow_id, title=texts.title)


def set_cadence(session: Session, change: Change, project: t.KeyProject, cadence: Cadence, today: date) -> None:
    """Check in more or less often from today on; the team may do so at any time."""
    _still_open(project)
    if project.cadence is cadence:
        return
    project.cadence, project.cadence_since = cadence, today
    session.add(project)
    tell(session, change, project, today)
    audit.write(session, change, "project.cadence_set", project.workflow_id, cadence=cadence.value)


def add_indicator(
    session: Session,
    change: Change,
    project: t.KeyProject,
    label: str,
    unit: str,
    direction: IndicatorDirection,
    target: Decimal | None,
    today: date,
) -> t.ProjectIndicator:
    """A figure by which the team wants to see whether its hypothesis holds. Raises `Conflict("indicator_exists")`."""
    _still_open(project)
    if not label.strip():
        raise Conflict("indicator_label_missing")
    if any(one.label == label for one in indicators_of(session, project)):
        raise Conflict("indicator_exists")
    indicator = t.ProjectIndicator(
        project_id=project.id, label=label, unit=unit, direction=direction, target=target, since_on=today
    )
    session.add(indicator)
    session.flush()
    audit.write(session, change, "project.indicator_added", project.workflow_id, label=label)
    return indicator


def indicators_of(session: Session, project: t.KeyProject) -> Sequence[t.ProjectIndicator]:
    query = select(t.ProjectIndicator).where(t.ProjectIndicator.project_id == project.id)
    return session.exec(query.order_by(col(t.ProjectIndicator.id))).all()


def figures_of(session: Session, project: t.KeyProject) -> Sequence[t.ProjectFigure]:
    """Every measured value of a project's indicators, the oldest first."""
    query = (
        select(t.ProjectFigure)
        .join(t.ProjectIndicator, col(t.ProjectIndicator.id) == col(t.ProjectFigure.indicator_id))
        .where(t.ProjectIndicator.project_id == project.id)
        .order_by(col(t.ProjectFigure.measured_on), col(t.ProjectFigure.id))
    )
    return session.exec(query).all()


def measure(
    session: Session,
    change: Change,
    project: t.KeyProject,
    indicator: t.ProjectIndicator,
    value: Decimal,
    on: date,
    check_in: t.CheckIn | None = None,
) -> t.ProjectFigure:
    """One value of an indicator; a second one of the same day replaces the first."""
    same_day = select(t.ProjectFigure).where(
        t.ProjectFigure.indicator_id == indicator.id, t.ProjectFigure.measured_on == on
    )
    figure = session.exec(same_day).first() or t.ProjectFigure(indicator_id=indicator.id, measured_on=on, value=value)
    figure.value, figure.check_in_id = value, check_in.id if check_in else figure.check_in_id
    session.add(figure)
    session.flush()
    audit.write(session, change, "project.measured", project.workflow_id, label=indicator.label, value=str(value))
    return figure


def tell(session: Session, change: Change, project: t.KeyProject, today: date) -> None:
    """Let the project's process look at the record again, if it runs."""
    if project.state is not ProjectState.CONSIDERED:
        outbox.tell_process(session, change, project.workflow_id, today)


def check_version(known: int, opened: int) -> None:
    if known != opened:
        raise ProjectEditedMeanwhile


def _serve(session: Session, project: t.KeyProject, nodes: Collection[int]) -> None:
    if not nodes:
        raise Conflict("desired_state_missing")
    known = session.exec(select(t.ProjectNode).where(t.ProjectNode.project_id == project.id)).all()
    for row in known:
        if row.node_id not in nodes:
            session.delete(row)
    for node in sorted(set(nodes) - {row.node_id for row in known}):
        session.add(t.ProjectNode(project_id=project.id, node_id=node))
    session.flush()


def _check_texts(texts: ProjectTexts) -> None:
    if not texts.title.strip():
        raise Conflict("project_title_missing")
    if not texts.hypothesis.strip():
        raise Conflict("hypothesis_missing")


def _still_open(project: t.KeyProject) -> None:
    if project.state is ProjectState.ENDED:
        raise Conflict("project_ended")
