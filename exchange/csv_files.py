"""A plan as CSV, both ways: one zip of files, one for each sheet of the workbook, with the same headings."""

from __future__ import annotations

import contextlib
import csv
import unicodedata
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from domain.plan import PlanDefinition
from exchange import wording
from exchange.archive import opened_zip, refused
from exchange.assembly import Read, read_definition
from exchange.columns import Column, Kind, Sheet
from exchange.csv_grid import guarded, read_grid
from exchange.grid import Grid
from exchange.remarks import Remark, WrongTable
from exchange.rows import Row, digits, rows_of, written
from exchange.sheets import SHEETS

_TYPED_BY_PEOPLE = (Kind.INTEGER, Kind.NUMBER, Kind.FISCAL_YEAR, Kind.DAY)
"""Kinds whose cells hold digits only: nothing in them can be taken for a formula."""

_UTF8_NAME = 0x800


def write(definition: PlanDefinition) -> bytes:
    """The plan as a zip of CSV files (UTF-8 with its mark, for Excel); equal plans give equal bytes."""
    rows = rows_of(definition)
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for i, sheet in enumerate(SHEETS, 1):
            entry = ZipInfo(f"{i:02}_{sheet.name.ja}.csv")  # with the first day that zip knows
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _lines(sheet, rows[sheet.code]).encode("utf-8-sig"))
    return content.getvalue()


def read(content: bytes) -> Read:
    """The plan in a zip of CSV files, each in UTF-8 or CP932.

    Raises `exchange.remarks.WrongTable` with every mistake.
    """
    return read_definition(_grids(content))


def _lines(sheet: Sheet, rows: list[Row]) -> str:
    text = StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    columns = [(i, column) for i, column in enumerate(sheet.columns) if column.kind is not Kind.DERIVED]
    if sheet.upright:
        values = rows[0] if rows else [None] * len(sheet.columns)
        lines.writerows((column.heading.ja, _cell(column, values[i])) for i, column in columns)
    else:
        lines.writerow(column.heading.ja for _, column in columns)
        lines.writerows([_cell(column, row[i]) for i, column in columns] for row in rows)
    return text.getvalue()


def _cell(column: Column, value: object) -> str:
    match written(column, value):
        case None:
            return ""
        case Decimal() as number:
            return digits(number)
        case date() as day:
            return day.isoformat()
        case str() as text if column.kind not in _TYPED_BY_PEOPLE:
            return guarded(text)
        case other:
            return str(other)


def _grids(content: bytes) -> list[Grid]:
    grids: list[Grid] = []
    mistakes: list[Remark] = []
    archive = opened_zip(content)
    for entry in archive.infolist():
        name = _name(entry)
        if not name.lower().endswith(".csv") or entry.filename.startswith("__MACOSX/"):
            continue
        try:
            grids.append(read_grid(archive.read(entry), name))
        except WrongTable as wrong:
            mistakes += wrong.mistakes
        except Exception as error:  # whatever a damaged archive makes zipfile and zlib raise
            raise refused(wording.DAMAGED) from error
    if mistakes:
        raise WrongTable(mistakes)
    if not grids:
        raise refused(wording.NOT_AN_ARCHIVE)
    return grids


def _name(entry: ZipInfo) -> str:
    """The name of a file without its folders. Windows packs Japanese names in CP932 without saying so."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("cp932")
    return unicodedata.normalize("NFKC", name).rpartition("/")[2]
