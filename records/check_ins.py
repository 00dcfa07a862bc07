"""状況確認: asking a team where it stands, its draft, and what it sends in.

One is open at a time. A missed one waits and goes up its ladder; the next is asked for after it was answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain import questions
from domain.calendar import BusinessCalendar
from domain.inquiry import InquiryKind
from domain.key_project import CheckInReason, CheckInState, ProjectState, next_check_on
from domain.project_rights import ProjectRights
from domain.questions import AnswerProblem, QuestionSet
from records import audit, inquiries, key_projects, trigger_events
from records.change import Change, Conflict, NotAllowed, NotFound

_QUESTION_SET = TypeAdapter(QuestionSet)


class CheckInEditedMeanwhile(Exception):
    """Somebody else saved this draft since it was opened. Nothing was overwritten."""

    def __init__(self, check_in: t.CheckIn, editor: str) -> None:
        super().__init__(f"check-in {check_in.id} is at revision {check_in.revision}")
        self.check_in = check_in
        self.editor = editor


class CheckInNotAnswered(Exception):
    """The answers cannot be sent in yet; `problems` lists all of them."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class Call:
    """That a check-in is called for on a day, and by what."""

    on: date
    reason: CheckInReason
    event: t.TriggerEvent | None = None


def next_call(session: Session, project: t.KeyProject, calendar: BusinessCalendar) -> Call | None:
    """The next call for a check-in: an event's if there is one, else the cadence's, None while one is open."""
    if project.state is not ProjectState.RUNNING or project.begun_on is None:
        return None
    coming = trigger_events.to_call(session, project)
    calls = [Call(event.calls_on, CheckInReason.EVENT, event) for event in coming]
    if open_of(session, project) is None:
        latest = max((c.submitted_on or c.asked_on for c in of_project(session, project)), default=project.begun_on)
        since = max(project.cadence_since, project.begun_on)
        on = next_check_on(project.cadence, since, max(latest, since), calendar)
        calls += [Call(on, CheckInReason.CADENCE)] if on is not None else []
    return min(calls, key=lambda call: (call.on, call.reason is CheckInReason.CADENCE), default=None)


def ask(
    session: Session,
    change: Change,
    project: t.KeyProject,
    reason: CheckInReason,
    today: date,
    calendar: BusinessCalendar,
    event: t.TriggerEvent | None = None,
) -> t.CheckIn:
    """Ask the team where it stands. Where it is asked already, an event gives that check-in new weight: it is asked
    anew, with mails of its own. The project's process must look at the record afterwards. Raises
    `Conflict("project_not_running")`.
    """
    if project.state is not ProjectState.RUNNING:
        raise Conflict("project_not_running")
    rules = key_projects.rules_of(key_projects.plan_of(session, project))
    due_on = calendar.shift(today, rules.check_in.due_after_days)
    check_in = open_of(session, project)
    if check_in is not None and event is None:
        return check_in
    if check_in is None:
        check_in = t.CheckIn(
            project_id=project.id,
            number=len(of_project(session, project)) + 1,
            reason=reason,
            asked_on=today,
            due_on=due_on,
            question_set=plan_files.to_json(rules.question_set),
        )
    else:
        settle(session, change, check_in, today)
        check_in.due_on = due_on
    if event is not None:
        check_in.event_id = event.id
    session.add(check_in)
    session.flush()
    if event is not None:
        session.add(t.EventCall(event_id=event.id, project_id=project.id, check_in_id=check_in.id))
    inquiries.open_inquiry(
        session,
        key_projects.plan_of(session, project),
        InquiryKind.CHECK_IN,
        project.workflow_id,
        today,
        due_on,
        check_in_id=check_in.id,
    )
    audit.write(session, change, "check_in.asked", subject(session, check_in), reason=reason.value)
    return check_in


def ask_by_hand(
    session: Session,
    change: Change,
    rights: ProjectRights,
    project: t.KeyProject,
    today: date,
    calendar: BusinessCalendar,
) -> t.CheckIn:
    """The team, or the coordinating section, wants to look now.

    Raises `NotAllowed`, `Conflict("project_not_running")`.
    """
    if not rights.may_write:
        raise NotAllowed("ask for a check-in")
    check_in = ask(session, change, project, CheckInReason.BY_HAND, today, calendar)
    key_projects.tell(session, change, project, today)
    return check_in


def find(session: Session, check_in_id: int, *, lock: bool = False) -> t.CheckIn:
    check_in = session.get(t.CheckIn, check_in_id, with_for_update=lock or None)
    if check_in is None:
        raise NotFound(f"check-in {check_in_id}")
    return check_in


def of_project(session: Session, project: t.KeyProject) -> Sequence[t.CheckIn]:
    """The check-ins of a project, the oldest first."""
    query = select(t.CheckIn).where(t.CheckIn.project_id == project.id)
    return session.exec(query.order_by(col(t.CheckIn.number))).all()


def open_of(session: Session, project: t.KeyProject) -> t.CheckIn | None:
    """The check-in that waits for the team, if any."""
    return next((c for c in of_project(session, project) if c.state is CheckInState.ASKED), None)


def previous(session: Session, check_in: t.CheckIn) -> t.CheckIn | None:
    """The last check-in that was answered before this one: what it promised is asked back."""
    query = select(t.CheckIn).where(
        t.CheckIn.project_id == check_in.project_id,
        t.CheckIn.number < check_in.number,
        t.CheckIn.state == CheckInState.SUBMITTED,
    )
    return session.exec(query.order_by(col(t.CheckIn.number).desc())).first()


def questions_of(check_in: t.CheckIn) -> QuestionSet:
    """The questions as they were when the team was asked."""
    return _QUESTION_SET.validate_python(check_in.question_set)


def save_draft(
    session: Session,
    change: Change,
    rights: ProjectRights,
    check_in: t.CheckIn,
    answers: Mapping[str, str],
    revision: int,
) -> None:
    """Keep what was typed so far; anything is accepted. Raises `CheckInEditedMeanwhile`."""
    _may_write(rights, check_in)
    _keep(session, change, check_in, answers, revision)


def submit(
    session: Session,
    change: Change,
    rights: ProjectRights,
    check_in: t.CheckIn,
    answers: Mapping[str, str],
    revision: int,
    today: date,
) -> None:
    """Send a check-in in: row, audit, outbox in one transaction; its ladder falls silent.

    Raises `CheckInNotAnswered` (the draft is not kept then: call `save_draft`), `CheckInEditedMeanwhile`,
    `NotAllowed`, `Conflict("check_in_not_open")`.
    """
    _may_write(rights, check_in)
    question_set = questions_of(check_in)
    cleaned = questions.applying(question_set, questions.cleaned(question_set, answers))
    problems = questions.check(question_set, cleaned)
    if problems:
        raise CheckInNotAnswered(problems)
    _keep(session, change, check_in, cleaned, revision)
    check_in.state, check_in.submitted_on, check_in.submitted_by_id = CheckInState.SUBMITTED, today, change.user
    session.add(check_in)
    settle(session, change, check_in, today)
    audit.write(session, change, "check_in.submitted", subject(session, check_in), revision=check_in.revision)


def drop_open(session: Session, change: Change, project: t.KeyProject, today: date) -> None:
    """The project ended: nobody is asked any more."""
    check_in = open_of(session, project)
    if check_in is not None:
        check_in.state = CheckInState.DROPPED
        session.add(check_in)
        settle(session, change, check_in, today)


def settle(session: Session, change: Change, check_in: t.CheckIn, today: date) -> None:
    waiting = inquiries.about(session, InquiryKind.CHECK_IN, check_in.id)
    if waiting is not None:
        inquiries.settle(session, change, waiting, today)


def subject(session: Session, check_in: t.CheckIn) -> str:
    """What the audit log calls it."""
    return f"{key_projects.find(session, check_in.project_id).workflow_id}/check-in/{check_in.number}"


def _may_write(rights: ProjectRights, check_in: t.CheckIn) -> None:
    if not rights.may_write:
        raise NotAllowed("check in")
    if check_in.state is not CheckInState.ASKED:
        raise Conflict("check_in_not_open")


def _keep(session: Session, change: Change, check_in: t.CheckIn, answers: Mapping[str, str], revision: int) -> None:
    if check_in.revision != revision:
        editor = session.get(t.User, check_in.edited_by_id) if check_in.edited_by_id else None
        raise CheckInEditedMeanwhile(check_in, editor.name if editor else "")
    check_in.answers = {key: value for key, value in answers.items() if value.strip()}
    check_in.revision += 1
    check_in.edited_at, check_in.edited_by_id = change.at, change.user
    session.add(check_in)
