"""A key project's steps in the database, and its last report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from activities.contracts import ProcessStanding, ProjectStep
from activities.cycle import calendar_from
from activities.heartbeat import unbroken
from activities.inquiry import ASLEEP, claim, day_begins, earliest
from activities.rendering import Renderer
from db.session import Database
from domain.key_project import ProjectState
from records import check_ins, document_archive, inquiry_mails, key_projects, pauses, teams
from records.change import Change


class KeyProjectActivities:
    def __init__(self, database: Database, mail_domain: str, now: Callable[[], datetime], renderer: Renderer) -> None:
        self._database = database
        self._mail_domain = mail_domain
        self._now = now
        self._renderer = renderer

    @unbroken
    def ask_and_remind(self, step: ProjectStep) -> ProcessStanding:
        """Ask the team where it stands if something calls for it by now; claim the mails that are due."""
        today, change = step.at.date(), self._change()
        with self._database.writing(step.municipality) as session:
            if pauses.current(session) is not None:
                return ASLEEP
            project = key_projects.find(session, step.project, lock=True)
            if project.state is ProjectState.ENDED:
                return ProcessStanding(True, False, None)
            calendar = calendar_from(today)
            call = check_ins.next_call(session, project, calendar)
            while call is not None and call.on <= today:
                check_ins.ask(session, change, project, call.reason, today, calendar, call.event)
                call = check_ins.next_call(session, project, calendar)
            has_mail = claim(session, change, project.workflow_id, step.at, calendar, self._mail_domain)
            wakes = (
                inquiry_mails.next_wake(session, project.workflow_id, calendar),
                day_begins(call.on if call else None),
            )
            return ProcessStanding(False, has_mail, earliest(*wakes))

    @unbroken
    def has_dissolved(self, step: ProjectStep) -> bool:
        """Whether no team stands any more."""
        with self._database.reading(step.municipality) as session:
            project = key_projects.find(session, step.project)
            return all(team.dissolved_on is not None for team in teams.of_project(session, project))

    @unbroken
    def render_report(self, step: ProjectStep) -> int:
        """The report of a project that ended; the number of files stored."""
        if not self._renderer.formats:
            return 0
        from records import key_project_report  # here: the renderers take long to load

        today = step.at.date()
        with self._database.reading(step.municipality) as session:
            project = key_projects.find(session, step.project)
            gathered = key_project_report.gather(session, project, today)
        files = self._renderer.rendered((gathered,))
        with self._database.writing(step.municipality) as session:
            project, change = key_projects.find(session, step.project), self._change()
            for file in files:
                document_archive.store(session, change, project, file.kind, file.format, file.made, today)
        return len(files)

    def _change(self) -> Change:
        return Change("workflow", self._now())
