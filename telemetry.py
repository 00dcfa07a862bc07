"""What operators see of a process: its log, its metrics, its traces. Each process sets them up once, at its start."""

from __future__ import annotations

import logging
import sys
import threading
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from opentelemetry import trace

import wall_clock
from log_lines import Lines
from settings import Settings, WrongSettings

if TYPE_CHECKING:
    from temporalio.client import Interceptor

Process = Literal["web", "worker", "scheduler"]
_PORT_OF: dict[Process, int] = {"web": 0, "worker": 1, "scheduler": 2}
"""What is added to the port of the settings: all processes of a machine read the same ones."""
SDK_PORT = 3
"""The same for what Temporal's SDK counts in the worker; it serves that by itself."""

# They write addresses with their queries, where codes and texts stand, or far too much.
_HUSHED = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "apscheduler.executors")


def set_up_logs(settings: Settings) -> None:
    """One handler for whatever anybody logs, also for what nobody catches. Doing it again changes nothing."""
    handler = logging.StreamHandler()
    handler.set_name("meguru")
    handler.setFormatter(Lines(as_json=settings.log_format == "json", trace_id=_trace_id))
    root = logging.getLogger()
    root.handlers = [*(h for h in root.handlers if h.get_name() != "meguru"), handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # `web/watched.py` writes them, by route
    for name in _HUSHED:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, _: _uncaught(error)
    threading.excepthook = lambda args: _uncaught(args.exc_value)


def set_up(settings: Settings, process: Process) -> None:
    """Logs; metrics and traces where they are wanted. Raises `WrongSettings` where a port is taken."""
    set_up_logs(settings)
    if settings.metrics_port:
        import metrics
        from db.session import Database

        metrics.count_database_errors()
        port, every = settings.metrics_port + _PORT_OF[process], timedelta(minutes=settings.scheduler_minutes)
        record = metrics.RecordCollector(Database(settings.database_url), wall_clock.now, every)
        try:
            metrics.serve(settings.metrics_host, port, record)
        except OSError as error:
            place = f"{settings.metrics_host}:{port}"
            raise WrongSettings(f"MEGURU_METRICS_PORT: {place} cannot be used ({error.strerror})") from error
    if settings.otlp_endpoint:
        import tracing

        tracing.start(process, version("meguru"), settings.otlp_endpoint)
    if process == "worker":
        _set_up_sdk(settings)


def client_interceptors(settings: Settings) -> list[Interceptor]:
    """What carries a trace into Temporal and through it."""
    if not settings.otlp_endpoint:
        return []
    from tracing import Causes

    return [Causes()]


def _set_up_sdk(settings: Settings) -> None:
    """Temporal's SDK logs where everything does, and shows what it counts. Before the first connection to Temporal."""
    from temporalio.runtime import (
        LogForwardingConfig,
        LoggingConfig,
        PrometheusConfig,
        Runtime,
        TelemetryConfig,
        TelemetryFilter,
    )

    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"), append_target_to_name=False)
    wanted = PrometheusConfig(
        f"{settings.metrics_host}:{settings.metrics_port + SDK_PORT}",
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )
    telemetry = TelemetryConfig(
        logging=LoggingConfig(TelemetryFilter("WARN", "ERROR"), forwarding),
        metrics=wanted if settings.metrics_port else None,
    )
    try:
        Runtime.set_default(Runtime(telemetry=telemetry))
    except ValueError as error:
        raise WrongSettings(f"MEGURU_METRICS_PORT: {wanted.bind_address} cannot be used") from error


def _trace_id() -> str:
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def _uncaught(error: BaseException | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logging.getLogger("meguru").critical("the process or one of its threads ends", exc_info=error)
