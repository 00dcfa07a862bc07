"""Tables as they stand in a file, before anybody knows what they mean: cells, merges, hidden sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal


@dataclass(frozen=True)
class Broken:
    """A formula without a result: `error` such as #REF!, or "" where it was never computed."""

    error: str = ""


@dataclass(frozen=True)
class Percent:
    """A number that is shown in percent: 0.125 in the file is 12.5 for the one who typed it."""

    value: Decimal


Value = str | int | float | bool | datetime | date | time | timedelta | Broken | Percent | None


@dataclass(frozen=True)
class Merge:
    """Merged cells; rows and columns count from 1, both ends belong to it."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def is_down(self) -> bool:
        """Whether it joins rows of one column."""
        return self.first_column == self.last_column and self.first_row < self.last_row


@dataclass(frozen=True)
class Grid:
    """One sheet of a workbook, or one CSV file. Row and column 1 stand first in `rows`."""

    name: str
    rows: tuple[tuple[Value, ...], ...]
    merges: tuple[Merge, ...] = ()
    is_hidden: bool = False

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell, counted from 1; None outside the table."""
        if not 1 <= row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 1 <= column <= len(cells) else None

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)


def is_blank(value: Value) -> bool:
    """Whether a cell says nothing: empty, or blanks of any kind."""
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n\u3000\u00a0\u200b\ufeff"))


def as_text(value: Value) -> str:
    """The cell as a person sees it, roughly: for messages, headings and texts."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return format(Decimal(repr(value)).normalize(), "f")
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case Broken():
            return value.error
        case Percent():
            return f"{value.value.normalize():f}%"
        case _:
            return str(value)
