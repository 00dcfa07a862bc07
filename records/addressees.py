"""Who a step of an inquiry speaks to, on a day: the seats of a team or a body, else who looks after them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.body import LEADING, SeatRole
from domain.inquiry import Addressee
from domain.key_project import KeyProjectRules
from domain.ladder import Rank
from records import inquiry_subjects, people, plans
from records.inquiry_subjects import SeatSubject, Subject
from records.people import Recipient


def recipients_of(session: Session, inquiry: t.Inquiry, addressee: Addressee, day: date) -> list[Recipient]:
    """Who a step of an inquiry reaches on a day, each once.

    A team without anybody speaks through the coordinating section, a body without a chair through its secretariat.
    Empty where a body's members have no mail address, or where there is nobody at all.
    """
    plan = session.get_one(t.Plan, inquiry.plan_id)
    subject = inquiry_subjects.subject_of(session, inquiry)
    once: dict[str, Recipient] = {}
    for recipient in _Directory(session, plan, plans.definition_of(plan).key_projects, day).find(addressee, subject):
        once.setdefault(recipient.email.lower(), recipient)
    return list(once.values())


@dataclass(frozen=True)
class _Directory:
    """The people of a plan on a day. `rules` None: the plan has no key projects."""

    session: Session
    plan: t.Plan
    rules: KeyProjectRules | None
    day: date

    def find(self, addressee: Addressee, subject: Subject) -> list[Recipient]:
        match addressee:
            case Addressee.TEAM:
                return self.team(subject, tuple(SeatRole)) or self.coordinator()
            case Addressee.LEADER:
                return self.team(subject, LEADING) or self.coordinator()
            case Addressee.COORDINATOR:
                return self.coordinator()
            case Addressee.COMMITTEE:
                first = self.rules.matter.line[0] if self.rules is not None else ""
                return self.body(first, (SeatRole.CHAIR,)) + self.secretariat(first)
            case Addressee.MEMBERS:
                return self.body(subject.body, tuple(SeatRole))
            case Addressee.SECRETARIAT:
                return self.secretariat(subject.body)
            case Addressee.CHAIR:
                return self.body(subject.body, (SeatRole.CHAIR,)) or self.secretariat(subject.body)

    def team(self, subject: Subject, roles: Collection[SeatRole]) -> list[Recipient]:
        """Who sits in the team concerned: of a vacant seat its own team, else the one that works on the project."""
        if isinstance(subject, SeatSubject):
            # Who leaves the seat has other work by now.
            others = (col(t.Seat.team_id) == subject.seat.team_id, col(t.Seat.id) != subject.seat.id)
            return self.holders(roles, *others) if subject.team else []
        if subject.project is None:
            return []
        of_project = select(t.ProjectTeam.id).where(
            t.ProjectTeam.project_id == subject.project.id,
            t.ProjectTeam.founded_on <= self.day,
            or_(col(t.ProjectTeam.dissolved_on).is_(None), col(t.ProjectTeam.dissolved_on) >= self.day),
        )
        return self.holders(roles, col(t.Seat.team_id).in_(of_project))

    def body(self, code: str, roles: Collection[SeatRole]) -> list[Recipient]:
        of_body = (col(t.Seat.plan_id) == self.plan.id, col(t.Seat.body) == code, col(t.Seat.team_id).is_(None))
        return self.holders(roles, *of_body)

    def coordinator(self) -> list[Recipient]:
        """The coordinating section where the city has said which department it is, else the planning division."""
        return self.department_of(self.rules.coordinator if self.rules is not None else "", Rank.SECTION_HEAD)

    def secretariat(self, body: str) -> list[Recipient]:
        """The department that keeps a body's papers, else the planning division."""
        return self.department_of(body, Rank.STAFF)

    def department_of(self, body: str, rank: Rank) -> list[Recipient]:
        keepers = (
            select(t.Secretariat.department_id)
            .where(
                t.Secretariat.plan_id == self.plan.id,
                t.Secretariat.body == body,
                t.Secretariat.valid_from <= self.day,
                or_(col(t.Secretariat.valid_until).is_(None), col(t.Secretariat.valid_until) >= self.day),
            )
            .order_by(col(t.Secretariat.valid_from).desc())
        )
        return people.recipients(self.session, self.session.exec(keepers).first(), rank, self.day)

    def holders(self, roles: Collection[SeatRole], *of: ColumnElement[bool]) -> list[Recipient]:
        """Who holds seats on the day and can be mailed: an active account, or a name with an address of its own."""
        seats = self.session.exec(
            select(t.Seat, t.User)
            .outerjoin(t.User, (col(t.User.id) == col(t.Seat.user_id)) & col(t.User.is_active))
            .where(
                *of,
                col(t.Seat.role).in_(roles),
                t.Seat.valid_from <= self.day,
                or_(col(t.Seat.valid_until).is_(None), col(t.Seat.valid_until) >= self.day),
            )
        ).all()
        return list(_mailable(sorted(seats, key=lambda held: (list(SeatRole).index(held[0].role), held[0].id))))


def _mailable(seats: Iterable[tuple[t.Seat, t.User | None]]) -> Iterable[Recipient]:
    for seat, user in seats:
        if user is not None:
            yield people.recipient(user)
        elif seat.email:
            yield Recipient(seat.email, seat.name, "ja")
