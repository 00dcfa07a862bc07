"""A whole installation of real processes that may be killed: Temporal, workers, web, schedulers; and a mail server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.chaos.failpoints import Failpoints
from tests.chaos.mail_server import MailServer

ROOT = Path(__file__).parent.parent.parent
TEMPORAL, WORKER, WEB, SCHEDULER = "temporal", "worker", "web", "scheduler"


@dataclass
class Installation:
    """Processes over one folder; of several of a kind the second is called `worker-2`. `kill` is SIGKILL.

    `start` brings a part back on the same data and port. `bug` is planted in every part.
    """

    folder: Path
    database_url: str
    bug: str = ""
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _web_ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.temporal_port, smtp_port = _free_port(), _free_port()
        self.mail = MailServer(smtp_port)
        self.mail.open()
        self.failpoints = Failpoints(self.folder)
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CHAOS_BUG": self.bug,
            "MEGURU_DATABASE_URL": self.database_url,
            "MEGURU_SMTP_HOST": "127.0.0.1",
            "MEGURU_SMTP_PORT": str(smtp_port),
            "MEGURU_RELAY_SECONDS": "0.1",
            "MEGURU_SCHEDULER_MINUTES": "1",
            "TEMPORAL_ADDRESS": self.temporal_address,
        }

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self.temporal_port}"

    @property
    def parts(self) -> tuple[str, ...]:
        """Those that were started."""
        return tuple(self._processes)

    def url(self, web: str = WEB) -> str:
        return f"http://127.0.0.1:{self._web_ports[web]}"

    def start(self, name: str) -> None:
        environment = dict(self._environment)
        if name.startswith(WEB):
            environment["MEGURU_WEB_PORT"] = str(self._web_ports.setdefault(name, _free_port()))
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                self._command(name), cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def run_to_its_end(self, name: str) -> int:
        """A part that ends by itself; its return code."""
        self.start(name)
        return self._processes.pop(name).wait()

    def kill(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait()

    def freeze(self, name: str, seconds: float) -> None:
        """As a machine that is suspended: the process goes on afterwards, unaware of the time."""
        self._processes[name].send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._processes[name].send_signal(signal.SIGCONT)

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def ended(self) -> tuple[str, ...]:
        """The parts that are down, killed by us or by a failpoint."""
        return tuple(name for name, process in self._processes.items() if process.poll() is not None)

    def stop(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self.mail.close()

    def readiness(self, web: str = WEB) -> str:
        """What /readyz says: ok, degraded, or unreachable."""
        try:
            answer = httpx2.get(f"{self.url(web)}/readyz", timeout=5)
        except httpx2.TransportError:
            return "unreachable"
        return str(answer.json()["status"])

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 150) -> None:
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                logs = "\n".join(f"{f.name}: {f.read_text()[-1500:]}" for f in self.folder.glob("*.log"))
                raise AssertionError(f"{what} did not happen within {seconds} s\n{logs}")
            time.sleep(0.1)

    def _command(self, name: str) -> list[str]:
        if name == TEMPORAL:
            return [
                *(str(Path(sys.executable).parent / "temporal"), "server", "start-dev", "--headless"),
                *("--log-level", "error", "--port", str(self.temporal_port)),
                *("--db-filename", str(self.folder / "temporal.sqlite")),
                *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
            ]
        part = name.partition("-")[0]
        return [sys.executable, "-m", "tests.chaos.part", str(self.folder), part]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
