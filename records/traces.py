"""The trace a change belongs to, as it travels in a row of the outbox: a header of W3C Trace Context."""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.context import Context
from opentelemetry.trace import Link, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_HEADER = "traceparent"
_W3C = TraceContextTextMapPropagator()


def current() -> str:
    """The trace of the moment; empty where nothing is traced."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(_HEADER, "")


def continued(traces: Iterable[str]) -> tuple[Context, list[Link]]:
    """Changes that travel together go on with the trace of the first; to those of the others there are links."""
    known = [_W3C.extract({_HEADER: trace}, Context()) for trace in dict.fromkeys(traces) if trace]
    first, *others = known or [Context()]
    return first, [Link(get_current_span(other).get_span_context()) for other in others]
