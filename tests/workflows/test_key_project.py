"""Key projects in skipped time, with the real activities, relay and ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage

from sqlmodel import Session, select

from db import tables as t
from db.session import Database
from domain.key_project import Cadence, CheckInReason, CheckInState, EventKind
from domain.mail_ledger import MailState, Outcome
from mail.send import Handed
from records import check_ins
from replay.agenda import Entry, Moment, on
from tests.conftest import RememberingMailer
from tests.workflows import project_life as life
from tests.workflows.project_life import CHAIR, LEADER, MEMBER, OFFICE, PLANNER, SUB_LEADER
from tests.workflows.test_mail_outage import QUICK_DAY


@dataclass
class SilentServer(RememberingMailer):
    """A mail server that can be switched off and on."""

    is_off: bool = False

    async def hand_over(self, message: EmailMessage) -> Handed:
        return Handed(Outcome.NOT_REACHED, "off") if self.is_off else await super().hand_over(message)

    def switched(self, day: date, *, off: bool) -> Entry:
        def switch(session: Session, moment: Moment) -> None:
            self.is_off = off

        return on(day, 8, 20, switch)


def asked_on(city: life.City) -> list[date]:
    return city.read(lambda s: [c.asked_on for c in check_ins.of_project(s, life.project_in(s))])


def test_a_weekly_team_is_asked_every_week_and_left_in_peace_once_it_answered(empty_database: Database) -> None:
    agenda = [*life.begin(), *life.answered_daily(date(2026, 4, 9), date(2026, 5, 13))]
    city = life.play(empty_database, agenda, date(2026, 5, 13))
    # Wednesdays; 29 April (昭和の日) and 6 May (振替休日) move to the next business day.
    assert asked_on(city) == [
        date(2026, 4, 15),
        date(2026, 4, 22),
        date(2026, 4, 30),
        date(2026, 5, 7),
        date(2026, 5, 13),
    ]
    for member in (LEADER, SUB_LEADER, MEMBER):
        assert [day for day, _ in city.mails(member)] == asked_on(city)
    assert city.mails(PLANNER) == []


def test_a_missed_check_in_goes_to_the_team_the_coordinating_section_and_the_committee(
    empty_database: Database,
) -> None:
    city = life.play(empty_database, life.begin(), date(2026, 6, 30))
    assert asked_on(city) == [date(2026, 4, 15)]  # no second one while the first waits
    due = date(2026, 4, 20)
    assert [day for day, _ in city.mails(MEMBER)] == [date(2026, 4, 15), date(2026, 4, 21)]
    assert [day for day, _ in city.mails(PLANNER)] == [date(2026, 4, 27)]
    committee = [date(2026, 5, 15)]
    assert [day for day, _ in city.mails(f"strategy-committee.{CHAIR}")] == committee
    assert [day for day, _ in city.mails(OFFICE)] == committee
    assert city.read(lambda s: check_ins.of_project(s, life.project_in(s))[0].due_on) == due


def test_an_event_of_the_policy_calls_for_a_check_at_once_and_a_deadline_ahead_on_its_day(
    empty_database: Database,
) -> None:
    agenda = [
        *life.begin(Cadence.AFTER_EVENT),
        on(date(2026, 5, 20), 11, 20, life.happened(EventKind.GUIDELINE, date(2026, 5, 20))),
        on(date(2026, 5, 21), 15, 20, life.answer),
        on(date(2026, 5, 22), 11, 20, life.happened(EventKind.SYSTEM_DEADLINE, date(2026, 7, 1))),
    ]
    city = life.play(empty_database, agenda, date(2026, 7, 2))
    assert asked_on(city) == [date(2026, 5, 20), date(2026, 7, 1)]
    reasons = city.read(lambda s: [c.reason for c in check_ins.of_project(s, life.project_in(s))])
    assert reasons == [CheckInReason.EVENT] * 2
    assert [day for day, _ in city.mails(MEMBER)] == [date(2026, 5, 20), date(2026, 7, 1)]


def test_an_event_gives_a_check_in_that_waits_already_mails_of_its_own(empty_database: Database) -> None:
    happened = life.happened(EventKind.DISASTER, date(2026, 4, 17), here=True)
    agenda = [*life.begin(), on(date(2026, 4, 17), 11, 20, happened), on(date(2026, 4, 22), 15, 20, life.answer)]
    city = life.play(empty_database, agenda, date(2026, 4, 28))
    assert asked_on(city) == [date(2026, 4, 15)]
    assert [day for day, _ in city.mails(MEMBER)] == [date(2026, 4, 15), date(2026, 4, 17)]
    (check_in,) = city.read(lambda s: list(check_ins.of_project(s, life.project_in(s))))
    assert (check_in.state, check_in.due_on) == (CheckInState.SUBMITTED, date(2026, 4, 22))
    assert city.read(lambda s: len(s.exec(select(t.EventCall)).all())) == 1


def test_a_mail_server_that_was_down_for_days_sends_the_team_one_word_and_not_two(empty_database: Database) -> None:
    server = SilentServer()
    agenda = [
        *life.begin(),
        server.switched(date(2026, 4, 14), off=True),
        *life.day_by_day(date(2026, 4, 14), date(2026, 4, 22)),
        server.switched(date(2026, 4, 22), off=False),
    ]
    city = life.play(empty_database, agenda, date(2026, 4, 24), mailer=server, seconds_per_day=QUICK_DAY)
    assert [subject[:4] for _, subject in city.mails(MEMBER)] == ["【督促】"]
    assert len(server.sent) == 3
    states = city.read(lambda s: Counter(m.state for m in s.exec(select(t.Mail))))
    assert states == {MailState.SENT: 3, MailState.OBSOLETE: 3}


def test_what_was_answered_while_the_mail_server_was_down_is_not_asked_afterwards(empty_database: Database) -> None:
    server = SilentServer()
    agenda = [
        *life.begin(Cadence.MONTHLY),
        server.switched(date(2026, 5, 7), off=True),
        *life.day_by_day(date(2026, 5, 7), date(2026, 5, 12)),
        on(date(2026, 5, 11), 15, 20, life.answer),
        server.switched(date(2026, 5, 12), off=False),
    ]
    city = life.play(empty_database, agenda, date(2026, 5, 29), mailer=server, seconds_per_day=QUICK_DAY)
    assert asked_on(city) == [date(2026, 5, 8)]
    assert server.sent == []
    assert city.read(lambda s: {m.state for m in s.exec(select(t.Mail))}) == {MailState.OBSOLETE}
