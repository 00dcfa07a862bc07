"""What documents do to the process that sets them; a module of its own, for that process imports it."""

from __future__ import annotations

import logging
import os
import signal

from documents.formats import Format


def plain(format: Format) -> bytes:
    return f"set as {format.value}".encode()


def killed(format: Format) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody is left to say so")


def failing(format: Format) -> bytes:
    raise ValueError("no such font")


def warning(format: Format) -> bytes:
    logging.getLogger("documents.typesetting").warning("The document is not PDF/UA: %s", "a rare sign")
    print("a library that prints")  # noqa: T201
    return b""


def environment(format: Format) -> bytes:
    return "\n".join(os.environ).encode()


def process(format: Format) -> bytes:
    return str(os.getpid()).encode()
