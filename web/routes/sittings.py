"""会議の結果: everything a meeting decided, in one form and one transaction."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.key_project import RouteOutcome
from domain.meeting import MeetingState
from records import matter_pages, meeting_pages, meetings
from records.change import Conflict, NotAllowed
from records.meeting_pages import SeenMeeting
from records.meetings import SittingRefused
from web.context import ChangingPerson, Person, PlanDay, Reading, SignedInPerson, Writing, plan_day
from web.forms import sitting_form
from web.forms.posted import Posted
from web.pages import page
from web.paths import RowId
from web.refused import Refused, in_words, say

router = APIRouter()


@router.get("/meetings/{meeting_id}/sitting")
def show_sitting(request: Request, person: SignedInPerson, session: Reading, meeting_id: RowId) -> Response:
    seen, _ = _held(session, person, meeting_id)
    return _page(request, session, seen)


@router.post("/meetings/{meeting_id}/sitting")
def record(request: Request, person: ChangingPerson, session: Writing, meeting_id: RowId, posted: Posted) -> Response:
    """Refused whole: every problem is named beside its item, and everything typed stands there again."""
    seen, day = _held(session, person, meeting_id, lock=True)
    typed = sitting_form.posted(posted, seen)
    decisions, problems = sitting_form.decisions_of(typed, seen)
    said = {field: say(request, reason) for field, reason in problems.items()}
    if said:
        return _page(request, session, seen, Refused("sitting", meeting_id, said, typed), 422)
    try:
        meetings.record_sitting(
            session,
            person.change,
            person.actor,
            seen.meeting,
            decisions,
            typed["minutes"],
            day.today,
            day.calendar,
        )
    except SittingRefused as refusal:
        session.rollback()
        found = sitting_form.fields_of(refusal.problems, decisions)
        said = {field: say(request, reason) for field, reason in found.items()}
        return _again(request, person, session, meeting_id, Refused("sitting", meeting_id, said, typed), 409)
    except Conflict as conflict:
        session.rollback()
        said = in_words(request, [conflict.reason])
        return _again(request, person, session, meeting_id, Refused("sitting", meeting_id, said, typed), 422)
    return RedirectResponse(f"/meetings/{meeting_id}?done=recorded", status_code=303)


def _held(session: Session, person: Person, meeting_id: int, *, lock: bool = False) -> tuple[SeenMeeting, PlanDay]:
    """A planned meeting whose day has come, for its secretariat. Raises `NotAllowed`, `Conflict`."""
    meeting = meetings.find(session, meeting_id, lock=lock)
    day = plan_day(session.get_one(t.Plan, meeting.plan_id), person.at)
    if not meetings.may_record(session, meeting, person.actor, day.today):
        raise NotAllowed("record a sitting")
    if meeting.state is not MeetingState.PLANNED:
        raise Conflict("meeting_not_planned")
    if meeting.held_on > day.today:
        raise Conflict("meeting_is_ahead")
    return meeting_pages.seen(session, meeting, person.actor, day.today, day.calendar), day


def _again(
    request: Request, person: Person, session: Session, meeting_id: int, refused: Refused, status: int
) -> Response:
    return _page(request, session, _held(session, person, meeting_id)[0], refused, status)


def _page(
    request: Request, session: Session, seen: SeenMeeting, refused: Refused | None = None, status: int = 200
) -> Response:
    return page(
        request,
        "meetings/sitting.html",
        status,
        seen=seen,
        meeting=seen.meeting,
        plan=seen.plan,
        definition=seen.definition,
        route_outcomes=list(RouteOutcome),
        targets=matter_pages.other_projects(session, seen.plan, None),
        refused=refused,
    )
