"""How long people wait: for `meguru up`, until all that they need is there, and for `meguru --help`.

Ready is what the command itself says, and besides that `/readyz` is ok and the worker is at work: whichever comes last.
The help is judged by the CPU seconds it takes, which do not depend on what else the machine does; `meguru up` starts
several processes at once, so that only the clock tells how long it takes: measure it on a machine that is quiet.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import httpx2

from benchmarks.figures import Figure, Of, Run, at_most
from one_machine import free_port

_MEGURU = str(Path(__file__).parent.parent / ".venv" / "bin" / "meguru")
"""In the environment of the product: that of the benchmarks has more in it, and takes longer to start."""
_PATIENCE_SECONDS = 60
_SAYS_SO = "Meguru is ready"
_WORKS = "working on"
"""What the worker's log says once it asks Temporal for work."""


def measure(run: Run) -> list[Figure]:
    new: list[float] = []
    existing: list[float] = []
    for turn in range(run.size(full=2, quick=1)):
        with tempfile.TemporaryDirectory(prefix="meguru-starting-") as folder:
            run.tell(f"meguru up in a new folder, {turn + 1}")
            new.append(_seconds_until_ready(Path(folder)))
            if not run.quick:
                run.tell(f"meguru up in the same folder, {turn + 1}")
                existing.append(_seconds_until_ready(Path(folder)))
    run.tell("meguru --help")
    helped = median(_help_seconds() for _ in range(run.size(full=15, quick=3)))
    within = at_most(5, Of.VALUE)
    return [
        Figure("`meguru up` in a new folder, until ready", median(new), "s", within),
        *(Figure("`meguru up` once more, until ready", median(existing), "s", within) for _ in existing[:1]),
        Figure("`meguru --help`, CPU seconds", helped, "s", at_most(0.3, Of.VALUE)),
    ]


def _seconds_until_ready(folder: Path) -> float:
    """From the start of the process; at the end all parts have ended."""
    port = free_port()
    log = folder / ".meguru" / "logs" / "worker.log"
    log.unlink(missing_ok=True)
    environment = {**os.environ, "MEGURU_WEB_PORT": str(port), "MEGURU_BASE_URL": f"http://localhost:{port}"}
    began = time.perf_counter()
    with subprocess.Popen([_MEGURU, "up"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert any(_SAYS_SO in line for line in iter(process.stdout.readline, "")), "it ended before"
            while not (_is_ok(port) and _WORKS in log.read_text()):
                assert time.perf_counter() - began < _PATIENCE_SECONDS
                time.sleep(0.02)
            return time.perf_counter() - began
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def _is_ok(port: int) -> bool:
    with suppress(httpx2.HTTPError):
        return bool(httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=5).json() == {"status": "ok"})
    return False


def _help_seconds() -> float:
    before = os.times()
    subprocess.run([_MEGURU, "--help"], stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
