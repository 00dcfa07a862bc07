"""The columns that a workbook computes by itself: rows below a measure, titles by codes, whether totals add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exchange.columns import Column, Path, Sheet
from exchange.indicator_sheets import INDICATORS, VALUES
from exchange.plan_sheets import EDITIONS, LINEAGE, NODES
from exchange.remarks import letter
from exchange.rows import Row, written

AGREES, DIFFERS = "一致", "不一致"


@dataclass(frozen=True)
class Layout:
    """Where the rows of each sheet stand in a workbook, counted from 1; spare rows below are part of it."""

    first_row: int
    last_rows: Mapping[str, int]

    def column(self, sheet: Sheet, path: Path) -> str:
        """The letter of the sheet's own column with this path."""
        return letter(len(sheet.above) + 1 + next(i for i, c in enumerate(sheet.own) if c.path == path))

    def area(self, sheet: Sheet, path: Path, *, elsewhere: bool = False) -> str:
        """All the rows of a column, by its address; from another sheet with the sheet's name."""
        return self._area(sheet, self.column(sheet, path), elsewhere=elsewhere)

    def owners(self, sheet: Sheet, *, elsewhere: bool = False) -> str:
        """All the rows of the first column, in which stands to what a row belongs."""
        return self._area(sheet, "A", elsewhere=elsewhere)

    def _area(self, sheet: Sheet, column: str, *, elsewhere: bool) -> str:
        name = f"'{sheet.name.ja}'!" if elsewhere else ""
        return f"{name}${column}${self.first_row}:${column}${self.last_rows[sheet.code]}"


@dataclass(frozen=True)
class Derived:
    """A formula, and its result for programs that do not compute."""

    formula: str
    result: str | int | float


def derived(
    sheet: Sheet, column: Column, layout: Layout, rows: Mapping[str, Sequence[Row]]
) -> Iterator[Derived | None]:
    """What stands in a derived column, for every row of the sheet and the spare ones; None: nothing to compute."""
    results = _RESULTS[column.path](rows)
    may_be_total = _part_codes(rows) if column.path in _OF_TOTALS else [True] * len(results)
    for i, n in enumerate(range(layout.first_row, layout.last_rows[sheet.code] + 1)):
        formula = _FORMULAS[column.path](layout, n)
        if i >= len(results):
            yield Derived(formula, "")
        else:
            yield Derived(formula, results[i]) if may_be_total[i] else None


def _children(layout: Layout, row: int) -> str:
    code = layout.column(NODES, ("code",))
    above = layout.area(NODES, ("parent",))
    return f'=IF(${code}{row}="","",SUMPRODUCT(--({layout.owners(NODES)}=$A{row}),--({above}=${code}{row})))'


def _child_counts(rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    code, parent = NODES.key_at, _at(NODES, ("parent",))
    counts = Counter((row[0], row[parent]) for row in rows[NODES.code])
    return [counts[row[0], row[code]] for row in rows[NODES.code]]


def _title_before(layout: Layout, row: int) -> str:
    editions = layout.area(EDITIONS, ("code",), elsewhere=True)
    at = f"MATCH($A{row},{editions},0)"
    title = _title(layout, f"INDEX({editions},{at}-1)", f"${layout.column(LINEAGE, ('before',))}{row}")
    return f'=IFERROR(IF({at}=1,"",{title}),"")'


def _title_after(layout: Layout, row: int) -> str:
    code = f"${layout.column(LINEAGE, ('after',))}{row}"
    return f"={_title(layout, f'$A{row}', code)}"


def _title(layout: Layout, edition: str, code: str) -> str:
    """The title of the one measure with this code in this edition."""
    codes = layout.area(NODES, ("code",), elsewhere=True)
    titles = layout.area(NODES, ("title",), elsewhere=True)
    chosen = f"({layout.owners(NODES, elsewhere=True)}={edition})*({codes}={code})"
    place = f"SUMPRODUCT({chosen}*(ROW({codes})-{layout.first_row - 1}))"
    return f'IF({code}="","",IF(SUMPRODUCT({chosen})=1,INDEX({titles},{place}),""))'


def _titles_before(rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    editions = [row[EDITIONS.key_at] for row in rows[EDITIONS.code]]
    earlier = dict(zip(editions[1:], editions, strict=False))
    return _titles(rows, ("before",), earlier)


def _titles_after(rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    return _titles(rows, ("after",), {row[0]: row[0] for row in rows[LINEAGE.code]})


def _titles(rows: Mapping[str, Sequence[Row]], side: Path, edition_of: Mapping[str, str]) -> list[Any]:
    titles = {(row[0], row[NODES.key_at]): row[_at(NODES, ("title",))] for row in rows[NODES.code]}
    codes = [(edition_of.get(row[0], ""), row[_at(LINEAGE, side)] or ()) for row in rows[LINEAGE.code]]
    return [titles.get((edition, *named), "") if len(named) == 1 else "" for edition, named in codes]


def _parts(layout: Layout, row: int) -> str:
    lists_ = layout.area(INDICATORS, ("sum_of",), elsewhere=True)
    codes = layout.area(INDICATORS, ("code",), elsewhere=True)
    return f'=IF($A{row}="","",IFERROR(INDEX({lists_},MATCH($A{row},{codes},0))&"",""))'


_SAME_TIME: tuple[Path, ...] = (("type",), ("at",), ("fiscal_year",), ("label",), ("source", "document"))
"""What must be alike for a value to count into a total (`domain/indicator_rules.py`)."""


def _sum(layout: Layout, row: int) -> str:
    parts = f"${layout.column(VALUES, ('rows',))}{row}"
    value = layout.area(VALUES, ("value",))
    alike = "*".join(f"({layout.area(VALUES, path)}=${layout.column(VALUES, path)}{row})" for path in _SAME_TIME)
    chosen = f'ISNUMBER(FIND("、"&{layout.owners(VALUES)}&"、","、"&{parts}&"、"))*{alike}'
    count = f'LEN({parts})-LEN(SUBSTITUTE({parts},"、",""))+1'
    return f'=IF({parts}="","",IF(SUMPRODUCT({chosen}*ISNUMBER({value}))={count},SUMPRODUCT({chosen},{value}),""))'


def _check(layout: Layout, row: int) -> str:
    total, value = f"${layout.column(VALUES, ('row_sum',))}{row}", f"${layout.column(VALUES, ('value',))}{row}"
    return f'=IF(OR({total}="",{value}=""),"",IF(ROUND({total}-{value},9)=0,"{AGREES}","{DIFFERS}"))'


def _part_lists(rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    return [written(_SUM_OF, parts) or "" for parts in _part_codes(rows)]


def _sums(rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    return ["" if total is None else float(total) for total in _totals(rows)]


def _checks(rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    value = _at(VALUES, ("value",))
    return [
        "" if total is None or row[value] is None else AGREES if total == row[value] else DIFFERS
        for row, total in zip(rows[VALUES.code], _totals(rows), strict=True)
    ]


def _part_codes(rows: Mapping[str, Sequence[Row]]) -> list[tuple[str, ...] | None]:
    sum_of = _at(INDICATORS, ("sum_of",))
    parts = {row[INDICATORS.key_at]: row[sum_of] for row in rows[INDICATORS.code]}
    return [parts.get(row[0]) for row in rows[VALUES.code]]


def _totals(rows: Mapping[str, Sequence[Row]]) -> list[Decimal | None]:
    """The sum of the rows of each value; None where it is no total or not all of its rows are known."""
    value, alike = _at(VALUES, ("value",)), [_at(VALUES, path) for path in _SAME_TIME]
    known = {(row[0], *(row[i] for i in alike)): row[value] for row in rows[VALUES.code]}
    totals: list[Decimal | None] = []
    for row, parts in zip(rows[VALUES.code], _part_codes(rows), strict=True):
        found = [known.get((part, *(row[i] for i in alike))) for part in parts or ()]
        numbers = [number for number in found if number is not None]
        totals.append(sum(numbers, Decimal(0)) if numbers and len(numbers) == len(found) else None)
    return totals


def _at(sheet: Sheet, path: Path) -> int:
    return len(sheet.above) + next(i for i, c in enumerate(sheet.own) if c.path == path)


_SUM_OF = INDICATORS.columns[_at(INDICATORS, ("sum_of",))]

_FORMULAS: dict[Path, Callable[[Layout, int], str]] = {
    ("children",): _children,
    ("before_title",): _title_before,
    ("after_title",): _title_after,
    ("rows",): _parts,
    ("row_sum",): _sum,
    ("sum_check",): _check,
}
_RESULTS: dict[Path, Callable[[Mapping[str, Sequence[Row]]], list[Any]]] = {
    ("children",): _child_counts,
    ("before_title",): _titles_before,
    ("after_title",): _titles_after,
    ("rows",): _part_lists,
    ("row_sum",): _sums,
    ("sum_check",): _checks,
}

_OF_TOTALS = (("row_sum",), ("sum_check",))
"""Long formulas, which only the rows of totals need."""
