"""Mails that leave for a mail server on this machine: a round's batch with its ledger, beside a bare loop.

Ours is the whole activity: recipients, claim, letter, mail server, `sent`, each entered in the audit chain, on a SQLite
that waits for the disk. The other sends messages of the same content that are made beforehand and writes nothing down.
The server is aiosmtpd in a process of its own, which takes about 1 ms of another core for a mail of either.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from multiprocessing.connection import Connection
from pathlib import Path

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlmodel import select
from temporalio.testing import ActivityEnvironment

import wall_clock
from activities.contracts import MailBatch
from activities.cycle import calendar_from
from activities.mailing import MailingActivities
from benchmarks.alternating import medians, seconds
from benchmarks.figures import Figure, Run, at_least
from db import migrate
from db import tables as t
from db.session import Database
from domain.calendar import JST
from domain.collection import mails_due
from mail_client import mailer
from records import cycles, plans, round_state
from records.change import Change
from settings import Settings
from tests.chaos import hall

_HOST = "127.0.0.1"
_OPENED = date(hall.YEAR, 4, 1)


def measure(run: Run) -> list[Figure]:
    departments = run.size(full=300, quick=60)
    with tempfile.TemporaryDirectory(prefix="meguru-mails-") as folder, _mail_server() as port:
        run.tell(f"a round of {departments} departments")
        template = Path(folder) / "template.sqlite"
        batch = _opened(template, departments)
        settings = Settings(smtp_host=_HOST, smtp_port=port, smtp_sender="meguru@arashi.example")

        def ours() -> float:
            with _copied(template) as database:
                return seconds(lambda: asyncio.run(_send(database, settings, batch)))

        def bare() -> float:
            return seconds(lambda: asyncio.run(_send_bare(port, messages)))

        with _copied(template) as database:
            asyncio.run(_send(database, settings, batch))  # a worker has its templates and its statements ready
            messages = _written(database, batch.municipality, settings.smtp_sender)
        run.tell("with the ledger and without, in turn")
        own, other = medians(ours, bare, run.size(full=7, quick=2))
    rate, bare_rate = departments / own, departments / other
    return [Figure("mails to a local mail server", rate, "/s", at_least(0.7), bare_rate, "aiosmtplib in a bare loop")]


async def _send(database: Database, settings: Settings, batch: MailBatch) -> None:
    activities = MailingActivities(database, mailer(settings), str(settings.base_url), wall_clock.now)
    sent = await ActivityEnvironment().run(activities.send_mails, batch)
    assert sent == len(batch.mails)


async def _send_bare(port: int, messages: list[EmailMessage]) -> None:
    async with aiosmtplib.SMTP(hostname=_HOST, port=port) as client:
        for message in messages:
            await client.send_message(message)


def _written(database: Database, municipality: int, sender: str) -> list[EmailMessage]:
    """What was sent, as anybody would build it with the standard library."""
    with database.reading(municipality) as session:
        return [_message(mail, sender) for mail in session.exec(select(t.Mail))]


def _message(mail: t.Mail, sender: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = f"{mail.recipient_name} <{mail.recipient}>"
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = mail.claimed_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8", cte="base64")
    return message


def _opened(file: Path, departments: int) -> MailBatch:
    """A database with a round that has just been opened, and the mails that are due then."""
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    municipality = hall.build(database, departments, 86_400).municipality
    change, calendar = Change("benchmark", wall_clock.now()), calendar_from(_OPENED)
    with database.writing(municipality) as session:
        plan = plans.find(session, hall.PLAN)
        cycle, _ = cycles.open_cycle(session, change, plan, hall.YEAR, plans.clock_of(plan, change.at))
        cycles.freeze_owners(session, change, cycle, _OPENED)
        round_ = cycles.open_round(session, change, cycle, "yearly", _OPENED, calendar)
        rules = round_state.rules_of(round_, plans.definition_of(plan))
        state = round_state.load(session, round_, rules.ladder, calendar)
    database.dispose()
    due, _ = mails_due(state, datetime(hall.YEAR, 4, 1, 9, tzinfo=JST))
    return MailBatch(municipality, due, _OPENED)


@contextmanager
def _copied(template: Path) -> Iterator[Database]:
    """A round is sent once: each time needs its own."""
    with tempfile.TemporaryDirectory(dir=template.parent) as folder:
        database = Database(f"sqlite:///{shutil.copy(template, folder)}")
        yield database
        database.dispose()


@contextmanager
def _mail_server() -> Iterator[int]:
    """The port of a mail server that takes everything."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    yield here.recv()
    process.terminate()
    process.join()


def _serve(port: Connection) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(_Office(), hostname="localhost"), _HOST, 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class _Office:
    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        return "250 taken"
