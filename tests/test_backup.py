"""A backup holds the record as it is, and either database can be filled from it: all of it or nothing."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Connection, Date, Enum, LargeBinary, String, Time, func, text
from sqlalchemy import select as rows_of
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import AutoString

from db import portable
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from db.types import DecimalText, UtcDateTime
from domain.opinion import OpinionChannel
from records import audit, backup
from records.backup import BackupRefused
from records.change import Change
from tests.city import City, make_city
from tests.city_fixtures import real_city, real_city_template
from tests.command_line import Installation, blank
from tests.databases import Databases, is_untouched
from tests.dx_city import make_dx_city

__all__ = ["blank", "real_city", "real_city_template"]

AT = datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC)
EVERY_BYTE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def city(sqlite_databases: Databases) -> Iterator[City]:
    """Three municipalities with rounds, projects and files, text that is easily spoilt, and a row in every table.

    On SQLite whatever the run is about: from there it is moved to PostgreSQL.
    """
    with sqlite_databases.copied() as database:
        made = make_city(database)
        make_dx_city(database)
        with database.writing(made.municipality) as session:
            _add_files(session, made)
            _add_what_is_easily_spoilt(session, made)
        _fill_what_is_empty(database)
        yield made


def _add_files(session: Session, city: City) -> None:
    user = session.exec(select(t.User)).first()
    assert user is not None
    file: dict[str, Any] = {
        "media_type": "application/pdf",
        "digest": "d",
        "attached_at": AT,
        "attached_by_id": user.id,
    }
    attachment = t.Attachment(report_id=city.reports["1-1-1"], name="写真.pdf", size=len(EVERY_BYTE), **file)
    session.add(attachment)
    session.flush()
    session.add(t.AttachmentContent(attachment_id=attachment.id, content=EVERY_BYTE))
    for number in range(9):  # more than are read at once
        session.add(
            t.Document(
                cycle_id=city.cycle,
                kind=f"kind-{number}",
                format="pdf",
                file_name="報告書.pdf",
                media_type="application/pdf",
                content=EVERY_BYTE[number:],
                digest="d",
                issued_on=date(2021, 3, 31),
                rendered_at=AT,
            )
        )


def _add_what_is_easily_spoilt(session: Session, city: City) -> None:
    """Line ends, quotes, other scripts, JSON's null beside SQL's, and numbers with their digits."""
    round_ = session.get_one(t.CollectionRound, city.round)
    round_.rules = {"a": 1.50, "b": None, "c": "改行\r\n\\\"' 😀  ﻿"}
    session.add(round_)
    for report in session.exec(select(t.ProgressReport).limit(3)):
        report.answers = {"achievements": "'; DROP TABLE user; --\t\v", "quantity": "20.0"}
        session.add(report)
    audit.write(session, Change("試験", AT), "test.spoilt", "plan/😀", value="𠮷野家\n")


def _fill_what_is_empty(database: Database) -> None:
    """A row for each table that has none; what it refers to is the first row there."""
    with portable.loading(database.engine) as connection:
        for table in portable.every_table():
            if portable.count(connection, table) == 0:
                connection.execute(table.insert().values({column.name: _something(column) for column in table.columns}))


def _something(column: Column[Any]) -> Any:
    if column.primary_key or column.foreign_keys:
        return "relay" if isinstance(column.type, AutoString) else 1
    match column.type:
        case Enum() as codes:
            return next(iter(codes.enum_class or ()))
        case JSON():
            return {"a": None}
        case UtcDateTime():
            return AT
        case Date():
            return AT.date()
        case Time():
            return AT.time()
        case LargeBinary():
            return EVERY_BYTE
        case DecimalText():
            return Decimal("20.0")
        case AutoString() | String():
            return f"{column.name}の内容"
    return 1


def rows(database: Database) -> dict[str, list[Any]]:
    """Every table as the application reads it."""

    def of(connection: Connection, table: Any) -> list[Any]:
        return [tuple(row) for row in connection.execute(rows_of(table).order_by(*table.primary_key))]

    with database.engine.connect() as connection:
        return {table.name: of(connection, table) for table in portable.every_table()}


def differing(one: Database, other: Database) -> list[str]:
    """The tables whose rows are not the same."""
    was, came = rows(one), rows(other)
    return [name for name in was if was[name] != came[name]]


def silent(*_: object) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def saved_once(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup") / "saved"
    backup.write(city.database, folder, AT, "0.1.0", silent)
    return folder


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    """A backup of the city."""
    return shutil.copytree(saved_once, tmp_path / "saved")


@dataclass
class Moved:
    """A database that was filled from another one, and what was told meanwhile."""

    database: Database
    manifest: backup.Manifest
    told: list[tuple[str, int, int]]
    references_before: Any

    def references(self) -> Any:
        return _references(self.database)


@pytest.fixture(scope="module")
def moved(city: City, postgresql_databases: Databases) -> Iterator[Moved]:
    """The city on PostgreSQL."""
    with postgresql_databases.copied() as database:
        told: list[tuple[str, int, int]] = []
        before = _references(database)
        manifest = backup.move(city.database, database, AT, "0.1.0", lambda *said: told.append(said))
        yield Moved(database, manifest, told, before)


def _references(database: Database) -> Any:
    query = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    with database.engine.connect() as connection:
        return connection.execute(text(query)).all()


@pytest.fixture
def new(databases: Databases) -> Iterator[Database]:
    """One that does not exist yet, or has no tables yet."""
    with databases.blank() as database:
        yield database


def test_a_full_city_comes_back_table_by_table(city: City, saved: Path, new: Database) -> None:
    manifest = backup.restore(new, saved, silent)
    was = rows(city.database)
    assert differing(city.database, new) == []
    assert sum(len(of) for of in was.values()) == manifest.rows > 900
    assert all(was.values()), "every table holds something"
    assert manifest.municipalities == ("iizuka", "neighbour", "tokorozawa")
    assert [found.broken_at for found in backup.verified(new).values()] == [None, None, None]


def test_a_city_on_postgresql_is_the_one_that_was_on_sqlite(city: City, moved: Moved) -> None:
    assert differing(city.database, moved.database) == []
    assert [found.broken_at for found in backup.verified(moved.database).values()] == [None, None, None]
    assert {step for step, *_ in moved.told} == {"moving", "checking"}
    assert moved.told[-1][1] == moved.told[-1][2] == moved.manifest.rows


def test_a_backup_of_postgresql_is_that_of_sqlite_and_comes_back_there(
    city: City, moved: Moved, saved: Path, empty_database: Database, tmp_path: Path
) -> None:
    there = tmp_path / "from-postgresql"
    backup.write(moved.database, there, AT, "0.1.0", silent)
    for file in saved.glob("*.gz"):
        assert file.read_bytes() == (there / file.name).read_bytes(), file.name
    backup.restore(empty_database, there, silent)
    assert differing(city.database, empty_database) == []


def test_after_a_move_postgresql_keeps_references_and_counts_on(city: City, moved: Moved) -> None:
    assert moved.references() == moved.references_before
    assert len(moved.references_before) > 80
    with moved.database.writing(city.municipality) as session:
        last = session.exec(select(func.max(t.AuditEntry.id))).one()
        audit.write(session, Change("test", AT), "test.later", "plan/later")
        session.flush()
        assert session.exec(select(func.max(t.AuditEntry.id))).one() == last + 1
        session.rollback()


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    databases: Databases, real_writer: Writer, tmp_path: Path
) -> None:
    with real_writer:
        for number in range(2):
            backup.write(real_writer.database, tmp_path / str(number), AT, "0.1.0", real_writer.wait_for_more)
    ends = []
    for number in range(2):
        with databases.blank() as target:
            manifest = backup.restore(target, tmp_path / str(number), silent)
            with target.reading(real_writer.municipality) as session:
                entries = session.exec(select(func.max(t.AuditEntry.sequence))).one()
                opinions = session.exec(select(func.count()).select_from(t.Opinion)).one()
                begun = session.exec(select(func.count()).where(col(t.AuditEntry.action) == "test.written")).one()
                assert audit.verify(session).broken_at is None
            assert opinions == begun, "each transaction wrote one of each"
            ends.append((next(end.sequence for end in manifest.audit if end.municipality == "iizuka"), entries))
    assert all(said == found for said, found in ends)
    assert len(set(ends)) == 2, "it went on writing between and during the backups"


class Writer:
    """Somebody who writes without a pause, in transactions that belong together."""

    def __init__(self, city: City) -> None:
        self.database, self.municipality, self._plan = city.database, city.municipality, city.plan
        self._stop, self._written = threading.Event(), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for_more(self, *_: object) -> None:
        """Between two tables of the backup another transaction is committed."""
        assert self._written.acquire(timeout=30)
        assert self._written.acquire(timeout=30)

    def _write(self) -> None:
        while not self._stop.is_set():
            with self.database.writing(self.municipality) as session:
                audit.write(session, Change("test", AT), "test.written", "plan/x")
                session.add(_opinion(self._plan))
            self._written.release()


def _opinion(plan: int) -> t.Opinion:
    return t.Opinion(
        plan_id=plan,
        source="citizens",
        channel=OpinionChannel.BY_HAND,
        text="意見",
        received_on=AT.date(),
        received_at=AT,
    )


@pytest.fixture
def real_writer(real_city: City) -> Writer:
    return Writer(real_city)


@pytest.mark.parametrize("place", [0, 9, 100, -1])
def test_a_damaged_byte_is_refused_and_the_database_stays_empty(saved: Path, new: Database, place: int) -> None:
    file = saved / "auditentry.jsonl.gz"
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupRefused, match=r"auditentry\.jsonl\.gz is damaged"):
        backup.restore(new, saved, silent)
    assert is_untouched(new)


def test_a_manifest_that_was_touched_is_refused(saved: Path, new: Database) -> None:
    file = saved / "manifest.json"
    file.write_text(file.read_text(encoding="utf-8").replace("2026-11-21", "2026-11-20"), encoding="utf-8")
    with pytest.raises(BackupRefused, match=r"manifest\.json is damaged"):
        backup.restore(new, saved, silent)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(BackupRefused, match=r"manifest\.json is damaged"):
        backup.restore(new, saved, silent)
    file.unlink()
    with pytest.raises(BackupRefused, match="no backup, or one that was cut off"):
        backup.restore(new, saved, silent)


def test_a_missing_file_is_refused(saved: Path, new: Database) -> None:
    (saved / "user.jsonl.gz").unlink()
    with pytest.raises(BackupRefused, match=r"user\.jsonl\.gz is missing"):
        backup.restore(new, saved, silent)


@pytest.mark.parametrize(
    ("change", "says"),
    [({"format": 2}, "has format 2, not 1"), ({"schema": "0003"}, "with schema 0003"), ({"tables": ()}, "was made by")],
)
def test_a_backup_of_another_version_is_refused(saved: Path, new: Database, change: dict[str, Any], says: str) -> None:
    manifest = replace(backup.read_manifest(saved), **change)
    sealed = replace(manifest, seal=backup.seal_of(manifest))
    (saved / "manifest.json").write_bytes(backup.MANIFEST_FILE.dump_json(sealed))
    with pytest.raises(BackupRefused, match=says):
        backup.restore(new, saved, silent)


def test_a_database_that_holds_anything_is_not_filled(saved: Path, real_city: City, empty_database: Database) -> None:
    before = rows(real_city.database)
    with pytest.raises(BackupRefused, match="not empty"):
        backup.restore(real_city.database, saved, silent)
    with pytest.raises(BackupRefused, match="not empty"):
        backup.move(empty_database, real_city.database, AT, "0.1.0", silent)
    assert rows(real_city.database) == before
    backup.restore(empty_database, saved, silent)  # an empty schema is as good as none


def test_rows_that_arrive_otherwise_than_they_left_are_taken_back(
    saved: Path, empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = portable.load

    def lose_one(connection: Connection, table: Any, lines: Iterator[bytes]) -> None:
        every = list(lines)
        load(connection, table, every[1:] if table.name == "auditentry" else every)

    def change_one(connection: Connection, table: Any, lines: Iterator[bytes]) -> None:
        spoilt = (line.replace("試験".encode(), "実験".encode()) for line in lines)
        load(connection, table, spoilt if table.name == "auditentry" else lines)

    for spoil in (lose_one, change_one):
        monkeypatch.setattr(portable, "load", spoil)
        with pytest.raises(BackupRefused, match="nothing was changed"):
            backup.restore(empty_database, saved, silent)
        assert not any(rows(empty_database).values())


def test_rows_that_refer_to_nothing_are_refused_whole(
    saved: Path, empty_database: Database, postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = portable.load

    def without_plans(connection: Connection, table: Any, lines: Iterator[bytes]) -> None:
        load(connection, table, () if table.name == "plan" else lines)

    monkeypatch.setattr(portable, "load", without_plans)
    monkeypatch.setattr(backup, "_require_equal", silent)
    for target in (empty_database, postgresql):
        with pytest.raises(BackupRefused, match="does not take the rows"):
            backup.restore(target, saved, silent)
        assert not any(rows(target).values()), "only the schema is there"


def test_a_move_is_refused_while_a_worker_runs_or_somebody_writes(real_city: City, empty_database: Database) -> None:
    def write(*_: object) -> None:
        with real_city.database.writing(real_city.municipality) as session:
            audit.write(session, Change("test", AT), "test.written", "plan/x")

    with pytest.raises(BackupRefused, match="somebody wrote during the move"):
        backup.move(real_city.database, empty_database, AT, "0.1.0", write)
    assert not any(rows(empty_database).values())
    with real_city.database.writing(EVERY_MUNICIPALITY) as session:
        session.add(t.Lease(name="relay", holder="hall/42", until=AT))
    with pytest.raises(BackupRefused, match="a worker is running"):
        backup.move(real_city.database, empty_database, AT.replace(minute=0), "0.1.0", silent)
    backup.move(real_city.database, empty_database, AT, "0.1.0", silent)


def test_only_its_owner_may_read_a_backup(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in saved.iterdir())


def test_the_command_line_backs_up_restores_and_moves(
    blank: Installation, city: City, saved: Path, new: Database, tmp_path: Path
) -> None:
    figures = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    count = sum(table["rows"] for table in figures["tables"])
    said = blank.good("restore", saved)
    assert f"{count} rows restored from {saved}, as of 2026-11-21 03:04 UTC" in said
    assert "tokorozawa: audit chain unbroken" in said
    assert "meguru reconcile --mend" in said
    assert "not empty" in blank.refused("restore", saved)
    assert f"{count} rows written to" in blank.good("backup", tmp_path / "second")
    assert "name a new folder" in blank.refused("backup", tmp_path / "second")
    assert "no backup" in blank.refused("restore", tmp_path / "nowhere")
    moved = new.engine.url.render_as_string(hide_password=False)
    assert f"{count} rows moved" in blank.good("db", "move", "--to", moved)
    assert "URL such as" in blank.refused("db", "move", "--to", "nonsense")
    assert "cannot be reached" in blank.refused("db", "move", "--to", "postgresql+psycopg://x@127.0.0.1:1/x")
    assert differing(city.database, new) == []


def test_a_chain_that_was_broken_before_is_restored_and_named(
    blank: Installation, real_city: City, tmp_path: Path
) -> None:
    with real_city.database.engine.begin() as connection:
        connection.execute(text("UPDATE auditentry SET actor = 'somebody' WHERE sequence = 2 AND municipality_id = 2"))
    backup.write(real_city.database, tmp_path / "broken", AT, "0.1.0", silent)
    assert "broken at entry 2, as in the original" in blank.refused("restore", tmp_path / "broken")


def test_a_backup_of_an_old_schema_is_refused(empty_database: Database, tmp_path: Path) -> None:
    with empty_database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(BackupRefused, match="meguru db upgrade"):
        backup.write(empty_database, tmp_path / "old", AT, "0.1.0", silent)
