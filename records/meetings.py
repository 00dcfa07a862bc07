"""会議: planning one with an agenda of what waits, inviting its members, recording all it decided at once.

`NotAllowed` is raised by whatever changes a meeting where the actor is not of the body's secretariat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.identifiers import meeting_id
from domain.inquiry import InquiryKind
from domain.key_project import RouteStep
from domain.matter import MatterOutcome
from domain.meeting import MeetingState, MeetingTime, meeting_problems
from domain.orders import InquiryOrder
from domain.phase_review import ConsultationOutcome
from domain.roles import Actor
from records import agendas, audit, inquiries, matters, outbox, people, plans, reviews, seats, secretariats
from records.agendas import Topic
from records.change import Change, Conflict, NotAllowed, NotFound


@dataclass(frozen=True)
class ItemDecision:
    """What a meeting decided on an item of its agenda; `instead` as in `records/matters.py::answer`."""

    item: int
    outcome: MatterOutcome | ConsultationOutcome
    comment: str = ""
    minutes: str = ""
    instead: RouteStep | None = None


class SittingRefused(Exception):
    """A sitting cannot be recorded so; nothing of it was. `problems`: item → the code of what is wrong with it."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__(f"{len(problems)} items of the agenda")
        self.problems = problems


def plan_meeting(
    session: Session,
    change: Change,
    actor: Actor,
    plan: t.Plan,
    body: str,
    held_on: date,
    begins_at: time,
    ends_at: time,
    place: str,
    note: str,
    today: date,
) -> t.Meeting:
    """Plan a sitting; whatever waits before the body, and is on no other planned agenda, is on this one.

    Raises `NotAllowed`, `NotFound`, and `Conflict` with a `MeetingProblem`'s code.
    """
    name = seats.body_of(plan, body).name.ja
    _check_rights(session, plan, body, actor, today)
    _check_time(MeetingTime(held_on, begins_at, ends_at, place), today)
    meeting = t.Meeting(
        plan_id=plan.id,
        body=body,
        body_name=name,
        held_on=held_on,
        begins_at=begins_at,
        ends_at=ends_at,
        place=place.strip(),
        note=note.strip(),
        workflow_id="",
    )
    session.add(meeting)
    session.flush()  # its id is part of the name of its process
    municipality = people.municipality_code(session, plan.municipality_id)
    meeting.workflow_id = meeting_id(municipality, plan.code, f"{body}/{meeting.id}")
    session.add(meeting)
    session.flush()
    agendas.add(session, meeting, agendas.free_for(session, plan, meeting))
    audit.write(session, change, "meeting.planned", meeting.workflow_id, held_on=held_on.isoformat())
    return meeting


def reschedule(
    session: Session,
    change: Change,
    actor: Actor,
    meeting: t.Meeting,
    held_on: date,
    begins_at: time,
    ends_at: time,
    place: str,
    note: str,
    today: date,
) -> None:
    """Another day, hour, place or note. Who was invited is invited anew, unless only the note changed.

    Raises `NotAllowed`, and `Conflict`: `meeting_not_planned`, or a `MeetingProblem`'s code.
    """
    _check_planned(session, meeting, actor, today)
    before, after = time_of(meeting), MeetingTime(held_on, begins_at, ends_at, place.strip())
    if (before, meeting.note) == (after, note.strip()):
        return
    _check_time(after, today)
    meeting.held_on, meeting.begins_at, meeting.ends_at = after.held_on, after.begins_at, after.ends_at
    meeting.place, meeting.note = after.place, note.strip()
    meeting.sequence += 1
    session.add(meeting)
    asked = inquiry_of(session, meeting)
    if asked is not None and before != after:
        # A new question to the members, under the same process: the old invitation is no news any more.
        inquiries.settle(session, change, asked, today)
        _ask(session, meeting, today)
    audit.write(session, change, "meeting.changed", meeting.workflow_id, held_on=held_on.isoformat())


def arrange(
    session: Session,
    change: Change,
    actor: Actor,
    meeting: t.Meeting,
    entries: Sequence[agendas.Entry],
    today: date,
) -> None:
    """Give a meeting the agenda `entries`, in their order; topics that are left out wait for another one.

    The members see it on the meeting's page and in the reminder before it. Raises `NotAllowed`, and `Conflict`:
    `meeting_not_planned`, `agenda_title_missing`, `agenda_item_twice`, `agenda_item_gone`.
    """
    _check_planned(session, meeting, actor, today)
    if agendas.write(session, session.get_one(t.Plan, meeting.plan_id), meeting, entries):
        meeting.sequence += 1
        session.add(meeting)
        audit.write(session, change, "meeting.agenda_changed", meeting.workflow_id, items=len(entries))


def take_in(session: Session, change: Change, actor: Actor, meeting: t.Meeting, today: date) -> int:
    """Add whatever has come before the body since the agenda was made; how many topics there were.

    Raises `NotAllowed`, `Conflict("meeting_not_planned")`.
    """
    _check_planned(session, meeting, actor, today)
    topics = agendas.free_for(session, session.get_one(t.Plan, meeting.plan_id), meeting)
    if topics:
        agendas.add(session, meeting, topics)
        meeting.sequence += 1
        session.add(meeting)
        audit.write(session, change, "meeting.taken_in", meeting.workflow_id, items=len(topics))
    return len(topics)


def invite(session: Session, change: Change, actor: Actor, meeting: t.Meeting, today: date) -> None:
    """Publish the agenda: the members are invited, and the secretariat is reminded until the sitting is recorded.

    Raises `NotAllowed`, and `Conflict`: `meeting_not_planned`, `meeting_day_passed`, `already_invited`, `agenda_empty`.
    """
    _check_planned(session, meeting, actor, today)
    _check_time(time_of(meeting), today)
    if inquiry_of(session, meeting) is not None:
        raise Conflict("already_invited")
    if not agendas.of(session, meeting):
        raise Conflict("agenda_empty")
    plan = session.get_one(t.Plan, meeting.plan_id)
    _ask(session, meeting, today)
    order = InquiryOrder(plan.municipality_id, meeting.workflow_id, plans.clock_of(plan, change.at))
    outbox.start_inquiry(session, change, meeting.workflow_id, order)
    audit.write(session, change, "meeting.invited", meeting.workflow_id, held_on=meeting.held_on.isoformat())


def cancel(session: Session, change: Change, actor: Actor, meeting: t.Meeting, reason: str, today: date) -> None:
    """中止: what was on the agenda waits for another meeting. Raises `NotAllowed`, `Conflict`: `meeting_not_planned`,
    `reason_missing`.
    """
    _check_planned(session, meeting, actor, today)
    if not reason.strip():
        raise Conflict("reason_missing")
    meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, reason.strip()
    meeting.sequence += 1
    _close(session, change, meeting, today)
    audit.write(session, change, "meeting.cancelled", meeting.workflow_id, reason=reason.strip())


def record_sitting(
    session: Session,
    change: Change,
    actor: Actor,
    meeting: t.Meeting,
    decisions: Sequence[ItemDecision],
    minutes: str,
    today: date,
    calendar: BusinessCalendar,
) -> None:
    """Everything a meeting decided, in the order of its agenda. What it left open waits on, for the next agenda.

    Refused whole with `SittingRefused` (the caller rolls back). Raises `NotAllowed`, and `Conflict`:
    `meeting_not_planned`, `meeting_is_ahead`, `nothing_recorded`.
    """
    _check_planned(session, meeting, actor, today)
    if meeting.held_on > today:
        raise Conflict("meeting_is_ahead")
    if not decisions and not minutes.strip():
        raise Conflict("nothing_recorded")
    given = {decision.item: decision for decision in decisions}
    lines = [line for line in agendas.of(session, meeting) if line.item.id in given]
    if len(lines) != len(decisions):
        raise NotFound("an item of the agenda")
    problems: dict[int, str] = {}
    for line in lines:
        try:
            _decide(session, change, actor, meeting, line.topic, given[line.item.id], today, calendar)
        except Conflict as conflict:
            problems[line.item.id] = conflict.reason
    if problems:
        raise SittingRefused(problems)
    meeting.state, meeting.minutes = MeetingState.HELD, minutes.strip()
    meeting.recorded_at, meeting.recorded_by_id = change.at, change.user
    _close(session, change, meeting, today)
    audit.write(session, change, "meeting.recorded", meeting.workflow_id, decided=len(decisions))


def find(session: Session, meeting_id: int, *, lock: bool = False) -> t.Meeting:
    meeting = session.get(t.Meeting, meeting_id, with_for_update=lock or None)
    if meeting is None:
        raise NotFound(f"meeting {meeting_id}")
    return meeting


def of_plan(session: Session, plan: t.Plan) -> Sequence[t.Meeting]:
    """The meetings of a plan's bodies, the latest first."""
    query = select(t.Meeting).where(t.Meeting.plan_id == plan.id)
    return session.exec(query.order_by(col(t.Meeting.held_on).desc(), col(t.Meeting.id).desc())).all()


def time_of(meeting: t.Meeting) -> MeetingTime:
    return MeetingTime(meeting.held_on, meeting.begins_at, meeting.ends_at, meeting.place)


def inquiry_of(session: Session, meeting: t.Meeting) -> t.Inquiry | None:
    """The inquiry by which members are invited and minutes awaited; None: nobody is invited yet."""
    return inquiries.about(session, InquiryKind.MEETING, meeting.id)


def may_record(session: Session, meeting: t.Meeting, actor: Actor, today: date) -> bool:
    """Whether a person changes the meeting and records what it decided."""
    return secretariats.is_of(session, session.get_one(t.Plan, meeting.plan_id), meeting.body, actor, today)


def may_read_papers(session: Session, meeting: t.Meeting, actor: Actor) -> bool:
    """The papers are for the body's secretariat and for whoever sits in it on the day of the meeting."""
    plan, day = session.get_one(t.Plan, meeting.plan_id), meeting.held_on
    sitting = seats.seats_of(session, plan, meeting.body, day)
    return secretariats.is_of(session, plan, meeting.body, actor, day) or any(s.user_id == actor.user for s in sitting)


def _decide(
    session: Session,
    change: Change,
    actor: Actor,
    meeting: t.Meeting,
    topic: Topic | None,
    decision: ItemDecision,
    today: date,
    calendar: BusinessCalendar,
) -> None:
    on, outcome = meeting.held_on, decision.outcome
    comment = decision.comment.strip()
    match topic:
        case Topic(matter=t.Matter() as matter, stage=t.MatterStage() as stage) if isinstance(outcome, MatterOutcome):
            if stage.outcome is not None:  # it went up or was withdrawn before the sitting was recorded
                raise Conflict("turn_is_over")
            matters.answer(
                session,
                change,
                actor,
                matters.find(session, matter.id, lock=True),
                outcome,
                comment,
                decision.minutes,
                on,
                today,
                calendar,
                instead=decision.instead,
                meeting=meeting,
            )
        case Topic(review=t.PhaseReview() as review, consultation=t.Consultation() as turn) if isinstance(
            outcome, ConsultationOutcome
        ):
            locked = reviews.find(session, review.id, lock=True)
            reviews.record_consultation(session, change, locked, turn.id, outcome, comment, on, today)
        case _:
            raise Conflict("not_an_answer")


def _ask(session: Session, meeting: t.Meeting, today: date) -> None:
    plan = session.get_one(t.Plan, meeting.plan_id)
    inquiries.open_inquiry(
        session, plan, InquiryKind.MEETING, meeting.workflow_id, today, meeting.held_on, meeting_id=meeting.id
    )


def _close(session: Session, change: Change, meeting: t.Meeting, today: date) -> None:
    meeting.closed_on = today
    session.add(meeting)
    session.flush()
    asked = inquiry_of(session, meeting)
    if asked is not None:
        inquiries.settle(session, change, asked, today)


def _check_rights(session: Session, plan: t.Plan, body: str, actor: Actor, today: date) -> None:
    if not secretariats.is_of(session, plan, body, actor, today):
        raise NotAllowed("keep the meetings of a body")


def _check_planned(session: Session, meeting: t.Meeting, actor: Actor, today: date) -> None:
    _check_rights(session, session.get_one(t.Plan, meeting.plan_id), meeting.body, actor, today)
    if meeting.state is not MeetingState.PLANNED:
        raise Conflict("meeting_not_planned")


def _check_time(at: MeetingTime, today: date) -> None:
    for problem in meeting_problems(at, today):
        raise Conflict(problem.value)
