"""How a board is looked at, as its address says: filters, order, and what stands in the fields of its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request
from sqlmodel import Session

from db import tables as t
from domain.text import named, typed_day
from i18n import translate
from records import board_view, plans
from records.board import Board, Show, Turn
from records.board_view import PlacedRow, Sort, Wanted
from web.labels import label, problem_in_words

PARAMETERS = ("show", "plan", "round", "department", "turn", "due", "q", "sort", "order")
"""What a board's address may say, and a saved view may keep."""
LONGEST = 200
"""Characters of a search that are looked at."""


@dataclass(frozen=True)
class BoardQuery:
    """The parameters as typed; what is none of the choices narrows nothing."""

    show: str = ""
    plan: str = ""
    round: str = ""
    department: str = ""
    turn: str = ""
    due: str = ""
    q: str = ""
    sort: str = ""
    order: str = ""

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            Show(self.show) if self.show in set(Show) else Show.ALL,
            self.plan,
            _number(self.round),
            _number(self.department),
            Turn(self.turn) if self.turn in set(Turn) else None,
            typed_day(self.due),
            self.q[:LONGEST],
            Sort(self.sort) if self.sort in set(Sort) else None,
            self.order == "desc",
        )

    @property
    def query(self) -> str:
        """As a query string, without what is empty."""
        return urlencode({name: typed for name in PARAMETERS if (typed := getattr(self, name))})

    def with_(self, **typed: str) -> BoardQuery:
        return replace(self, **typed)

    def sorted_by(self, sort: Sort) -> BoardQuery:
        """What the link of a column leads to: its order, or the other way round if it is that already."""
        turned = self.sort == sort.value and self.order != "desc"
        return replace(self, sort=sort.value, order="desc" if turned else "")

    def aria_sort(self, sort: Sort) -> str:
        if self.wanted.sort is not sort:
            return "none"
        return "descending" if self.order == "desc" else "ascending"

    def problems(self, language: str) -> dict[str, str]:
        is_unreadable = bool(self.due) and typed_day(self.due) is None
        return {"due": problem_in_words("day_not_readable", language)} if is_unreadable else {}


def _asked(request: Request) -> BoardQuery:
    return BoardQuery(**{name: request.query_params.get(name, "") for name in PARAMETERS})


Asked = Annotated[BoardQuery, Depends(_asked)]


def from_query(query: str) -> BoardQuery:
    """What a form brought back of the address it was shown at."""
    typed = dict(parse_qsl(query, errors="replace"))
    return BoardQuery(**{name: typed.get(name, "") for name in PARAMETERS})


@dataclass(frozen=True)
class BoardLook:
    """Boards through a query: the rows, the choices of the form, and which filters are on, in words.

    `address` is that of the page; `has_plans`: it shows several plans, so they can be chosen.
    """

    asked: BoardQuery
    address: str
    boards: Sequence[Board]
    rows: Sequence[PlacedRow]
    departments: Sequence[tuple[str, str]]
    plans: Sequence[tuple[str, str]]
    turns: Sequence[tuple[str, str]]
    sorts: Sequence[tuple[str, str]]
    filters_on: Sequence[str]
    problems: dict[str, str]
    below: dict[int, frozenset[int]] = field(default_factory=dict, repr=False)

    def rows_of(self, board: Board) -> list[PlacedRow]:
        return [one for one in self.rows if one.board is board]

    def count(self, show: Show, board: Board | None = None) -> int:
        """How many rows there would be with another choice of `show`, the other filters as they are."""
        boards = self.boards if board is None else [board]
        return len(board_view.rows_of(boards, self.asked.with_(show=show.value).wanted, self.below))

    def link(self, asked: BoardQuery) -> str:
        return f"{self.address}?{asked.query}"


def look(session: Session, boards: Sequence[Board], asked: BoardQuery, address: str, language: str) -> BoardLook:
    below = dict(board_view.below(session))
    known = board_view.departments_of(session, boards, below)
    departments = [(str(one.id), named(one, language)) for one in known]
    several = {board.plan.code: named(board.plan, language) for board in boards}
    return BoardLook(
        asked,
        address,
        boards,
        board_view.rows_of(boards, asked.wanted, below),
        departments,
        list(several.items()),
        [(turn.value, label(turn, language)) for turn in Turn],
        _sorts(language),
        _filters_on(session, asked, boards, dict(departments), several, language),
        asked.problems(language),
        below,
    )


def _sorts(language: str) -> list[tuple[str, str]]:
    return [
        (Sort.DEPARTMENT.value, translate(language, "依頼先")),
        (Sort.DUE.value, translate(language, "期限")),
        (Sort.LATE.value, translate(language, "超過の日数")),
        (Sort.SHARE.value, translate(language, "提出の割合")),
        (Sort.NEXT.value, translate(language, "次の予定")),
    ]


def shows(language: str) -> list[tuple[Show, str]]:
    return [
        (Show.ALL, translate(language, "すべて")),
        (Show.LATE, translate(language, "期限超過")),
        (Show.APPROVAL, translate(language, "承認待ち")),
        (Show.MAIL, translate(language, "メール要確認")),
    ]


def _filters_on(
    session: Session,
    asked: BoardQuery,
    boards: Sequence[Board],
    departments: dict[str, str],
    several: dict[str, str],
    language: str,
) -> list[str]:
    """Each filter that narrows, as 「名前：値」. An order narrows nothing."""
    wanted = asked.wanted

    def say(name: str, value: str) -> str:
        return translate(language, "%(name)s：%(value)s", name=name, value=value)

    on = []
    if wanted.show is not Show.ALL:
        on.append(dict(shows(language))[wanted.show])
    if wanted.plan:
        on.append(say(translate(language, "計画"), several.get(wanted.plan, wanted.plan)))
    if wanted.round:
        on.append(say(translate(language, "報告の回"), _round_name(boards, wanted.round, language)))
    if wanted.department:
        name = departments.get(asked.department) or _department_name(session, wanted.department, language)
        on.append(say(translate(language, "部署"), name))
    if wanted.turn:
        on.append(say(translate(language, "次に動く人"), label(wanted.turn, language)))
    if wanted.due_until:
        on.append(say(translate(language, "期限がこの日まで"), wanted.due_until.isoformat()))
    if wanted.query.strip():
        on.append(say(translate(language, "探す言葉"), wanted.query))
    return on


def _round_name(boards: Sequence[Board], round_id: int, language: str) -> str:
    for board in boards:
        if board.round.id == round_id:
            name = plans.definition_of(board.plan).round_of(board.round.code).name.in_language(language)
            return f"{named(board.plan, language)} {name}"
    return str(round_id)


def _department_name(session: Session, department_id: int, language: str) -> str:
    found = session.get(t.Department, department_id)
    return named(found, language) if found else str(department_id)


def _number(typed: str) -> int:
    """The id in an address; what is none, or no database could hold, is 0. (A row 0 there never is.)"""
    is_id = typed.isascii() and typed.isdigit() and len(typed) <= 9
    return int(typed) if is_id else 0
