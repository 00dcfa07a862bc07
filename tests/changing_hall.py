"""The city of `tests.city` in the weeks around a reorganisation on 1 February 2021."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from db import tables as t
from domain.calendar import JST
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from records import reorganisation
from records.change import Change
from records.succession import Heir, Succession
from tests.city import City, email_of

DAY = date(2021, 2, 1)
BEFORE = datetime(2021, 1, 20, 10, 0, tzinfo=JST)
ON_THE_DAY = datetime(2021, 2, 1, 0, 5, tzinfo=JST)
LATE = datetime(2021, 3, 1, 9, 0, tzinfo=JST)
LAST_DAY = DAY - timedelta(days=1)

T = TypeVar("T")


class Hall:
    """The city of `tests.city` with a hand on its departments."""

    def __init__(self, city: City) -> None:
        self.city = city

    def look(self, at: Callable[[Session], T]) -> T:
        with self.city.database.reading(self.city.municipality) as session:
            return at(session)

    def enter(
        self,
        department: str,
        kind: SuccessionKind,
        heirs: Mapping[str, tuple[str, ...]],
        at: datetime = BEFORE,
        on: date = DAY,
    ) -> bool:
        """Enter a succession; heirs that are not there yet begin on the day."""
        with self.city.database.writing(self.city.municipality) as session:
            known = {d.code: d for d in session.exec(select(t.Department))}
            origins = {n.code: n.origin_id or 0 for n in session.exec(select(t.Node))}
            made = tuple(
                Heir(
                    known.get(code) or t.Department(code=code, name=code, valid_from=on),
                    frozenset(origins[measure] for measure in measures),
                )
                for code, measures in heirs.items()
            )
            entered = Succession(known[department], on, kind, made, "組織の見直し")
            return reorganisation.enter(session, Change("planner", at), entered)

    def day_comes(self, at: datetime = ON_THE_DAY) -> list[str]:
        with self.city.database.writing(self.city.municipality) as session:
            return reorganisation.take_effect_due(session, Change("scheduler", at))

    def department(self, code: str) -> t.Department:
        return self.look(lambda s: s.exec(select(t.Department).where(t.Department.code == code)).one())

    def asked_for(self, measure: str) -> str | None:
        """The department whose request holds the measure's report now."""

        def at(session: Session) -> str | None:
            report = session.get_one(t.ProgressReport, self.city.reports[measure])
            department = session.get_one(t.UpdateRequest, report.request_id).department_id
            return session.get_one(t.Department, department).code if department else None

        return self.look(at)

    def answering(self, measure: str) -> list[tuple[str, date, date | None]]:
        """Who answers for a measure, from when until when."""

        def at(session: Session) -> list[tuple[str, date, date | None]]:
            query = (
                select(t.Responsibility, t.Department)
                .join(t.Department, col(t.Department.id) == col(t.Responsibility.department_id))
                .join(t.Node, col(t.Node.id) == col(t.Responsibility.node_id))
                .where(t.Node.code == measure)
                .order_by(col(t.Responsibility.valid_from))
            )
            return [(d.code, r.valid_from, r.valid_until) for r, d in session.exec(query)]

        return self.look(at)

    def appointments(self, who: str) -> list[tuple[str, Rank, date, date | None]]:
        def at(session: Session) -> list[tuple[str, Rank, date, date | None]]:
            query = (
                select(t.Appointment, t.Department)
                .join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
                .join(t.User, col(t.User.id) == col(t.Appointment.user_id))
                .where(t.User.email == email_of(who))
                .order_by(col(t.Appointment.id))
            )
            return [(d.code, a.rank, a.valid_from, a.valid_until) for a, d in session.exec(query)]

        return self.look(at)

    def told(self) -> list[tuple[str, int]]:
        """The events that the running round's process is told of: kind and measure."""

        def at(session: Session) -> list[tuple[str, int]]:
            round_ = session.get_one(t.CollectionRound, self.city.round)
            rows = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == round_.workflow_id)).all()
            return [(row.payload["kind"], row.payload["measure"]) for row in rows]

        return self.look(at)

    def rows(self, municipality: int | None = None) -> list[dict[str, Any]]:
        """Every row that a reorganisation may touch."""
        tables: tuple[type[SQLModel], ...] = (
            *(t.Department, t.DepartmentSuccession, t.User, t.Appointment, t.Responsibility, t.UpdateRequest),
            *(t.ProgressReport, t.CycleMeasure, t.Outbox, t.AuditEntry, t.SignedInSession),
        )
        with self.city.database.reading(municipality or self.city.municipality) as session:
            return [row.model_dump() for table in tables for row in session.exec(select(table))]
