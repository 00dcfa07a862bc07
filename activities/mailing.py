"""Sending mails by the ledger's protocol: claim, hand over, write down."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import date, datetime
from functools import partial

from opentelemetry import trace
from sqlmodel import Session
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import DigestToSend, MailBatch, MailToSend, ProcessMail
from activities.mail_batch import Batch, Begun, Ended, InHand
from db import tables as t
from db.session import Database
from domain.mail_ledger import MailState, Outcome
from letters import digest, single
from mail import compose
from mail.send import Handed, Mailer, kept_open
from records import digests, inquiry_mails, mails, pauses, round_mails
from records.change import Change

_Begin = Callable[[Session, Change, Sequence[int]], list[Begun]]
"""Marks mails or digests as being handed over and writes their letters, where there is anything to do."""


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
        return await self._send_all(batch.municipality, partial(self._claim, batch), self._of_round(batch.today))

    @activity.defn
    async def send_waiting(self, order: ProcessMail) -> int:
        """Send every claimed mail of a process that is still owed; the number sent."""
        return await self._send_all(
            order.municipality, partial(self._waiting, order), _each(partial(self._of_inquiry, order.today))
        )

    @activity.defn
    async def send_digest(self, order: DigestToSend) -> int:
        """Send a digest if anything in it is still owed; the number sent."""
        return await self._send_all(order.municipality, lambda: [order.digest], _each(self._digest))

    @activity.defn
    async def send_again(self, order: MailToSend) -> int:
        """Send one mail of a round that a person wants sent again; the number sent."""
        return await self._send_all(order.municipality, lambda: [order.mail], self._of_round(order.today))

    async def _send_all(self, municipality: int, find: Callable[[], list[int]], begin: _Begin) -> int:
        """One that the mail server refuses for now does not hold up the others; a mail server that cannot
        be reached is not asked for every mail. Then the activity fails and Temporal runs it again, which
        takes up only what is still queued; so it does where the city is paused (`pauses.Paused`).

        A cancelled activity finishes what it began and begins nothing more.
        """
        waiting = deque(await asyncio.to_thread(find))
        async with kept_open(self._mailer) as mailer:
            batch = Batch(waiting, partial(self._write, municipality, begin), partial(self._hand_over, mailer))
            sending = asyncio.ensure_future(batch.send())
            try:
                await asyncio.shield(sending)
            except asyncio.CancelledError:
                waiting.clear()
                await sending
                raise
        if batch.errors:
            raise batch.errors[0]
        if held_back := batch.ends.count(MailState.QUEUED):
            raise ApplicationError(f"{held_back} mails wait for the mail server", type="MailServerNotReady")
        return batch.ends.count(MailState.SENT)

    def _claim(self, batch: MailBatch) -> list[int]:
        domain = compose.domain_of(self._mailer.sender)
        with self._database.writing(batch.municipality) as session:
            pauses.refuse_while_paused(session)
            return round_mails.claim_all(session, self._change(), batch.mails, batch.today, domain)

    def _waiting(self, order: ProcessMail) -> list[int]:
        with self._database.reading(order.municipality) as session:
            if pauses.current(session) is not None:  # its process looks again when the city resumes
                return []
            return inquiry_mails.waiting(session, order.workflow_id)

    def _write(
        self, municipality: int, begin: _Begin, ended: Sequence[Ended], ids: Sequence[int]
    ) -> tuple[list[MailState], list[Begun]]:
        """One transaction. Letters are written inside it: where one cannot be, its mail was never begun."""
        with self._database.writing(municipality) as session:
            begun = []
            if ids:
                pauses.refuse_while_paused(session)
                begun = begin(session, self._change(), ids)
            return self._finish(session, ended), begun

    def _of_round(self, today: date) -> _Begin:
        def begin(session: Session, change: Change, ids: Sequence[int]) -> list[Begun]:
            found = round_mails.begin_attempts(session, change, ids, today)
            return [Begun(one.mail, single.of_round(one, self._base_url)) for one in found]

        return begin

    def _of_inquiry(self, today: date, session: Session, change: Change, mail_id: int) -> Begun | None:
        one = inquiry_mails.begin_attempt(session, change, mail_id, today)
        sender = self._mailer.sender
        return Begun(one.mail, single.of_inquiry(one, self._base_url, sender, change.at)) if one else None

    def _digest(self, session: Session, change: Change, digest_id: int) -> Begun | None:
        one = digests.begin(session, change, digest_id)
        sender = self._mailer.sender
        return Begun(one.digest, digest.write(one, self._base_url, sender, change.at)) if one else None

    async def _hand_over(self, mailer: Mailer, begun: Begun) -> Handed:
        with trace.get_tracer("meguru.mail").start_as_current_span("hand over a mail", record_exception=False) as span:
            handed = await self._addressed(mailer, begun)
            span.set_attributes(_seen(begun.row, handed))
        return handed

    async def _addressed(self, mailer: Mailer, begun: Begun) -> Handed:
        to = begun.row
        try:
            message = compose.address(
                begun.letter, mailer.sender, to.recipient, to.recipient_name, to.message_id, self._now()
            )
        except compose.NotAnAddress as error:
            return Handed(Outcome.REFUSED_FOR_GOOD, str(error))
        return await mailer.hand_over(message)

    def _finish(self, session: Session, ended: Sequence[Ended]) -> list[MailState]:
        change = self._change()
        of_mails = [_end(one) for one in ended if isinstance(one.begun.row, t.Mail)]
        of_digests = [_end(one) for one in ended if isinstance(one.begun.row, t.Digest)]
        states = mails.finish_attempts(session, change, of_mails) if of_mails else []
        return states + [digests.finish_attempt(session, change, *astuple(end)) for end in of_digests]

    def _change(self) -> Change:
        return Change("workflow", self._now())


def _each(begin: Callable[[Session, Change, int], Begun | None]) -> _Begin:
    """What is begun one by one."""
    return lambda session, change, ids: [one for i in ids if (one := begin(session, change, i)) is not None]


def _end(ended: Ended) -> mails.Ended:
    letter, handed = ended.begun.letter, ended.handed
    return mails.Ended(ended.begun.row.id, handed.outcome, letter.subject, letter.body, handed.error)


def _seen(mail: InHand, handed: Handed) -> dict[str, str | int]:
    """What operators see of a mail: nobody's address."""
    about: dict[str, str | int] = (
        {"meguru.digest": mail.id}
        if isinstance(mail, t.Digest)
        else {"meguru.mail": mail.id, "meguru.step": mail.kind.value}
    )
    return {**about, "meguru.outcome": handed.outcome.value}
