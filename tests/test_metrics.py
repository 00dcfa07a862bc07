"""What Prometheus is told: how much waits and since when, what has been counted, and never who."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

import metrics
import telemetry
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState, Outcome
from mail_client import mailer
from metrics import RecordCollector
from one_machine import free_port
from records import gauges
from settings import Settings, WrongSettings
from tests.city import DEPARTMENTS, DUE_ON, OPENED_AT, PEOPLE, City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.test_documentation import read, rows
from tests.web.conftest import Clock, Site, site_of

__all__ = ["real_city", "real_city_template"]

EVERY = timedelta(minutes=10)
MONITORING = Path(__file__).parent.parent / "docs" / "monitoring.md"
OWN = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]


@pytest.fixture
def site(real_city: City) -> Site:
    return site_of(real_city, Clock())


def told(collector: RecordCollector) -> dict[str, float]:
    """What a look gives: by name, and by the value of the label where there is one."""
    return {
        "/".join((sample.name, *sample.labels.values())): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def look(city: City, at: datetime) -> dict[str, float]:
    return told(RecordCollector(city.database, lambda: at, EVERY))


def counted(metric: MetricWrapperBase, *labels: str) -> float:
    """What a metric has counted so far."""
    suffix = "_count" if isinstance(metric, Histogram) else "_total"
    samples = [s for family in metric.collect() for s in family.samples if s.name.endswith(suffix)]
    return sum(s.value for s in samples if tuple(s.labels.values()) == labels)


def test_what_waits_is_told_with_the_age_of_the_oldest(real_city: City) -> None:
    with real_city.database.writing(EVERY_MUNICIPALITY) as session:
        for row in session.exec(select(t.Outbox)):
            row.relayed_at = OPENED_AT
            session.add(row)
    before = look(real_city, OPENED_AT)
    assert (before["meguru_outbox_rows"], before["meguru_outbox_oldest_seconds"]) == (0, 0)
    real_city.submit("1-2-1", "information_staff")
    after = look(real_city, OPENED_AT + timedelta(minutes=3))
    assert (after["meguru_outbox_rows"], after["meguru_outbox_oldest_seconds"]) == (1, 180)


def test_a_mail_is_counted_by_its_state_and_as_trouble_until_somebody_settles_it(real_city: City) -> None:
    request = real_city.requests["information"]
    with real_city.database.writing(real_city.municipality) as session:
        for number, state in enumerate((MailState.QUEUED, MailState.FAILED, MailState.UNKNOWN, MailState.SENT)):
            session.add(
                t.Mail(
                    request_id=request,
                    step_key=f"step-{number}",
                    kind=StepKind.REMINDER,
                    rank=Rank.STAFF,
                    recipient=email_of("information_staff"),
                    state=state,
                    message_id=f"<{number}@city.example>",
                    claimed_on=DUE_ON,
                    claimed_at=OPENED_AT,
                )
            )
    found = look(real_city, OPENED_AT + timedelta(hours=1))
    assert {state.value: found[f"meguru_mails/{state.value}"] for state in MailState} == {
        **dict.fromkeys((state.value for state in MailState), 0),
        **dict.fromkeys(("queued", "failed", "unknown", "sent"), 1),
    }
    assert found["meguru_mail_oldest_waiting_seconds"] == 3600
    assert found["meguru_mails_unsettled"] == 2
    with real_city.database.writing(real_city.municipality) as session:
        failed = session.exec(select(t.Mail).where(col(t.Mail.state) == MailState.FAILED)).one()
        failed.settled_at = OPENED_AT
        session.add(failed)
    assert look(real_city, OPENED_AT)["meguru_mails_unsettled"] == 1
    with real_city.database.writing(real_city.municipality) as session:
        session.get_one(t.CollectionRound, real_city.round).closed_on = DUE_ON
    assert look(real_city, OPENED_AT)["meguru_mails_unsettled"] == 0


def test_a_request_is_overdue_from_the_day_after_in_japan_on(real_city: City) -> None:
    last_day = OPENED_AT.replace(month=2, day=15, hour=23)
    assert look(real_city, last_day)["meguru_requests_overdue/iizuka"] == 0
    found = look(real_city, last_day + timedelta(hours=1))
    with real_city.database.reading(real_city.municipality) as session:
        asked = session.exec(select(t.UpdateRequest).where(t.UpdateRequest.round_id == real_city.round)).all()
    assert found["meguru_requests_overdue/iizuka"] == len(asked)
    assert found["meguru_rounds_open/iizuka"] == 1
    assert found["meguru_audit_entries/iizuka"] == len(real_city.audited())


def test_the_scheduler_has_looked_one_turn_before_its_next(real_city: City) -> None:
    assert "meguru_scheduler_last_look_seconds" not in look(real_city, OPENED_AT)
    with real_city.database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE apscheduler_job (id VARCHAR(191), next_run_time FLOAT)"))
        planned = (OPENED_AT + timedelta(minutes=4)).timestamp()
        connection.execute(text("INSERT INTO apscheduler_job VALUES ('open-due-cycles', :at)"), {"at": planned})
    assert look(real_city, OPENED_AT)["meguru_scheduler_last_look_seconds"] == 360


def test_a_database_that_is_away_is_told_and_does_not_end_the_answer(tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'no such folder' / 'x.sqlite'}")
    assert told(RecordCollector(away, lambda: OPENED_AT, EVERY)) == {"meguru_database_up": 0}


def test_who_asks_again_at_once_is_told_the_same_without_another_look(
    real_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = RecordCollector(real_city.database, lambda: OPENED_AT, EVERY)
    first = told(collector)
    monkeypatch.setattr(gauges, "read", None)
    assert told(collector) == first


def test_requests_and_refused_sign_ins_are_counted_by_route_and_means(site: Site) -> None:
    shown = counted(metrics.REQUESTS, "GET", "/reports/{report_id}", "200")
    refused = counted(metrics.SIGN_IN_FAILURES, "password")
    strange = counted(metrics.REQUESTS, "other", "(none)", "404")
    report = site.city.reports["1-1-1"]
    site.browser("information_staff").get(f"/reports/{report}")
    stranger = site.stranger()
    stranger.post("/sign-in", {"email": email_of("information_staff"), "password": "not the right one"})
    stranger.get("/static/page.css")
    stranger.client.request("INVENTED", "/no/such/page")
    assert counted(metrics.REQUESTS, "GET", "/reports/{report_id}", "200") == shown + 1
    assert counted(metrics.SIGN_IN_FAILURES, "password") == refused + 1
    assert counted(metrics.REQUESTS, "other", "(none)", "404") == strange + 1
    assert counted(metrics.REQUESTS, "GET", "/static/…", "200") + counted(metrics.REQUESTS, "GET", "/static/…", "404")


def test_an_attempt_at_a_mail_server_that_is_not_there_is_counted() -> None:
    import asyncio
    from email.message import EmailMessage

    before = counted(metrics.MAIL_ATTEMPTS, Outcome.NOT_REACHED.value)
    to = mailer(Settings().model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": free_port()}))
    assert asyncio.run(to.hand_over(EmailMessage())).outcome is Outcome.NOT_REACHED
    assert counted(metrics.MAIL_ATTEMPTS, Outcome.NOT_REACHED.value) == before + 1


def test_a_statement_that_fails_is_counted_by_the_type_of_its_error(empty_database: Database) -> None:
    metrics.count_database_errors()
    kind = "OperationalError" if empty_database.engine.dialect.name == "sqlite" else "ProgrammingError"
    before = counted(metrics.DATABASE_ERRORS, kind)
    with pytest.raises(DBAPIError), empty_database.engine.connect() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert counted(metrics.DATABASE_ERRORS, kind) == before + 1


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[CollectorRegistry]:
    """A registry of this test; the server ends with it."""
    own, servers = CollectorRegistry(), []

    def start(port: int, host: str) -> None:
        from prometheus_client import start_http_server

        servers.append(start_http_server(port, host, own))

    monkeypatch.setattr(metrics, "REGISTRY", own)
    monkeypatch.setattr(metrics, "start_http_server", start)
    yield own
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def test_prometheus_is_answered_on_a_port_of_its_own_and_told_nobodys_name(
    real_city: City, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telemetry, "set_up_logs", lambda _: None)
    url, port = real_city.database.engine.url.render_as_string(hide_password=False), free_port()
    settings = Settings(database_url=url, metrics_port=port)
    for metric in OWN:
        registry.register(metric)
    telemetry.set_up(settings, "web")
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        page = answer.read().decode()
    assert "meguru_database_up 1.0" in page
    assert 'meguru_audit_entries{municipality="iizuka"}' in page
    assert 'meguru_audit_entries{municipality="neighbour"}' in page
    names = [part for name, *_ in PEOPLE.values() for part in name.split()]
    personal = [*names, "@", "information", "citizens", *DEPARTMENTS.values()]
    assert [word for word in personal if word in page] == []
    with pytest.raises(WrongSettings, match=f"MEGURU_METRICS_PORT: 127.0.0.1:{port} cannot be used"):
        telemetry.set_up(settings, "web")


def test_where_no_port_is_named_nobody_listens_and_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "set_up_logs", lambda _: None)
    monkeypatch.setattr(metrics, "serve", None)
    monkeypatch.setattr("tracing.start", None)
    telemetry.set_up(Settings().model_copy(update={"metrics_port": 0, "otlp_endpoint": ""}), "web")
    assert telemetry.client_interceptors(Settings()) == []


def test_every_metric_is_in_the_table_for_operators_and_no_other(real_city: City) -> None:
    listed = {re.sub(r"[`{].*", "", cells[0].strip("`")) for cells in rows(read(MONITORING))}
    own = {sample.name for metric in OWN for sample in metric.describe()}
    with real_city.database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE apscheduler_job (id VARCHAR(191), next_run_time FLOAT)"))
        connection.execute(text("INSERT INTO apscheduler_job VALUES ('open-due-cycles', 0)"))
    record = {name.partition("/")[0] for name in look(real_city, OPENED_AT)}
    named = {f"{name}_total" if name in _counters() else name for name in own}
    assert {name for name in listed if name.startswith("meguru_")} == named | record


def _counters() -> set[str]:
    return {family.name for metric in OWN for family in metric.describe() if family.type == "counter"}
