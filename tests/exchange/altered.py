"""A plan's sheets as cells that a test can change as people do, and what reading says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from domain.plan import PlanDefinition
from exchange import workbook
from exchange.assembly import Read, read_definition
from exchange.grid import Grid, Merge, Value, as_text
from exchange.remarks import Remark, WrongTable
from exchange.workbook_grids import read_grids
from tests.exchange.full_plan import full_plan

HEADINGS = 4
"""The row of the headings in a workbook of ours."""


@cache
def written_plan() -> bytes:
    return workbook.write(full_plan())


@cache
def _written_grids() -> tuple[Grid, ...]:
    return read_grids(written_plan())


@dataclass
class Page:
    """One sheet; rows and columns count from 1."""

    name: str
    rows: list[list[Value]]
    merges: list[Merge] = field(default_factory=list)
    is_hidden: bool = False

    def column(self, heading: str) -> int:
        return next(i for i, v in enumerate(self.rows[HEADINGS - 1], 1) if as_text(v).partition("\n")[0] == heading)

    def get(self, row: int, heading: str) -> Value:
        cells = self.rows[row - 1]
        column = self.column(heading)
        return cells[column - 1] if column <= len(cells) else None

    def set(self, row: int, heading: str, value: Value) -> None:
        self.put(row, self.column(heading), value)

    def put(self, row: int, column: int, value: Value) -> None:
        while len(self.rows) < row:
            self.rows.append([])
        cells = self.rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = value

    def row_of(self, text: str) -> int:
        """The first row under the headings that has a cell with this text."""
        return next(i for i, cells in enumerate(self.rows, 1) if i > HEADINGS and text in map(as_text, cells))

    def last_row(self) -> int:
        """The last row in which people wrote something: formulas stand below it."""
        return max(i for i, cells in enumerate(self.rows, 1) if i == HEADINGS or (i > HEADINGS and cells and cells[0]))


class Sheets:
    """All the sheets of the full plan, to be changed."""

    def __init__(self) -> None:
        self.pages = {g.name: Page(g.name, [list(r) for r in g.rows], list(g.merges)) for g in _written_grids()}

    def __getitem__(self, name: str) -> Page:
        return self.pages[name]

    def grids(self) -> list[Grid]:
        return [
            Grid(p.name, tuple(tuple(r) for r in p.rows), tuple(p.merges), p.is_hidden) for p in self.pages.values()
        ]

    def read(self) -> Read:
        return read_definition(self.grids())

    def definition(self) -> PlanDefinition:
        return self.read().definition

    def mistakes(self) -> tuple[Remark, ...]:
        return refused(self.read)


def refused(reading: Callable[[], object]) -> tuple[Remark, ...]:
    """The mistakes with which something is refused; it must be."""
    try:
        reading()
    except WrongTable as wrong:
        return wrong.mistakes
    raise AssertionError("it was accepted")


def only(remarks: tuple[Remark, ...]) -> Remark:
    assert len(remarks) == 1, [remark.in_language("ja") for remark in remarks]
    return remarks[0]
