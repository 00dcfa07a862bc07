"""Lines of a log: text or JSON, in UTC, and without personal data, whoever wrote them.

What an exception says may quote what people typed: a key that is missing, a value that is no number, the row that a
constraint refused. So a line tells its type and its way through the code, and its words only where they are the
database's or the system's own.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

_ADDRESS = re.compile(r"[^\s<>()\[\]{},;:\"'|=/\\]+@[\w.-]+")
MASK = "(address)"
"""What stands for a mail address. No line should come to it: nothing of ours logs one."""

_WITH_VALUES = "22"
"""Class of SQLSTATE whose messages quote the value that was refused (PostgreSQL: data exceptions)."""
_DRIVERS = ("psycopg", "sqlite3")
_NO_WORDS = "(not logged)"


class Lines(logging.Formatter):
    """One record, one line; only an exception in text takes several. `trace_id` tells the trace of the moment or ""."""

    def __init__(self, *, as_json: bool, trace_id: Callable[[], str]) -> None:
        super().__init__()
        self._as_json = as_json
        self._trace_id = trace_id

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **getattr(record, "fields", {}),
        }
        if trace := self._trace_id():
            said["trace"] = trace
        if record.exc_info and record.exc_info[1] is not None:
            said["exception"] = "\n".join(told(record.exc_info[1]))
        return without_addresses(json.dumps(said, ensure_ascii=False) if self._as_json else _as_text(said))


def without_addresses(text: str) -> str:
    """The last line of defence: a mail address that got into a line all the same is masked."""
    return _ADDRESS.sub(MASK, text)


def told(error: BaseException) -> Iterator[str]:
    """An exception with what led to it, first things first: where it passed, its type, and its words if they may be."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from told(before)
        yield "which led to"
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from told(inner)
        yield "as one of"
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    yield f"{type(error).__module__}.{type(error).__qualname__}: {words(error) or _NO_WORDS}"


def words(error: BaseException) -> str:
    """What an exception says, where that cannot quote a person."""
    from_driver = getattr(error, "orig", error)  # SQLAlchemy wraps what its driver says
    if type(from_driver).__module__.startswith(_DRIVERS):
        return _of_database(from_driver)
    return (error.strerror or "") if isinstance(error, OSError) else ""


def _of_database(error: BaseException) -> str:
    """The first line: behind it PostgreSQL shows the row. Of a value that was refused only the code."""
    state: str = getattr(error, "sqlstate", None) or ""
    said = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
    line = "a value was refused" if state.startswith(_WITH_VALUES) else said.partition("\n")[0]
    return f"{line} (SQLSTATE {state})" if state else line


def _message(record: logging.LogRecord) -> str:
    """In one line, so that nobody can write a second one. What asyncio adds from its second line on shows values."""
    lines = record.getMessage().splitlines()
    return "".join(lines[:1]) if record.name == "asyncio" else "\\n".join(lines)


def _as_text(said: dict[str, str]) -> str:
    line = f"{said['time']} {said['level']} {said['logger']} {said['message']}"
    if trace := said.get("trace"):
        line += f" trace={trace}"
    return f"{line}\n{said['exception']}" if "exception" in said else line
