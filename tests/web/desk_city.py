"""The sample city in the middle of a round, and people who are signed in: for the tests of the desk and the plans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.clock import PlanClock
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState
from domain.roles import Actor, Office
from japan_calendar import business_calendar
from records import cycles, people, plans, reporting, sign_in
from records.change import Change
from settings import Settings
from tests.conftest import PLAN, REAL_DAY, RememberingMailer
from web.app import create_app
from web.context import SESSION_COOKIE

OPENED_ON = date(2021, 1, 15)
DUE_ON = date(2021, 2, 15)
CALENDAR = business_calendar(range(2020, 2024))
PLANNER = "nakajima.sakura@iizuka.example"
STAFF = "sato.hanako@iizuka.example"
OTHER_STAFF = "ito.naoki@iizuka.example"
ANSWERS = {
    "progress": "on_track",
    "achievements": "市内5か所の窓口で利用を始め、12月までに42件の申請を受け付けました。",
    "next_step": "6月までに利用者アンケートの結果をまとめ、対象の手続を二つ増やします。",
}


@dataclass(frozen=True)
class DeskCity:
    """The sample city with its FY2020 cycle; `round` is 0 where the round has not opened."""

    database: Database
    municipality: int
    cycle: int
    round: int

    @property
    def change(self) -> Change:
        return Change("test", wall_clock.now())

    def report(self, code: str) -> t.ProgressReport:
        """This year's report of a measure."""
        with self.database.reading(self.municipality) as session:
            query = select(t.ProgressReport).join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
            return session.exec(query.where(t.ProgressReport.round_id == self.round, t.Node.code == code)).one()

    def department(self, code: str) -> t.Department:
        with self.database.reading(self.municipality) as session:
            return session.exec(select(t.Department).where(t.Department.code == code)).one()

    def submit(self, code: str, answers: dict[str, str] | None = None) -> None:
        with self.database.writing(self.municipality) as session:
            held = self.report(code)
            request = session.get_one(t.UpdateRequest, held.request_id)
            assert request.department_id is not None
            actor = self._somebody(session, request.department_id)
            reporting.submit(session, self.change, actor, held.id, answers or ANSWERS, held.revision, OPENED_ON)

    def approve(self, code: str) -> None:
        with self.database.writing(self.municipality) as session:
            planner = Actor(1, self.municipality, Office.PLANNING, ())
            reporting.approve(session, self.change, planner, self.report(code).id, OPENED_ON)

    def mail(self, code: str, state: MailState, kind: StepKind = StepKind.REMINDER, **values: str) -> int:
        """A mail about one measure in the ledger."""
        report = self.report(code)
        with self.database.writing(self.municipality) as session:
            known = session.exec(select(t.Mail)).all()
            mail = t.Mail(
                request_id=report.request_id,
                step_key=f"step-{len(known)}",
                kind=kind,
                rank=Rank.STAFF,
                recipient=values.get("recipient", STAFF),
                recipient_name=values.get("name", "佐藤 花子（サンプル）"),
                measures=[report.node_id],
                state=state,
                message_id=f"<{len(known)}@iizuka.example>",
                subject=values.get("subject", "進捗報告の提出をお願いします"),
                body=values.get("body", "期限を過ぎた報告があります。"),
                error=values.get("error", ""),
                claimed_on=DUE_ON + timedelta(days=1),
                claimed_at=wall_clock.now(),
                sent_at=wall_clock.now() if state is MailState.SENT else None,
            )
            session.add(mail)
            session.flush()
            return mail.id

    def let_it_be(self, day: date, hour: int = 10) -> None:
        """Set the plan's clock."""
        with self.database.writing(self.municipality) as session:
            clock = PlanClock(datetime(day.year, day.month, day.day, hour, tzinfo=JST), wall_clock.now(), REAL_DAY)
            plans.set_clock(session, self.change, plans.find(session, PLAN), clock)

    def count(self, table: type[t.Outbox] | type[t.AuditEntry]) -> int:
        with self.database.reading(self.municipality) as session:
            return len(session.exec(select(table)).all())

    def last_audit(self) -> t.AuditEntry:
        with self.database.reading(self.municipality) as session:
            return session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence).desc())).all()[0]

    def client(self, email: str = PLANNER) -> SignedInClient:
        return SignedInClient(self.database, email)

    def _somebody(self, session: Session, department: int) -> Actor:
        held = session.exec(select(t.Appointment).where(t.Appointment.department_id == department)).all()[0]
        user = session.get_one(t.User, held.user_id)
        return people.actor_of(session, user, OPENED_ON)


class SignedInClient:
    """A browser of one person, who needs no password here."""

    def __init__(self, database: Database, email: str) -> None:
        self.http = TestClient(
            create_app(Settings(), database, RememberingMailer()), base_url="https://testserver", follow_redirects=False
        )
        with database.writing(EVERY_MUNICIPALITY) as session:
            user = session.exec(select(t.User).where(t.User.email == email)).one()
            signed_in = sign_in.start_session(session, user, wall_clock.now(), 10)
            self.csrf_token = signed_in.session.csrf_token
        self.http.cookies.set(SESSION_COOKIE, signed_in.token)

    def get(self, path: str) -> Page:
        response = self.http.get(path)
        return Page(response.status_code, response.text, dict(response.headers))

    def post(self, path: str, values: dict[str, str] | None = None, *, with_token: bool = True) -> Page:
        token = {"csrf_token": self.csrf_token} if with_token else {}
        response = self.http.post(path, data={**token, **(values or {})})
        return Page(response.status_code, response.text, dict(response.headers))


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def goes_to(self) -> str:
        return self.headers.get("location", "")


def collecting(database: Database) -> DeskCity:
    """The sample city with its FY2020 round open since 15 January 2021, due on 15 February."""
    city = waiting(database)
    with database.writing(city.municipality) as session:
        cycle = cycles.find(session, city.cycle)
        cycles.freeze_owners(session, city.change, cycle, OPENED_ON)
        round_ = cycles.open_round(session, city.change, cycle, "yearly", OPENED_ON, CALENDAR)
        assert round_.due_on == DUE_ON
        return DeskCity(database, city.municipality, city.cycle, round_.id)


def waiting(database: Database) -> DeskCity:
    """The sample city with its FY2020 cycle asked for but not begun."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        plan = plans.find(session, PLAN)
        cycle = cycles.cycle_of(session, plan, 2020)
        assert cycle is not None
        return DeskCity(database, plan.municipality_id, cycle.id, 0)


def elsewhere(database: Database) -> tuple[str, DeskCity]:
    """Another municipality in the same installation: the address of its planner, and the sample city."""
    with database.writing(EVERY_MUNICIPALITY) as session:
        other = t.Municipality(code="other", name="他市")
        session.add(other)
        session.flush()
        email = "planner@other.example"
        session.add(t.User(municipality_id=other.id, email=email, name="他市 花子", office=Office.PLANNING))
    return email, waiting(database)


@contextmanager
def counted_queries(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
