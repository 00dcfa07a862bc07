"""A whole installation of real processes that a test may kill: Temporal, worker, web; and a mail server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx2
from aiosmtpd.controller import Controller

ROOT = Path(__file__).parent.parent.parent


class CountingMailServer:
    """Accepts every mail and counts its copies by Message-ID."""

    def __init__(self) -> None:
        self.copies: dict[str, int] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        message_id = str(message_from_bytes(envelope.content, policy=policy.default)["Message-ID"])
        self.copies[message_id] = self.copies.get(message_id, 0) + 1
        return "250 taken"


@dataclass
class Installation:
    """Processes over one folder. `kill` is SIGKILL; `start` brings a part back on the same data and port."""

    folder: Path
    database_url: str
    mail: CountingMailServer = field(default_factory=CountingMailServer)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.temporal_port, self.web_port, smtp_port = (_free_port() for _ in range(3))
        self._smtp = Controller(self.mail, hostname="127.0.0.1", port=smtp_port)
        self._smtp.start()
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "MEGURU_DATABASE_URL": self.database_url,
            "MEGURU_WEB_PORT": str(self.web_port),
            "MEGURU_SMTP_HOST": "127.0.0.1",
            "MEGURU_SMTP_PORT": str(smtp_port),
            "MEGURU_RELAY_SECONDS": "0.1",
            "TEMPORAL_ADDRESS": self.temporal_address,
        }

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self.temporal_port}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                self._command(name), cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait()

    def stop(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self._smtp.stop()

    def readiness(self) -> str:
        """What /readyz says: ok, degraded, or unreachable."""
        try:
            answer = httpx2.get(f"{self.url}/readyz", timeout=5)
        except httpx2.TransportError:
            return "unreachable"
        return str(answer.json()["status"])

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 150) -> None:
        """A step in the database that a kill cut off is given up after a minute, and only then tried again."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                logs = "\n".join(f"{f.name}: {f.read_text()[-1500:]}" for f in self.folder.glob("*.log"))
                raise AssertionError(f"{what} did not happen within {seconds} s\n{logs}")
            time.sleep(0.1)

    def _command(self, name: str) -> list[str]:
        bin_ = Path(sys.executable).parent
        if name == "temporal":
            return [
                *(str(bin_ / "temporal"), "server", "start-dev", "--headless", "--log-level", "error"),
                *("--port", str(self.temporal_port), "--db-filename", str(self.folder / "temporal.sqlite")),
                *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
            ]
        return [sys.executable, "worker.py"] if name == "worker" else [str(bin_ / "meguru"), "web"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
