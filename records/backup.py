"""控え: the whole record as a folder that either database can be filled from, and the move to another database.

A folder holds one compressed file per table (`db.portable`) and, written last, the manifest with what must come out
again. Checksums find what was damaged by chance; against forgery stands the anchor of the audit chain.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, Table, inspect, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import col

from db import migrate, portable
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from records import audit, people

FORMAT = 1
_MANIFEST = "manifest.json"
_NOT_OURS = ("alembic_version", "apscheduler_job")
"""Beside our tables: what the migrations note down, and what the scheduler makes anew at its start."""
_TOLD_EVERY = 1_000

Told = Callable[[str, int, int], None]
"""How far a step has come: its name, rows done, rows in all."""


class BackupRefused(Exception):
    """It cannot be done, and nothing was changed; the message says why and what to do."""


@dataclass(frozen=True)
class TableCopy:
    """A table's part: `content` is the checksum of its rows, `file` that of the file they lie in (moved: "")."""

    name: str
    columns: tuple[str, ...]
    rows: int
    content: str
    file: str = ""


@dataclass(frozen=True)
class AuditEnd:
    """Where the audit chain of a municipality (its code) ended."""

    municipality: str
    sequence: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `schema` is the revision of its tables, `seal` the checksum of all the rest."""

    format: int
    meguru: str
    schema: str | None
    database: str
    made_at: datetime
    municipalities: tuple[str, ...]
    audit: tuple[AuditEnd, ...]
    tables: tuple[TableCopy, ...]
    seal: str = ""

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


MANIFEST_FILE = TypeAdapter(Manifest)
"""A manifest as JSON."""


def write(database: Database, folder: Path, at: datetime, version: str, told: Told) -> Manifest:
    """Write the record as it is now into a new folder, while others go on writing. Raises `BackupRefused`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"{folder} exists and is not empty: name a new folder for each backup")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with portable.snapshot(database.engine) as connection:
        manifest = _described(connection, at, version)
        step = _Step("writing", _rows_of(connection), told)
        copies = []
        for table in portable.every_table():
            lines = _Checked(step.count(portable.lines(connection, table)))
            with _new_file(folder / _file_of(table.name)) as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
                file.writelines(lines)
            copies.append(_copied(table, lines, _checksum(folder / _file_of(table.name))))
    manifest = replace(manifest, tables=tuple(copies))
    manifest = replace(manifest, seal=seal_of(manifest))
    with _new_file(folder / _MANIFEST) as file:
        file.write(MANIFEST_FILE.dump_json(manifest, indent=1) + b"\n")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """What a folder says it holds. Raises `BackupRefused`: it is no backup, or damaged."""
    try:
        manifest = MANIFEST_FILE.validate_json((folder / _MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise BackupRefused(f"{folder} holds no {_MANIFEST}: it is no backup, or one that was cut off") from error
    except ValidationError as error:
        raise BackupRefused(f"{folder / _MANIFEST} is damaged: take another backup") from error
    if manifest.seal != seal_of(manifest):
        raise BackupRefused(f"{folder / _MANIFEST} is damaged: take another backup")
    return manifest


def restore(database: Database, folder: Path, told: Told) -> Manifest:
    """Fill an empty database from a folder: all of it, found equal to what was written, or nothing.

    Raises `BackupRefused`.
    """
    manifest = read_manifest(folder)
    _require_fitting(manifest)
    _require_undamaged(folder, manifest)
    _require_empty(database.engine)
    migrate.upgrade(database.engine)
    copies = {copy.name: copy for copy in manifest.tables}
    with _all_or_nothing(database.engine) as connection:
        step = _Step("restoring", manifest.rows, told)
        for table in portable.every_table():
            with gzip.open(folder / _file_of(table.name)) as file:
                portable.load(connection, table, step.count(file))
        _require_equal(connection, copies, _Step("checking", manifest.rows, told))
    return manifest


def move(source: Database, target: Database, at: datetime, version: str, told: Told) -> Manifest:
    """Fill an empty database from another one, of either kind. Nobody may write meanwhile. Raises `BackupRefused`."""
    _require_quiet(source, at)
    _require_empty(target.engine)
    migrate.upgrade(target.engine)
    with portable.snapshot(source.engine) as reading, _all_or_nothing(target.engine) as connection:
        manifest = _described(reading, at, version)
        rows = _rows_of(reading)
        step, copies = _Step("moving", rows, told), {}
        for table in portable.every_table():
            lines = _Checked(step.count(portable.lines(reading, table)))
            portable.load(connection, table, lines)
            copies[table.name] = _copied(table, lines, "")
        _require_equal(connection, copies, _Step("checking", rows, told))
        if _audit_ends_now(source) != manifest.audit:
            raise BackupRefused("somebody wrote during the move: end web, worker and scheduler, then begin again")
    return replace(manifest, tables=tuple(copies.values()))


def verified(database: Database) -> dict[str, audit.Verification]:
    """Municipality → the state of its audit chain, as `meguru audit verify` finds it."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        municipalities = people.municipalities(session)
    found = {}
    for city in municipalities:
        with database.reading(city.id) as session:
            found[city.code] = audit.verify(session)
    return found


def _described(connection: Connection, at: datetime, version: str) -> Manifest:
    schema = migrate.found(connection)
    if schema != migrate.wanted():
        raise BackupRefused("the database has another schema than this version needs: run meguru db upgrade")
    cities = connection.execute(select(col(t.Municipality.code)).order_by(col(t.Municipality.code)))
    return Manifest(
        format=FORMAT,
        meguru=version,
        schema=schema,
        database=connection.dialect.name,
        made_at=at,
        municipalities=tuple(cities.scalars()),
        audit=_audit_ends(connection),
        tables=(),
    )


def _audit_ends(connection: Connection) -> tuple[AuditEnd, ...]:
    query = (
        select(col(t.Municipality.code), col(t.AuditHead.sequence), col(t.AuditHead.digest))
        .join(t.AuditHead, col(t.AuditHead.municipality_id) == col(t.Municipality.id))
        .order_by(col(t.Municipality.code))
    )
    return tuple(AuditEnd(*row) for row in connection.execute(query))


def _audit_ends_now(database: Database) -> tuple[AuditEnd, ...]:
    with portable.snapshot(database.engine) as connection:
        return _audit_ends(connection)


def _rows_of(connection: Connection) -> int:
    return sum(portable.count(connection, table) for table in portable.every_table())


def _require_fitting(manifest: Manifest) -> None:
    known = {table.name: portable.columns_of(table) for table in portable.every_table()}
    if manifest.format != FORMAT:
        raise BackupRefused(f"the backup has format {manifest.format}, not {FORMAT}: restore it with a newer Meguru")
    if manifest.schema != migrate.wanted() or {c.name: c.columns for c in manifest.tables} != known:
        raise BackupRefused(
            f"the backup was made by Meguru {manifest.meguru} with schema {manifest.schema}, this one has"
            f" {migrate.wanted()}: restore it with that version, then upgrade Meguru and run meguru db upgrade"
        )


def _require_undamaged(folder: Path, manifest: Manifest) -> None:
    for copy in manifest.tables:
        file = folder / _file_of(copy.name)
        if not file.is_file():
            raise BackupRefused(f"{file} is missing: take another backup")
        if _checksum(file) != copy.file:
            raise BackupRefused(f"{file} is damaged: take another backup")


def _require_empty(engine: Engine) -> None:
    inspector = inspect(engine)
    tables = [name for name in inspector.get_table_names() if name not in _NOT_OURS]
    with engine.connect() as connection:
        quoted = connection.dialect.identifier_preparer.quote
        for name in tables:
            if connection.exec_driver_sql(f"SELECT 1 FROM {quoted(name)} LIMIT 1").first() is not None:
                raise BackupRefused(f"the database is not empty ({name} holds rows): name a new one")


def _require_quiet(database: Database, at: datetime) -> None:
    """A worker that runs holds the relay's lease."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        lease = session.get(t.Lease, "relay")
        if lease is not None and lease.until > at:
            raise BackupRefused(f"a worker is running ({lease.holder}): end web, worker and scheduler first")


@contextmanager
def _all_or_nothing(engine: Engine) -> Iterator[Connection]:
    try:
        with portable.loading(engine) as connection:
            yield connection
    except (IntegrityError, DataError, migrate.BrokenReferences) as error:
        said = getattr(error, "orig", None) or error
        raise BackupRefused(f"the database does not take the rows ({said}): nothing was changed") from error


def _require_equal(connection: Connection, copies: Mapping[str, TableCopy], step: _Step) -> None:
    """What the database now holds is read again: it must be what was written, row by row."""
    for table in portable.every_table():
        found = _Checked(step.count(portable.lines(connection, table)))
        for _ in found:
            pass
        wanted = copies[table.name]
        if (found.rows, found.checksum) != (wanted.rows, wanted.content):
            arrived = f"{table.name}: of {wanted.rows} rows {found.rows} arrived, or others than were sent"
            raise BackupRefused(f"{arrived}; nothing was changed")


class _Checked:
    """Lines that are counted and summed up while they pass."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._sum = sha256()
        self.rows = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._sum.update(line)
            self.rows += 1
            yield line

    @property
    def checksum(self) -> str:
        return self._sum.hexdigest()


class _Step:
    """Tells now and then how many rows of all have passed."""

    def __init__(self, name: str, rows: int, told: Told) -> None:
        self._name, self._rows, self._told = name, rows, told
        self._done = 0

    def count(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            yield line
            self._done += 1
            if self._done % _TOLD_EVERY == 0 or self._done == self._rows:
                self._told(self._name, self._done, self._rows)


def _copied(table: Table, lines: _Checked, file: str) -> TableCopy:
    return TableCopy(table.name, portable.columns_of(table), lines.rows, lines.checksum, file)


def _file_of(table: str) -> str:
    return f"{table}.jsonl.gz"


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """For its owner's eyes alone, and on the disk when it is closed."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def seal_of(manifest: Manifest) -> str:
    """The checksum of everything in a manifest but the seal itself."""
    return sha256(MANIFEST_FILE.dump_json(replace(manifest, seal=""))).hexdigest()
