"""A city with the DX policy of Tokorozawa and invented people, for what waits outside a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo import samples
from domain.body import SeatRole
from domain.calendar import JST
from domain.inquiry import InquiryKind
from domain.key_project import CheckInReason, ProjectState
from domain.matter import StageOrigin
from domain.meeting import MeetingState
from domain.roles import Office
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import inquiries, inquiry_mails, plans
from records.change import Change

MONDAY = date(2026, 4, 6)
"""A business day in a week without holidays; a check-in that is asked then is due on Thursday."""
THURSDAY, FRIDAY = date(2026, 4, 9), date(2026, 4, 10)
CHANGE = Change("test", datetime(2026, 4, 6, 1, tzinfo=UTC))
CALENDAR = business_calendar((2025, 2026, 2027))
DOMAIN = "tokorozawa.example"
LEADER, MEMBER, EXPERT = "tachibana@tokorozawa.example", "mori@tokorozawa.example", "expert@example.org"
PLANNER, CHAIR = "kikaku@tokorozawa.example", "fukushicho@tokorozawa.example"


def nine(day: date) -> datetime:
    """The hour at which ladders send."""
    return datetime.combine(day, time(9), JST)


@dataclass
class DxCity:
    database: Database
    municipality: int

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.writing(self.municipality) as session:
            yield session

    def plan(self, session: Session) -> t.Plan:
        return plans.find(session, "tokorozawa-dx")

    def user(self, session: Session, email: str) -> t.User:
        return session.exec(select(t.User).where(t.User.email == email)).one()

    def ledger(self) -> list[t.Mail]:
        with self.database.reading(self.municipality) as session:
            return list(session.exec(select(t.Mail).order_by(col(t.Mail.id))))

    def claim(self, workflow_id: str, at: datetime) -> list[int]:
        with self.writing() as session:
            return inquiry_mails.claim_due(session, CHANGE, workflow_id, at, CALENDAR, DOMAIN)

    def settle(self, inquiry: int, on: date = MONDAY) -> None:
        with self.writing() as session:
            inquiries.settle(session, CHANGE, inquiries.find(session, inquiry), on)

    def begin(self, mail: int, on: date = MONDAY) -> inquiry_mails.InquiryMailInHand | None:
        with self.writing() as session:
            return inquiry_mails.begin_attempt(session, CHANGE, mail, on)

    def check_in(self, session: Session, event: t.TriggerEvent | None = None) -> t.Inquiry:
        """A check-in that the team is asked for on Monday."""
        project = session.exec(select(t.KeyProject)).one()
        check_in = t.CheckIn(
            project_id=project.id,
            number=4,
            reason=CheckInReason.EVENT if event else CheckInReason.CADENCE,
            event_id=event.id if event else None,
            asked_on=MONDAY,
            due_on=THURSDAY,
            question_set={},
        )
        return self._opened(session, InquiryKind.CHECK_IN, project.workflow_id, THURSDAY, check_in_id=check_in)

    def matter(self, session: Session, came_from: StageOrigin = StageOrigin.RAISED) -> t.Inquiry:
        """A matter that waits before the committee, or came up from it to the conference."""
        project = session.exec(select(t.KeyProject)).one()
        matter = t.Matter(
            plan_id=project.plan_id,
            project_id=project.id,
            number=1,
            title="予約窓口の一本化",
            question="予約の窓口を一つにしてよいか。\n費用は記載のとおりとする。",
            wanted_by=date(2026, 4, 20),
            body="strategy-committee",
            workflow_id="matter/tokorozawa/tokorozawa-dx/1",
            raised_on=MONDAY,
        )
        session.add(matter)
        session.flush()
        bodies = [("strategy-committee", "デジタル戦略委員会"), ("strategy-conference", "デジタル戦略会議")]
        for position, (body, name) in enumerate(bodies[: 1 if came_from is StageOrigin.RAISED else 2]):
            stage = t.MatterStage(
                matter_id=matter.id,
                position=position,
                body=body,
                body_name=name,
                origin=came_from if position else StageOrigin.RAISED,
                arrived_on=MONDAY,
                due_on=date(2026, 4, 20),
            )
            session.add(stage)
            session.flush()
        return self._opened(session, InquiryKind.MATTER, matter.workflow_id, date(2026, 4, 20), stage_id=stage)

    def vacancy(self, session: Session, role: SeatRole = SeatRole.MEMBER) -> t.Inquiry:
        """A seat of the team whose holder is transferred."""
        team = session.exec(select(t.ProjectTeam)).one()
        seat = session.exec(select(t.Seat).where(t.Seat.team_id == team.id, t.Seat.role == role)).first()
        assert seat is not None
        seat.successor_wanted_on = MONDAY
        return self._opened(session, InquiryKind.SUCCESSOR, "successor/1", date(2026, 4, 13), seat_id=seat)

    def meeting(self, session: Session, held_on: date = date(2026, 4, 21)) -> t.Inquiry:
        """A sitting of the committee to which its members are invited on Monday."""
        meeting = t.Meeting(
            plan_id=self.plan(session).id,
            body="strategy-committee",
            body_name="デジタル戦略委員会",
            held_on=held_on,
            begins_at=time(14, 0),
            ends_at=time(15, 30),
            place="第1会議室",
            workflow_id="meeting/1",
        )
        session.add(meeting)
        session.flush()
        session.add(t.MeetingItem(meeting_id=meeting.id, position=1, title="報告事項"))
        return self._opened(session, InquiryKind.MEETING, meeting.workflow_id, held_on, meeting_id=meeting)

    def asked_again(self, session: Session, inquiry: t.Inquiry, held_on: date) -> t.Inquiry:
        """The meeting is moved: what was asked is settled, and asked anew."""
        meeting = session.get_one(t.Meeting, inquiry.meeting_id)
        meeting.held_on, meeting.sequence = held_on, meeting.sequence + 1
        inquiries.settle(session, CHANGE, inquiry, MONDAY)
        return self._opened(session, InquiryKind.MEETING, meeting.workflow_id, held_on, meeting_id=meeting)

    def cancel(self, meeting_id: int, reason: str = "") -> None:
        with self.writing() as session:
            meeting = session.get_one(t.Meeting, meeting_id)
            meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, reason
            meeting.sequence += 1
            inquiry = inquiries.about(session, InquiryKind.MEETING, meeting_id)
            assert inquiry is not None
            inquiries.settle(session, CHANGE, inquiry, MONDAY)

    def _opened(
        self,
        session: Session,
        kind: InquiryKind,
        workflow_id: str,
        due_on: date,
        **about: t.CheckIn | t.MatterStage | t.Seat | t.Meeting,
    ) -> t.Inquiry:
        for row in about.values():
            session.add(row)
        session.flush()
        ids = {name: row.id for name, row in about.items()}
        return inquiries.open_inquiry(session, self.plan(session), kind, workflow_id, MONDAY, due_on, **ids)


def make_dx_city(database: Database) -> int:
    """The city in an empty database: one running project, its team and a committee with a chair; the municipality."""
    definition = plan_files.read_plan(samples.PLANS / "tokorozawa-dx.yaml")
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, CHANGE, definition, Bilingual("見本です。", "A sample."))
        people = {
            LEADER: ("橘 遥", "Haruka Tachibana", Office.NONE),
            MEMBER: ("森 樹", "", Office.NONE),
            PLANNER: ("企画 光", "", Office.PLANNING),
            CHAIR: ("副市 長", "", Office.NONE),
        }
        users = {
            email: t.User(email=email, name=name, name_en=name_en, office=office)
            for email, (name, name_en, office) in people.items()
        }
        session.add_all(users.values())
        project = t.KeyProject(
            plan_id=plan.id,
            code="kp-1",
            title="予約のデジタル化",
            title_en="Digital booking",
            hypothesis="来庁せずに予約できれば、待ち時間が減る。",
            first_goal="予約の窓口を一つにする。",
            first_path="一つの課で試す。",
            goal="予約の窓口を一つにする。",
            path="一つの課で試す。",
            state=ProjectState.RUNNING,
            cadence_since=MONDAY,
            opened_on=MONDAY,
            workflow_id="key-project/tokorozawa/tokorozawa-dx/kp-1",
        )
        session.add(project)
        session.flush()
        team = t.ProjectTeam(project_id=project.id, name="予約チーム", founded_on=MONDAY, founded_reason="重点課題")
        session.add(team)
        session.flush()

        def seat(body: str, role: SeatRole, **who: Any) -> t.Seat:
            return t.Seat(plan_id=plan.id, body=body, role=role, valid_from=date(2026, 4, 1), **who)

        session.add_all(
            [
                seat("project-team", SeatRole.MEMBER, team_id=team.id, user_id=users[MEMBER].id),
                seat("project-team", SeatRole.LEADER, team_id=team.id, user_id=users[LEADER].id),
                seat("project-team", SeatRole.MEMBER, team_id=team.id, name="外部 専門", email=EXPERT),
                seat("strategy-committee", SeatRole.CHAIR, user_id=users[CHAIR].id),
                seat("strategy-committee", SeatRole.MEMBER, user_id=users[LEADER].id),
            ]
        )
    return municipality
