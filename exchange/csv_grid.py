"""A CSV file as a grid of cells, in the encodings and with the marks that Japanese offices meet."""

from __future__ import annotations

import csv
from io import StringIO

from exchange import wording
from exchange.archive import LARGEST_FILE, MEGABYTE
from exchange.grid import Grid
from exchange.remarks import Place, WrongTable
from exchange.workbook_grids import MOST_COLUMNS, MOST_ROWS

# A spreadsheet would take a text that starts with one of these for a formula; the apostrophe itself is in the
# list so that reading takes away exactly what writing put there.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")

csv.field_size_limit(LARGEST_FILE)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what would begin one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_STARTS) else text


def read_grid(content: bytes, name: str) -> Grid:
    """A CSV file in UTF-8 (with or without its mark), UTF-16 with its mark, or CP932 as Japanese Excel writes it.

    Separated by commas, or by tabs where the first line has more of them. Raises `WrongTable` for what is no CSV.
    """
    place = Place(name)
    if len(content) > LARGEST_FILE:
        raise WrongTable([wording.TOO_LARGE.at(place, limit=LARGEST_FILE // MEGABYTE)])
    text = _decoded(content)
    if text is None:
        raise WrongTable([wording.NOT_A_KNOWN_ENCODING.at(place)])
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise WrongTable([wording.NOT_CSV.at(place, reason=error)]) from error
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise WrongTable([wording.TOO_MANY_ROWS.at(place, rows=MOST_ROWS, columns=MOST_COLUMNS)])
    return Grid(name, tuple(tuple(_cell(text) for text in row) for row in rows))


def _cell(text: str) -> str | None:
    return unguarded(text.replace("\r\n", "\n")) or None


def _decoded(content: bytes) -> str | None:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None
