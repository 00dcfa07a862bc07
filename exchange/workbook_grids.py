"""The sheets of a workbook (.xlsx) as grids of cells, whatever they mean. Formulas count by their results."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from exchange import wording
from exchange.archive import opened_workbook, refused
from exchange.grid import Broken, Grid, Merge, Percent, Value
from exchange.remarks import Place, WrongTable

# Meguru's own limits; 2,000 indicators with ten values each fit.
MOST_ROWS = 30_000
MOST_COLUMNS = 200


def read_grids(content: bytes) -> tuple[Grid, ...]:
    """Every worksheet, hidden ones too, in their order.

    Raises `WrongTable` for what is not a workbook, is not safe to read (size, bombs, macros, entities) or is damaged.
    """
    archive = opened_workbook(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it does not keep of a book; nothing is kept here
            return tuple(_grids(content, archive))
    except WrongTable:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over in a damaged book
        raise refused(wording.DAMAGED) from error


def _grids(content: bytes, archive: ZipFile) -> Iterator[Grid]:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        inside = _Inside(archive.read(_part_of(sheet)))
        if inside.last_row > MOST_ROWS or inside.last_column > MOST_COLUMNS:
            place = Place(sheet.title)
            raise WrongTable([wording.TOO_MANY_ROWS.at(place, rows=MOST_ROWS, columns=MOST_COLUMNS)])
        rows = []
        if inside.last_row:
            # Not by the dimensions that the sheet claims: programs get them wrong.
            cells = sheet.iter_rows(1, inside.last_row, 1, inside.last_column)
            rows = [
                tuple(inside.uncomputed.get((i, j)) or _value(cell) for j, cell in enumerate(row, 1))
                for i, row in enumerate(cells, 1)
            ]
        yield Grid(sheet.title, tuple(rows), tuple(inside.merges), sheet.sheet_state != "visible")


def _part_of(sheet: Any) -> str:
    path: str = sheet._worksheet_path
    return path


def _value(cell: Any) -> Value:
    value: Value = cell.value
    if cell.data_type == "e":
        return Broken(str(value))
    if isinstance(value, str):
        # Excel writes a carriage return inside a cell as this escape, before the line feed.
        return value.replace("_x000D_", "").replace("\r\n", "\n")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return Percent(Decimal(repr(value)) * 100)
    return value


class _Inside:
    """What openpyxl does not tell of a sheet it streams: merges, how far its values reach, formulas never computed."""

    def __init__(self, xml: bytes) -> None:
        self.merges: list[Merge] = []
        self.uncomputed: dict[tuple[int, int], Broken] = {}
        self.last_row = self.last_column = 0
        row = column = 0
        for event, element in iterparse(BytesIO(xml), events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                if tag == "row":
                    row, column = int(element.get("r", row + 1)), 0
                continue
            if tag == "c":
                if reference := element.get("r"):
                    row, column = coordinate_to_tuple(reference)
                else:
                    column += 1
                self._see(element, row, column)
            elif tag == "mergeCell":
                left, top, right, bottom = (int(n or 0) for n in range_boundaries(element.get("ref", "")))
                self.merges.append(Merge(top, bottom, left, right))
            elif tag == "row":
                element.clear()

    def _see(self, cell: Any, row: int, column: int) -> None:
        parts = {part.tag.rpartition("}")[2]: part for part in cell}
        has_value = "is" in parts or ("v" in parts and (parts["v"].text or cell.get("t") == "str"))
        if has_value or "f" in parts:
            self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if "f" in parts and not has_value:
            self.uncomputed[row, column] = Broken()
