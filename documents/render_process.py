"""A process beside this one in which documents are set, one after the other.

Setting documents takes the processor for a while, and 200 to 300 MB: here it stops nobody else, every core has
its share, and what it took is given back. Orders and answers travel as pickles; both sides are ours.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from documents.formats import Format
from documents.gathered import GatheredDocument, SetDocument

PATIENCE = 60
"""Seconds without an order after which the process ends, and gives its memory back."""
LONGEST = 300
"""Seconds for one document in all its formats. The largest reports take some ten."""
_ROOT = Path(__file__).parents[1]
ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",  # left to itself, glibc keeps what fonts took: up to 30 MB more at the peak
}
"""Nothing of the settings: who sets a document needs neither keys nor passwords."""


class RenderingFailed(Exception):
    """A document could not be set; what was to be done may be tried again."""


@dataclass(frozen=True)
class Answer:
    """The files, or the `problem` in words; and what was logged on the way, for the log of who gave the order."""

    files: list[tuple[Format, SetDocument]]
    problem: str
    said: list[logging.LogRecord]


class RenderProcess:
    """The process, started at once. It ends when this end of its pipe is closed, whatever became of us."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "documents.render_orders", str(PATIENCE)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT, env=ENVIRONMENT
        )

    @property
    def is_alive(self) -> bool:
        """False once it was idle for so long that it ended by itself."""
        return self._process.poll() is None

    def set(self, document: GatheredDocument, formats: tuple[Format, ...]) -> list[tuple[Format, SetDocument]]:
        """The document in its formats. Raises `RenderingFailed`; the process may have ended then."""
        overdue = threading.Timer(LONGEST, self._process.kill)
        overdue.start()
        try:
            answer = self._answer((document, formats))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            code = self._process.returncode
            raise RenderingFailed(
                f"{document.kind}: the process that was setting it ended with {code} (-9: killed, for want of memory or"
                f" after {LONGEST} s)"
            ) from error
        finally:
            overdue.cancel()
        for record in answer.said:
            logging.getLogger(record.name).handle(record)
        if answer.problem:
            raise RenderingFailed(f"{document.kind}: {answer.problem}")
        return answer.files

    def end(self) -> None:
        """Let it end; whatever it is doing is given up."""
        self._process.kill()
        self._process.communicate()

    def _answer(self, order: tuple[GatheredDocument, tuple[Format, ...]]) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(pickle.dumps(order))
        self._process.stdin.flush()
        answer: Answer = pickle.load(self._process.stdout)
        return answer
