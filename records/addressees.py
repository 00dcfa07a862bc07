"""Who a step of an inquiry speaks to, on a day: the seats of a team or a body, else who looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from db import tables as t
from domain.body import LEADING, SeatRole
from domain.inquiry import Addressee
from domain.key_project import KeyProjectRules
from domain.ladder import Rank
from records import inquiry_subjects, people, plans, seats, secretariats, teams
from records.inquiry_subjects import SeatSubject, Subject
from records.people import Recipient


def recipients_of(session: Session, inquiry: t.Inquiry, addressee: Addressee, day: date) -> list[Recipient]:
    """Who a step of an inquiry reaches on a day, each once.

    A team without anybody speaks through the coordinating section, a body without a chair through its secretariat.
    Empty where a body's members have no mail address, or where there is nobody at all.
    """
    plan = session.get_one(t.Plan, inquiry.plan_id)
    subject = inquiry_subjects.subject_of(session, inquiry)
    directory = _Directory(session, plan, plans.definition_of(plan).key_projects, day)
    once: dict[str, Recipient] = {}
    for recipient in directory.find(addressee, subject):
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
                return self.holders(self.team(subject)) or self.coordinator()
            case Addressee.LEADER:
                return self.holders([s for s in self.team(subject) if s.role in LEADING]) or self.coordinator()
            case Addressee.COORDINATOR:
                return self.coordinator()
            case Addressee.COMMITTEE:
                first = self.rules.matter.line[0] if self.rules is not None else ""
                return self.chair(first) + self.secretariat(first)
            case Addressee.MEMBERS:
                return self.holders(seats.seats_of(self.session, self.plan, subject.body, self.day))
            case Addressee.SECRETARIAT:
                return self.secretariat(subject.body)
            case Addressee.CHAIR:
                return self.chair(subject.body) or self.secretariat(subject.body)

    def team(self, subject: Subject) -> Sequence[t.Seat]:
        """Who sits in the team concerned: of a vacant seat its own team, else the one that works on the project."""
        if isinstance(subject, SeatSubject):
            sitting = teams.seats_on(self.session, subject.team, self.day) if subject.team else []
            return [seat for seat in sitting if seat.id != subject.seat.id]  # who leaves it has other work by now
        team = teams.of_day(self.session, subject.project, self.day) if subject.project else None
        return teams.seats_on(self.session, team, self.day) if team else []

    def chair(self, body: str) -> list[Recipient]:
        sitting = seats.seats_of(self.session, self.plan, body, self.day)
        return self.holders([seat for seat in sitting if seat.role is SeatRole.CHAIR])

    def coordinator(self) -> list[Recipient]:
        """The coordinating section where the city has said which department it is, else the planning division."""
        return self.department_of(self.rules.coordinator if self.rules is not None else "", Rank.SECTION_HEAD)

    def secretariat(self, body: str) -> list[Recipient]:
        """The department that keeps a body's papers, else the planning division."""
        return self.department_of(body, Rank.STAFF)

    def department_of(self, body: str, rank: Rank) -> list[Recipient]:
        department = secretariats.of(self.session, self.plan, body, self.day)
        return people.recipients(self.session, department.id if department else None, rank, self.day)

    def holders(self, sitting: Sequence[t.Seat]) -> list[Recipient]:
        """Who of them can be mailed: an active account, or a name with an address of its own."""
        found = []
        for seat in sitting:
            user = self.session.get(t.User, seat.user_id) if seat.user_id else None
            if user is not None and user.is_active:
                found.append(people.recipient(user))
            elif seat.email:
                found.append(Recipient(seat.email, seat.name, "ja"))
        return found
