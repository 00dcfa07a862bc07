"""What an inquiry is about, with what pages and letters say of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db import tables as t
from documents.meeting_ics import MeetingEntry
from domain.inquiry import InquiryKind
from domain.meeting import MeetingState
from domain.text import named
from records import agendas


@dataclass(frozen=True)
class CheckInSubject:
    """`event`: what called for the check-in, if anything did."""

    check_in: t.CheckIn
    project: t.KeyProject
    event: t.TriggerEvent | None
    body: str = ""
    team: t.ProjectTeam | None = None


@dataclass(frozen=True)
class MatterSubject:
    """A matter before a body; `came_from` is the body's turn before it."""

    matter: t.Matter
    stage: t.MatterStage
    came_from: t.MatterStage | None
    project: t.KeyProject | None
    body: str
    team: t.ProjectTeam | None = None


@dataclass(frozen=True)
class SeatSubject:
    """A seat that somebody leaves; `holder` is who sat there."""

    seat: t.Seat
    holder: str
    team: t.ProjectTeam | None
    project: t.KeyProject | None
    body: str


@dataclass(frozen=True)
class MeetingSubject:
    """A sitting of a body with the titles of its agenda, in their order."""

    meeting: t.Meeting
    agenda: tuple[str, ...]
    body: str
    project: t.KeyProject | None = None
    team: t.ProjectTeam | None = None

    def entry(self, title: str, link: str, domain: str) -> MeetingEntry:
        """The meeting as a calendar shows it; `domain` is that of the sender of the city's mails."""
        meeting = self.meeting
        return MeetingEntry(
            meeting=meeting.id,
            sequence=meeting.sequence,
            domain=domain,
            title=title,
            held_on=meeting.held_on,
            begins_at=meeting.begins_at,
            ends_at=meeting.ends_at,
            place=meeting.place,
            agenda=self.agenda,
            note=meeting.note,
            link=link,
            is_cancelled=meeting.state is MeetingState.CANCELLED,
        )


Subject = CheckInSubject | MatterSubject | SeatSubject | MeetingSubject
"""Of each: the `body` concerned (its code, "" none), the `project` and the `team`, if any."""


def subject_of(session: Session, inquiry: t.Inquiry, language: str = "ja") -> Subject:
    match inquiry.kind:
        case InquiryKind.CHECK_IN:
            return _check_in(session, session.get_one(t.CheckIn, inquiry.check_in_id))
        case InquiryKind.MATTER:
            return _matter(session, session.get_one(t.MatterStage, inquiry.stage_id))
        case InquiryKind.SUCCESSOR:
            return _seat(session, session.get_one(t.Seat, inquiry.seat_id), language)
        case InquiryKind.MEETING:
            meeting = session.get_one(t.Meeting, inquiry.meeting_id)
            agenda = tuple(line.title(language) for line in agendas.of(session, meeting))
            return MeetingSubject(meeting, agenda, meeting.body)


def _check_in(session: Session, check_in: t.CheckIn) -> CheckInSubject:
    event = session.get(t.TriggerEvent, check_in.event_id) if check_in.event_id else None
    return CheckInSubject(check_in, session.get_one(t.KeyProject, check_in.project_id), event)


def _matter(session: Session, stage: t.MatterStage) -> MatterSubject:
    matter = session.get_one(t.Matter, stage.matter_id)
    before = (
        select(t.MatterStage)
        .where(t.MatterStage.matter_id == matter.id, t.MatterStage.position < stage.position)
        .order_by(col(t.MatterStage.position).desc())
    )
    project = session.get(t.KeyProject, matter.project_id) if matter.project_id else None
    return MatterSubject(matter, stage, session.exec(before).first(), project, stage.body)


def _seat(session: Session, seat: t.Seat, language: str) -> SeatSubject:
    team = session.get(t.ProjectTeam, seat.team_id) if seat.team_id else None
    project = session.get(t.KeyProject, team.project_id) if team else None
    user = session.get(t.User, seat.user_id) if seat.user_id else None
    return SeatSubject(seat, named(user, language) if user else seat.name, team, project, seat.body)
