"""The sample city with its round of fiscal year 2020 open: who is who, and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

from db import tables as t
from db.session import Database
from domain.collection import DueMail
from domain.ladder import Rank, StepKind
from domain.roles import Actor
from japan_calendar import business_calendar
from records import cycles, people, plans, reporting
from records.change import Change
from tests.conftest import PLAN

OPENED, TODAY, DUE = date(2021, 1, 15), date(2021, 1, 20), date(2021, 2, 15)
AT = datetime(2021, 1, 20, 1, tzinfo=UTC)
CALENDAR = business_calendar(range(2020, 2024))
DEFINITION_ROUND = "yearly"
ANSWERS = {
    "progress": "on_track",
    "achievements": "窓口に端末を置き、使い方の講座を開きました。",
    "next_step": "講座を支所でも開きます。",
}
SCHOOL_MEASURES = ("4-1-1", "4-1-2", "4-1-3", "4-1-4")


def change(by: str = "test", user: int | None = None, after: timedelta = timedelta(0)) -> Change:
    return Change(by, AT + after, user)


def open_round(session: Session) -> t.CollectionRound:
    """Freeze the owners of the year and open its round on 15 January 2021."""
    cycle = cycle_2020(session)
    cycles.freeze_owners(session, change(), cycle, OPENED)
    return cycles.open_round(session, change(), cycle, DEFINITION_ROUND, OPENED, CALENDAR)


def cycle_2020(session: Session) -> t.AnnualCycle:
    cycle = cycles.cycle_of(session, plans.find(session, PLAN), 2020)
    assert cycle is not None
    return cycle


@dataclass
class CityHall:
    """A database whose round is open, seen from one municipality."""

    database: Database
    municipality: int

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.writing(self.municipality) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.database.reading(self.municipality) as session:
            yield session

    def round(self, session: Session) -> t.CollectionRound:
        return cycles.rounds_of(session, cycle_2020(session))[0]

    def report(self, session: Session, code: str) -> t.ProgressReport:
        query = select(t.ProgressReport).join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        return session.exec(query.where(t.Node.code == code, t.ProgressReport.round_id == self.round(session).id)).one()

    def department(self, session: Session, code: str) -> t.Department:
        return session.exec(select(t.Department).where(t.Department.code == code)).one()

    def holder(self, session: Session, department: str, rank: Rank) -> t.User:
        """The first person of a rank in a department."""
        query = (
            select(t.User)
            .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
            .where(t.Appointment.department_id == self.department(session, department).id, t.Appointment.rank == rank)
            .order_by(col(t.User.id))
        )
        found = session.exec(query).first()
        assert found is not None
        return found

    def actor(self, session: Session, department: str, rank: Rank = Rank.STAFF, day: date = TODAY) -> Actor:
        return people.actor_of(session, self.holder(session, department, rank), day)

    def planner(self, session: Session) -> Actor:
        user = session.exec(select(t.User).where(t.User.email == "nakajima.sakura@iizuka.example")).one()
        return people.actor_of(session, user, TODAY)

    def submit(self, session: Session, code: str, department: str = "school", today: date = TODAY) -> t.ProgressReport:
        report = self.report(session, code)
        actor = self.actor(session, department)
        return reporting.submit(session, change("staff", actor.user), actor, report.id, ANSWERS, report.revision, today)

    def approve(self, session: Session, code: str, department: str = "school") -> t.ProgressReport:
        head = self.actor(session, department, Rank.SECTION_HEAD)
        return reporting.approve(session, change(), head, self.report(session, code).id, TODAY)

    def send_back(self, session: Session, code: str, comment: str = "根拠を書いてください。") -> t.ProgressReport:
        head = self.actor(session, "school", Rank.SECTION_HEAD)
        definition = plans.definition_of(plans.find(session, PLAN))
        report = self.report(session, code)
        return reporting.return_(session, change(), head, report.id, comment, TODAY, CALENDAR, definition)

    def due(
        self,
        session: Session,
        codes: tuple[str, ...] = SCHOOL_MEASURES,
        kind: StepKind = StepKind.REMINDER,
        to: Rank = Rank.STAFF,
        step_key: str = "reminder-first@2021-02-16",
    ) -> DueMail:
        """A mail that the rules say one department's line is owed."""
        reports = [self.report(session, code) for code in codes]
        return DueMail(reports[0].request_id, kind, to, step_key, tuple(report.node_id for report in reports))

    def outbox(self, session: Session) -> list[t.Outbox]:
        """What the round's process will be told, in order."""
        query = select(t.Outbox).where(t.Outbox.workflow_id == self.round(session).workflow_id)
        return list(session.exec(query.order_by(col(t.Outbox.id))))

    def audited(self, session: Session) -> list[str]:
        """The actions in the audit log, in order."""
        return [entry.action for entry in session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence)))]


def open_city_hall(database: Database, municipality: int) -> CityHall:
    """Open the year's round; used once to make a template file."""
    with database.writing(municipality) as session:
        open_round(session)
    return CityHall(database, municipality)
