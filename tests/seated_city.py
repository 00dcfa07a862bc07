"""The city of `tests.city` with a plan that has bodies and teams: 所沢市DX推進基本方針, carried over for the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.calendar import JST
from domain.plan import MunicipalityDefinition
from domain.text import Bilingual
from records import people, plans, seats
from records.change import Change
from records.seats import Sitter
from tests.city import MARK, PLAN_FILE, City

DX = "tokorozawa-dx"
COMMITTEE, CONFERENCE, COUNCIL, LEADERS = "strategy-committee", "strategy-conference", "policy-council", "dx-leaders"
TEAM = "project-team"
SINCE = date(2020, 4, 1)
MARCH = datetime(2021, 3, 20, 10, 0, tzinfo=JST)

T = TypeVar("T")


class SeatedCity:
    """The city with a hand on the seats of its bodies."""

    def __init__(self, city: City) -> None:
        self.city = city
        definition = plan_files.read_plan(PLAN_FILE.parent / f"{DX}.yaml")
        here = replace(definition, municipality=MunicipalityDefinition("iizuka", Bilingual("飯塚市", "Iizuka City")))
        self.plan: int = self.change(lambda s, c: plans.import_definition(s, c, here, MARK).id)

    def change(self, act: Callable[[Session, Change], T], at: datetime = MARCH) -> T:
        with self.city.database.writing(self.city.municipality) as session:
            return act(session, Change("planner", at))

    def look(self, at: Callable[[Session], T]) -> T:
        with self.city.database.reading(self.city.municipality) as session:
            return at(session)

    def dx(self, session: Session) -> t.Plan:
        return session.get_one(t.Plan, self.plan)

    def take(
        self,
        body: str,
        who: str | Sitter,
        *,
        role: SeatRole = SeatRole.MEMBER,
        basis: SeatBasis = SeatBasis.NOMINATION,
        department: str = "",
        since: date = SINCE,
    ) -> int:
        """Let somebody sit in a body; the id of the seat."""
        sitter = who if isinstance(who, Sitter) else Sitter(self.city.user(who).id)

        def taken(session: Session, change: Change) -> int:
            for_whom = people.department_of_code(session, department) if department else None
            seat = seats.take(
                session, change, self.dx(session), body, sitter, since, role=role, basis=basis, department=for_whom
            )
            return seat.id

        return self.change(taken)

    def team(self, **members: SeatRole) -> dict[str, int]:
        """A key project with its team: who → the id of the seat."""

        def founded(session: Session, _: Change) -> dict[str, int]:
            project = t.KeyProject(
                plan_id=self.plan,
                code="sample",
                title="サンプル",
                hypothesis="待ち時間が短くなる",
                workflow_id="key-project/sample",
                first_goal="10分",
                first_path="予約",
                goal="10分",
                path="予約",
                cadence_since=SINCE,
                opened_on=SINCE,
            )
            session.add(project)
            session.flush()
            team = t.ProjectTeam(project_id=project.id, name="窓口チーム", founded_on=SINCE, founded_reason="重点課題")
            session.add(team)
            session.flush()
            rows = {
                who: t.Seat(
                    plan_id=self.plan, body=TEAM, team_id=team.id, user_id=self.city.user(who).id, role=role,
                    valid_from=SINCE,
                )
                for who, role in members.items()
            }  # fmt: skip
            session.add_all(rows.values())
            session.flush()
            return {who: row.id for who, row in rows.items()}

        return self.change(founded)

    def seat(self, seat_id: int) -> t.Seat:
        return self.look(lambda s: s.get_one(t.Seat, seat_id))

    def sitting(self, body: str, day: date) -> list[tuple[str, SeatRole]]:
        """Who sits in a body on a day, by name."""

        def at(session: Session) -> list[tuple[str, SeatRole]]:
            found = seats.seats_of(session, self.dx(session), body, day)
            return [(session.get_one(t.User, s.user_id).name if s.user_id else s.name, s.role) for s in found]

        return self.look(at)

    def searches(self, seat_id: int) -> list[t.Inquiry]:
        query = select(t.Inquiry).where(t.Inquiry.seat_id == seat_id).order_by(col(t.Inquiry.id))
        return self.look(lambda s: list(s.exec(query)))

    def told(self, workflow_id: str) -> list[tuple[str, bool]]:
        """What the outbox holds for a process: the name of each message, and whether it starts it."""
        query = select(t.Outbox).where(t.Outbox.workflow_id == workflow_id).order_by(col(t.Outbox.id))
        return self.look(lambda s: [(row.name, row.is_start) for row in s.exec(query)])

    def audited(self) -> list[str]:
        return self.look(lambda s: [e.action for e in s.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.id)))])
