"""Each fault of an installation is named, with what mends it; where nothing is wrong, nothing is said to be."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text
from sqlmodel import select
from temporalio.testing import WorkflowEnvironment

import doctor
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from doctor import Finding, State
from domain.mail_ledger import MailState
from records import pauses
from records.change import Change
from settings import Settings, new_payload_key
from temporal_client import DATA_CONVERTER
from tests.city_hall import CityHall
from tests.city_hall_fixtures import city_hall, city_hall_template
from tests.command_line import Installation, blank, installation_on
from tests.conftest import RememberingMailer
from tests.databases import Databases
from worker import build_worker

__all__ = ["blank", "city_hall", "city_hall_template"]

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NOBODY = "127.0.0.1:1"
SKEW = doctor._SKEW


@pytest.fixture(autouse=True)
def any_clock_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is `NOW` in these tests; the clock of a database server goes on by itself."""
    monkeypatch.setattr(doctor, "_SKEW", timedelta.max)


def examined(database: Database, at: datetime = NOW, root: Path = doctor.ROOT, **others: Any) -> dict[str, Finding]:
    """What is found, by part. Neither Temporal nor a mail server is there, unless the test names one."""
    url = database.engine.url.render_as_string(hide_password=False)
    values = {"smtp_host": "127.0.0.1", "smtp_port": 1, "TEMPORAL_ADDRESS": NOBODY, **others}
    settings = Settings(database_url=url, **values)
    return {one.part: one for one in doctor.examine(settings, lambda: at, root)}


def is_wrong(finding: Finding, said: str, remedy: str) -> bool:
    assert (finding.state, said in finding.said, remedy in finding.remedy) == (State.WRONG, True, True), finding
    return True


def test_a_database_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    absent = Database(f"sqlite:///{tmp_path / 'absent.sqlite'}")
    assert is_wrong(examined(absent)["database"], "does not exist", "MEGURU_DATABASE_URL")
    assert absent.is_absent
    assert is_wrong(examined(Database("postgresql+psycopg://x@127.0.0.1:1/x"))["database"], "cannot be", "start it")


def test_an_old_schema_is_named(empty_database: Database) -> None:
    with empty_database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert is_wrong(examined(empty_database)["schema"], "0001, not", "meguru db upgrade")


DISK_IS_BROKEN = {
    "sqlite": ["CREATE TRIGGER broken BEFORE INSERT ON lease BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"],
    "postgresql": [
        "CREATE FUNCTION broken() RETURNS trigger AS"
        " $$ BEGIN RAISE EXCEPTION 'disk I/O error'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER broken BEFORE INSERT ON lease EXECUTE FUNCTION broken()",
    ],
}


def test_a_database_that_takes_no_rows_is_named(empty_database: Database) -> None:
    assert examined(empty_database)["writing"].state is State.FINE
    with empty_database.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM lease")).scalar_one() == 0, "the test row was taken back"
        for statement in DISK_IS_BROKEN[connection.dialect.name]:
            connection.exec_driver_sql(statement)
    assert is_wrong(examined(empty_database)["writing"], "disk I/O error", "let the account")


def test_a_database_without_a_write_ahead_log_is_named() -> None:
    (log, _) = doctor.of_sqlite(Database("sqlite://"))
    assert is_wrong(log, "journal mode is memory", "local disk")


def test_a_full_disk_is_named(sqlite_databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_databases.copied() as database:
        assert examined(database)["write-ahead log"].state is State.FINE
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
        assert is_wrong(examined(database)["disk"], "0.0 GB free", "make room")


def test_clocks_that_differ_are_named(postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_SKEW", SKEW)
    with postgresql.engine.connect() as connection:
        there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert examined(postgresql, there)["clock"].state is State.FINE
    assert is_wrong(examined(postgresql, there + timedelta(hours=9))["clock"], "32", "NTP")
    assert examined(postgresql)["database"].said.startswith("postgresql, schema 0")


def test_a_worker_that_does_not_relay_is_named(city_hall: CityHall) -> None:
    with city_hall.database.writing(EVERY_MUNICIPALITY) as session:
        for row in session.exec(select(t.Outbox)):
            row.created_at = NOW - timedelta(minutes=3)
    found = examined(city_hall.database)
    assert is_wrong(found["relay"], "has never run", "start the worker")
    assert is_wrong(found["outbox"], "the oldest since 2026-11-21 08:57 UTC", "meguru reconcile")
    with city_hall.database.writing(EVERY_MUNICIPALITY) as session:
        session.add(t.Lease(name="relay", holder="one", until=NOW + timedelta(seconds=9)))
        for row in session.exec(select(t.Outbox)):
            row.relayed_at = NOW
    found = examined(city_hall.database)
    assert (found["relay"].state, found["outbox"].state) == (State.FINE, State.FINE)
    later = examined(city_hall.database, NOW + timedelta(minutes=1))["relay"]
    assert is_wrong(later, "has not run since 2026-11-21 09:00 UTC", "start the worker")


def test_mails_that_wait_or_did_not_arrive_are_named(city_hall: CityHall) -> None:
    claim(city_hall, NOW - timedelta(hours=2), MailState.QUEUED, MailState.UNKNOWN, MailState.FAILED)
    found = examined(city_hall.database)
    assert is_wrong(found["mails"], "1 mails wait, the oldest since 2026-11-21 07:00 UTC", "mail server")
    assert (found["mails not arrived"].state, found["mails not arrived"].said[:1]) == (State.LOOK, "2")
    assert examined(city_hall.database, NOW - timedelta(hours=1, minutes=30))["mails"].state is State.FINE
    with city_hall.writing() as session:
        pauses.begin(session, Change("test", NOW), "地震のため", NOW.date())
    assert examined(city_hall.database)["mails"].state is State.FINE, "a city that is paused sends nothing on purpose"


def claim(hall: CityHall, at: datetime, *states: MailState) -> None:
    with hall.writing() as session:
        due = hall.due(session)
        for number, state in enumerate(states):
            session.add(
                t.Mail(
                    request_id=due.request,
                    step_key=f"step-{number}",
                    kind=due.kind,
                    rank=due.to,
                    recipient="somebody@city.example",
                    state=state,
                    message_id=f"<{number}@city.example>",
                    claimed_on=at.date(),
                    claimed_at=at,
                )
            )


def test_a_chain_whose_end_was_cut_off_is_named(city_hall: CityHall) -> None:
    assert examined(city_hall.database)["audit chain"].state is State.FINE
    with city_hall.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM auditentry WHERE id = (SELECT max(id) FROM auditentry)"))
    assert is_wrong(examined(city_hall.database)["audit chain"], "iizuka", "meguru audit verify")


def test_a_scheduler_that_does_not_look_is_named(empty_database: Database) -> None:
    assert is_wrong(examined(empty_database)["scheduler"], "has never run", "start the scheduler")
    with empty_database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE apscheduler_job (id TEXT, next_run_time FLOAT)")
        connection.execute(text(f"INSERT INTO apscheduler_job VALUES ('open-due-cycles', {NOW.timestamp()})"))
    assert examined(empty_database)["scheduler"].state is State.FINE
    assert examined(empty_database, NOW + timedelta(minutes=20))["scheduler"].state is State.FINE
    late = examined(empty_database, NOW + timedelta(minutes=26))["scheduler"]
    assert is_wrong(late, "should have looked at 2026-11-21 09:00 UTC", "start the scheduler")


def test_the_scheduler_calls_its_job_as_the_doctor_does() -> None:
    import scheduler

    assert f"'{scheduler.JOB_ID}'" in doctor._JOB


def test_a_temporal_that_is_away_is_named(empty_database: Database) -> None:
    assert is_wrong(examined(empty_database)["Temporal"], f"{NOBODY} does not answer", "TEMPORAL_ADDRESS")


def test_a_namespace_that_is_missing_and_a_worker_that_is_away_are_named(empty_database: Database) -> None:
    def look(environment: WorkflowEnvironment, namespace: str) -> dict[str, Finding]:
        address = environment.client.service_client.config.target_host
        return examined(empty_database, TEMPORAL_ADDRESS=address, TEMPORAL_NAMESPACE=namespace)

    async def play() -> list[dict[str, Finding]]:
        server = str(Path(sys.executable).parent / "temporal")
        async with await WorkflowEnvironment.start_local(
            dev_server_existing_path=server, data_converter=DATA_CONVERTER
        ) as environment:
            seen = [await asyncio.to_thread(look, environment, name) for name in ("nowhere", "default")]
            mailer = RememberingMailer()
            with ThreadPoolExecutor(2) as executor:
                async with build_worker(environment.client, empty_database, mailer, "http://localhost", executor):
                    for _ in range(100):
                        seen.append(await asyncio.to_thread(look, environment, "default"))
                        workers = ("worker for processes", "worker for steps")
                        if all(seen[-1][worker].state is State.FINE for worker in workers):
                            break
                        await asyncio.sleep(0.1)
            return seen

    nowhere, alone, *_, worked = asyncio.run(play())
    assert is_wrong(nowhere["Temporal"], "no namespace nowhere", "temporal operator namespace create nowhere")
    assert alone["Temporal"].state is State.FINE
    for kind in ("worker for processes", "worker for steps"):
        assert is_wrong(alone[kind], "nobody asks for work", "start the worker")
        assert (worked[kind].state, worked[kind].said) == (State.FINE, "1 at work")


def test_the_keys_of_what_temporal_stores_are_named_and_not_shown(empty_database: Database) -> None:
    assert examined(empty_database)["encryption"].said.startswith("off")
    keys = [new_payload_key(id_) for id_ in ("2026-11", "2026-04")]
    found = examined(empty_database, payload_keys=",".join(keys))["encryption"]
    assert (found.state, found.said) == (State.FINE, "on, with the key 2026-11; still read with 2026-04")


def test_a_key_that_is_malformed_is_named_before_anything_is_examined(
    blank: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEGURU_PAYLOAD_KEYS", "2026-11:aGltaXRzdQ==")
    said = blank.run("doctor").stdout
    assert "wrong  settings: MEGURU_PAYLOAD_KEYS: number 1 is not an ID:KEY as `meguru payload-key` makes them" in said
    assert "aGltaXRzdQ" not in said
    monkeypatch.setenv("MEGURU_PAYLOAD_KEYS", blank.good("payload-key", "--id", "2026-11").strip())
    assert "ok     encryption: on, with the key 2026-11\n" in blank.run("doctor").stdout
    assert "letters, digits" in blank.refused("payload-key", "--id", "a:b")


def test_files_that_set_up_should_have_brought_are_named(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from documents import fonts

    missing = examined(empty_database, root=tmp_path)["files"]
    assert is_wrong(missing, "the user guide (web/help/index.html)", "make setup")
    for file in doctor.FILES:
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    found = examined(empty_database, root=tmp_path)
    assert (found["files"].state, found["fonts"].state) == (State.FINE, State.FINE)
    monkeypatch.setattr(fonts, "directories", lambda: (str(tmp_path / "nowhere"),))
    assert is_wrong(examined(empty_database)["fonts"], "Japanese fonts are missing", "make setup")


def test_a_mail_server_that_does_not_answer_is_named(empty_database: Database) -> None:
    assert is_wrong(examined(empty_database)["mail server"], "127.0.0.1:1: ", "MEGURU_SMTP_HOST")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert examined(empty_database, smtp_port=port)["mail server"].state is State.FINE


def test_an_address_without_encryption_is_named_unless_it_is_this_machine(empty_database: Database) -> None:
    assert examined(empty_database)["address"].state is State.FINE
    found = examined(empty_database, base_url="http://meguru.city.example")["address"]
    assert (found.state, "https://" in found.remedy) == (State.LOOK, True)
    nobody = examined(empty_database, base_url="https://127.0.0.1:1")["address"]
    assert is_wrong(nobody, "127.0.0.1 does not answer", "MEGURU_BASE_URL")


@pytest.mark.parametrize(("days", "state"), [(60, State.FINE), (7, State.LOOK)])
def test_a_certificate_that_ends_soon_is_named(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, state: State
) -> None:
    ends_at = datetime.now(UTC) + timedelta(days=days)  # noqa: TID251 (TLS looks at the clock of this machine)
    with serving(certificate(tmp_path, ends_at)) as port:
        address = f"https://localhost:{port}"
        foreign = examined(empty_database, base_url=address)["address"]
        assert is_wrong(foreign, "certificate of localhost is not valid", "the city's own authority")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        found = examined(empty_database, datetime.now(UTC), base_url=address)["address"]  # noqa: TID251
    assert (found.state, f"until {ends_at:%Y-%m-%d}" in found.said) == (state, True)


def certificate(folder: Path, ends_at: datetime) -> Path:
    """One that signs itself, for this machine; with its key in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends_at - timedelta(days=90))
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def serving(file: Path) -> Iterator[int]:
    """Somebody who shakes hands under a certificate, as often as asked; the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("localhost", 0)) as server:

        def greet() -> None:
            for _ in range(2):
                plain, _address = server.accept()
                try:
                    context.wrap_socket(plain, server_side=True).close()
                except OSError:
                    plain.close()

        thread = threading.Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_the_command_says_what_is_wrong_in_lines_or_for_a_program(sqlite_databases: Databases) -> None:
    with sqlite_databases.blank() as database, installation_on(database) as blank:
        result = blank.run("doctor")
        found: Sequence[dict[str, str]] = json.loads(blank.run("doctor", "--json").stdout)
    assert result.exit_code == 1
    assert "wrong  database: the SQLite file does not exist\n       → check MEGURU_DATABASE_URL" in result.stdout
    assert found[0] == {"part": "settings", "state": "ok", "said": "can be used", "remedy": ""}
    assert all(one["remedy"] for one in found if one["state"] != "ok")


def test_settings_that_cannot_be_used_are_all_that_is_examined(
    blank: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEGURU_SMTP_PORT", "none")
    result = blank.run("doctor")
    assert result.exit_code == 1
    assert "wrong  settings: MEGURU_SMTP_PORT" in result.stdout


def test_where_nothing_is_wrong_the_exit_code_says_so(blank: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = [Finding("database", State.FINE, "there"), Finding("address", State.LOOK, "soon", "renew")]
    monkeypatch.setattr(doctor, "examine", lambda *_: fine)
    assert blank.good("doctor").splitlines()[-1] == "nothing is wrong"
