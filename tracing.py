"""Traces over HTTP (OTLP): from the request over outbox, process and step to the mail. Off unless an endpoint is set.

Who makes spans (`web/watched.py`, `relay.py`, `activities/mailing.py`) asks the API of OpenTelemetry for a tracer;
where nothing was started here, that is one which does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status
from temporalio import worker, workflow
from temporalio.contrib.opentelemetry import TracingInterceptor, TracingWorkflowInboundInterceptor
from temporalio.contrib.opentelemetry._interceptor import _TracingWorkflowOutboundInterceptor
from temporalio.worker import WorkflowInterceptorClassInput


def start(process: str, release: str, endpoint: str) -> None:
    """Export this process's spans, the last ones at its end. The other variables `OTEL_…` are read by the exporter."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    resource = Resource.create({"service.name": f"meguru-{process}", "service.version": release})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(WithoutWords(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces"))))
    trace.set_tracer_provider(provider)


class WithoutWords(SpanExporter):
    """Passes spans on without what exceptions say: it may quote a person. Whether and by which type is left."""

    def __init__(self, to: SpanExporter) -> None:
        self._to = to

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._to.export([_wordless(span) for span in spans])

    def shutdown(self) -> None:
        self._to.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._to.force_flush(timeout_millis)


def _wordless(span: ReadableSpan) -> ReadableSpan:
    if not span.events and span.status.description is None:
        return span
    kind = span.status.description.partition(":")[0] if span.status.description else None
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code, kind),
        start_time=span.start_time,
        end_time=span.end_time,
    )


class Causes(TracingInterceptor):
    """The SDK's spans, where a step belongs to the trace of what brought it about.

    The SDK counts every step of a process to the trace that once started it. A process of ours lives for a year: what
    it does because it was told something belongs to the trace of who told it, up to where it waits for a day again.
    """

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[_Told]:
        super().workflow_interceptor_class(input)
        return _Told


_Carrier = dict[str, Any]


class _Told(TracingWorkflowInboundInterceptor):
    """Remembers what the process was told in its present task: by a signal, or by the end of a step taken for one."""

    def __init__(self, next: worker.WorkflowInboundInterceptor) -> None:
        super().__init__(next)
        self._cause: _Carrier | None = None
        self._in_task = 0

    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        self.next.init(_Outbound(outbound, self))

    async def handle_signal(self, input: worker.HandleSignalInput) -> None:
        header = input.headers.get(self.header_key)
        if header is None:
            await super().handle_signal(input)
            return
        told: _Carrier = self.payload_converter.from_payloads([header])[0]
        self.remember(told)
        own = self._load_workflow_context_carrier()
        with self.within(told):
            self._completed_span(f"HandleSignal:{input.signal}", link_context_carrier=own, kind=SpanKind.SERVER)
        await self.next.handle_signal(input)

    def remember(self, cause: _Carrier) -> None:
        self._cause, self._in_task = cause, workflow.info().get_current_history_length()

    @property
    def cause(self) -> _Carrier | None:
        """What the process was told in this very task; None: it woke for another reason, such as its clock."""
        return self._cause if self._in_task == workflow.info().get_current_history_length() else None

    @contextmanager
    def within(self, cause: _Carrier) -> Iterator[None]:
        """Spans that begin meanwhile are children of the cause."""
        token = context.attach(self._set_on_context(self.text_map_propagator.extract(cause)))
        try:
            yield
        finally:
            context.detach(token)


class _Outbound(_TracingWorkflowOutboundInterceptor):
    """Begins a step for its cause; its end is a cause again, for what follows from it."""

    def __init__(self, next: worker.WorkflowOutboundInterceptor, told: _Told) -> None:
        super().__init__(next, told)
        self._told = told

    def start_activity(self, input: worker.StartActivityInput) -> workflow.ActivityHandle[Any]:
        cause = self._told.cause
        if cause is None:
            return super().start_activity(input)
        with self._told.within(cause):
            step = super().start_activity(input)
        step.add_done_callback(lambda _: self._told.remember(cause))
        return step
