"""A mail server that keeps every mail as a file, with the plan's time of its arrival.

Part of the demo; `meguru up --keep-mails` runs it by itself (`python -m demo.mailbox FOLDER PORT`).
"""

from __future__ import annotations

import email
import email.policy
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

import wall_clock
from domain.clock import jst_day
from domain.fiscal_year import FiscalYear


@dataclass(frozen=True)
class Envelope:
    """What is known of a mail without opening it. `plan_time`: what the clock of its plan showed when it arrived."""

    number: int
    plan_time: datetime
    recipient: str

    @property
    def fiscal_year(self) -> int:
        return FiscalYear.of(jst_day(self.plan_time)).starts_in


@dataclass(frozen=True)
class Arrived:
    """A mail in the box."""

    number: int
    plan_time: datetime
    message: EmailMessage

    @property
    def recipient(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def body(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def attachments(self) -> list[str]:
        """The names of what came with it."""
        return [part.get_filename() or "" for part in self.message.iter_attachments()]

    def attachment(self, number: int) -> tuple[bytes, str, str] | None:
        """Content, media type and name of what came with it, counted from 1."""
        parts = list(self.message.iter_attachments())
        if not 1 <= number <= len(parts):
            return None
        part = parts[number - 1]
        content = part.get_payload(decode=True)
        return (content if isinstance(content, bytes) else b"", part.get_content_type(), part.get_filename() or "")


class Mailbox:
    """A folder of numbered `.eml` files with a `.json` beside each. `plan_time` tells when a mail arrives."""

    def __init__(self, folder: Path, plan_time: Callable[[EmailMessage], datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._plan_time = plan_time
        self._known: dict[str, Envelope] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content if isinstance(envelope.content, bytes) else envelope.content.encode()
        self.keep(content, self._plan_time(_read(content)))
        return "250 Message accepted"

    def keep(self, content: bytes, plan_time: datetime) -> None:
        """Put a mail on top of the others."""
        number = len(self._files()) + 1
        outside = {"plan_time": plan_time.isoformat(), "to": str(_read(content)["To"])}
        (self._folder / f"{number:06d}.json").write_text(json.dumps(outside), encoding="utf-8")
        (self._folder / f"{number:06d}.eml").write_bytes(content)

    def envelopes(self) -> list[Envelope]:
        """All mails from outside, the newest first."""
        return [self._envelope(file) for file in reversed(self._files())]

    def find(self, number: int) -> Arrived | None:
        file = self._folder / f"{number:06d}.eml"
        if not file.exists():
            return None
        return Arrived(number, self._envelope(file).plan_time, _read(file.read_bytes()))

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"))

    def _envelope(self, file: Path) -> Envelope:
        if file.stem not in self._known:  # a mail that is there stays as it is
            kept = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
            self._known[file.stem] = Envelope(int(file.stem), datetime.fromisoformat(kept["plan_time"]), kept["to"])
        return self._known[file.stem]


def _read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def serve(mailbox: Mailbox, port: int) -> Controller:
    """A running SMTP server on this machine; `stop()` ends it."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    return controller


def main(folder: str, port: str) -> None:
    server = serve(Mailbox(Path(folder), lambda _: wall_clock.now()), int(port))
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
