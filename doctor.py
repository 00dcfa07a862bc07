"""Examines an installation: what is wrong, and how to mend it. Looks at each part by itself and changes nothing."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db import migrate
from db.session import EVERY_MUNICIPALITY, Database
from domain.identifiers import TASK_QUEUE
from records import checkup
from records.checkup import Figures
from settings import Settings
from temporal_client import connect

ROOT = Path(__file__).parent
_LEAST_FREE = 1_000_000_000
_SECONDS = 5.0
_LONG_IN_OUTBOX = timedelta(minutes=2)
_LONG_IN_LINE = timedelta(hours=1)
_SKEW = timedelta(seconds=5)
_SOON = timedelta(days=21)
_LATE = timedelta(minutes=5)
"""Meguru's own measures of what is too little, too long and too late."""

_JOB = "SELECT next_run_time FROM apscheduler_job WHERE id = 'open-due-cycles'"
_TIMES_MISSED = 2
_HERE = ("localhost", "127.0.0.1", "::1")
FILES = {
    "web/static/vendor/tokens.css": "the look of the pages",
    "documents/vendor/NotoEmoji-Regular.ttf": "the font of rare signs",
    "web/help/index.html": "the user guide",
}
"""What set-up brings; without it pages lack their look, documents their signs, people the guide."""


class State(StrEnum):
    FINE = "ok"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was examined; `remedy` says what to do where it is not fine."""

    part: str
    state: State
    said: str
    remedy: str = ""


def examine(settings: Settings, now: Callable[[], datetime], root: Path = ROOT) -> list[Finding]:
    """Everything, in the order in which it is best mended."""
    database = Database(settings.database_url)
    try:
        found = list(_of_database(database, now))
        if all(finding.state is not State.WRONG for finding in found):
            with database.reading(EVERY_MUNICIPALITY) as session:
                figures = checkup.figures(session)
            found += _of_record(figures, now())
            found.append(_scheduler(database, settings, now()))
    finally:
        database.dispose()
    found += asyncio.run(_of_temporal(settings))
    found.append(_encryption(settings))
    found += _of_files(root)
    return [*found, _mail_server(settings), _address(settings, now())]


def _of_database(database: Database, now: Callable[[], datetime]) -> Iterator[Finding]:
    if database.is_absent:
        yield Finding(
            "database",
            State.WRONG,
            "the SQLite file does not exist",
            "check MEGURU_DATABASE_URL, then meguru db upgrade",
        )
        return
    try:
        with database.engine.connect() as connection:
            schema = migrate.found(connection)
    except SQLAlchemyError as error:
        yield Finding(
            "database",
            State.WRONG,
            f"cannot be reached: {_first_line(error)}",
            "start it, or check MEGURU_DATABASE_URL",
        )
        return
    if schema != migrate.wanted():
        yield Finding(
            "schema",
            State.WRONG,
            f"{schema or 'none'}, not {migrate.wanted()}",
            "run meguru backup, then meguru db upgrade",
        )
        return
    yield Finding("database", State.FINE, f"{database.engine.dialect.name}, schema {schema}")
    yield _writable(database, now())
    if database.engine.dialect.name == "sqlite":
        yield from of_sqlite(database)
    else:
        yield _clock_of(database, now)


def _writable(database: Database, at: datetime) -> Finding:
    try:
        checkup.write_test(database, at)
    except SQLAlchemyError as error:
        remedy = "let the account of web, worker and scheduler write there; see what holds the database for long"
        return Finding("writing", State.WRONG, f"not possible: {_first_line(error)}", remedy)
    return Finding("writing", State.FINE, "possible")


def of_sqlite(database: Database) -> Iterator[Finding]:
    """What only a database in a file can suffer from."""
    with database.engine.connect() as connection:
        mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    if mode != "wal":
        remedy = "put the database on a local disk: network folders cannot keep a write-ahead log"
        yield Finding("write-ahead log", State.WRONG, f"journal mode is {mode}", remedy)
    else:
        yield Finding("write-ahead log", State.FINE, "on")
    folder = Path(str(database.engine.url.database)).absolute().parent
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB free in {folder}"
    if free < _LEAST_FREE:
        yield Finding("disk", State.WRONG, said, "make room: when it is full nothing can be submitted")
    else:
        yield Finding("disk", State.FINE, said)


def _clock_of(database: Database, now: Callable[[], datetime]) -> Finding:
    with database.engine.connect() as connection:
        told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs(now() - told)
    said = f"{skew.total_seconds():.1f} s between this machine and the database"
    if skew > _SKEW:
        return Finding("clock", State.WRONG, said, "let both machines follow one time server (NTP)")
    return Finding("clock", State.FINE, said)


def _of_record(figures: Figures, at: datetime) -> Iterator[Finding]:
    if figures.relay_until is None or figures.relay_until < at:
        last = f"has not run since {figures.relay_until:%Y-%m-%d %H:%M} UTC" if figures.relay_until else "has never run"
        yield Finding("relay", State.WRONG, last, "start the worker, or look into its log")
    else:
        yield Finding("relay", State.FINE, "runs")
    if figures.outbox_since is not None and at - figures.outbox_since > _LONG_IN_OUTBOX:
        remedy = "start worker and Temporal; if both run: meguru reconcile"
        yield Finding("outbox", State.WRONG, _waiting(figures.outbox, "messages", figures.outbox_since), remedy)
    else:
        yield Finding("outbox", State.FINE, f"{figures.outbox} messages wait")
    if figures.mail_since is not None and at - figures.mail_since > _LONG_IN_LINE:
        remedy = "check the mail server; if mails leave again and these stay: meguru reconcile"
        yield Finding("mails", State.WRONG, _waiting(figures.mails, "mails", figures.mail_since), remedy)
    else:
        yield Finding("mails", State.FINE, f"{figures.mails} mails wait")
    if figures.look_at:
        remedy = "the planning division sends them again or settles them on its desk"
        yield Finding("mails not arrived", State.LOOK, f"{figures.look_at} failed or of unknown fate", remedy)
    if figures.broken_ends:
        said = f"does not end as its head says: {', '.join(figures.broken_ends)}"
        yield Finding("audit chain", State.WRONG, said, "run meguru audit verify; compare with the last backup")
    else:
        yield Finding("audit chain", State.FINE, "ends as its heads say (the whole: meguru audit verify)")


def _scheduler(database: Database, settings: Settings, at: datetime) -> Finding:
    """A scheduler that lives pushes the instant of its next look ahead, again and again."""
    try:
        with database.engine.connect() as connection:
            next_at = connection.execute(text(_JOB)).scalar_one_or_none()
    except SQLAlchemyError:  # it makes the table at its first start
        next_at = None
    if next_at is None:
        return Finding("scheduler", State.WRONG, "has never run", "start the scheduler")
    next_look = datetime.fromtimestamp(float(next_at), UTC)
    if at - next_look > _TIMES_MISSED * timedelta(minutes=settings.scheduler_minutes) + _LATE:
        said = f"should have looked at {next_look:%Y-%m-%d %H:%M} UTC"
        return Finding("scheduler", State.WRONG, said, "start the scheduler, or look into its log")
    return Finding("scheduler", State.FINE, f"looks next at {next_look:%Y-%m-%d %H:%M} UTC")


async def _of_temporal(settings: Settings) -> list[Finding]:
    try:
        client = await asyncio.wait_for(connect(settings), _SECONDS)
    except (RuntimeError, RPCError, TimeoutError) as error:
        said = f"{settings.temporal_address} does not answer: {_first_line(error) or 'in time'}"
        remedy = "start Temporal, or check TEMPORAL_ADDRESS, the key and the certificates"
        return [Finding("Temporal", State.WRONG, said, remedy)]
    try:
        return [await _namespace(client), *(await _pollers(client))]
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            said = f"there is no namespace {client.namespace}"
            remedy = f"temporal operator namespace create {client.namespace}, or check TEMPORAL_NAMESPACE"
            return [Finding("Temporal", State.WRONG, said, remedy)]
        return [Finding("Temporal", State.WRONG, f"refuses: {error.message}", "check the key and its permissions")]


async def _namespace(client: Client) -> Finding:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=_SECONDS))
    return Finding("Temporal", State.FINE, f"answers, namespace {client.namespace}")


async def _pollers(client: Client) -> list[Finding]:
    """Whether a worker asks for work of either kind."""
    asked = {"processes": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, "steps": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY}
    found = []
    for kind, type_ in asked.items():
        request = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=TASK_QUEUE), task_queue_type=type_
        )
        answer = await client.workflow_service.describe_task_queue(request, timeout=timedelta(seconds=_SECONDS))
        workers = len({poller.identity for poller in answer.pollers})
        if workers:
            found.append(Finding(f"worker for {kind}", State.FINE, f"{workers} at work"))
        else:
            found.append(Finding(f"worker for {kind}", State.WRONG, "nobody asks for work", "start the worker"))
    return found


def _encryption(settings: Settings) -> Finding:
    """A key that cannot be used is among the settings that are refused before anything is examined."""
    newest, *older = settings.keys_of_payloads or [""]
    if not newest:
        return Finding("encryption", State.FINE, "off: what Temporal stores can be read there")
    said = f"on, with the key {newest}" + (f"; still read with {', '.join(older)}" if older else "")
    return Finding("encryption", State.FINE, said)


def _of_files(root: Path) -> Iterator[Finding]:
    missing = [f"{what} ({file})" for file, what in FILES.items() if not (root / file).is_file()]
    if missing:
        yield Finding("files", State.WRONG, f"missing: {', '.join(missing)}", "run make setup, or install anew")
    else:
        yield Finding("files", State.FINE, "look, fonts and guide are there")
    try:
        from documents import fonts

        absent = [folder for folder in fonts.directories() if not any(Path(folder).iterdir())]
    except (ImportError, OSError):
        absent = ["noto-cjk"]
    if absent:
        yield Finding("fonts", State.WRONG, "the Japanese fonts are missing", "run make setup, or install anew")
    else:
        yield Finding("fonts", State.FINE, "the Japanese fonts are there")


def _mail_server(settings: Settings) -> Finding:
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with socket.create_connection((settings.smtp_host, settings.smtp_port), _SECONDS):
            return Finding("mail server", State.FINE, f"{place} answers")
    except OSError as error:
        remedy = "start it, or check MEGURU_SMTP_HOST and MEGURU_SMTP_PORT; mails wait until then"
        return Finding("mail server", State.WRONG, f"{place}: {error.strerror or error}", remedy)


def _address(settings: Settings, at: datetime) -> Finding:
    """Where mails lead: a name that is known, and over the network a certificate that is valid for a while yet."""
    url = urlsplit(str(settings.base_url))
    host = url.hostname or ""
    if url.scheme != "https":
        if host in _HERE:
            return Finding("address", State.FINE, f"{settings.base_url} (this machine only)")
        remedy = "put a proxy with a certificate before it and set MEGURU_BASE_URL to https://"
        return Finding("address", State.LOOK, f"{settings.base_url} is not encrypted: passwords can be read", remedy)
    try:
        ends_at = _certificate_ends_at(host, url.port or 443)
    except ssl.SSLCertVerificationError as error:
        said = f"the certificate of {host} is not valid: {error.verify_message}"
        return Finding("address", State.WRONG, said, "renew it, or let this machine trust the city's own authority")
    except OSError as error:
        said = f"{host} does not answer: {error.strerror or error}"
        return Finding("address", State.WRONG, said, "start web and proxy, or check MEGURU_BASE_URL and the DNS")
    said = f"{settings.base_url}, certificate until {ends_at:%Y-%m-%d}"
    if ends_at - at < _SOON:
        return Finding("address", State.LOOK, said, "renew the certificate")
    return Finding("address", State.FINE, said)


def _certificate_ends_at(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), _SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as end,
    ):
        certificate = end.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _waiting(count: int, what: str, since: datetime) -> str:
    return f"{count} {what} wait, the oldest since {since:%Y-%m-%d %H:%M} UTC"


def _first_line(error: BaseException) -> str:
    """What an error says, without the wrapping of the library it comes from."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    inner = re.search(r'message: "([^"]+)"', said)
    return inner[1] if inner else said
