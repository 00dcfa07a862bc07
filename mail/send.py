"""Hands one mail to the mail server and says how it ended. No retries here: Temporal has those."""

from __future__ import annotations

from contextlib import suppress
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
    """One connection per mail, closed politely. Stateless, so it may be shared."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    @property
    def sender(self) -> str:
        return self._server.sender

    async def hand_over(self, message: EmailMessage) -> Handed:
        """Never raises for what a mail server does: every end is an `Outcome`."""
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            timeout=server.timeout,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            # Also a refused password: the mail can leave once the settings are mended.
            return Handed(Outcome.NOT_REACHED, f"connect: {error}")
        try:
            return await _transaction(client, message)
        finally:
            client.close()


async def _transaction(client: aiosmtplib.SMTP, message: EmailMessage) -> Handed:
    recipient = message["To"].addresses[0].addr_spec
    try:
        await client.mail(message["From"].addresses[0].addr_spec)
    except (aiosmtplib.SMTPException, OSError) as error:
        return Handed(Outcome.REFUSED_FOR_NOW, f"sender: {error}")
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
    with suppress(aiosmtplib.SMTPException, OSError):  # accepted; how the server says goodbye does not matter
        await client.quit()
    return Handed(Outcome.ACCEPTED)


def _refused(error: Exception) -> Outcome:
    if isinstance(error, aiosmtplib.SMTPResponseException) and 500 <= error.code < 600:
        return Outcome.REFUSED_FOR_GOOD
    return Outcome.REFUSED_FOR_NOW
