"""What Prometheus may ask of a process: what it has counted since its start, and how much waits in the record.

No label holds personal data: routes are templates without the ids in an address, places are codes of municipalities.
docs/monitoring.md lists every metric; a test compares.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from prometheus_client import REGISTRY, Counter, Histogram, disable_created_metrics, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from db.session import EVERY_MUNICIPALITY, Database
from records import gauges

disable_created_metrics()  # type: ignore[no-untyped-call]  # when a counter was first used interests nobody

REQUESTS = Histogram(
    "meguru_http_request_seconds",
    "Answered requests by how long they took.",
    ("method", "route", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SIGN_IN_FAILURES = Counter("meguru_sign_in_failures", "Sign-ins that were refused.", ("means",))
RELAY_BATCHES = Counter("meguru_relay_batches", "Batches of the outbox by what became of them.", ("outcome",))
MAIL_ATTEMPTS = Counter("meguru_mail_attempts", "Mails handed to the mail server, by how that ended.", ("outcome",))
DATABASE_ERRORS = Counter("meguru_database_errors", "Statements that failed, by the type of the error.", ("kind",))

_FRESH_SECONDS = 5.0
"""For so long a second look at the record shows what the first one found (Meguru's own)."""
_JOB = text("SELECT next_run_time FROM apscheduler_job WHERE id = 'open-due-cycles'")


def count_database_errors() -> None:
    """Of every database that this process opens."""

    @event.listens_for(Engine, "handle_error")
    def _count(failed: Any) -> None:
        DATABASE_ERRORS.labels(type(failed.sqlalchemy_exception or failed.original_exception).__name__).inc()


def serve(host: str, port: int, record: Collector) -> None:
    """Answer Prometheus for as long as the process lives. Raises `OSError` where the port is taken."""
    start_http_server(port, host)
    REGISTRY.register(record)


class RecordCollector(Collector):
    """Asks the record while Prometheus waits. `looks_every`: how often the scheduler looks at the calendar."""

    def __init__(self, database: Database, now: Callable[[], datetime], looks_every: timedelta) -> None:
        self._database = database
        self._now = now
        self._looks_every = looks_every
        self._asking = Lock()
        self._found: list[GaugeMetricFamily] = []
        self._found_at = float("-inf")

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: else the registry would ask the database when the collector is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures of the record; while the database is away only that it is."""
        with self._asking:
            if time.monotonic() - self._found_at >= _FRESH_SECONDS:
                try:
                    self._found = [_one("meguru_database_up", "1 where the database answers.", 1), *self._ask()]
                except SQLAlchemyError:
                    self._found = [_one("meguru_database_up", "1 where the database answers.", 0)]
                self._found_at = time.monotonic()
            yield from self._found

    def _ask(self) -> Iterator[GaugeMetricFamily]:
        at = self._now()
        with self._database.reading(EVERY_MUNICIPALITY) as session:
            found = gauges.read(session, at)
        yield _one("meguru_outbox_rows", "Rows of the outbox that Temporal was not told yet.", found.outbox)
        yield _one("meguru_outbox_oldest_seconds", "Age of the oldest of them.", _age(found.outbox_since, at))
        by_state = {state.value: count for state, count in found.mails.items()}
        yield _each("meguru_mails", "Mails of the ledger.", "state", by_state)
        yield _one(
            "meguru_mail_oldest_waiting_seconds", "Age of the oldest mail that waits.", _age(found.mail_since, at)
        )
        yield _one("meguru_mails_unsettled", "Mails that a person must look at.", found.unsettled)
        for name, meaning, field in (
            ("meguru_requests_overdue", "Requests to departments with a report past its due date.", "overdue"),
            ("meguru_rounds_open", "Collection rounds that are open.", "rounds"),
            ("meguru_audit_entries", "Length of the audit chain.", "audit_entries"),
        ):
            yield _each(name, meaning, "municipality", {code: getattr(c, field) for code, c in found.cities.items()})
        looked_at = self._scheduler_looked_at()
        if looked_at is not None:
            yield _one("meguru_scheduler_last_look_seconds", "Since the scheduler last looked.", _age(looked_at, at))

    def _scheduler_looked_at(self) -> datetime | None:
        """One look before the next that it has planned; None: it has never run."""
        engine = self._database.engine
        if not inspect(engine).has_table("apscheduler_job"):
            return None
        with engine.connect() as connection:
            next_at = connection.execute(_JOB).scalar_one_or_none()
        return None if next_at is None else datetime.fromtimestamp(float(next_at), UTC) - self._looks_every


def _one(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _each(name: str, meaning: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _age(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max(0.0, (at - since).total_seconds())
