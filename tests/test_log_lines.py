"""What stands in a log: enough to find what went wrong, and nobody's address, name, token, code or answer."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime

import httpx2
import psycopg
import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from temporalio.exceptions import ApplicationError

import scheduler
import telemetry
from db import tables as t
from domain.mail_ledger import Outcome
from log_lines import Lines, told, without_addresses
from records import reporting
from settings import Settings
from tests.city import COMPLETE, OPENED_AT, PASSWORD, PEOPLE, City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.test_relay import PretendTemporal, relay
from tests.web.conftest import SECURE_SESSION, Clock, Site, site_of
from tests.web.serving import serving_app
from web.context import SESSION_COOKIE

__all__ = ["real_city", "real_city_template"]

SEARCHED = "庁舎の雨漏り"
TYPED_CODE = "471147"


class Written:
    """What the handler of a process would write, in both formats."""

    def __init__(self) -> None:
        self.streams = {"text": io.StringIO(), "json": io.StringIO()}

    def __getitem__(self, format: str) -> str:
        return self.streams[format].getvalue()

    @property
    def records(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self["json"].splitlines()]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Everything that is logged meanwhile, set up as by a process; afterwards logging is as it was."""
    found, root = Written(), logging.getLogger()
    names = ("uvicorn", "uvicorn.error", "uvicorn.access", *telemetry._HUSHED)
    before = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate) for name in names}
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.excepthook", None)
    monkeypatch.setattr("threading.excepthook", None)
    telemetry.set_up_logs(Settings(log_format="text"))
    [ours] = [handler for handler in root.handlers if handler not in handlers]
    root.removeHandler(ours)
    for format, stream in found.streams.items():
        handler = logging.StreamHandler(stream)
        handler.setFormatter(Lines(as_json=format == "json", trace_id=telemetry._trace_id))
        root.addHandler(handler)
    yield found
    logging.captureWarnings(False)
    root.handlers, root.level = handlers, level
    for name, (old, propagates) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate, logger.disabled, logger.level = old, propagates, False, logging.NOTSET


@pytest.fixture
def site(real_city: City) -> Site:
    return site_of(real_city, Clock())


def personal(site: Site, *more: str) -> list[str]:
    """What must not stand in any log: names, addresses, answers and whatever a test adds."""
    names = [part for name, *_ in PEOPLE.values() for part in (name, *name.split())]
    return [*names, *map(email_of, PEOPLE), "@", *COMPLETE.values(), SEARCHED, TYPED_CODE, PASSWORD, *more]


def found_in(log: str, secrets: list[str]) -> list[str]:
    secrets = [secret for secret in secrets if len(secret) > 2 or not secret.isascii() or secret == "@"]
    return [secret for secret in secrets if secret in log or json.dumps(secret)[1:-1] in log]


def twin_of(user: t.User) -> t.User:
    """A row that the database refuses, since there is one with this address."""
    return t.User(**user.model_dump(exclude={"id"}))


def test_the_web_process_logs_nothing_personal_whatever_happens(
    site: Site, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = site.city.reports["1-1-1"]
    staff = site.browser("information_staff")
    token = staff.client.cookies[SECURE_SESSION]
    site.mailer.ends = [Outcome.REFUSED_FOR_GOOD]
    stranger = site.stranger()
    stranger.post("/sign-in", {"email": email_of("information_staff"), "password": PASSWORD + "x"})
    stranger.post("/sign-in/code", {"email": email_of("information_staff")})
    stranger.post("/sign-in/confirm", {"email": email_of("information_staff"), "code": TYPED_CODE})
    staff.get(f"/search?q={SEARCHED}")
    staff.write(report, COMPLETE, 0, "submit_anyway")

    def broken(session: Session, report_id: int, *_: object, **__: object) -> None:
        if report_id == report:
            raise ValueError(COMPLETE["achievements"], email_of("information_staff"))
        session.add(twin_of(site.city.user("planning")))
        session.flush()

    monkeypatch.setattr(reporting, "find", broken)
    with serving_app(site.app, log_config=None) as address:
        for id_ in (report, report + 1):
            asked = f"{address}/reports/{id_}?code={TYPED_CODE}"
            assert httpx2.get(asked, headers={"Cookie": f"{SESSION_COOKIE}={token}"}).status_code == 500
    for format in written.streams:
        log = written[format]
        assert "wrong password from" in log
        assert "wrong code from" in log
        assert "did not leave: refused_for_good" in log
        assert "POST /reports/{report_id} 303" in log
        assert "ValueError: (not logged)" in log
        assert "IntegrityError: " in log
        assert found_in(log, personal(site, token, staff.csrf_token)) == []
        assert not re.search(r"/reports/\d", log), "addresses with ids tell who looks at what"


def test_the_workers_log_tells_what_failed_without_what_it_was_about(
    site: Site, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ApplicationError(f"{email_of('planning')}: no such user {PEOPLE['planning'][0]}")

    broken = relay(site.city.database, PretendTemporal())
    monkeypatch.setattr(broken, "_hold_lease", refused)

    async def run() -> None:
        working = asyncio.create_task(broken.run(0.01))
        while "relay stopped short" not in written["text"]:
            await asyncio.sleep(0.01)
        working.cancel()

    asyncio.run(run())
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=%r>", PASSWORD)
    for format in written.streams:
        assert "temporalio.exceptions.ApplicationError: (not logged)" in written[format]
        assert found_in(written[format], personal(site)) == []


def test_the_scheduler_says_how_many_changes_took_effect_and_not_whom_they_concern(
    site: Site, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(site.city.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr("settings.load", lambda: Settings(database_url=url))
    monkeypatch.setattr(scheduler, "let_changes_take_effect", lambda *_: ["iizuka: " + email_of("planning")])
    monkeypatch.setattr(scheduler, "open_cycles_due", lambda *_: [])
    scheduler.open_due_cycles()
    assert [record["message"] for record in written.records] == ["changes took effect for 1 departments and people"]


def test_a_database_that_refuses_a_row_does_not_show_it(site: Site) -> None:
    user = site.city.user("planning")
    with pytest.raises(IntegrityError) as refused, site.city.database.writing(site.city.municipality) as session:
        session.add(twin_of(user))
    lines = "\n".join(told(refused.value))
    assert "UNIQUE constraint failed" in lines or "duplicate key value" in lines
    assert found_in(lines, personal(site)) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            psycopg.errors.NotNullViolation('null value in column "x"\nDETAIL: Failing row contains (1, 佐藤 花子).'),
            'null value in column "x" (SQLSTATE 23502)',
        ),
        (
            psycopg.errors.InvalidTextRepresentation('invalid input syntax for type integer: "佐藤 花子"'),
            "a value was refused (SQLSTATE 22P02)",
        ),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (FileNotFoundError(2, "No such file or directory", "佐藤 花子.xlsx"), "No such file or directory"),
        (KeyError("佐藤 花子"), "(not logged)"),
        (ExceptionGroup("佐藤", [ValueError("佐藤 花子")]), "(not logged)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_exception_says_what_cannot_quote_a_person(error: BaseException, words: str) -> None:
    wrapped = RuntimeError("佐藤 花子")
    wrapped.__cause__ = error
    lines = "\n".join(told(wrapped))
    assert f"{type(error).__qualname__}: {words}" in lines
    assert "佐藤" not in lines


def test_a_mail_address_that_got_into_a_line_all_the_same_is_masked() -> None:
    line = "<sato@city.example> 佐藤@飯塚.example,a.b+c@x.lg.jp postgresql://meguru:secret@db/meguru"
    assert without_addresses(line) == "<(address)> (address),(address) postgresql://meguru:(address)/meguru"


def test_nobody_can_write_a_second_line_into_the_log(written: Written) -> None:
    logging.getLogger("meguru.test").warning("wrong code from %s", "x\n2026-01-01 INFO meguru all is well")
    assert written["text"].count("\n") == 1
    [record] = written.records
    assert record["message"].endswith("\\n2026-01-01 INFO meguru all is well")


def test_a_line_of_json_has_its_time_in_utc_level_logger_and_trace(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opentelemetry.sdk.trace import TracerProvider

    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    with tracer.start_as_current_span("span") as span:
        logging.getLogger("meguru.test").info("%s", "said")
        trace = f"{span.get_span_context().trace_id:032x}"
    [record] = written.records
    assert datetime.fromisoformat(record.pop("time")).utcoffset() == OPENED_AT.utcoffset() * 0  # type: ignore[operator]
    assert record == {"level": "INFO", "logger": "meguru.test", "message": "said", "trace": trace}
    assert written["text"].endswith(f" INFO meguru.test said trace={trace}\n")
