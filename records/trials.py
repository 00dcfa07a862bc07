"""試行: what a team tries out: hypothesis, what was done, result, learning, next. A failed one is knowledge gained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain.key_project import ProjectState
from domain.project_rights import ProjectRights
from domain.trial import TrialTexts, problems
from records import audit, key_projects
from records.change import Change, Conflict, NotAllowed, NotFound


def record(
    session: Session,
    change: Change,
    rights: ProjectRights,
    project: t.KeyProject,
    texts: TrialTexts,
    today: date,
    trial: t.Trial | None = None,
    version: int = 1,
) -> t.Trial:
    """Begin a trial, or write on in one.

    Raises `NotAllowed`, `ProjectEditedMeanwhile`, `Conflict` (see `domain/trial.py`).
    """
    if not rights.may_write:
        raise NotAllowed("record a trial")
    if project.state is not ProjectState.RUNNING:
        raise Conflict("project_not_running")
    for problem in problems(texts, today):
        raise Conflict(problem)
    if trial is None:
        number = len(of_project(session, project)) + 1
        trial = t.Trial(
            project_id=project.id,
            number=number,
            title="",
            hypothesis="",
            started_on=today,
            version=0,
            recorded_at=change.at,
        )
    else:
        key_projects.check_version(trial.version, version)
    trial.title, trial.hypothesis = texts.title, texts.hypothesis
    trial.started_on, trial.ended_on = texts.started_on, texts.ended_on
    trial.done, trial.result, trial.learning = texts.done, texts.result, texts.learning
    trial.next, trial.abolishes = texts.next, texts.abolishes
    trial.version += 1
    trial.recorded_at, trial.recorded_by_id = change.at, change.user
    session.add(trial)
    session.flush()
    result = texts.result.value if texts.result else ""
    audit.write(session, change, "trial.recorded", f"{project.workflow_id}/trial/{trial.number}", result=result)
    return trial


def find(session: Session, trial_id: int) -> t.Trial:
    trial = session.get(t.Trial, trial_id)
    if trial is None:
        raise NotFound(f"trial {trial_id}")
    return trial


def of_project(session: Session, project: t.KeyProject) -> Sequence[t.Trial]:
    """The trials of a project, the oldest first."""
    query = select(t.Trial).where(t.Trial.project_id == project.id).order_by(col(t.Trial.number))
    return session.exec(query).all()
