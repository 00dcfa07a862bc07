"""Sending mails by the ledger's protocol: claim, hand over, write down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from opentelemetry import trace
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import DigestToSend, MailBatch, MailToSend, ProcessMail
from db import tables as t
from db.session import Database
from domain.mail_ledger import MailState, Outcome
from letters import digest, single
from mail import compose
from mail.compose import Letter
from mail.send import Handed, Mailer
from records import digests, inquiry_mails, mails, pauses, round_mails
from records.change import Change

_AT_ONCE = 5
"""Connections to the mail server at a time: a slow server must not make a round wait in line."""


_InHand = t.Mail | t.Digest
_Begin = Callable[[int], tuple[_InHand, Letter] | None]
"""Marks a mail or a digest as being handed over and writes its letter, unless there is nothing to do."""


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
        """Claim and send every mail of a round's batch that is still owed; the number sent."""
        return await self._send_all(partial(self._claim, batch), partial(self._begin_of_round, batch))

    @activity.defn
    async def send_waiting(self, order: ProcessMail) -> int:
        """Send every claimed mail of a process that is still owed; the number sent."""
        return await self._send_all(partial(self._waiting, order), partial(self._begin_of_inquiry, order))

    @activity.defn
    async def send_digest(self, order: DigestToSend) -> int:
        """Send a digest if anything in it is still owed; the number sent."""
        return await self._send_all(lambda: [order.digest], partial(self._begin_digest, order.municipality))

    @activity.defn
    async def send_again(self, order: MailToSend) -> int:
        """Send one mail of a round that a person wants sent again; the number sent."""
        of_round = MailBatch(order.municipality, (), order.today)
        return await self._send_all(lambda: [order.mail], partial(self._begin_of_round, of_round))

    async def _send_all(self, find: Callable[[], list[int]], begin: _Begin) -> int:
        """One that the mail server refuses for now does not hold up the others; a mail server that cannot
        be reached is not asked for every mail. Then the activity fails and Temporal runs it again, which
        takes up only what is still queued; so it does where the city is paused (`pauses.Paused`).
        """
        ids = await asyncio.to_thread(find)
        line = _Line()
        ends: list[MailState | BaseException | None] = []
        for some in (ids[:1], ids[1:]):  # the first finds out whether the mail server can be reached
            ends += await asyncio.gather(*(self._send(line, begin, i) for i in some), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        if MailState.QUEUED in ends:
            waiting = ends.count(MailState.QUEUED)
            raise ApplicationError(f"{waiting} mails wait for the mail server", type="MailServerNotReady")
        return ends.count(MailState.SENT)

    async def _send(self, line: _Line, begin: _Begin, mail_id: int) -> MailState | None:
        """One mail, from being begun to being written down; a cancelled activity finishes what it began."""
        async with line.gate:
            if line.is_dead:
                return MailState.QUEUED
            attempt = asyncio.ensure_future(self._attempt(line, begin, mail_id))
            try:
                return await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await attempt
                raise

    async def _attempt(self, line: _Line, begin: _Begin, mail_id: int) -> MailState | None:
        begun = await asyncio.to_thread(begin, mail_id)
        if begun is None:
            return None
        mail, letter = begun
        with trace.get_tracer("meguru.mail").start_as_current_span("hand over a mail", record_exception=False) as span:
            handed = await self._hand_over(mail, letter)
            span.set_attributes(_seen(mail, handed))
        line.is_dead |= handed.outcome is Outcome.NOT_REACHED
        return await asyncio.to_thread(self._finish, mail, letter, handed)

    async def _hand_over(self, mail: _InHand, letter: Letter) -> Handed:
        sender = self._mailer.sender
        try:
            message = compose.address(letter, sender, mail.recipient, mail.recipient_name, mail.message_id, self._now())
        except compose.NotAnAddress as error:
            return Handed(Outcome.REFUSED_FOR_GOOD, str(error))
        return await self._mailer.hand_over(message)

    def _claim(self, batch: MailBatch) -> list[int]:
        domain = compose.domain_of(self._mailer.sender)
        with self._database.writing(batch.municipality) as session:
            pauses.refuse_while_paused(session)
            return round_mails.claim_all(session, self._change(), batch.mails, batch.today, domain)

    def _begin_of_round(self, batch: MailBatch, mail_id: int) -> tuple[_InHand, Letter] | None:
        """The letter is written inside the transaction: if it cannot be, the mail was never begun."""
        with self._database.writing(batch.municipality) as session:
            pauses.refuse_while_paused(session)
            in_hand = round_mails.begin_attempt(session, self._change(), mail_id, batch.today)
            return (in_hand.mail, single.of_round(in_hand, self._base_url)) if in_hand else None

    def _waiting(self, order: ProcessMail) -> list[int]:
        with self._database.reading(order.municipality) as session:
            if pauses.current(session) is not None:  # its process looks again when the city resumes
                return []
            return inquiry_mails.waiting(session, order.workflow_id)

    def _begin_of_inquiry(self, order: ProcessMail, mail_id: int) -> tuple[_InHand, Letter] | None:
        """As that of a round."""
        sender, change = self._mailer.sender, self._change()
        with self._database.writing(order.municipality) as session:
            pauses.refuse_while_paused(session)
            in_hand = inquiry_mails.begin_attempt(session, change, mail_id, order.today)
            return (in_hand.mail, single.of_inquiry(in_hand, self._base_url, sender, change.at)) if in_hand else None

    def _begin_digest(self, municipality: int, digest_id: int) -> tuple[_InHand, Letter] | None:
        """As that of a round."""
        sender, change = self._mailer.sender, self._change()
        with self._database.writing(municipality) as session:
            pauses.refuse_while_paused(session)
            in_hand = digests.begin(session, change, digest_id)
            return (in_hand.digest, digest.write(in_hand, self._base_url, sender, change.at)) if in_hand else None

    def _finish(self, mail: _InHand, letter: Letter, handed: Handed) -> MailState:
        finish = digests.finish_attempt if isinstance(mail, t.Digest) else mails.finish_attempt
        with self._database.writing(mail.municipality_id) as session:
            return finish(session, self._change(), mail.id, handed.outcome, letter.subject, letter.body, handed.error)

    def _change(self) -> Change:
        return Change("workflow", self._now())


def _seen(mail: _InHand, handed: Handed) -> dict[str, str | int]:
    """What operators see of a mail: nobody's address."""
    about: dict[str, str | int] = (
        {"meguru.digest": mail.id}
        if isinstance(mail, t.Digest)
        else {"meguru.mail": mail.id, "meguru.step": mail.kind.value}
    )
    return {**about, "meguru.outcome": handed.outcome.value}
