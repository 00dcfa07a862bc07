"""What an engine is to the one who measures it: processes that are told of openings and answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

from sqlmodel import Session

import wall_clock
from benchmarks.peers.hall import Hall

_ROOT = Path(__file__).parent.parent.parent


class Engine(ABC):
    """Processes over one folder. `opened` and `answered` are called inside the transaction that makes it true."""

    def __init__(self, folder: Path, hall: Hall) -> None:
        self.folder = folder
        self.hall = hall
        self._processes: list[subprocess.Popen[bytes]] = []

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def opened(self, session: Session, round_: int, due_at: float) -> None: ...

    @abstractmethod
    def answered(self, session: Session, round_: int, obligation: int) -> None: ...

    def next_look(self, round_due_at: float) -> float | None:
        """What an engine that polls writes beside an obligation."""
        return None

    def due_at(self, seconds: float) -> float:
        """The instant, about so many seconds from now, at which the reminders shall be due."""
        return wall_clock.now().timestamp() + seconds

    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def cpu(self) -> float:
        """CPU seconds so far of all its processes."""
        return sum(map(_of_tree, self.pids()))

    def run(self, *command: str, **environment: str) -> None:
        name = f"{len(self._processes)}-{Path(command[0]).name}"
        with (self.folder / f"{name}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    command,
                    cwd=_ROOT,
                    env={**os.environ, "PYTHONPATH": str(_ROOT), **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )

    def wait_for(self, file: Path) -> None:
        """Until one of the processes has written that it works."""
        until = time.monotonic() + 60
        while not file.exists():
            if time.monotonic() > until or any(process.poll() is not None for process in self._processes):
                logs = "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in self.folder.glob("*.log"))
                raise AssertionError(f"{type(self).__name__} did not start\n{logs}")
            time.sleep(0.05)


def beside_python(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _of_tree(pid: int) -> float:
    """A process with its children, to the nanosecond: an engine at rest uses less than the ticks of `Usage` show.

    The number of the clock is how Linux names the CPU clock of another process (`clock_getcpuclockid`).
    """
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    return time.clock_gettime((~pid << 3) | 2) + sum(_of_tree(int(child)) for child in children)
