"""Starts the embedded whole, watches it, and ends every part of it again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from rich.console import Console
from temporalio.client import Client

import wall_clock
from db import migrate
from db.session import EVERY_MUNICIPALITY, Database
from demo import samples
from demo.pages import PLAN
from domain.clock import PlanClock
from records import plans, sign_in
from records.change import Change
from relay import Relay
from temporal_client import DATA_CONVERTER

ROOT = Path(__file__).parent.parent
_STOP_SECONDS = 10


class DemoFailed(Exception):
    """The demo could not start or lost a part; the message says which and where its log is."""


@dataclass(frozen=True)
class DemoOptions:
    port: int
    data_dir: Path
    seconds_per_day: float
    open_browser: bool


class Demo:
    """One running demo. Its data, logs and the process list live in one folder."""

    def __init__(self, options: DemoOptions, console: Console) -> None:
        self._options = options
        self._console = console
        self._folder = options.data_dir.absolute()
        self._logs = self._folder / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._database = Database(f"sqlite:///{self._folder / 'meguru.sqlite'}")
        self._temporal_port, self._smtp_port = _free_port(), _free_port()

    def run(self) -> None:
        """Start, tell where, watch until interrupted, end everything."""
        started_at = time.monotonic()
        _refuse_taken_port(self._options.port)
        self._end_leftovers()
        self._heed_interrupts()
        try:
            self._start()
            url = f"http://localhost:{self._options.port}/demo"
            self._console.print(f"[bold]Meguru is ready[/bold] after {time.monotonic() - started_at:.1f} s: {url}")
            self._console.print("Ctrl-C ends it; starting it again goes on with the same data.")
            if self._options.open_browser:
                webbrowser.open(url)
            self._watch()
        except KeyboardInterrupt:
            self._console.print("Ending ...")
        finally:
            self._ignore_interrupts()  # a second Ctrl-C must not leave half of the parts running
            self._remember_time()
            self._end()

    def _start(self) -> None:
        with self._console.status("Starting Temporal ..."):
            self._spawn("temporal", *_temporal_command(self._temporal_port, self._folder / "temporal.sqlite"))
        with self._console.status("Preparing the database ..."):
            migrate.upgrade(self._database.engine)
            self._load_or_resume()
        with self._console.status("Starting web, mail, scheduler ..."):
            self._spawn("web", sys.executable, "-m", "demo.site")
            self._spawn("scheduler", sys.executable, "scheduler.py")
            self._wait_for_port("temporal", self._temporal_port)
        # The processes must know the clock before a worker wakes them: while the demo was off, no day passed.
        with self._console.status("Starting the worker ..."):
            asyncio.run(self._relay_waiting())
            self._spawn("worker", sys.executable, "worker.py")
            self._wait_for_web()

    def _load_or_resume(self) -> None:
        at = wall_clock.now()
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            loaded = [plan for plan in plans.every(session) if plan.code == PLAN]
        if not loaded:
            samples.load(self._database, PLAN, at, self._options.seconds_per_day, sign_in.hash_password)
            return
        with self._database.writing(loaded[0].municipality_id) as session:
            plan = plans.find(session, PLAN)
            clock = PlanClock(self._remembered_time(plans.clock_of(plan, at), at), at, self._options.seconds_per_day)
            plans.set_clock(session, Change("demo", at), plan, clock)

    def _watch(self) -> None:
        while True:
            time.sleep(1)
            self._remember_time()
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise DemoFailed(f"{name} ended by itself; see {self._logs / name}.log")

    async def _relay_waiting(self) -> None:
        client = await _connected(f"127.0.0.1:{self._temporal_port}")
        await Relay(self._database, client, wall_clock.now, holder="demo").drain()

    # --- the plan's time over a restart

    def _remember_time(self) -> None:
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            plan = next((p for p in plans.every(session) if p.code == PLAN), None)
        if plan is not None:
            at = wall_clock.now()
            kept = {"plan_time": plans.clock_of(plan, at).plan_time(at).isoformat()}
            _replace(self._folder / "clock.json", json.dumps(kept))

    def _remembered_time(self, clock: PlanClock, at: datetime) -> datetime:
        file = self._folder / "clock.json"
        return datetime.fromisoformat(json.loads(file.read_text())["plan_time"]) if file.exists() else clock.origin_at

    # --- processes

    def _spawn(self, name: str, *command: str) -> None:
        with (self._logs / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self._environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only this process, which then ends the others in order
            )
        _replace(self._folder / "processes.json", json.dumps({n: p.pid for n, p in self._processes.items()}))

    def _environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(ROOT),
            "MEGURU_DATABASE_URL": f"sqlite:///{self._folder / 'meguru.sqlite'}",
            "MEGURU_BASE_URL": f"http://localhost:{self._options.port}",
            "MEGURU_WEB_PORT": str(self._options.port),
            "MEGURU_SMTP_HOST": "127.0.0.1",
            "MEGURU_SMTP_PORT": str(self._smtp_port),
            "MEGURU_SMTP_SENDER": "meguru@iizuka.example",
            "MEGURU_RELAY_SECONDS": "0.2",
            "MEGURU_SCHEDULER_MINUTES": "1",
            "MEGURU_DEMO_INBOX": str(self._folder / "inbox"),
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self._temporal_port}",
        }

    def _wait_for_port(self, name: str, port: int) -> None:
        for _ in self._patiently(name):
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return

    def _wait_for_web(self) -> None:
        for _ in self._patiently("web"):
            try:
                with urlopen(f"http://127.0.0.1:{self._options.port}/healthz", timeout=1):
                    return
            except (URLError, OSError):
                continue

    def _patiently(self, name: str, seconds: float = 60) -> Iterator[None]:
        """Ticks while a part is coming up. Raises `DemoFailed` when it ended or takes too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._processes[name].poll() is not None:
                break
            yield
            time.sleep(0.1)
        raise DemoFailed(f"{name} did not come up; see {self._logs / name}.log")

    def _end(self) -> None:
        """End every part, the users of a part before the part; whoever does not listen is killed."""
        for name in ("web", "scheduler", "worker", "temporal"):
            process = self._processes.get(name)
            if process is None or process.poll() is not None:
                continue
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        (self._folder / "processes.json").unlink(missing_ok=True)
        self._database.dispose()

    def _end_leftovers(self) -> None:
        """End the parts of a demo on this data that was killed before it could do so itself."""
        file = self._folder / "processes.json"
        if not file.exists():
            return
        for pid in json.loads(file.read_text()).values():
            if _is_ours(pid):
                os.kill(pid, signal.SIGKILL)
        file.unlink()

    def _heed_interrupts(self) -> None:
        """Ctrl-C and SIGTERM end the demo, also one that a shell started in the background."""

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        for signal_ in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_, interrupt)

    def _ignore_interrupts(self) -> None:
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_, signal.SIG_IGN)


async def _connected(address: str) -> Client:
    """A client of a server that is just coming up."""
    for _ in range(100):
        try:
            return await Client.connect(address, data_converter=DATA_CONVERTER)
        except RuntimeError:
            await asyncio.sleep(0.1)
    raise DemoFailed("Temporal does not answer")


def _temporal_command(port: int, file: Path) -> tuple[str, ...]:
    return (
        str(Path(sys.executable).parent / "temporal"),
        *("server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port)),
        *("--db-filename", str(file), "--log-level", "error"),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise DemoFailed(f"port {port} is taken: another demo? Choose one with --port (make demo PORT=8421)")


def _is_ours(pid: int) -> bool:
    """Whether a process id from an earlier run still is one of the demo's parts."""
    try:
        command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except OSError:
        return False
    return any(part in command for part in ("demo.site", "worker.py", "scheduler.py", "temporal server start-dev"))


def _replace(file: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)
