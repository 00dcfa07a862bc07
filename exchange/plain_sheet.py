"""The sheet of somebody's own table: its headings, and its rows with merged cells and 〃 filled in."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from exchange import table_wording, wording
from exchange.grid import Grid, Merge, Value, as_text, is_blank
from exchange.remarks import Place, Wording, letter
from exchange.tables import Findings, plain_heading
from exchange.typed import nearest

_FURTHEST = 20
"""So far down a table may begin: titles and notes stand before it."""

_SAME_AS_ABOVE = frozenset({"〃", "々", "同上", '"', "”", "“", "″", "〟", "ヽ", "ゝ", "仝"})
_TOTALS = frozenset({"計", "合計", "小計", "総計", "総合計"})
_NOTE = re.compile(r"[※＊*]|[（(【\[]?注([）)】\]:：0-9０-９ 　]|$)|備考[:：]")
_LETTER = re.compile(r"(?:([A-Z]{1,2})列|column ([A-Z]{1,2}))")


@dataclass(frozen=True)
class Wanted:
    """What a mapping says of a sheet: its name ("": whichever has the columns), its columns, where headings stand."""

    columns: Sequence[str]
    sheet: str = ""
    heading_row: int | None = None
    heading_rows: int = 1


@dataclass(frozen=True)
class PlainRow:
    """A row; what a merged cell or 〃 says is filled in. In `repeated` columns it is the cell above that says it."""

    row: int
    cells: tuple[Value, ...]
    repeated: frozenset[int] = frozenset()

    def value(self, position: int) -> Value:
        """What stands in a column, counted from 1; None for what is blank."""
        found = self.cells[position - 1] if 1 <= position <= len(self.cells) else None
        return None if is_blank(found) else found


@dataclass(frozen=True)
class PlainSheet:
    """A sheet as found. `positions`: the mapping's word for a column → where it stands."""

    name: str
    positions: Mapping[str, int]
    headings: Mapping[int, str]
    rows: tuple[PlainRow, ...] = ()

    def value(self, row: PlainRow, column: str) -> Value:
        """What a row says in a column; None where it says nothing or there is no such column."""
        return row.value(self.positions[column]) if column in self.positions else None

    def is_repeated(self, row: PlainRow, column: str) -> bool:
        """Whether the value was said by a row above."""
        return self.positions.get(column) in row.repeated

    def heading(self, column: str) -> str:
        return self.headings.get(self.positions.get(column, 0), column)

    def place(self, row: int | None = None, column: str = "") -> Place:
        position = self.positions.get(column)
        return Place(self.name, row, letter(position) if position else "", self.heading(column) if column else "")


def headings_of(grid: Grid, first_row: int, rows: int = 1) -> dict[int, str]:
    """The headings by column. Of several rows the upper one counts for all the columns it is merged over."""
    parts: dict[int, list[str]] = defaultdict(list)
    for row in range(first_row, first_row + rows):
        for position in range(1, grid.width + 1):
            value = grid.value(row, position)
            if is_blank(value) and rows > 1:
                value = _merged_over(grid, row, position)
            text = " ".join(as_text(value).split())
            if text and text not in parts[position]:
                parts[position].append(text)
    return {position: " ".join(texts) for position, texts in parts.items() if texts}


def _merged_over(grid: Grid, row: int, position: int) -> Value:
    for merge in grid.merges:
        if merge.first_row == row and merge.first_column < position <= merge.last_column:
            return grid.value(row, merge.first_column)
    return None


def find_sheet(grids: Sequence[Grid], wanted: Wanted, findings: Findings) -> PlainSheet | None:
    """The sheet that a mapping speaks of, with its rows; None where it cannot be found, which is then a mistake."""
    grid = _named(grids, wanted, findings) if wanted.sheet else _with_most(grids, wanted)
    if grid is None:
        if not wanted.sheet:
            findings.mistakes.append(table_wording.NO_COLUMNS.at(Place()))
        return None
    if grid.is_hidden:
        findings.warnings.append(wording.SHEET_HIDDEN.at(Place(grid.name)))
    top = wanted.heading_row or _heading_row(grid, wanted)
    if top is None:
        findings.mistakes.append(table_wording.NO_COLUMNS.at(Place(grid.name)))
        return None
    headings = headings_of(grid, top, wanted.heading_rows)
    positions = dict(_positions(grid.name, top, headings, wanted.columns, findings))
    if len(positions) < len(wanted.columns):
        return None  # without a column its rows would only seem to be wrong
    sheet = PlainSheet(grid.name, positions, headings)
    rows = tuple(_rows(sheet, grid, top + wanted.heading_rows - 1, findings))
    if not rows:
        findings.mistakes.append(table_wording.NO_ROWS.at(Place(grid.name)))
    return replace(sheet, rows=rows)


def _named(grids: Sequence[Grid], wanted: Wanted, findings: Findings) -> Grid | None:
    names = {plain_heading(grid.name): grid for grid in grids}
    found = names.get(plain_heading(wanted.sheet))
    if found is None:
        hint = wording.did_you_mean(nearest(wanted.sheet, [grid.name for grid in grids]))
        sheets = "、".join(grid.name for grid in grids)
        findings.mistakes.append(table_wording.NO_SHEET.at(Place(), sheet=wanted.sheet, hint=hint, sheets=sheets))
    return found


def _with_most(grids: Sequence[Grid], wanted: Wanted) -> Grid | None:
    """The sheet with most of the headings; those that are shown come first."""
    best, most = None, 0
    for grid in sorted(grids, key=lambda grid: grid.is_hidden):
        top = wanted.heading_row or _heading_row(grid, wanted)
        found = _known(grid, top, wanted) if top else 0
        if found > most:
            best, most = grid, found
    return best or (grids[0] if grids and all(_LETTER.fullmatch(c) for c in wanted.columns) else None)


def _heading_row(grid: Grid, wanted: Wanted) -> int | None:
    """The row that holds most of the wanted headings; where columns go by letters, the first filled one."""
    rows = range(1, min(_FURTHEST, len(grid.rows)) + 1)
    best = max(rows, key=lambda row: (_known(grid, row, wanted), -row), default=None)
    if best is not None and _known(grid, best, wanted):
        return best
    if all(_LETTER.fullmatch(column) for column in wanted.columns):
        return next((row for row in rows if len(headings_of(grid, row)) > 1), None)
    return None


def _known(grid: Grid, row: int, wanted: Wanted) -> int:
    said = {plain_heading(text) for text in headings_of(grid, row, wanted.heading_rows).values()}
    return sum(plain_heading(column) in said for column in wanted.columns)


def _positions(
    sheet: str, top: int, headings: Mapping[int, str], columns: Iterable[str], findings: Findings
) -> Iterator[tuple[str, int]]:
    by_text: dict[str, list[int]] = defaultdict(list)
    for position, text in headings.items():
        by_text[plain_heading(text)].append(position)
    for column in columns:
        found = by_text.get(plain_heading(column), [])
        if len(found) == 1:
            yield column, found[0]
        elif found:
            letters = [letter(position) for position in found]
            place = Place(sheet, top, letters[0], column)
            said = {"heading": column, "count": len(found), "columns": "、".join(letters), "first": letters[0]}
            findings.mistakes.append(table_wording.HEADING_TWICE.at(place, **said))
        elif by_letter := _LETTER.fullmatch(unicodedata.normalize("NFKC", column).strip()):
            yield column, _position(by_letter[1] or by_letter[2])
        else:
            hint = wording.did_you_mean(nearest(column, headings.values()))
            findings.mistakes.append(table_wording.NO_HEADING.at(Place(sheet, top), heading=column, hint=hint))


def _position(letters: str) -> int:
    found = 0
    for one in letters:
        found = found * 26 + ord(one) - ord("A") + 1
    return found


def _rows(sheet: PlainSheet, grid: Grid, headings_end: int, findings: Findings) -> Iterator[PlainRow]:
    used = frozenset(sheet.positions.values())
    known = used | frozenset(sheet.headings)
    plain, repeated = _unmerged(grid, headings_end, used, findings)
    strays: dict[int, list[PlainRow]] = defaultdict(list)
    above: dict[int, Value] = {}
    kept = 0
    for number, cells in enumerate(plain, headings_end + 1):
        row = PlainRow(number, tuple(cells), repeated.get(number, frozenset()))
        if all(is_blank(value) for value in cells):
            continue
        if said := _left_out(sheet, row, used):
            findings.warnings.append(said.at(Place(sheet.name, number)))
            continue
        row = _with_above(sheet, row, above, findings)
        for position in (p for p, value in enumerate(cells, 1) if p not in known and not is_blank(value)):
            strays[position].append(row)
        kept += 1
        yield row
    for position, rows in strays.items():
        if len(rows) > 1 and len(rows) * 2 >= kept:
            place = Place(sheet.name, None, letter(position))
            findings.warnings.append(table_wording.COLUMN_LEFT_OUT.at(place))
            continue
        for row in rows:
            text = as_text(row.value(position))[:40]
            place = Place(sheet.name, row.row, letter(position))
            findings.mistakes.append(wording.VALUE_WITHOUT_HEADING.at(place, value=text))


def _left_out(sheet: PlainSheet, row: PlainRow, used: Collection[int]) -> Wording | None:
    """Why a row is none of the table's."""
    filled = [position for position in range(1, len(row.cells) + 1) if row.value(position) is not None]
    own = [position for position in filled if position not in row.repeated]
    first = as_text(row.value(own[0])).strip() if own else ""
    if len(own) == 1 and _NOTE.match(first):
        return table_wording.NOTE_LEFT_OUT
    there = [position for position in filled if position in used]
    if not there:
        return table_wording.ROW_LEFT_OUT
    texts = {position: plain_heading(as_text(row.value(position))) for position in there}
    if len(there) > 1 and all(texts[p] == plain_heading(sheet.headings.get(p, "")) for p in there):
        return wording.HEADINGS_REPEATED
    return table_wording.TOTAL_LEFT_OUT if plain_heading(first) in _TOTALS else None


def _with_above(sheet: PlainSheet, row: PlainRow, above: dict[int, Value], findings: Findings) -> PlainRow:
    """The row with the values above for 〃 and 同上; `above` is brought to this row."""
    cells, repeated = list(row.cells), set(row.repeated)
    for column, position in sheet.positions.items():
        value = row.value(position)
        if isinstance(value, str) and value.strip() in _SAME_AS_ABOVE:
            if above.get(position) is None:
                place = sheet.place(row.row, column)
                findings.mistakes.append(table_wording.NOTHING_ABOVE.at(place, typed=value.strip()))
            cells[position - 1] = value = above.get(position)
            repeated.add(position)
        above[position] = value
    return PlainRow(row.row, tuple(cells), frozenset(repeated))


def _unmerged(
    grid: Grid, headings_end: int, used: Collection[int], findings: Findings
) -> tuple[list[list[Value]], dict[int, frozenset[int]]]:
    """The rows under the headings, each merged cell's value in every row of it; and in which columns that happened."""
    rows = [list(cells) for cells in grid.rows[headings_end:]]
    repeated: dict[int, set[int]] = defaultdict(set)
    for merge in grid.merges:
        value = grid.value(merge.first_row, merge.first_column)
        if merge.last_row <= headings_end or is_blank(value):
            continue
        if merge.first_row <= headings_end or not _is_clear(grid, merge, used):
            place = Place(grid.name, merge.first_row, letter(merge.first_column))
            findings.mistakes.append(wording.MERGED.at(place, range=_range(merge)))
            continue
        for row in range(merge.first_row + 1, merge.last_row + 1):
            cells = rows[row - headings_end - 1] if row - headings_end <= len(rows) else []
            # Beyond the last filled cell of the table a merge is only a frame.
            if any(not is_blank(one) for one in cells):
                cells.extend([None] * (merge.first_column - len(cells)))
                cells[merge.first_column - 1] = value
                repeated[row].add(merge.first_column)
    return rows, {row: frozenset(columns) for row, columns in repeated.items()}


def _is_clear(grid: Grid, merge: Merge, used: Collection[int]) -> bool:
    """Whether it is clear what a merged cell belongs to: cells of one column, or a heading across a whole row."""
    if not any(merge.first_column < position <= merge.last_column for position in used):
        return True
    outside = (p for p in used if not merge.first_column <= p <= merge.last_column)
    return merge.first_row == merge.last_row and all(is_blank(grid.value(merge.first_row, p)) for p in outside)


def _range(merge: Merge) -> str:
    return f"{letter(merge.first_column)}{merge.first_row}:{letter(merge.last_column)}{merge.last_row}"
