"""A mail server that counts what it takes and misbehaves on request."""

from __future__ import annotations

import asyncio
from collections import Counter
from email import message_from_bytes, policy
from enum import StrEnum
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mood(StrEnum):
    """How it behaves. `REFUSED` is a closed port; `CUT` takes the mail and hangs up before it says so."""

    FINE = "fine"
    REFUSED = "refused"
    SLOW = "slow"
    LATER = "451"
    NEVER = "550"
    CUT = "cut after the final dot"


class MailServer:
    """Copies by Message-ID, and how each bad mood was felt. Lives in a thread of its own."""

    SLOW_SECONDS = 3.0

    def __init__(self, port: int) -> None:
        self._port = port
        self.mood = Mood.FINE
        self.copies: Counter[str] = Counter()
        self.felt: Counter[Mood] = Counter()
        self.cut: Counter[str] = Counter()
        self._controller: Controller | None = None

    def open(self) -> None:
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
            self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def behave(self, mood: Mood) -> None:
        self.mood = mood
        if mood is Mood.REFUSED:
            self.close()
        else:
            self.open()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if self.mood in (Mood.LATER, Mood.NEVER):
            self.felt[self.mood] += 1
            return "451 try again later" if self.mood is Mood.LATER else "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mood = self.mood
        if mood is Mood.SLOW:
            self.felt[mood] += 1
            await asyncio.sleep(self.SLOW_SECONDS)
        content: Any = envelope.content
        message_id = str(message_from_bytes(content, policy=policy.default)["Message-ID"])
        self.copies[message_id] += 1
        if mood is Mood.CUT:
            self.felt[mood] += 1
            self.cut[message_id] += 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 taken"
