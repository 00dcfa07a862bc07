"""What is seen of each request: a span, a duration for the metrics, a line in the log.

All three name it by the template of its route. The address itself would tell who looks at what, and its query holds
search texts, codes and where people are led back to.
"""

from __future__ import annotations

import logging
from time import perf_counter

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import metrics

NOT_BY_FASTAPI: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI would trace by itself, with addresses and queries, and go on with a trace that a stranger names."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger("meguru.web")


class Watched:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        began_at, ended_at, status = perf_counter(), 0.0, 500

        async def send_noted(message: Message) -> None:
            nonlocal ended_at, status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            ended_at = perf_counter()  # what is still done in the background is not what somebody waits for

        tracer = trace.get_tracer("meguru.web")
        span = tracer.start_as_current_span(
            method, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        )
        with span as current:
            try:
                await self.app(scope, receive, send_noted)
            except BaseException as error:
                status, ended_at = 500, perf_counter()
                current.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                route, took = route_of(scope), max(ended_at - began_at, 0.0)
                current.update_name(f"{method} {route}")
                current.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                )
                metrics.REQUESTS.labels(method, route, str(status)).observe(took)
                fields = {"method": method, "route": route, "status": status, "milliseconds": round(took * 1000)}
                _log.info("%s %s %s %d ms", *fields.values(), extra={"fields": fields})


def route_of(scope: Scope) -> str:
    """The template of the route that answered; of what is mounted as a whole, such as files, where it is mounted."""
    route, mounted_at = scope.get("route"), scope.get("root_path", "")
    if route is not None:
        return f"{mounted_at}{route.path}"
    return f"{mounted_at}/…" if mounted_at else "(none)"
