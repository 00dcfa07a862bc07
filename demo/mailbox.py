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
class Arrived:
    """A mail in the box. `plan_time` is what the plan's clock showed when it arrived."""

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


class Mailbox:
    """A folder of numbered `.eml` files with a `.json` beside each."""

    def __init__(self, folder: Path, plan_time: Callable[[], datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._plan_time = plan_time
        self._known: dict[str, datetime] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content if isinstance(envelope.content, bytes) else envelope.content.encode()
        self.keep(content, self._plan_time())
        return "250 Message accepted"

    def keep(self, content: bytes, plan_time: datetime) -> None:
        """Put a mail on top of the others."""
        number = len(self._files()) + 1
        (self._folder / f"{number:06d}.json").write_text(json.dumps({"plan_time": plan_time.isoformat()}))
        (self._folder / f"{number:06d}.eml").write_bytes(content)

    def years(self) -> list[int]:
        """The fiscal years of the plan in which mails arrived, the latest first."""
        return sorted({self._fiscal_year(file) for file in self._files()}, reverse=True)

    def of_year(self, fiscal_year: int) -> list[Arrived]:
        """The mails of a fiscal year of the plan, the newest first."""
        return [self._read(file) for file in reversed(self._files()) if self._fiscal_year(file) == fiscal_year]

    def find(self, number: int) -> Arrived | None:
        file = self._folder / f"{number:06d}.eml"
        return self._read(file) if file.exists() else None

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"))

    def _read(self, file: Path) -> Arrived:
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        return Arrived(int(file.stem), self._arrived_at(file), message)

    def _fiscal_year(self, file: Path) -> int:
        return FiscalYear.of(jst_day(self._arrived_at(file))).starts_in

    def _arrived_at(self, file: Path) -> datetime:
        if file.stem not in self._known:  # a mail that is there stays as it is
            kept = json.loads(file.with_suffix(".json").read_text())
            self._known[file.stem] = datetime.fromisoformat(kept["plan_time"])
        return self._known[file.stem]


def serve(mailbox: Mailbox, port: int) -> Controller:
    """A running SMTP server on this machine; `stop()` ends it."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    return controller


def main(folder: str, port: str) -> None:
    server = serve(Mailbox(Path(folder), wall_clock.now), int(port))
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
