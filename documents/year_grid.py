"""A grid of signs, a row per thing and a column per year, as `documents/dashboard_charts.py` draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """What a sign stands for. `fill` only repeats what the sign says; "" as sign: each cell has a figure of its own."""

    sign: str
    words: str
    fill: str

    @property
    def text(self) -> str:
        return self.words if self.words.startswith(self.sign) else f"{self.sign} {self.words}"


@dataclass(frozen=True)
class GridCell:
    """One year of a row: a key of the grid's legend by its place, the sign as drawn, and what is said in words.

    `span` joins it with the years that follow.
    """

    key: int
    sign: str
    words: str
    span: int = 1


@dataclass(frozen=True)
class GridRow:
    """`note` says what became of it; `node` is the row of a measure that has a page."""

    name: str
    cells: tuple[GridCell, ...]
    note: str = ""
    node: int | None = None


@dataclass(frozen=True)
class Grid:
    """Rows by years (`years` as they are written above): a heat map that is read without its colours."""

    code: str
    title: str
    alternative: str
    row_label: str
    years: tuple[str, ...]
    rows: tuple[GridRow, ...]
    keys: tuple[Key, ...]

    @property
    def used_keys(self) -> tuple[Key, ...]:
        """Those of the legend that some cell needs."""
        used = {cell.key for row in self.rows for cell in row.cells}
        return tuple(key for number, key in enumerate(self.keys) if number in used)
