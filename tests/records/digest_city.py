"""The sample city in real time, with somebody of two departments who wants one mail a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import JST
from domain.collection import DueMail
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from records import digests, plans, round_mails
from records.change import Change
from tests.city_hall import CityHall
from tests.conftest import PLAN

TUESDAY = date(2021, 2, 16)
"""The first business day after the round was due."""


def clock(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=JST)


def by(at: datetime) -> Change:
    return Change("workflow", at)


@dataclass
class DigestCity:
    """`reader` is the address of the one who wants one mail a day: staff of `school` and of `housing`."""

    hall: CityHall
    reader: str

    def rules(self, **rules: bool) -> None:
        """Give the plan other rules for its mails."""
        with self.hall.writing() as session:
            plan = plans.find(session, PLAN)
            plan.definition = {**plan.definition, "mails": rules}
            session.add(plan)

    def wishes(self, wants_digest: bool) -> None:
        with self.hall.writing() as session:
            session.exec(select(t.MailPreference)).one().wants_digest = wants_digest

    def due(
        self, session: Session, department: str, kind: StepKind, to: Rank, step_key: str, codes: Sequence[str] = ()
    ) -> DueMail:
        """A mail for everything that a department owes, or for some measures."""
        owner = self.hall.department(session, department).id
        query = (
            select(t.ProgressReport, t.Node)
            .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
            .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
            .where(t.UpdateRequest.department_id == owner)
            .where(t.UpdateRequest.round_id == self.hall.round(session).id)
        )
        found = [(report, node) for report, node in session.exec(query).all() if not codes or node.code in codes]
        return DueMail(found[0][0].request_id, kind, to, step_key, tuple(report.node_id for report, _ in found))

    def post(
        self,
        at: datetime,
        *departments: str,
        kind: StepKind = StepKind.REMINDER,
        to: Rank = Rank.STAFF,
        step: str = "reminder-first",
    ) -> list[int]:
        """Claim and begin the mails of departments, as a round does; the ids of those that go at once."""
        with self.hall.writing() as session:
            key = f"{step}@{at.date().isoformat()}"
            batch = [self.due(session, department, kind, to, key) for department in departments or ("school",)]
            ids = round_mails.claim_all(session, by(at), batch, at.date(), "meguru.example")
        at_once = []
        for mail_id in ids:
            with self.hall.writing() as session:
                if round_mails.begin_attempt(session, by(at), mail_id, at.date()) is not None:
                    at_once.append(mail_id)
        return at_once

    def begin(self, digest: int, at: datetime) -> digests.DigestInHand | None:
        with self.hall.writing() as session:
            return digests.begin(session, by(at), digest)

    def finish(self, digest: int, outcome: Outcome, at: datetime) -> MailState:
        with self.hall.writing() as session:
            return digests.finish_attempt(session, by(at), digest, outcome, "件名", "本文", "")

    def digests(self) -> list[t.Digest]:
        with self.hall.reading() as session:
            return list(session.exec(select(t.Digest).order_by(col(t.Digest.id))))

    def mails(self) -> list[t.Mail]:
        """What the ledger holds for the reader."""
        with self.hall.reading() as session:
            query = select(t.Mail).where(t.Mail.recipient == self.reader)
            return list(session.exec(query.order_by(col(t.Mail.id))))

    def states(self) -> list[MailState]:
        return [mail.state for mail in self.mails()]


def prepared(hall: CityHall) -> DigestCity:
    """Let the city live in real time, and let one person work for two departments and want a digest."""
    with hall.writing() as session:
        plan = plans.find(session, PLAN)
        plan.clock_origin_at = plan.clock_started_at = None
        reader, housing = hall.holder(session, "school", Rank.STAFF), hall.department(session, "housing")
        begun = TUESDAY - timedelta(days=90)
        session.add(t.Appointment(user_id=reader.id, department_id=housing.id, rank=Rank.STAFF, valid_from=begun))
        session.add(t.MailPreference(user_id=reader.id, wants_digest=True))
        session.add(plan)
        return DigestCity(hall, reader.email)
