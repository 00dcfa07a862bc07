"""A department's own workbook as it came back: what each sheet answers, with the place of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.questions import Question, QuestionKind
from domain.text import Bilingual, half_width, typed_text
from exchange import answer_wording, archive, typed, wording
from exchange.answer_workbook import ANSWER, KNOWN_BY, MARK, SEEN
from exchange.grid import Broken, Grid, Percent, Value, as_text, is_blank
from exchange.remarks import Place, Remark, Wording, WrongTable, letter
from exchange.workbook_grids import read_grids

# Meguru's own limits; a request of 150 measures with long answers stays below them.
LARGEST = 2 * archive.MEGABYTE
"""Bytes; a larger file is refused before it is looked into."""
_LARGEST_INSIDE = 40 * archive.MEGABYTE
_MOST_PARTS, _MOST_SHEETS, _MOST_ROWS = 600, 250, 500

COLUMN = letter(ANSWER + 1)
"""The letter over the answers."""
_KNOWN_BY = KNOWN_BY + 1
_ROUND, _REQUEST, _REPORT, _REVISION = range(2, 6)  # rows of the hidden column, below the mark
_PERCENT = ("%", "％")


@dataclass(frozen=True)
class FoundAnswer:
    """What stands in the cell of one question; `row` counts from 1. `seen`: the mark of what stood there at first."""

    question: str
    row: int
    value: Value
    seen: str


@dataclass(frozen=True)
class FoundSheet:
    """The answers to one report, which was at `revision` when the workbook was taken along."""

    name: str
    report: int
    revision: int
    answers: tuple[FoundAnswer, ...]


@dataclass(frozen=True)
class FoundWorkbook:
    """`round` is the workflow id of the round that it answers."""

    round: str
    request: int
    sheets: tuple[FoundSheet, ...]


class UnreadableCell(Exception):
    """A cell that says nothing that could be kept, even as a draft."""

    def __init__(self, remark: Remark) -> None:
        self.remark = remark
        super().__init__(remark.in_language("ja"))


def read(content: bytes) -> FoundWorkbook:
    """What came back. Raises `WrongTable` for what is no workbook of ours, is not safe to read, or is mixed up."""
    _check_outside(content)
    sheets: list[tuple[tuple[str, int], FoundSheet]] = []
    for grid in read_grids(content):
        if len(grid.rows) > _MOST_ROWS:
            raise _refused(answer_wording.TOO_MANY, grid.name, sheets=_MOST_SHEETS, rows=_MOST_ROWS)
        if grid.value(1, _KNOWN_BY) == MARK:
            sheets.append(_sheet(grid))
    if not sheets:
        raise archive.refused(answer_wording.NOT_OURS)
    for_, seen = sheets[0][0], dict[int, str]()
    for answered, sheet in sheets:
        if answered != for_:
            raise _refused(answer_wording.ANOTHER_REQUEST, sheet.name)
        if sheet.report in seen:
            raise _refused(answer_wording.TWICE, sheet.name, other=seen[sheet.report])
        seen[sheet.report] = sheet.name
    return FoundWorkbook(*for_, tuple(sheet for _, sheet in sheets))


def foreign() -> WrongTable:
    """The refusal of a workbook that answers another request."""
    return archive.refused(answer_wording.ANOTHER_REQUEST)


def answer_in(sheet: FoundSheet, found: FoundAnswer, question: Question) -> str:
    """The answer as the form would send it. Raises `UnreadableCell`; what is only wrong is kept as it was typed."""
    value = found.value
    place = Place(sheet.name, found.row, COLUMN, question.label.ja)
    if isinstance(value, Broken):
        said = wording.BROKEN if value.error else wording.UNCOMPUTED
        raise UnreadableCell(said.at(place, error=value.error))
    text = typed_text(as_text(value))
    if not text:
        return ""
    match question.kind:
        case QuestionKind.TEXT:
            return text
        case QuestionKind.NUMBER:
            return _number(value, question) or text
        case QuestionKind.CHOICE:
            return _choice(text, question, place)


def _check_outside(content: bytes) -> None:
    if len(content) > LARGEST:
        raise archive.refused(wording.TOO_LARGE, limit=LARGEST // archive.MEGABYTE)
    parts = archive.opened_workbook(content).infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_INSIDE:
        raise archive.refused(wording.UNSAFE)
    if sum(part.filename.startswith("xl/worksheets/sheet") for part in parts) > _MOST_SHEETS:
        raise archive.refused(answer_wording.TOO_MANY, sheets=_MOST_SHEETS, rows=_MOST_ROWS)


def _sheet(grid: Grid) -> tuple[tuple[str, int], FoundSheet]:
    known_by = [as_text(grid.value(row, _KNOWN_BY)).strip() for row in range(_ROUND, _REVISION + 1)]
    numbers = known_by[1:]
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in numbers):
        raise _refused(answer_wording.MISREAD, grid.name)
    request, report, revision = (int(text) for text in numbers)
    return (known_by[0], request), FoundSheet(grid.name, report, revision, tuple(_answers(grid)))


def _answers(grid: Grid) -> Iterable[FoundAnswer]:
    for row in range(_REVISION + 1, len(grid.rows) + 1):
        question = grid.value(row, _KNOWN_BY)
        if isinstance(question, str) and question.strip():
            value, seen = grid.value(row, ANSWER + 1), as_text(grid.value(row, SEEN + 1)).strip()
            yield FoundAnswer(question.strip(), row, None if is_blank(value) else value, seen)


def _number(value: Value, question: Question) -> str:
    """The number of a cell as digits; "" where it is none, or is shown in percent though the unit is another."""
    if isinstance(value, Percent) and question.unit.ja not in _PERCENT:
        return ""
    try:
        read = typed.number(value).value
    except typed.Unreadable:
        return ""
    return f"{Decimal(read).normalize() + 0:f}"


def _choice(text: str, question: Question, place: Place) -> str:
    wanted = _alike(text)
    for choice in question.choices:
        if wanted in (_alike(choice.code), _alike(choice.label.ja), _alike(choice.label.en)):
            return choice.code
    labels = [choice.label for choice in question.choices]
    hint = wording.did_you_mean(
        typed.nearest(text, [word for label in labels for word in (label.ja, label.en) if word])
    )
    choices = Bilingual("、".join(label.ja for label in labels), ", ".join(label.in_language("en") for label in labels))
    raise UnreadableCell(wording.NOT_A_CHOICE.at(place, typed=text, hint=hint, choices=choices))


def _alike(text: str) -> str:
    return "".join(half_width(text).split()).casefold()


def _refused(said: Wording, sheet: str, **values: object) -> WrongTable:
    return WrongTable([said.at(Place(sheet), **values)])
