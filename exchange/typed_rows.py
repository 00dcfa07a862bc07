"""The rows of a found table with every cell read: what is wrong in a cell, what stands twice, what names nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange import typed, wording
from exchange.columns import Column, Kind, Sheet
from exchange.rows import Row
from exchange.sheets import BY_CODE
from exchange.tables import Findings, FoundRow, FoundTable

_GUESSED = 200
"""After so many mistakes no more is guessed what was meant: comparing every code with every other takes its time."""


@dataclass(frozen=True)
class TypedRow:
    """One row; `values` beside the sheet's columns, None: empty or wrong. `wrong` are the columns with a mistake."""

    table: FoundTable
    row: int
    values: Row
    wrong: frozenset[int]


@dataclass
class TypedTables:
    """The rows of every sheet that was found, and how they are named, by the sheet's code."""

    tables: Mapping[str, FoundTable]
    rows: dict[str, list[TypedRow]] = field(default_factory=dict)
    keys: dict[str, dict[Row, int]] = field(default_factory=dict)


def read_rows(tables: Mapping[str, FoundTable], findings: Findings) -> TypedTables:
    """Every cell of every table, with the mistakes that can be seen without knowing what a plan is."""
    read = TypedTables(tables)
    for code, table in tables.items():
        rows = [_typed(table, found, findings) for found in table.rows]
        read.keys[code] = {}
        read.rows[code] = list(_once(table, rows, read.keys[code], findings))
    known = {code: {key[-1] for key in keys} for code, keys in read.keys.items()}
    for code, rows in read.rows.items():
        read.rows[code] = [_referring(row, known, findings) for row in rows]
    return read


def _typed(table: FoundTable, found: FoundRow, findings: Findings) -> TypedRow:
    values: list[Any] = []
    wrong = set()
    for i, (column, cell) in enumerate(zip(table.sheet.columns, found.values, strict=True)):
        if cell is None or column.kind is Kind.DERIVED:
            values.append(None)
            continue
        try:
            read = typed.read(column, cell)
        except typed.Unreadable as mistake:
            findings.mistakes.append(mistake.wording.at(table.place(found.row, i), **mistake.values))
            wrong.add(i)
            values.append(None)
            continue
        findings.warnings += [said.at(table.place(found.row, i), **about) for said, about in read.notes]
        values.append(read.value)
    return TypedRow(table, found.row, tuple(values), frozenset(wrong))


def _once(table: FoundTable, rows: Sequence[TypedRow], keys: dict[Row, int], findings: Findings) -> list[TypedRow]:
    """The rows without those that stand twice; the same name for different rows is a mistake."""
    sheet = table.sheet
    kept: list[TypedRow] = []
    seen: dict[Row, int] = {}
    for row in rows:
        whole = (*row.values, row.row) if row.wrong else row.values
        if whole in seen:
            findings.warnings.append(wording.ROW_REPEATED.at(table.place(row.row), row=seen[whole]))
            continue
        seen[whole] = row.row
        name = name_of(sheet, row.values)
        if name is not None and name in keys:
            at = table.place(row.row, sheet.key_at)
            findings.mistakes.append(wording.CODE_TWICE.at(at, code=name[-1], row=keys[name]))
        elif name is not None:
            keys[name] = row.row
        kept.append(row)
    return kept


def name_of(sheet: Sheet, values: Row) -> Row | None:
    """By what others name a row: the codes of what it belongs to and its own; None: it has no (whole) name."""
    if not sheet.key:
        return None
    name = (*values[: len(sheet.above)], values[sheet.key_at])
    return None if None in name else name


def _referring(row: TypedRow, known: Mapping[str, set[Any]], findings: Findings) -> TypedRow:
    """The row, with a mistake for every code that no row of the sheet it refers to has."""
    wrong = set(row.wrong)
    for i, column in enumerate(row.table.sheet.columns):
        if not column.refers or column.refers not in known:
            continue
        for code in _codes(column, row.values[i]):
            if code not in known[column.refers]:
                there = BY_CODE[column.refers]
                may_guess = len(findings.mistakes) < _GUESSED
                meant = typed.nearest(str(code), map(str, known[column.refers])) if may_guess else None
                at = row.table.place(row.row, i)
                hint = wording.did_you_mean(meant)
                findings.mistakes.append(wording.CODE_UNKNOWN.at(at, code=code, sheet=there.name, hint=hint))
                wrong.add(i)
    return TypedRow(row.table, row.row, row.values, frozenset(wrong))


def _codes(column: Column, value: Any) -> Sequence[Any]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, tuple) else (value,)
