"""Starts the embedded whole on sample data, and remembers the time of each plan over a restart."""

from __future__ import annotations

import asyncio
import json
import re
import time
import webbrowser
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from temporalio.client import Client

import wall_clock
from db import migrate
from db.session import EVERY_MUNICIPALITY, Database
from demo.samples import SENDER
from domain.clock import PlanClock
from one_machine import OneMachine, PartFailed, free_port, is_taken, replace_file
from records import plans
from records.change import Change
from relay import Relay
from temporal_client import DATA_CONVERTER


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
        self._record, self._inbox = self._folder / "meguru.sqlite", self._folder / "inbox"
        self._clocks = self._folder / "clocks.json"
        self._database_url, self._url = f"sqlite:///{self._record}", f"http://localhost:{options.port}"
        self._temporal_port, self._smtp_port = free_port(), free_port()

    def run(self) -> None:
        """Start, tell where, watch until interrupted, end everything. Raises `PartFailed`."""
        started_at = time.monotonic()
        if is_taken(self._options.port):
            raise PartFailed(
                f"port {self._options.port} is taken: another demo? Choose one with --port (make demo PORT=8421)"
            )
        parts = OneMachine(self._folder, self._environment(), self._console)
        self._database = Database(self._database_url)
        with parts:
            self._start(parts)
            url = f"{self._url}/demo"
            self._console.print(f"[bold]Meguru is ready[/bold] after {time.monotonic() - started_at:.1f} s: {url}")
            self._console.print("Ctrl-C ends it; starting it again goes on with the same data.")
            if self._options.open_browser:
                webbrowser.open(url)
            parts.watch(self._remember_times)
        self._database.dispose()

    def _start(self, parts: OneMachine) -> None:
        with self._console.status("Starting Temporal ..."):
            parts.start_temporal(self._temporal_port)
        if self._database.is_absent:
            self._play_the_past(parts)
        else:
            with self._console.status("Preparing the database ..."):
                migrate.upgrade(self._database.engine)
                self._resume()
        with self._console.status("Starting web, mail, scheduler ..."):
            parts.start_module("web", "demo.site")
            parts.start_script("scheduler", "scheduler.py")
            parts.wait_for_port("temporal", self._temporal_port)
        # The processes must know their clock before a worker wakes them.
        with self._console.status("Starting the worker ..."):
            asyncio.run(self._relay_waiting())
            parts.wait_for_port("web", self._smtp_port)  # the first thing a worker wants is to send
            parts.start_script("worker", "worker.py")
            parts.wait_for_web("web", self._options.port)

    def _play_the_past(self, parts: OneMachine) -> None:
        arguments = (str(self._record), str(self._inbox), self._url, str(self._options.seconds_per_day))
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"), TimeElapsedColumn())
        self._console.print("Playing the past of the sample cities (once) ...")
        with Progress(*columns, console=self._console) as progress:
            bars: dict[str, TaskID] = {}
            for said in parts.run_module("past", "demo.past", *arguments):
                for plan, percent, day in re.findall(r"^(\S+) (\d+)% (\S+)$", said, re.MULTILINE):
                    if plan not in bars:
                        bars[plan] = progress.add_task(plan, total=100, day="")
                    progress.update(bars[plan], completed=int(percent), day=day)

    def _resume(self) -> None:
        """Every plan goes on where it was: while the demo was off, no day passed."""
        at, remembered = wall_clock.now(), self._remembered_times()
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            cities = {plan.code: plan.municipality_id for plan in plans.every(session)}
        for code, city in cities.items():
            with self._database.writing(city) as session:
                plan = plans.find(session, code)
                origin_at = remembered.get(code, plans.clock_of(plan, at).origin_at)
                clock = PlanClock(origin_at, at, self._options.seconds_per_day)
                plans.set_clock(session, Change("demo", at), plan, clock)

    async def _relay_waiting(self) -> None:
        client = await _connected(f"127.0.0.1:{self._temporal_port}")
        await Relay(self._database, client, wall_clock.now, holder="demo").drain()

    def _remember_times(self) -> None:
        at = wall_clock.now()
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            times = {plan.code: plans.clock_of(plan, at).plan_time(at).isoformat() for plan in plans.every(session)}
        if times:
            replace_file(self._clocks, json.dumps(times))

    def _remembered_times(self) -> dict[str, datetime]:
        kept = json.loads(self._clocks.read_text()) if self._clocks.exists() else {}
        return {code: datetime.fromisoformat(time) for code, time in kept.items()}

    def _environment(self) -> dict[str, str]:
        return {
            "MEGURU_DATABASE_URL": self._database_url,
            "MEGURU_BASE_URL": self._url,
            "MEGURU_WEB_PORT": str(self._options.port),
            "MEGURU_SMTP_HOST": "127.0.0.1",
            "MEGURU_SMTP_PORT": str(self._smtp_port),
            "MEGURU_SMTP_SENDER": SENDER,
            "MEGURU_RELAY_SECONDS": "0.2",
            "MEGURU_SCHEDULER_MINUTES": "1",
            "MEGURU_PUBLIC_SITE": "true",
            "MEGURU_DEMO_INBOX": str(self._inbox),
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self._temporal_port}",
        }


async def _connected(address: str) -> Client:
    """A client of a server that is just coming up."""
    for _ in range(100):
        try:
            return await Client.connect(address, data_converter=DATA_CONVERTER)
        except RuntimeError:
            await asyncio.sleep(0.1)
    raise PartFailed("Temporal does not answer")
