"""会議: a plan's meetings, one with its agenda, papers and invitations, and the record of all it decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from documents import meeting_ics
from documents.formats import Format
from domain.meeting import MeetingState
from domain.roles import Actor
from domain.text import typed_text
from mail.compose import domain_of
from records import agendas, document_archive, meeting_pages, meetings, plan_pages, plans, seats, secretariats
from records.change import Change, Conflict, NotAllowed, NotFound
from records.inquiry_subjects import MeetingSubject
from records.meeting_pages import SeenMeeting
from web.attempts import RENDERING
from web.context import (
    ChangingPerson,
    Person,
    PlanDay,
    Reading,
    SignedInPerson,
    Writing,
    language_of,
    parts_of,
    plan_day,
)
from web.downloads import document_response, made_response
from web.forms import meeting_form
from web.forms.posted import Posted
from web.pages import page
from web.paths import RowId
from web.refused import Refused, Typed, refused_by, say, without_reason

router = APIRouter()


@router.get("/plans/{code}/meetings")
def show_meetings(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    listed = meeting_pages.of_plan(session, frame.plan, person.actor, frame.today)
    return page(request, "meetings/list.html", frame=frame, part="meetings", listed=listed)


@router.get("/desk/plans/{code}/bodies/{body}/meetings/new")
def show_form(request: Request, person: SignedInPerson, session: Reading, code: str, body: str) -> Response:
    plan, day = _to_plan(session, person, code, body)
    rules = plans.definition_of(plan).key_projects
    held_on = day.calendar.shift(day.today, rules.meeting.due_after_days if rules else meeting_form.DAYS_AHEAD)
    return _form(request, session, plan, body, meeting_form.suggested(held_on))


@router.post("/desk/plans/{code}/bodies/{body}/meetings/new")
def plan_meeting(
    request: Request, person: ChangingPerson, session: Writing, code: str, body: str, posted: Posted
) -> Response:
    plan, day = _to_plan(session, person, code, body)
    typed = meeting_form.posted_head(posted)
    head, reasons = meeting_form.head_of(typed)
    if head is None:
        return _form(request, session, plan, body, typed, _say(request, reasons), 422)
    try:
        meeting = meetings.plan_meeting(session, person.change, person.actor, plan, body, *head, day.today)
    except Conflict as conflict:
        problems = refused_by(request, session, conflict, "meeting", body, typed).problems
        return _form(request, session, plan, body, typed, problems, 422)
    return _to(meeting.id, "planned")


@router.get("/meetings/{meeting_id}")
def show_meeting(
    request: Request, person: SignedInPerson, session: Reading, meeting_id: RowId, done: str = ""
) -> Response:
    return _meeting(request, person, session, meeting_id, done=done)


@router.get("/meetings/{meeting_id}/papers", dependencies=[RENDERING])
def show_papers(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    meeting_id: RowId,
    format: Annotated[Format, Query()] = Format.HTML,
) -> Response:
    """The papers as the record stands now. Raises `NotAllowed` for whom they are not meant."""
    from records import meeting_papers  # loads typst and docxtpl: only who asks for papers waits for them

    meeting, day = _found(session, person, meeting_id)
    if not meetings.may_read_papers(session, meeting, person.actor):
        raise NotAllowed("papers of a meeting")
    papers = meeting_papers.gather(session, meeting, day.today, language_of(request))
    if format not in papers.formats:
        raise NotFound(f"papers of a meeting as {format.value}")
    name = f"{papers.kind}-{meeting.body}-{meeting.held_on.isoformat()}"
    return made_response(papers, format, name, language_of(request))


@router.post("/meetings/{meeting_id}/papers", dependencies=[RENDERING])
def keep_papers(request: Request, person: ChangingPerson, session: Reading, meeting_id: RowId) -> Response:
    """Keep the papers as they are now, in every format: what the members had before them."""
    from records import meeting_papers

    meeting, day = _to_keep(session, person, meeting_id)
    papers = meeting_papers.gather(session, meeting, day.today)
    made = [(format, papers.set_in(format)) for format in papers.formats]  # before anybody has to wait
    with parts_of(request).database.writing(person.municipality) as writing:
        meeting, day = _to_keep(writing, person, meeting_id)
        for format, content in made:
            document_archive.store(writing, person.change, meeting, papers.kind, format, content, day.today)
    return _to(meeting_id, "papers_kept")


@router.get("/meetings/{meeting_id}/invitation.ics")
def show_invitation(request: Request, person: SignedInPerson, session: Reading, meeting_id: RowId) -> Response:
    """The meeting for a calendar program, under the id that the invitations carry."""
    meeting, _ = _found(session, person, meeting_id)
    seen = _seen(session, person, meeting)
    language, settings = language_of(request), parts_of(request).settings
    subject = MeetingSubject(meeting, tuple(one.line.title(language) for one in seen.lines), meeting.body)
    link = f"{str(settings.base_url).rstrip('/')}/meetings/{meeting_id}"
    entry = subject.entry(_body_name(seen, language), link, domain_of(settings.smtp_sender))
    content = meeting_ics.meeting_ics(entry, person.at, language)
    return document_response(content, meeting_ics.MEDIA_TYPE, meeting_ics.FILE_NAME, keep=True)


@router.get("/meetings/{meeting_id}/edit")
def show_edit(request: Request, person: SignedInPerson, session: Reading, meeting_id: RowId) -> Response:
    meeting, _ = _to_keep(session, person, meeting_id)
    return _edit(request, person, session, meeting)


@router.post("/meetings/{meeting_id}/edit")
def reschedule(
    request: Request, person: ChangingPerson, session: Writing, meeting_id: RowId, posted: Posted
) -> Response:
    """Another day, hour, place or note."""
    meeting, day = _to_keep(session, person, meeting_id, lock=True)
    typed = meeting_form.posted_head(posted)
    head, reasons = meeting_form.head_of(typed)
    if head is None:
        refused = Refused("meeting", meeting_id, _say(request, reasons), typed)
        return _edit(request, person, session, meeting, refused, 422)
    was_invited = meetings.inquiry_of(session, meeting) is not None
    before = meetings.time_of(meeting)
    try:
        meetings.reschedule(session, person.change, person.actor, meeting, *head, day.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "meeting", meeting_id, typed)
        return _edit(request, person, session, meetings.find(session, meeting_id), refused, 422)
    return _to(meeting_id, "invited_anew" if was_invited and before != meetings.time_of(meeting) else "changed")


@router.post("/meetings/{meeting_id}/agenda")
def arrange(request: Request, person: ChangingPerson, session: Writing, meeting_id: RowId, posted: Posted) -> Response:
    meeting, day = _to_keep(session, person, meeting_id, lock=True)
    seen = _seen(session, person, meeting)
    typed = meeting_form.posted_agenda(posted, seen)
    entries, problems = meeting_form.agenda_of(typed, seen)
    if problems:
        refused = Refused("agenda", meeting_id, _say(request, problems), typed)
        return _edit(request, person, session, meeting, refused, 422)
    try:
        meetings.arrange(session, person.change, person.actor, meeting, entries, day.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "agenda", meeting_id, typed)
        return _edit(request, person, session, meetings.find(session, meeting_id), refused, 409)
    return _to(meeting_id, "arranged")


@router.post("/meetings/{meeting_id}/take-in")
def take_in(request: Request, person: ChangingPerson, session: Writing, meeting_id: RowId) -> Response:
    """Whatever has come before the body since the agenda was made."""
    return _do(request, person, session, meeting_id, meetings.take_in, "taken_in")


@router.post("/meetings/{meeting_id}/invite")
def invite(request: Request, person: ChangingPerson, session: Writing, meeting_id: RowId) -> Response:
    return _do(request, person, session, meeting_id, meetings.invite, "invited")


@router.post("/meetings/{meeting_id}/cancel")
def cancel(
    request: Request, person: ChangingPerson, session: Writing, meeting_id: RowId, reason: Typed = ""
) -> Response:
    meeting, day = _to_keep(session, person, meeting_id, lock=True)
    typed = {"reason": reason}
    if problems := without_reason(request, reason):
        return _meeting(request, person, session, meeting_id, Refused("cancel", meeting_id, problems, typed), 422)
    meetings.cancel(session, person.change, person.actor, meeting, typed_text(reason), day.today)
    return _to(meeting_id, "cancelled")


def _do(
    request: Request,
    person: Person,
    session: Session,
    meeting_id: int,
    act: Callable[[Session, Change, Actor, t.Meeting, date], object],
    done: str,
) -> Response:
    meeting, day = _to_keep(session, person, meeting_id, lock=True)
    try:
        act(session, person.change, person.actor, meeting, day.today)
    except Conflict as conflict:
        session.rollback()
        refused = Refused(done, meeting_id, {"": say(request, conflict.reason)})
        return _meeting(request, person, session, meeting_id, refused, 409)
    return _to(meeting_id, done)


def _say(request: Request, problems: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with which field, in words."""
    return {field: say(request, reason) for field, reason in problems.items()}


def _found(session: Session, person: Person, meeting_id: int, *, lock: bool = False) -> tuple[t.Meeting, PlanDay]:
    meeting = meetings.find(session, meeting_id, lock=lock)
    return meeting, plan_day(session.get_one(t.Plan, meeting.plan_id), person.at)


def _to_keep(session: Session, person: Person, meeting_id: int, *, lock: bool = False) -> tuple[t.Meeting, PlanDay]:
    """A planned meeting, for its secretariat. Raises `NotAllowed`, `Conflict`."""
    meeting, day = _found(session, person, meeting_id, lock=lock)
    if not meetings.may_record(session, meeting, person.actor, day.today):
        raise NotAllowed("keep a meeting")
    if meeting.state is not MeetingState.PLANNED:
        raise Conflict("meeting_not_planned")
    return meeting, day


def _to_plan(session: Session, person: Person, code: str, body: str) -> tuple[t.Plan, PlanDay]:
    plan = plans.find(session, code)
    day = plan_day(plan, person.at)
    seats.body_of(plan, body)
    if not secretariats.is_of(session, plan, body, person.actor, day.today):
        raise NotAllowed("plan a meeting")
    return plan, day


def _seen(session: Session, person: Person, meeting: t.Meeting) -> SeenMeeting:
    day = plan_day(session.get_one(t.Plan, meeting.plan_id), person.at)
    return meeting_pages.seen(session, meeting, person.actor, day.today, day.calendar)


def _body_name(seen: SeenMeeting, language: str) -> str:
    names = {body.code: body.name for body in seen.definition.bodies}
    return names[seen.meeting.body].in_language(language) if seen.meeting.body in names else seen.meeting.body_name


def _form(
    request: Request,
    session: Session,
    plan: t.Plan,
    body: str,
    typed: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "meetings/new.html",
        status,
        plan=plan,
        body=seats.body_of(plan, body),
        waiting=agendas.waiting(session, plan, body),
        typed=typed,
        problems=problems or {},
    )


def _edit(
    request: Request,
    person: Person,
    session: Session,
    meeting: t.Meeting,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    seen = _seen(session, person, meeting)
    return page(
        request,
        "meetings/edit.html",
        status,
        seen=seen,
        meeting=meeting,
        plan=seen.plan,
        head=meeting_form.head_in_fields(meeting),
        agenda=meeting_form.agenda_in_fields(seen),
        headings=meeting_form.HEADINGS,
        refused=refused,
    )


def _meeting(
    request: Request,
    person: Person,
    session: Session,
    meeting_id: int,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    meeting, day = _found(session, person, meeting_id)
    seen = _seen(session, person, meeting)
    return page(
        request,
        "meetings/meeting.html",
        status,
        seen=seen,
        meeting=meeting,
        plan=seen.plan,
        today=day.today,
        refused=refused,
        done=done,
    )


def _to(meeting_id: int, done: str) -> Response:
    return RedirectResponse(f"/meetings/{meeting_id}?done={done}", status_code=303)
