"""What every page of a key project needs: the project, its plan and rules, the plan's day, and the person's rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.key_project import KeyProjectRules, ProjectState
from domain.plan import PlanDefinition
from domain.project_rights import ProjectRights
from records import key_projects, plans, teams
from web.context import Person, PlanDay, plan_day
from web.pages import page


@dataclass(frozen=True)
class ProjectFrame:
    project: t.KeyProject
    plan: t.Plan
    definition: PlanDefinition
    rules: KeyProjectRules
    rights: ProjectRights
    day: PlanDay

    @property
    def today(self) -> date:
        return self.day.today

    @property
    def is_running(self) -> bool:
        return self.project.state is ProjectState.RUNNING

    @property
    def may_write(self) -> bool:
        """Whether the person may do the team's work here now."""
        return self.rights.may_write and self.is_running

    @property
    def may_decide(self) -> bool:
        return self.rights.may_decide and self.is_running


def frame_of(session: Session, person: Person, project_id: int, *, lock: bool = False) -> ProjectFrame:
    """A project with what belongs to it; locked by who will change it. Raises `NotFound`."""
    project = key_projects.find(session, project_id, lock=lock)
    plan = key_projects.plan_of(session, project)
    day = plan_day(plan, person.at)
    rights = teams.rights_of(session, project, person.actor, day.today)
    return ProjectFrame(project, plan, plans.definition_of(plan), key_projects.rules_of(plan), rights, day)


def project_page(request: Request, template: str, frame: ProjectFrame, status: int = 200, **values: Any) -> Response:
    return page(
        request,
        template,
        status,
        frame=frame,
        project=frame.project,
        plan=frame.plan,
        definition=frame.definition,
        rights=frame.rights,
        today=frame.today,
        **values,
    )


def to_project(project_id: int, done: str = "", place: str = "") -> Response:
    """To the page of a project, which says what was done."""
    query, anchor = f"?done={done}" if done else "", f"#{place}" if place else ""
    return RedirectResponse(f"/projects/{project_id}{query}{anchor}", status_code=303)
