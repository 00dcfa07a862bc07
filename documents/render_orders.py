"""The process in which documents are set: `python -m documents.render_orders SECONDS`, orders on stdin.

It ends when nobody gives it orders any more: when its input is closed, or after so many seconds of waiting.
"""

from __future__ import annotations

import logging
import os
import pickle
import select
import signal
import sys
import traceback
from logging.handlers import QueueHandler
from typing import BinaryIO

from documents.formats import Format
from documents.gathered import GatheredDocument
from documents.render_process import Answer


class _Kept(QueueHandler):
    """Keeps what is logged, ready to travel."""

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []
        super().__init__(self.records)  # type: ignore[arg-type]  # `enqueue` is all that uses it

    def enqueue(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for who gives the orders
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints does not print between the answers
        kept = _Kept()
        logging.getLogger().addHandler(kept)
        while _is_wanted(sys.stdin.buffer, int(sys.argv[1])):
            try:
                document, formats = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            kept.records.clear()
            pickle.dump(_answer(document, formats, kept.records), answers)
            answers.flush()


def _is_wanted(orders: BinaryIO, seconds: int) -> bool:
    """Whether an order comes in time. None can wait unseen in a buffer: each follows the answer to the one before."""
    return bool(select.select([orders], [], [], seconds)[0])


def _answer(document: GatheredDocument, formats: tuple[Format, ...], said: list[logging.LogRecord]) -> Answer:
    """The formats that are wanted and that the document exists in."""
    try:
        return Answer([(wanted, document.set_in(wanted)) for wanted in formats if wanted in document.formats], "", said)
    except Exception:  # whoever gave the order decides what comes of it
        return Answer([], traceback.format_exc(), said)


if __name__ == "__main__":
    main()
