"""Runs all parts on one machine: starts them in order, watches them, and ends every one of them again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import urlopen

from rich.console import Console

ROOT = Path(__file__).parent
_STOP_SECONDS = 10
_OURS = ("demo.site", "demo.past", "demo.mailbox", "cli web", "worker.py", "scheduler.py", "temporal server start-dev")


class PartFailed(Exception):
    """A part could not start or ended by itself; the message says which and where its log is."""


class OneMachine:
    """The running parts. Their logs and the list of processes live in one folder.

    As a context it ends whatever an earlier run left behind, and at its end every part, the users of a part before
    the part. Ctrl-C and SIGTERM end it in good order.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], console: Console) -> None:
        self._folder = folder.absolute()
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self._console = console
        self._logs = self._folder / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._last_words: Callable[[], None] = lambda: None

    def __enter__(self) -> OneMachine:
        self._end_leftovers()
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_, _interrupt)  # also where a shell started us in the background
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if kind is KeyboardInterrupt:
            self._console.print("Ending ...")
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_, signal.SIG_IGN)  # a second Ctrl-C must not leave half of the parts running
        self._last_words()
        self._end()
        return kind is KeyboardInterrupt

    def start_temporal(self, port: int) -> None:
        """Temporal's server for one machine, with its store in the folder."""
        temporal = str(Path(sys.executable).parent / "temporal")
        options = ("server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port))
        store = ("--db-filename", str(self._folder / "temporal.sqlite"), "--log-level", "error")
        pragmas = ("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL")
        self.start("temporal", temporal, *options, *store, *pragmas)

    def start(self, name: str, *command: str) -> None:
        """Start a part; of several, those that use others are started later."""
        with (self._logs / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only this process, which then ends the others in order
            )
        replace_file(self._folder / "processes.json", json.dumps({n: p.pid for n, p in self._processes.items()}))

    def start_module(self, name: str, module: str, *arguments: str) -> None:
        self.start(name, sys.executable, "-m", module, *arguments)

    def run_module(self, name: str, module: str, *arguments: str) -> Iterator[str]:
        """Run a part until it ends by itself; now and then, what it has said so far. Raises `PartFailed`."""
        log = self._logs / f"{name}.log"
        log.unlink(missing_ok=True)
        self.start_module(name, module, *arguments)
        while (code := self._processes[name].poll()) is None:
            yield log.read_text(errors="replace")
            time.sleep(0.1)
        del self._processes[name]
        if code != 0:
            raise PartFailed(f"{name} did not come to its end; see {log}")

    def start_script(self, name: str, script: str) -> None:
        """One of the scripts beside this file; relative paths in the settings stay relative to where we were called."""
        self.start(name, sys.executable, str(ROOT / script))

    def wait_for_port(self, name: str, port: int) -> None:
        for _ in self._patiently(name):
            if is_taken(port):
                return

    def wait_for_web(self, name: str, port: int) -> None:
        for _ in self._patiently(name):
            try:
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                    return
            except (URLError, OSError):
                continue

    def watch(self, each_second: Callable[[], None] = lambda: None) -> None:
        """Stay until interrupted; `each_second` is also done once at the end. Raises `PartFailed`."""
        self._last_words = each_second
        while True:
            time.sleep(1)
            each_second()
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise PartFailed(f"{name} ended by itself; see {self._logs / name}.log")

    def _patiently(self, name: str, seconds: float = 60) -> Iterator[None]:
        """Ticks while a part is coming up. Raises `PartFailed` when it ended or takes too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._processes[name].poll() is not None:
                break
            yield
            time.sleep(0.1)
        raise PartFailed(f"{name} did not come up; see {self._logs / name}.log")

    def _end(self) -> None:
        """Whoever does not listen is killed."""
        last = ("worker", "mail", "temporal")
        order = [*(n for n in self._processes if n not in last), *(n for n in last if n in self._processes)]
        for name in order:
            process = self._processes[name]
            if process.poll() is not None:
                continue
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        (self._folder / "processes.json").unlink(missing_ok=True)

    def _end_leftovers(self) -> None:
        """End the parts of a run on this folder that was killed before it could do so itself."""
        file = self._folder / "processes.json"
        if not file.exists():
            return
        for pid in json.loads(file.read_text()).values():
            if _is_ours(pid):
                os.killpg(pid, signal.SIGKILL)  # each part leads a group: what it had started ends too
        file.unlink()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def replace_file(file: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _is_ours(pid: int) -> bool:
    """Whether a process id from an earlier run still is one of the parts."""
    try:
        command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except OSError:
        return False
    return any(part in command for part in _OURS)
