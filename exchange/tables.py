"""Finds the tables of the plan in what a file holds: by the names of sheets and the words of headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange import wording
from exchange.columns import NUMBER, Column, Kind, Sheet
from exchange.grid import Broken, Grid, Merge, Value, as_text, is_blank
from exchange.remarks import Place, Remark, letter
from exchange.sheets import SHEETS
from exchange.typed import nearest

_FURTHEST = 20
"""So far down (upright: to the right) a table may begin: titles and notes stand before it."""

_NEEDED = ("plan", "editions", "nodes", "levels")
"""Without these there is no plan."""

_SAME_FOR_ALL = (Kind.CODE, Kind.CODES, Kind.DOCUMENT, Kind.CHOICE)
"""Kinds of which one value may count for all the rows that its cell was merged over."""


@dataclass
class Findings:
    """What is said about a file while it is read."""

    mistakes: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class FoundRow:
    """One row under the headings: a value for each column of its sheet, None where there is no such column."""

    row: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class FoundTable:
    """A sheet of the plan as found in a file. `positions` say in which column (upright: row) each column stands."""

    sheet: Sheet
    name: str
    rows: tuple[FoundRow, ...]
    positions: Mapping[int, int]
    upright_in: int = 0

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """Where a row stands, and a column of it, counted from 0 in the sheet's columns."""
        if column is None:
            return Place(self.name, None if self.upright_in else row)
        heading, position = self.sheet.columns[column].heading.ja, self.positions.get(column)
        if self.upright_in:
            return Place(self.name, position, letter(self.upright_in) if position else "", heading)
        return Place(self.name, row, letter(position) if position else "", heading)


def find_tables(grids: Sequence[Grid], findings: Findings) -> dict[str, FoundTable]:
    """The plan's sheets as found in a file, by the sheet's code."""
    chosen, misnamed = _chosen(grids, findings)
    tables = {}
    for sheet in SHEETS:
        grid = chosen.get(sheet.code)
        if grid is not None:
            if grid.is_hidden:
                findings.warnings.append(wording.SHEET_HIDDEN.at(Place(grid.name)))
            table = _upright(sheet, grid, findings) if sheet.upright else table_of(sheet, grid, findings)
            if table is not None:
                tables[sheet.code] = table
        elif sheet.code in _NEEDED:
            findings.mistakes.append(wording.SHEET_MISSING.at(Place(sheet.name.ja)))
        elif sheet.code not in misnamed:
            findings.warnings.append(wording.SHEET_MISSING_READ_AS_EMPTY.at(Place(sheet.name.ja)))
    return tables


def plain_heading(text: str) -> str:
    """A heading as it is compared: width, case, blanks and the marks that people add do not count."""
    return re.sub(r"[\s*※:]", "", unicodedata.normalize("NFKC", text)).casefold()


def heading_row(grid: Grid, known: Collection[str], at_least: int = 2) -> int | None:
    """The row, counted from 1, that holds most of the known headings (as `plain_heading` makes them)."""
    found = [
        (sum(plain_heading(as_text(value)) in known for value in cells), -row)
        for row, cells in enumerate(grid.rows[:_FURTHEST], 1)
    ]
    most, row = max(found, default=(0, 0))
    return -row if most >= at_least else None


def unmerged(grid: Grid, below: int, fillable: Collection[int], findings: Findings) -> Grid:
    """The grid with merged cells under row `below` taken apart.

    In a column that is `fillable` the value counts for every row, with a warning; elsewhere a merge is a mistake.
    """
    rows = [list(cells) for cells in grid.rows]
    for merge in grid.merges:
        value = grid.value(merge.first_row, merge.first_column)
        if merge.last_row <= below or is_blank(value):
            continue
        place = Place(grid.name, merge.first_row, letter(merge.first_column))
        if merge.first_row <= below or not merge.is_down or merge.first_column not in fillable:
            findings.mistakes.append(wording.MERGED.at(place, range=_range(merge)))
            continue
        findings.warnings.append(wording.MERGED_FILLED.at(place, range=_range(merge), value=as_text(value)))
        for cells in rows[merge.first_row : merge.last_row]:
            # Formulas that wait below the table for a row do not make one.
            if any(not is_blank(one) and not isinstance(one, Broken) for one in cells):
                cells.extend([None] * (merge.first_column - len(cells)))
                cells[merge.first_column - 1] = value
    return Grid(grid.name, tuple(map(tuple, rows)), (), grid.is_hidden)


def _chosen(grids: Sequence[Grid], findings: Findings) -> tuple[dict[str, Grid], set[str]]:
    """The grid of each sheet, and the sheets that a wrong name was most likely meant for."""
    names = {_plain_name(name): sheet.code for sheet in SHEETS for name in (sheet.name.ja, sheet.name.en)}
    chosen: dict[str, Grid] = {}
    others = []
    for grid in grids:
        code = names.get(_plain_name(grid.name))
        if code is None:
            others.append(grid)
        elif code in chosen:
            findings.mistakes.append(wording.SHEET_TWICE.at(Place(grid.name)))
        else:
            chosen[code] = grid
    missing = {_plain_name(sheet.name.ja): sheet for sheet in SHEETS if sheet.code not in chosen}
    misnamed: set[str] = set()
    for grid in others:
        if not any(not is_blank(value) for cells in grid.rows for value in cells):
            continue
        meant = missing.get(nearest(_plain_name(grid.name), missing) or "")
        hint = wording.did_you_mean(meant.name.ja if meant else None)
        if meant is None:
            findings.warnings.append(wording.SHEET_UNKNOWN.at(Place(grid.name), hint=hint))
        else:
            misnamed.add(meant.code)
            findings.mistakes.append(wording.SHEET_MISNAMED.at(Place(grid.name), hint=hint))
    return chosen, misnamed


def _plain_name(name: str) -> str:
    """The name of a sheet without number and ending: CSV files are called 02_施策.csv."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    return re.sub(r"^\d+[_ ]", "", plain).removesuffix(".csv")


def _headings(sheet: Sheet) -> dict[str, int]:
    """The ways in which headings may be written → the column: in Japanese, in English, both under each other."""
    ways: dict[str, int] = {}
    for i, column in enumerate(sheet.columns):
        ja, en = plain_heading(column.heading.ja), plain_heading(column.heading.en)
        ways |= {ja: i, en: i, ja + en: i}
    return ways


def table_of(sheet: Sheet, grid: Grid, findings: Findings) -> FoundTable | None:
    """The rows of a sheet under its headings; None without headings, which is then among the findings."""
    known = _headings(sheet)
    top = heading_row(grid, known, min(2, len(sheet.columns) - 1))
    if top is None:
        findings.mistakes.append(wording.NO_HEADINGS.at(Place(grid.name)))
        return None
    typed = {j: as_text(value) for j, value in enumerate(grid.rows[top - 1], 1) if not is_blank(value)}
    places = {j: Place(grid.name, top, letter(j), text) for j, text in typed.items()}
    positions = _positions(sheet, typed, places, known, findings)
    fillable = [j for i, j in positions.items() if sheet.columns[i].kind in _SAME_FOR_ALL]
    table = FoundTable(sheet, grid.name, (), positions)
    plain = unmerged(grid, top, fillable, findings)
    rows = tuple(_rows(table, plain, top, typed, findings))
    return FoundTable(sheet, grid.name, rows, positions)


def _positions(
    sheet: Sheet, typed: Mapping[int, str], places: Mapping[int, Place], known: Mapping[str, int], findings: Findings
) -> dict[int, int]:
    """Where each column of the sheet stands, by what was typed as headings; what does not fit is named."""
    positions: dict[int, int] = {}
    unknown = []
    for j, text in typed.items():
        column = known.get(plain_heading(text))
        if column is None:
            unknown.append(j)
        elif column in positions:
            findings.mistakes.append(wording.HEADING_TWICE.at(places[j], heading=sheet.columns[column].heading.ja))
        else:
            positions[column] = j
    missing = {c.heading.ja: i for i, c in enumerate(sheet.columns) if i not in positions and not _is_extra(c)}
    for j in unknown:
        meant = nearest(typed[j], missing) or nearest(typed[j], [c.heading.ja for c in sheet.columns])
        missing.pop(meant or "", None)
        hint = wording.did_you_mean(meant)
        findings.mistakes.append(wording.HEADING_UNKNOWN.at(places[j], heading=typed[j], hint=hint))
    for heading, i in missing.items():
        said = wording.HEADING_MISSING.at(Place(places[min(places)].sheet if places else ""), heading=heading)
        (findings.mistakes if sheet.columns[i].required else findings.warnings).append(said)
    return positions


def _is_extra(column: Column) -> bool:
    """Whether the plan is the same without the column."""
    return column.kind is Kind.DERIVED or column.path == NUMBER


def _rows(
    table: FoundTable, grid: Grid, top: int, headings: Mapping[int, str], findings: Findings
) -> Iterator[FoundRow]:
    columns = table.sheet.columns
    said = [j for i, j in table.positions.items() if not _is_extra(columns[i])]
    for row, cells in enumerate(grid.rows[top:], top + 1):
        stray = [j for j, value in enumerate(cells, 1) if j not in headings and not is_blank(value)]
        for j in stray:
            text = as_text(cells[j - 1])[:40]
            findings.mistakes.append(wording.VALUE_WITHOUT_HEADING.at(Place(grid.name, row, letter(j)), value=text))
        there = [j for j in said if not is_blank(grid.value(row, j))]
        if not there:
            continue
        if len(there) > 1 and all(plain_heading(as_text(cells[j - 1])) == plain_heading(headings[j]) for j in there):
            findings.warnings.append(wording.HEADINGS_REPEATED.at(Place(grid.name, row)))
            continue
        values = (grid.value(row, table.positions[i]) if i in table.positions else None for i in range(len(columns)))
        yield FoundRow(row, tuple(None if is_blank(value) else value for value in values))


def _upright(sheet: Sheet, grid: Grid, findings: Findings) -> FoundTable | None:
    """The one thing of a sheet whose headings stand below each other, each value to the right of its heading."""
    turned = Grid(grid.name, tuple(zip(*(_filled_up(cells, grid.width) for cells in grid.rows), strict=True)))
    known = _headings(sheet)
    side = heading_row(turned, known)
    if side is None:
        findings.mistakes.append(wording.NO_HEADINGS.at(Place(grid.name)))
        return None
    typed = {row: as_text(value) for row, value in enumerate(turned.rows[side - 1], 1) if not is_blank(value)}
    first = min(row for row, text in typed.items() if plain_heading(text) in known)
    typed = {row: text for row, text in typed.items() if row >= first}
    places = {row: Place(grid.name, row, letter(side), text) for row, text in typed.items()}
    positions = _positions(sheet, typed, places, known, findings)
    values = [grid.value(positions[i], side + 1) if i in positions else None for i in range(len(sheet.columns))]
    row = FoundRow(0, tuple(None if is_blank(value) else value for value in values))
    is_there = sheet.parent is None or any(value is not None for value in row.values)
    return FoundTable(sheet, grid.name, (row,) if is_there else (), positions, side + 1)


def _filled_up(cells: tuple[Value, ...], width: int) -> tuple[Value, ...]:
    return (*cells, *(None for _ in range(width - len(cells))))


def _range(merge: Merge) -> str:
    return f"{letter(merge.first_column)}{merge.first_row}:{letter(merge.last_column)}{merge.last_row}"
