"""A table to take along as CSV: UTF-8 with its mark, for Excel, and no text that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

from exchange.csv_grid import guarded


def write(headings: Sequence[str], rows: Iterable[Sequence[str | int | Decimal]]) -> bytes:
    """The table with its headings in the first line. Numbers are written as they are."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    for row in (headings, *rows):
        lines.writerow(guarded(cell) if isinstance(cell, str) else str(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")
