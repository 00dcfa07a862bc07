"""Nine years of Iizuka's ICT plan, played with all their mails, with and without their documents.

`meguru replay` as a person calls it: the start of the process and of the server that skips time is in.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, Of, Run, at_most

_PLAN = "iizuka-ict"
_FIRST_YEAR = ("--until", "2018-12-31")


def measure(run: Run) -> list[Figure]:
    years = "first months" if run.quick else "nine years"
    run.tell(f"{years}, no documents")
    without = _replay(run)
    run.tell(f"{years}, all documents")
    with tempfile.TemporaryDirectory(prefix="meguru-bench-") as folder:
        whole = _replay(run, "--out", f"{folder}/out")
    return [
        Figure(f"replay of {years}, mails only", without, "s", at_most(5, Of.VALUE)),
        Figure(f"replay of {years}, mails and documents", whole, "s", at_most(20, Of.VALUE)),
    ]


def _replay(run: Run, *options: str) -> float:
    meguru = str(Path(sys.executable).parent / "meguru")
    command = [meguru, "replay", _PLAN, "--json", *(_FIRST_YEAR if run.quick else ()), *options]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
