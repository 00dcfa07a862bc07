"""Any table as a file to take along: an Excel workbook to filter and to print. (CSV: `exchange/table_csv.py`.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from xlsxwriter.worksheet import Worksheet

from documents.excel import sheet_name
from documents.labels import marks_line
from documents.text_width import columns
from documents.workbook import (
    Styles,
    height,
    prepare_table,
    print_across,
    set_widths,
    workbook,
    write,
    write_head,
    write_row,
)
from documents.writable import writable

Cell = str | int | Decimal
_NARROWEST, _WIDEST = 9, 40


@dataclass(frozen=True)
class Table:
    """A table as it is read and taken along; numbers stay numbers. `code` names it in addresses and file names.

    `notes` say how its figures are to be read. `has_total`: the last row adds up those above.
    """

    code: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    has_total: bool = False


@dataclass(frozen=True)
class TableFile:
    """Tables that go into one workbook, a sheet each. `marks` stand on every sheet and every printed page."""

    title: str
    municipality: str
    issued: date
    tables: tuple[Table, ...]
    marks: tuple[str, ...] = ()


def excel(file: TableFile) -> bytes:
    """The workbook. Nothing that people wrote becomes a formula or a link."""
    file = writable(file)
    written = BytesIO()
    with workbook(written, file.title, file.municipality, file.issued) as (book, styles):
        for number, table in enumerate(file.tables, 1):
            _sheet(book.add_worksheet(sheet_name(table.title, number)), table, file, styles)
    return written.getvalue()


def _sheet(sheet: Worksheet, table: Table, file: TableFile, styles: Styles) -> None:
    head = write_head(sheet, file.marks, f"{file.title} {table.title}", styles)
    for note in table.notes:
        write(sheet, head - 1, 0, note, styles.plain)
        head += 1
    widths = _widths(table)
    set_widths(sheet, widths)
    write_row(sheet, head, table.columns, styles.name)
    sheet.set_row(head, height(table.columns, widths))
    for row, cells in enumerate(table.rows, head + 1):
        is_total = table.has_total and row == head + len(table.rows)
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                write(sheet, row, column, cell, styles.total_name if is_total else styles.text)
            else:
                is_count = is_total and isinstance(cell, int)
                sheet.write_number(row, column, float(cell), styles.total if is_count else styles.figure)
        sheet.set_row(row, height([str(cell) for cell in cells], widths))
    # A total is no row to be filtered away or sorted among the others.
    prepare_table(sheet, head, len(table.rows) - table.has_total, len(table.columns), fixed_columns=1)
    print_across(sheet, marks_line(file.marks))


def _widths(table: Table) -> list[int]:
    """As wide as the longest cell of each column, within reason."""
    texts: list[Sequence[Cell]] = [table.columns, *table.rows]
    longest = (max(columns(str(row[at])) for row in texts) + 2 for at in range(len(table.columns)))
    return [min(max(width, _NARROWEST), _WIDEST) for width in longest]
