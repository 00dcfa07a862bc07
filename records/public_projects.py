"""Key projects as everybody may read them: what is hoped for, the way it took, what was learnt; nobody's name.

Shown are projects that have begun. Teams, check-ins and what calls for them are the city hall's own, reasons of
decisions too: they say who does what by when (Meguru's own rule).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from db import tables as t
from domain.key_project import ProjectState
from domain.route import Route
from records import key_projects, project_pages, trials
from records.change import NotFound
from records.plan_pages import PlanFrame
from records.project_pages import GoalHeld


@dataclass(frozen=True)
class PublishedProject:
    """A project with the desired states it works towards and the trials that have ended."""

    project: t.KeyProject
    states: tuple[t.Node, ...]
    goals: tuple[GoalHeld, ...]
    trials: tuple[t.Trial, ...]


def of_plan(session: Session, frame: PlanFrame) -> tuple[PublishedProject, ...]:
    """The projects of a plan that have begun, by code."""
    if frame.definition.key_projects is None:
        return ()
    rows = key_projects.of_plan(session, frame.plan)
    return tuple(_published(session, frame, row) for row in rows if row.state is not ProjectState.CONSIDERED)


def find(session: Session, frame: PlanFrame, code: str) -> PublishedProject:
    """Raises `NotFound`."""
    found = next((one for one in of_plan(session, frame) if one.project.code == code), None)
    if found is None:
        raise NotFound(f"public project {code}")
    return found


def route_of(session: Session, frame: PlanFrame, project: t.KeyProject, language: str) -> Route:
    """The way of a project, without teams, check-ins and what called for them."""
    from records import key_project_report  # loads typst and docxtpl: only who looks at a project waits for it

    way = key_project_report.route(session, project, frame.today, language)
    return replace(way, teams=(), check_ins=(), events=())


def themes(found: Sequence[PublishedProject], node: t.Node) -> tuple[PublishedProject, ...]:
    """The projects that work towards a desired state."""
    return tuple(one for one in found if node.origin_id in {state.origin_id for state in one.states})


def _published(session: Session, frame: PlanFrame, project: t.KeyProject) -> PublishedProject:
    return PublishedProject(
        project,
        tuple(key_projects.served_by(session, project, frame.today)),
        project_pages.goals_of(session, project),
        tuple(trial for trial in trials.of_project(session, project) if trial.result is not None),
    )
