"""One trace from what somebody does on a page to the mail that follows from it; none where nobody wants traces."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlmodel import select
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from db import tables as t
from db.session import Database
from domain.collection import RoundEvent, RoundEventKind
from records import outbox, plans, sign_in
from settings import Settings
from temporal_client import DATA_CONVERTER
from tests.city import City
from tests.city_fixtures import real_city, real_city_template
from tests.conftest import PLAN
from tests.test_relay import CHANGE, PretendTemporal, relay
from tests.web.conftest import Browser, Clock, site_of
from tests.workflows.office import COLLECTION, GOOD_ANSWERS, Office, running_office
from tracing import Causes, WithoutWords
from web.app import create_app
from web.context import SESSION_COOKIE
from worker import WORKFLOW_RUNNER, WORKFLOWS

__all__ = ["real_city", "real_city_template"]

WAYS = ("GET /reports/{report_id}", "GET /search", "GET /api/v1/plans/{code}", "GET (none)")
HISTORIES = sorted((Path(__file__).parent / "replay" / "histories").glob("*.json"))


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What would be sent to whoever collects traces."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(WithoutWords(exporter)))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    return exporter


def named(spans: Sequence[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


def trace_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.trace_id)


def ask_for_approval_at_once(office: Office) -> None:
    """Let the plan ask the head on the day of the submission, not on the day after."""
    with office.database.writing(office.municipality) as session:
        plan = plans.find(session, PLAN)
        definition = json.loads(json.dumps(plan.definition))
        for round_ in definition["rounds"]:
            for step in round_["ladder"]["steps"]:
                if step["code"] == "approval-request":
                    step["business_days"] = 0
        plan.definition = definition
        session.add(plan)


def staff_of(office: Office, code: str) -> tuple[t.User, t.ProgressReport]:
    with office.database.reading(office.municipality) as session:
        report = office.reports(session)[code]
        request = session.get_one(t.UpdateRequest, report.request_id)
    return office._holder(request.department_id or 0, "staff"), report


def browser_of(office: Office, who: t.User, clock: Clock) -> Browser:
    app = create_app(Settings(), office.database, office.mailer)
    app.state.parts = replace(app.state.parts, now=clock)
    with office.database.writing(office.municipality) as session:
        signed_in = sign_in.start_session(session, who, clock.at, 10)
    browser = Browser(TestClient(app, follow_redirects=False), signed_in.session.csrf_token)
    browser.client.cookies.set(SESSION_COOKIE, signed_in.token)
    return browser


def test_one_trace_leads_from_the_press_of_a_button_to_the_mail(
    sample_database: Database, exported: InMemorySpanExporter
) -> None:
    async def play() -> tuple[list[ReadableSpan], list[ReadableSpan], WorkflowHistory]:
        async with running_office(sample_database, interceptors=[Causes()]) as office:
            ask_for_approval_at_once(office)
            await office.until(2021, 1, 18, 10)
            before = list(exported.get_finished_spans())
            exported.clear()
            staff, report = staff_of(office, "1-1-1")
            browser = browser_of(office, staff, Clock(await office.environment.get_current_time()))
            answer = await asyncio.to_thread(browser.write, report.id, GOOD_ANSWERS, 0, "submit_anyway")
            assert "submitted" in answer.to
            await office.settle()
            handle = office.environment.client.get_workflow_handle(COLLECTION)
            return before, list(exported.get_finished_spans()), await handle.fetch_history()

    before, after, history = asyncio.run(play())
    [posted] = named(after, "POST /reports/{report_id}")
    of_the_press = [span for span in after if trace_of(span) == trace_of(posted)]
    way = ["relay record", "SignalWorkflow:record", "HandleSignal:record", "StartActivity:send_mails"]
    way += ["RunActivity:send_mails", "hand over a mail"]
    assert [name for name in way if not named(of_the_press, name)] == []
    [mail] = named(of_the_press, "hand over a mail")
    assert dict(mail.attributes or {}).keys() == {"meguru.mail", "meguru.step", "meguru.outcome"}
    assert (mail.attributes or {})["meguru.outcome"] == "accepted"
    # What the calendar brought about on the morning before is a trace of its own: that of the year's opening.
    assert named(before, "hand over a mail")
    assert trace_of(posted) not in {trace_of(span) for span in before}
    assert "@" not in "".join(span.to_json() for span in (*before, *after))

    async def replay() -> None:
        for interceptors in ([Causes()], []):
            replayer = Replayer(
                workflows=WORKFLOWS,
                workflow_runner=WORKFLOW_RUNNER,
                data_converter=DATA_CONVERTER,
                interceptors=interceptors,
            )
            await replayer.replay_workflow(history)

    asyncio.run(replay())


def test_a_span_tells_the_route_and_neither_ids_nor_what_was_looked_for(
    real_city: City, exported: InMemorySpanExporter
) -> None:
    browser = site_of(real_city, Clock()).browser("information_staff")
    browser.get(f"/reports/{real_city.reports['1-1-1']}")
    browser.get("/search?q=佐藤")
    browser.get("/api/v1/plans/4711?code=123456")
    browser.get("/no/such/page/4711?code=123456")
    seen = [(span.name, set(span.attributes or {})) for span in exported.get_finished_spans()]
    keys = {"http.request.method", "http.route", "http.response.status_code"}
    assert seen == [(name, keys) for name in WAYS]


def test_histories_that_were_not_traced_replay_where_traces_are_on(exported: InMemorySpanExporter) -> None:
    async def replay() -> None:
        replayer = Replayer(
            workflows=WORKFLOWS,
            workflow_runner=WORKFLOW_RUNNER,
            data_converter=DATA_CONVERTER,
            interceptors=[Causes()],
        )
        for file in HISTORIES:
            await replayer.replay_workflow(WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8")))

    asyncio.run(replay())
    assert exported.get_finished_spans() == ()


def test_rows_that_travel_together_go_on_with_the_first_ones_trace_and_are_linked_to_the_others(
    sample_database: Database, city: int, exported: InMemorySpanExporter
) -> None:
    tracer = trace.get_tracer("test")
    with sample_database.writing(city) as session:
        for measure, name in enumerate(("first", "second", "second")):
            with tracer.start_as_current_span(name):
                event = RoundEvent(0, RoundEventKind.SUBMITTED, date(2021, 1, 20), measure=measure)
                outbox.tell_round(session, CHANGE, "collection/a", event)
    asyncio.run(relay(sample_database, PretendTemporal()).drain())
    spans = exported.get_finished_spans()
    [relayed] = named(spans, "relay record")
    assert trace_of(relayed) == trace_of(named(spans, "first")[0])
    assert [link.context.trace_id for link in relayed.links] == [trace_of(span) for span in named(spans, "second")]


def test_what_an_exception_says_does_not_leave_with_a_trace(exported: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="佐藤"), trace.get_tracer("test").start_as_current_span("step"):
        raise ValueError("佐藤 花子 <sato@city.example>")
    [span] = exported.get_finished_spans()
    assert (span.status.is_ok, span.status.description, span.events) == (False, "ValueError", ())
    assert "佐藤" not in span.to_json()


def test_where_nobody_wants_traces_a_row_of_the_outbox_has_none(sample_database: Database, city: int) -> None:
    with sample_database.writing(city) as session:
        outbox.tell_round(session, CHANGE, "collection/b", RoundEvent(0, RoundEventKind.CLOSED, date(2021, 1, 20)))
    with sample_database.reading(city) as session:
        row = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == "collection/b")).one()
        assert row.trace == ""
    assert not trace.get_current_span().is_recording()
