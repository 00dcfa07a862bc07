"""A demo started from the command line, watched from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import httpx2

import wall_clock
from demo.mailbox import Arrived, Mailbox

ROOT = Path(__file__).parent.parent
FISCAL_YEAR = 2023
"""The year in which Iizuka's plan goes on from its replayed past."""
IIZUKA = "@iizuka.example"


def play_the_past(data_dir: Path) -> None:
    """Make what a first start makes before anything runs."""
    data_dir.mkdir(parents=True)
    arguments = (str(data_dir / "meguru.sqlite"), str(data_dir / "inbox"), "http://localhost:8420", "86400")
    subprocess.run([sys.executable, "-m", "demo.past", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


class RunningDemo:
    """A demo started from the command line, watched from outside."""

    def __init__(self, data_dir: Path, day_seconds: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data_dir = data_dir
        command = [str(Path(sys.executable).parent / "meguru"), "demo", "--no-browser", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir), "--day-seconds", str(day_seconds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
            # As a shell starts a job in the background: with Ctrl-C ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        )
        self.output: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if "ready" in line:
                return
        raise AssertionError("".join(self.output))

    def page(self, path: str) -> str:
        answer = httpx2.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)
        answer.raise_for_status()
        return answer.text

    def pids(self) -> dict[str, int]:
        kept: dict[str, int] = json.loads((self.data_dir / "processes.json").read_text())
        return kept

    def mails(self, recipient: str = IIZUKA, fiscal_year: int = FISCAL_YEAR) -> list[Arrived]:
        """The mails that arrived in a fiscal year of their plan, the first one first."""
        box = Mailbox(self.data_dir / "inbox", lambda _: wall_clock.now())
        outside = [e for e in reversed(box.envelopes()) if e.fiscal_year == fiscal_year and recipient in e.recipient]
        return [mail for mail in (box.find(envelope.number) for envelope in outside) if mail is not None]

    def move(self, move: str) -> None:
        """Turn the clocks as a button of the demo does."""
        httpx2.post(
            f"http://127.0.0.1:{self.port}/demo/clock", data={"move": move}, timeout=10, follow_redirects=True
        ).raise_for_status()

    def wait_for_mails(
        self,
        count: int,
        subject: str = "",
        recipient: str = "",
        fiscal_year: int = FISCAL_YEAR,
        since: date = date.min,
    ) -> None:
        """Until so many mails have arrived, on a day of their plan or later."""

        def arrived() -> list[Arrived]:
            of_year = self.mails(recipient or ("" if subject else IIZUKA), fiscal_year)
            return [mail for mail in of_year if subject in mail.subject and mail.plan_time.date() >= since]

        until = time.monotonic() + 30
        while len(arrived()) < count:
            assert time.monotonic() < until, "the mails do not arrive"
            time.sleep(0.2)

    def end(self, with_signal: int = signal.SIGINT) -> int:
        self.process.send_signal(with_signal)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code
