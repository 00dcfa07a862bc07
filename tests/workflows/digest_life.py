"""A city with three plans alike, in skipped time: some staff answer for all three and want one mail a day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path

from sqlmodel import Session, col, select
from temporalio.client import WorkflowHistory

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, narrow
from domain.calendar import JST
from domain.clock import SECONDS_PER_DAY, PlanClock, real_clock
from domain.identifiers import digest_id
from domain.mail_ledger import MailState, Outcome
from domain.text import Bilingual
from mail.send import Handed
from organisation_files import read_organisation
from records import cycles, mail_troubles, outbox, people, plans, reporting
from records.change import Change
from records.organisation import import_organisation
from replay.agenda import Act, Entry, Moment, on
from replay.player import running
from tests.conftest import RememberingMailer
from tests.workflows.office import GOOD_ANSWERS

FILES = Path(__file__).parents[2] / "plans"
PLANS = ("iizuka-ict", "iizuka-b", "iizuka-c")
BEGINS_AT = datetime(2021, 1, 14, tzinfo=JST)
OPENS = date(2021, 1, 15)
LATE = date(2021, 2, 16)
"""The first business day after everything was due."""


@dataclass
class FailingMailer(RememberingMailer):
    """A mail server that does not answer for the mails of `lost` while `begins <= now < ends`."""

    lost: str = ""
    begins: datetime = BEGINS_AT
    ends_at: datetime = BEGINS_AT

    async def hand_over(self, message: EmailMessage) -> Handed:
        if self.lost and self.lost in str(message["To"]) and self.begins <= message["Date"].datetime < self.ends_at:
            return Handed(Outcome.NOT_REACHED, "connect: refused")
        return await super().hand_over(message)

    def days(self, recipient: str) -> list[date]:
        """The plan day of each mail that reached somebody."""
        return [m["Date"].datetime.astimezone(JST).date() for m in self.sent if recipient in str(m["To"])]


@dataclass
class City:
    """The city after its agenda was played, with the histories of some processes."""

    database: Database
    municipality: int
    mailer: FailingMailer
    histories: dict[str, WorkflowHistory] = field(default_factory=dict, repr=False)

    def mails(self, recipient: str) -> list[t.Mail]:
        with self.database.reading(self.municipality) as session:
            query = select(t.Mail).where(t.Mail.recipient == recipient).order_by(col(t.Mail.id))
            return list(session.exec(query))

    def process_of(self, name: str) -> str:
        """The id of the one process of a type that was started."""
        with self.database.reading(self.municipality) as session:
            return session.exec(select(t.Outbox.workflow_id).where(t.Outbox.name == name)).one()

    def digests(self, recipient: str) -> list[t.Digest]:
        with self.database.reading(self.municipality) as session:
            query = select(t.Digest).where(t.Digest.recipient == recipient).order_by(col(t.Digest.id))
            return list(session.exec(query))


def staff_of(session: Session, department: str) -> t.User:
    """The first of the staff of a department."""
    owner = people.department_of_code(session, department)
    query = (
        select(t.User)
        .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
        .where(t.Appointment.department_id == owner.id, t.Appointment.rank == "staff")
    )
    return session.exec(query.order_by(col(t.User.id))).all()[0]


def store(database: Database, *departments: str) -> tuple[int, dict[str, str]]:
    """The three plans in an empty database; the municipality, and by department the address of who wants a digest."""
    change = Change("test", BEGINS_AT)
    definition = plan_files.read_plan(FILES / "iizuka-ict.yaml")
    organisation = read_organisation(FILES / "samples" / "iizuka-ict.organisation.yaml")
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
        narrow(session, municipality)
        for code in PLANS:
            named = replace(definition, code=code, name=Bilingual(f"計画 {code}", f"Plan {code}"))
            plan = plans.import_definition(session, change, named, Bilingual("模擬データ", "simulated"))
            import_organisation(session, change, plan, replace(organisation, plan=code))
        staff = {department: staff_of(session, department) for department in departments}
        for user in staff.values():
            session.add(t.MailPreference(user_id=user.id, wants_digest=True))
        return municipality, {department: user.email for department, user in staff.items()}


def open_years(session: Session, moment: Moment) -> None:
    """The planning division asks for the reports of all three plans."""
    for code in PLANS:
        plan, change = plans.find(session, code), Change("planner", moment.at)
        cycles.open_cycle(session, change, plan, 2020, real_clock(moment.at), collect_now=True)


def submit_all(department: str) -> Act:
    """Somebody of a department submits everything it owes."""

    def submit(session: Session, moment: Moment) -> None:
        owner, actor = people.department_of_code(session, department), staff_of(session, department)
        query = (
            select(t.ProgressReport)
            .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
            .where(t.UpdateRequest.department_id == owner.id)
        )
        acting = people.actor_of(session, actor, moment.today)
        for report in session.exec(query).all():
            reporting.submit(
                session, moment.change(actor), acting, report.id, GOOD_ANSWERS, report.revision, moment.today
            )

    return submit


def refused_and_sent_again(department: str) -> Act:
    """One of the mails to a department's staff turns out to have been refused, and is sent again."""

    def send(session: Session, moment: Moment) -> None:
        to = staff_of(session, department).email
        mail = session.exec(select(t.Mail).where(t.Mail.recipient == to).order_by(col(t.Mail.id))).all()[0]
        mail.state, mail.error = MailState.FAILED, "550 5.1.1 no such user"
        session.add(mail)
        session.flush()
        mail_troubles.send_again(session, Change("planner", moment.at), mail.id, False, "meguru.example")

    return send


def set_the_clock_anew(recipient: str, clock: PlanClock) -> Act:
    """The digest of the first day is told the clock that it has, once more."""

    def tell(session: Session, moment: Moment) -> None:
        outbox.tell_clock(session, Change("planner", moment.at), digest_id("iizuka", recipient, OPENS), clock)

    return tell


def play(
    database: Database,
    municipality: int,
    agenda: Sequence[Entry],
    until: date,
    mailer: FailingMailer,
    *,
    processes: Callable[[City], Sequence[str]] = lambda _: (),
    by_clock: Callable[[PlanClock], Sequence[Entry]] = lambda _: (),
    seconds_per_day: float = SECONDS_PER_DAY,
) -> City:
    """Open the years and play an agenda up to the end of a day. `by_clock` adds what needs the processes' clock."""

    async def run() -> City:
        async with running(database, municipality, BEGINS_AT, mailer, (), seconds_per_day=seconds_per_day) as player:
            acts = [on(OPENS, 8, 20, open_years), *agenda, *by_clock(player.time.clock)]
            await player.play(acts, datetime.combine(until, datetime.max.time(), JST), lambda _: None)
            city = City(database, municipality, mailer)
            for process in processes(city):
                city.histories[process] = await player.client.get_workflow_handle(process).fetch_history()
            return city

    return asyncio.run(run())
