"""Which statements reach a database, how it would run each, and how much it works for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

_STEPS_AT_ONCE = 1


@dataclass
class Statements:
    """What was said, each time it was; `parameters` of the last time each was."""

    said: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)


@contextmanager
def recorded(engine: Engine) -> Iterator[Statements]:
    """The statements that reach the database meanwhile; that a transaction begins is none."""
    found = Statements()

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if statement.startswith("BEGIN"):
            return
        found.said.append(statement)
        found.parameters[statement] = parameters

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def without_index(engine: Engine, found: Statements) -> dict[str, list[str]]:
    """Statement → the steps of its plan on SQLite that read a whole table or index, or build one for the occasion."""
    plans = {statement: _plan(engine, statement, values) for statement, values in found.parameters.items()}
    whole = {statement: [step for step in plan if _reads_everything(step)] for statement, plan in plans.items()}
    return {statement: steps for statement, steps in whole.items() if steps}


def _plan(engine: Engine, statement: str, parameters: Any) -> list[str]:
    with engine.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


_NOT_A_TABLE = ("SCAN CONSTANT ROW", "SCAN (", "SCAN alembic_version")
"""A row that the statement itself names, what it has gathered before, and a table of one row."""


def _reads_everything(step: str) -> bool:
    return (step.startswith("SCAN ") and not step.startswith(_NOT_A_TABLE)) or "AUTOMATIC" in step


def steps(engine: Engine, work: Callable[[], object]) -> int:
    """The instructions that SQLite's machine runs for a piece of work, the same on every computer."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    def watch(connection: Any, *_: object) -> None:
        connection.set_progress_handler(tick, _STEPS_AT_ONCE)

    def leave(connection: Any, *_: object) -> None:
        connection.set_progress_handler(None, 0)

    event.listen(engine, "checkout", watch)
    event.listen(engine, "checkin", leave)
    try:
        work()
    finally:
        event.remove(engine, "checkout", watch)
        event.remove(engine, "checkin", leave)
    return count
