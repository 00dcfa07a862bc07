"""Hands one mail to the mail server and says how it ended. No retries here: Temporal has those."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from copy import copy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

import aiosmtplib

from domain.mail_ledger import Outcome


@dataclass(frozen=True)
class MailServer:
    """How to reach the mail server. `timeout` is in seconds, per command."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""
    use_tls: bool = False
    start_tls: bool | None = None
    timeout: float = 30


@dataclass(frozen=True)
class Handed:
    """How an attempt ended, and what the server said if it refused."""

    outcome: Outcome
    error: str = ""


class Mailer(Protocol):
    """Anything that can hand a message over; the product's is `SmtpMailer`."""

    @property
    def sender(self) -> str: ...

    async def hand_over(self, message: EmailMessage) -> Handed: ...


class SmtpMailer:
    """One connection per mail, closed politely; it may be shared. For a batch: `kept_open`."""

    _idle: list[aiosmtplib.SMTP] | None = None
    """Connections that wait for the next mail; None where none is kept."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    @property
    def sender(self) -> str:
        return self._server.sender

    async def hand_over(self, message: EmailMessage) -> Handed:
        """Never raises for what a mail server does: every end is an `Outcome`."""
        client = await self._kept(message)
        if client is None:
            client = self._new()
            try:
                await client.connect()
            except (aiosmtplib.SMTPException, OSError) as error:
                # Also a refused password: the mail can leave once the settings are mended.
                return Handed(Outcome.NOT_REACHED, f"connect: {error}")
            try:
                await client.mail(_sender_of(message))
            except (aiosmtplib.SMTPException, OSError) as error:
                client.close()
                return Handed(Outcome.REFUSED_FOR_NOW, f"sender: {error}")
        try:
            handed = await _transaction(client, message)
            if handed.outcome is Outcome.ACCEPTED:
                await self._leave(client)
                return handed
        except BaseException:
            client.close()
            raise
        client.close()
        return handed

    def _new(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            timeout=server.timeout,
        )

    async def _kept(self, message: EmailMessage) -> aiosmtplib.SMTP | None:
        """A kept connection over which the server takes another mail: it may have closed it, or have had enough."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.mail(_sender_of(message))
            except (aiosmtplib.SMTPException, OSError):
                client.close()
            else:
                return client
        return None

    async def _leave(self, client: aiosmtplib.SMTP) -> None:
        if self._idle is None:
            await _quit(client)
        else:
            self._idle.append(client)


@asynccontextmanager
async def kept_open(mailer: Mailer) -> AsyncIterator[Mailer]:
    """The mailer of one batch: one that speaks SMTP uses its connections again, and closes them at the end."""
    if not isinstance(mailer, SmtpMailer):
        yield mailer
        return
    keeping, idle = copy(mailer), list[aiosmtplib.SMTP]()
    keeping._idle = idle
    try:
        yield keeping
    finally:
        for client in idle:
            await _quit(client)


def _sender_of(message: EmailMessage) -> str:
    sender: str = message["From"].addresses[0].addr_spec
    return sender


async def _transaction(client: aiosmtplib.SMTP, message: EmailMessage) -> Handed:
    """The rest of a mail whose sender has been taken."""
    recipient = message["To"].addresses[0].addr_spec
    try:
        await client.rcpt(recipient)
    except (aiosmtplib.SMTPException, OSError) as error:
        return Handed(_refused(error), f"{recipient}: {error}")
    try:
        await client.data(message.as_bytes())
    except aiosmtplib.SMTPResponseException as error:
        # The server answered, so it is known that it did not take the mail.
        return Handed(_refused(error), f"data: {error}")
    except (aiosmtplib.SMTPException, OSError) as error:
        return Handed(Outcome.AMBIGUOUS, f"cut after DATA: {error}")
    return Handed(Outcome.ACCEPTED)


async def _quit(client: aiosmtplib.SMTP) -> None:
    """How the server says goodbye does not matter: it has taken its mails."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit()
    client.close()


def _refused(error: Exception) -> Outcome:
    if isinstance(error, aiosmtplib.SMTPResponseException) and 500 <= error.code < 600:
        return Outcome.REFUSED_FOR_GOOD
    return Outcome.REFUSED_FOR_NOW
