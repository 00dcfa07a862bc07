"""Sending the mails of a round by the ledger's protocol: claim, hand over, write down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import MailBatch
from activities.heartbeat import heartbeating
from db import tables as t
from db.session import Database
from domain.ladder import StepKind
from domain.mail_ledger import MailState, Outcome
from domain.plan import PlanDefinition
from domain.text import Bilingual, named
from mail import compose
from mail.compose import Letter
from mail.send import Handed, Mailer
from records import mails, plans
from records.change import Change
from records.mails import MailInHand

_AT_ONCE = 5
"""Connections to the mail server at a time: a slow server must not make a round wait in line."""


@dataclass
class _Line:
    """The way to the mail server during one batch: a few mails at a time, and whether it is dead."""

    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    is_dead: bool = False


class MailingActivities:
    """`base_url` is where people reach the application: mails link to it."""

    def __init__(self, database: Database, mailer: Mailer, base_url: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._mailer = mailer
        self._base_url = base_url.rstrip("/")
        self._now = now

    @activity.defn
    async def send_mails(self, batch: MailBatch) -> int:
        """Claim and send every mail of the batch that is still owed; the number sent.

        One that the mail server refuses for now does not hold up the others; a mail server that cannot
        be reached is not asked for every mail. Then the activity fails and Temporal runs it again, which
        takes up only what is still queued.
        """
        async with heartbeating():
            ids = await asyncio.to_thread(self._claim, batch)
            line = _Line()
            ends = await asyncio.gather(*(self._send(line, batch, i) for i in ids), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        if MailState.QUEUED in ends:
            waiting = ends.count(MailState.QUEUED)
            raise ApplicationError(f"{waiting} mails wait for the mail server", type="MailServerNotReady")
        return ends.count(MailState.SENT)

    def _claim(self, batch: MailBatch) -> list[int]:
        domain = self._mailer.sender.rpartition("@")[2].rstrip(">")
        with self._database.writing(batch.municipality) as session:
            return mails.claim_all(session, self._change(), batch.mails, batch.today, domain)

    async def _send(self, line: _Line, batch: MailBatch, mail_id: int) -> MailState | None:
        """One mail, from being begun to being written down; a cancelled activity finishes what it began."""
        async with line.gate:
            if line.is_dead:
                return MailState.QUEUED
            attempt = asyncio.ensure_future(self._attempt(line, batch.municipality, mail_id, batch.today))
            try:
                return await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await attempt
                raise

    async def _attempt(self, line: _Line, municipality: int, mail_id: int, today: date) -> MailState | None:
        begun = await asyncio.to_thread(self._begin, municipality, mail_id, today)
        if begun is None:
            return None
        mail, letter = begun
        handed = await self._hand_over(mail, letter)
        line.is_dead |= handed.outcome is Outcome.NOT_REACHED
        return await asyncio.to_thread(self._finish, municipality, mail_id, letter, handed)

    async def _hand_over(self, mail: t.Mail, letter: Letter) -> Handed:
        sender = self._mailer.sender
        try:
            message = compose.address(letter, sender, mail.recipient, mail.recipient_name, mail.message_id, self._now())
        except compose.NotAnAddress as error:
            return Handed(Outcome.REFUSED_FOR_GOOD, str(error))
        return await self._mailer.hand_over(message)

    def _begin(self, municipality: int, mail_id: int, today: date) -> tuple[t.Mail, Letter] | None:
        """The letter is written inside the transaction: if it cannot be, the mail was never begun."""
        with self._database.writing(municipality) as session:
            in_hand = mails.begin_attempt(session, self._change(), mail_id, today)
            return (in_hand.mail, _written(in_hand, self._base_url)) if in_hand else None

    def _finish(self, municipality: int, mail_id: int, letter: Letter, handed: Handed) -> MailState:
        with self._database.writing(municipality) as session:
            return mails.finish_attempt(
                session, self._change(), mail_id, handed.outcome, letter.subject, letter.body, handed.error
            )

    def _change(self) -> Change:
        return Change("workflow", self._now())


def _written(in_hand: MailInHand, base_url: str) -> Letter:
    """The letter of a mail in its recipient's language."""
    mail, plan = in_hand.mail, in_hand.plan
    definition = plans.definition_of(plan)
    department = in_hand.department
    return compose.write(
        mail.kind.value,
        mail.language,
        recipient_name=mail.recipient_name,
        municipality=named(in_hand.municipality, mail.language),
        plan=named(plan, mail.language),
        round=definition.round_of(in_hand.round.code).name.in_language(mail.language),
        fiscal_year=in_hand.round.fiscal_year,
        term=_term(in_hand, definition),
        department=named(department, mail.language) if department else compose.nobody(mail.language),
        measures=in_hand.measures,
        due_on=min(m.due_on for m in in_hand.measures),
        link=_link(in_hand, base_url),
        mark=Bilingual(plan.mark, plan.mark_en).in_language(mail.language),
    )


def _term(in_hand: MailInHand, definition: PlanDefinition) -> str:
    """The name of the term that is reviewed; "" where reports of a year are asked for."""
    term = definition.term(in_hand.review.term) if in_hand.review else None
    return term.name.in_language(in_hand.mail.language) if term else ""


def _link(in_hand: MailInHand, base_url: str) -> str:
    """Straight to the form when there is one measure, else to the list of the request."""
    if in_hand.mail.kind is StepKind.RETURN and len(in_hand.measures) == 1:
        return f"{base_url}/reports/{in_hand.measures[0].report_id}"
    return f"{base_url}/requests/{in_hand.mail.request_id}"
