"""A board as somebody wants to see it: which of its rows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from db import tables as t
from domain import search_text
from records import department_tree
from records.board import Board, BoardRow, Show, Turn


class Sort(StrEnum):
    """By what the rows of a board are put in order."""

    DEPARTMENT = "department"
    DUE = "due"
    LATE = "late"
    SHARE = "share"
    NEXT = "next"


@dataclass(frozen=True)
class Wanted:
    """Which rows are wanted, in which order; what is empty narrows nothing.

    `department` brings the departments that belong to it. `due_until`: the earliest due date of what is owed is that
    day or before. `query`: words in the name of the department, or in code or title of its measures.
    """

    show: Show = Show.ALL
    plan: str = ""
    round: int = 0
    department: int = 0
    turn: Turn | None = None
    due_until: date | None = None
    query: str = ""
    sort: Sort | None = None
    descending: bool = False


@dataclass(frozen=True)
class PlacedRow:
    """A department's request on a board of several rounds."""

    board: Board
    row: BoardRow


def rows_of(boards: Iterable[Board], wanted: Wanted, below: Mapping[int, frozenset[int]]) -> tuple[PlacedRow, ...]:
    """The rows that are wanted, over all the boards; `below`: department → itself and all that belongs to it."""
    words = search_text.words_of(wanted.query)
    within = below.get(wanted.department, frozenset()) if wanted.department else None
    found = [
        PlacedRow(board, row)
        for board in boards
        if wanted.plan in ("", board.plan.code) and wanted.round in (0, board.round.id)
        for row in board.rows
        if _is_wanted(row, wanted, within) and _is_found(row, words)
    ]
    return _in_order(found, wanted)


def departments_of(
    session: Session, boards: Iterable[Board], below: Mapping[int, frozenset[int]]
) -> Sequence[t.Department]:
    """The departments that boards can be narrowed to, by code: those with a row, and those above them."""
    asked = {row.department.id for board in boards for row in board.rows if row.department}
    offered = [department for department, within in below.items() if within & asked]
    query = select(t.Department).where(col(t.Department.id).in_(offered))
    return session.exec(query.order_by(t.Department.code)).all()


def below(session: Session) -> Mapping[int, frozenset[int]]:
    return department_tree.below(session)


def _is_wanted(row: BoardRow, wanted: Wanted, within: frozenset[int] | None) -> bool:
    return (
        row.belongs_to(wanted.show)
        and (within is None or (row.department is not None and row.department.id in within))
        and wanted.turn in (None, row.turn)
        and (wanted.due_until is None or (row.due_on is not None and row.due_on <= wanted.due_until))
    )


def _is_found(row: BoardRow, words: Sequence[str]) -> bool:
    """The department has all the words, or one of its measures has."""
    if not words:
        return True
    of_department = [row.department.name, row.department.name_en, row.department.code] if row.department else []
    measures = ([item.node.code, item.node.title, item.node.title_en] for item in row.reports)
    return any(search_text.holds_all([*of_department, *texts], words) for texts in ([], *measures))


_KEYS: Mapping[Sort, Callable[[BoardRow], Any]] = {
    Sort.DEPARTMENT: lambda row: row.department.code if row.department else None,
    Sort.DUE: lambda row: row.due_on,
    Sort.LATE: lambda row: row.days_late or None,
    Sort.SHARE: lambda row: row.share,
    Sort.NEXT: lambda row: row.next_step.at if row.next_step else None,
}


def _in_order(rows: list[PlacedRow], wanted: Wanted) -> tuple[PlacedRow, ...]:
    """What has nothing to be put in order by comes last, whichever way."""
    if wanted.sort is None:
        return tuple(rows)
    key = _KEYS[wanted.sort]
    known = [one for one in rows if key(one.row) is not None]
    unknown = [one for one in rows if key(one.row) is None]
    return (*sorted(known, key=lambda one: key(one.row), reverse=wanted.descending), *unknown)
