"""What the columns of somebody's own table most likely are, by the words of their headings; a person confirms it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from exchange.figures import time_in
from exchange.grid import Grid, Value, is_blank
from exchange.plain_sheet import headings_of
from exchange.remarks import letter
from exchange.tables import plain_heading

_MAIL = r"(?:メール|アドレス|mail)"
_TITLES = (
    r"(?:施策|事業|取組み?|取り組み)(?:項目)?名(?:称)?$",
    r"^(?:個別施策|具体的な?(?:施策|取組み?|取り組み|事業)|主な取組み?|取組み?項目|実施項目|構成事業|事務事業)",
    r"^(?:取組み?|取り組み|事業)(?:の?内容)?$",
    r"^施策$",
    r"名称$",
)
_UPPER = r"政策|方針|目標$|^章|^節|柱|分野|基本施策|主要施策|分類|テーマ|大項目|中項目|方向$|方向性$|^施策$|まちの姿"
_NUMBER = r"番号$|^no\.?$|コード$|^id$|^#$"
_TEXT = r"概要|内容|目的|説明|現状$|課題|目指す姿|ありたい姿|背景"
_INDICATOR = r"^(?:\w*指標|kpi|kgi|数値目標)(?:名|名称|項目)?\d?$"
_UNIT, _DIRECTION = r"^単位\d?$", r"方向$|増減"
_BASELINE = r"基準|現状値|策定時|当初値|初期値"
_TARGET, _EXPECTED, _ACTUAL = r"目標", r"見込", r"実績|実施状況値|^\D*\d+年度\D*値$"
_WORDS = (*_TITLES, _UPPER, _NUMBER, _TEXT, _INDICATOR, _UNIT, _BASELINE, _TARGET, _ACTUAL, "所管|担当|部署", "区分")

Headings = Mapping[int, str]


@dataclass(frozen=True)
class IndicatorGuess:
    """Positions of one group of columns; None or nothing: there seems to be none."""

    name: int
    unit: int | None = None
    direction: int | None = None
    baseline: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    expected: tuple[int, ...] = ()
    actuals: tuple[int, ...] = ()


@dataclass(frozen=True)
class Guess:
    """Positions of the columns. `levels` from the top, each with the column of its number."""

    levels: tuple[int, ...]
    numbers: Mapping[int, int]
    department: int | None
    email: int | None
    head: int | None
    head_email: int | None
    staff: int | None
    staff_email: int | None
    measure_class: int | None
    texts: tuple[int, ...]
    indicators: tuple[IndicatorGuess, ...]


def heading_row(grid: Grid) -> int:
    """The row that reads most like headings, counted from 1."""
    rows = range(1, min(20, len(grid.rows)) + 1)
    return max(rows, key=lambda row: (_words_in(headings_of(grid, row)), -row), default=1)


def main_sheet(grids: Sequence[Grid]) -> Grid:
    """The sheet that most likely holds the plan: shown, with titles and most headings that say something."""

    def likeness(grid: Grid) -> tuple[bool, bool, int, int]:
        headings = headings_of(grid, heading_row(grid))
        is_of_indicators = any(_is(_INDICATOR, text) for text in headings.values())
        has_upper = sum(_is(_UPPER, text) for text in headings.values())
        return not grid.is_hidden, has_upper > 0 or not is_of_indicators, _words_in(headings), len(grid.rows)

    return max(grids, key=likeness)


def indicator_sheet(grids: Sequence[Grid], main: Grid) -> Grid | None:
    """Another sheet with one indicator a row."""
    for grid in grids:
        headings = headings_of(grid, heading_row(grid))
        if grid is not main and not grid.is_hidden and any(_is(_INDICATOR, text) for text in headings.values()):
            return grid
    return None


def _words_in(headings: Headings) -> int:
    return sum(any(_is(words, text) for words in _WORDS) for text in headings.values()) if len(headings) > 1 else 0


def _is(words: str, heading: str) -> bool:
    return re.search(words, plain_heading(heading)) is not None


def guess(headings: Headings) -> Guess:
    """What each column is most likely; a column is guessed for one thing only."""
    free = dict(headings)
    indicators = _indicators(free)
    staff_email = _take(free, rf"担当者?.*{_MAIL}") or None
    head_email = _take(free, rf"(?:長|責任者).*{_MAIL}")
    email = _take(free, rf"(?:課|部署|代表|所属|共有|共用).*{_MAIL}")
    staff_email = staff_email or _take(free, _MAIL)
    department = _take(free, r"所管|主管|担当(?:部|課|所)|担当部署|部署|所属(?!長)|課名|部課名|担当$")
    head = _take(free, r"課長|所属長|責任者")
    staff = _take(free, r"担当者|担当職員")
    title = next((found for words in _TITLES if (found := _last(free, words))), None)
    levels = _levels(free, title)
    for position in levels:
        free.pop(position, None)
    numbers = _numbers(free, levels)
    return Guess(
        levels=levels,
        numbers=numbers,
        department=department,
        email=email,
        head=head,
        head_email=head_email,
        staff=staff,
        staff_email=staff_email,
        measure_class=_take(free, r"区分$|種別$|重点"),
        texts=tuple(position for position, text in free.items() if _is(_TEXT, text)),
        indicators=indicators,
    )


def _take(free: dict[int, str], words: str) -> int | None:
    found = next((position for position, text in free.items() if _is(words, text)), None)
    if found is not None:
        free.pop(found)
    return found


def _last(free: Headings, words: str) -> int | None:
    return next((position for position, text in reversed(list(free.items())) if _is(words, text)), None)


def _levels(free: Headings, title: int | None) -> tuple[int, ...]:
    """The columns of the tree from the top: those before the titles that are named like a level."""
    upper = [p for p, text in free.items() if p != title and (title is None or p < title) and _is(_UPPER, text)]
    upper = [p for p in upper if not _is(_NUMBER, free[p])]
    return (*upper, title) if title is not None else tuple(upper)


def _numbers(free: dict[int, str], levels: Sequence[int]) -> dict[int, int]:
    """The column of numbers that stands right before each level; a single one belongs to the lowest."""
    candidates = [position for position, text in free.items() if _is(_NUMBER, text)]
    found = {level: level - 1 for level in levels if level - 1 in candidates}
    rest = [position for position in candidates if position not in found.values()]
    if rest and levels and levels[-1] not in found:
        found[levels[-1]] = rest[-1]
    for position in found.values():
        free.pop(position)
    return found


def _indicators(free: dict[int, str]) -> tuple[IndicatorGuess, ...]:
    """Groups of columns, each from the name of an indicator to the next one."""
    names = [position for position, text in free.items() if _is(_INDICATOR, text)]
    groups = []
    for i, name in enumerate(names):
        until = names[i + 1] if i + 1 < len(names) else max(free) + 1
        group = {p: text for p, text in free.items() if name < p < until}
        guessed = IndicatorGuess(
            name,
            _take(group, _UNIT),
            _take(group, _DIRECTION),
            _all(group, _BASELINE),
            _all(group, _TARGET),
            _all(group, _EXPECTED),
            _all(group, _ACTUAL),
        )
        groups.append(guessed)
        several = (*guessed.baseline, *guessed.targets, *guessed.expected, *guessed.actuals)
        for position in (name, guessed.unit, guessed.direction, *several):
            free.pop(position or 0, None)
    return tuple(groups)


def _all(group: dict[int, str], words: str) -> tuple[int, ...]:
    found = tuple(position for position, text in group.items() if _is(words, text))
    for position in found:
        group.pop(position)
    return found


def node_column(headings: Headings) -> int | None:
    """On a sheet of indicators: the column that says to which measure one belongs."""
    of_measures = r"(?:施策|事業|取組み?|取り組み)"
    for words in (rf"{of_measures}.*(?:番号|no|コード)", rf"^{of_measures}(?:名|名称)?$", _NUMBER):
        found = next((position for position, text in headings.items() if _is(words, text)), None)
        if found is not None:
            return found
    return None


def samples(grid: Grid, below: int, position: int, count: int = 2) -> list[Value]:
    """The first values under a heading."""
    values = (grid.value(row, position) for row in range(below + 1, len(grid.rows) + 1))
    return [value for value, _ in zip((v for v in values if not is_blank(v)), range(count), strict=False)]


def column_name(headings: Headings, position: int) -> str:
    """How a mapping names a column: by its heading, or by its letter where that is not clear."""
    text = headings.get(position, "")
    alike = [p for p, other in headings.items() if plain_heading(other) == plain_heading(text)]
    return text if text and len(alike) == 1 else f"{letter(position)}列"


def years_missing(headings: Headings, positions: Collection[int]) -> list[int]:
    """The columns of actual values whose headings name no year."""
    return [position for position in positions if not time_in(headings.get(position, ""))]
