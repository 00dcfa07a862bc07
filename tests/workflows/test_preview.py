"""What the preview says beforehand is what the year sends, with the real workflow, ledger and relay."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Hashable
from datetime import timedelta

from sqlmodel import select

from db import tables as t
from db.session import Database
from documents.mail_calendar import MailCalendar
from domain.mail_ledger import MailState
from domain.reorganisation import SuccessionKind
from records import plans, reorganisation
from records.change import Change
from records.preview import of_year
from records.succession import Heir, Succession
from tests.conftest import PLAN
from tests.workflows.office import Office, running_office


async def preview(office: Office) -> MailCalendar:
    at = await office.environment.get_current_time()
    with office.database.writing(office.municipality) as session:
        return of_year(session, plans.find(session, PLAN), 2020, at, "ja")


def said(calendar: MailCalendar) -> Counter[Hashable]:
    return Counter(
        (mail.at.date(), mail.step.kind, mail.step.to, r.email, r.name, frozenset(m.code for m in mail.measures))
        for mail in calendar.mails
        for r in mail.recipients
    )


def sent(office: Office) -> Counter[Hashable]:
    """What the ledger says was sent, in the same words."""
    with office.database.reading(office.municipality) as session:
        code_of = {node.id: node.code for node in session.exec(select(t.Node))}
        mails = session.exec(select(t.Mail)).all()
    assert {mail.state for mail in mails} == {MailState.SENT}
    assert len(mails) == len(office.mailer.sent)
    return Counter(
        (m.claimed_on, m.kind, m.rank, m.recipient, m.recipient_name, frozenset(code_of[i] for i in m.measures))
        for m in mails
    )


def test_what_is_said_beforehand_is_what_a_year_that_nobody_answers_sends(sample_database: Database) -> None:
    async def story() -> None:
        async with running_office(sample_database) as office:
            calendar = await preview(office)
            await office.until(2021, 6, 1, 9)
            assert said(calendar) == sent(office)
            assert calendar.total > 100

    asyncio.run(story())


def test_a_merger_on_a_day_of_the_round_sends_what_was_said_beforehand(sample_database: Database) -> None:
    async def story() -> None:
        async with running_office(sample_database) as office:
            started = await office.environment.get_current_time()
            merge(office, Change("planner", started))
            calendar = await preview(office)
            await office.until(2021, 1, 31, 23)
            at = await office.environment.get_current_time() + timedelta(hours=2)  # 1 February, as the scheduler looks
            with office.database.writing(office.municipality) as session:
                assert reorganisation.take_effect_due(session, Change("scheduler", at)) == ["citizens"]
            await office.until(2021, 6, 1, 9)
            assert said(calendar) == sent(office)

    asyncio.run(story())


def merge(office: Office, change: Change) -> None:
    """The citizens' counter becomes part of general affairs on 1 February 2021."""
    with office.database.writing(office.municipality) as session:
        known = {d.code: d for d in session.exec(select(t.Department))}
        day = (office.clock.plan_time(change.at) + timedelta(days=17)).date()
        heirs = (Heir(known["general-affairs"]),)
        reorganisation.enter(session, change, Succession(known["citizens"], day, SuccessionKind.MERGED, heirs))
