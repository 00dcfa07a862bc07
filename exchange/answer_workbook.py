"""A department's own workbook (回答用Excel): its request to be answered away from the page, one sheet per measure.

Written here, read back in `exchange/answer_workbook_reading.py`. Each sheet carries, hidden and locked, what it is
known by: the round, the request, the report, the revision it was taken at; beside each answer the id of its question
and a mark of what stood there (`domain/draft.py`). So a sheet that was renamed or moved is still recognised, a foreign
one too, and what was written in a stale one is told from what was only left as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain import draft
from domain.questions import Question, QuestionKind, number
from domain.text import Bilingual, half_width, length, typed_text
from exchange import answer_wording as words
from exchange.remarks import letter
from exchange.workbook_looks import FONT, Looks, height, set_up_print

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK = "meguru-answers-1"
"""The first word of what a sheet is known by, with the version of its layout."""
ANSWER, KNOWN_BY, SEEN = 3, 5, 6
"""Columns counted from 0: D, in which people write, and the hidden ones, F and G."""
LONGEST_ANSWER = 32_000
"""Characters that a cell holds (Excel: 32,767)."""

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (equal contents give equal bytes, whenever they are written)
_WIDTHS = (20, 36, 30, 54, 12)
_HEADINGS = 5
"""The row of the headings, counted from 0."""
_SMALL = 1.15
"""So much more fits into a column in the small letters of what stands beside an answer."""
_TALLEST = 25  # lines of a row
_SHORT_LINES, _LEAST_LINES, _MOST_LINES = 2, 3, 8  # of room for an answer
_PER_LINE = 30  # characters of an answer that a line takes
_SHOWN_BESIDE = 1_500  # characters of what stands beside an answer; the rest is on the page
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_NAME = 31  # of a sheet, in Excel
_ONE_LINE = 100  # a question whose limit is no higher asks for a few words
_NAMED_CHOICES = 8


@dataclass(frozen=True)
class Beside:
    """Something to read beside an answer, or above the questions: what it is, and what it says."""

    label: Bilingual
    text: str


@dataclass(frozen=True)
class Line:
    """One question of a measure with the answer of the draft."""

    question: Question
    answer: str = ""
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True)
class AnswerSheet:
    """The sheet of one report. `place`: where its measure stands in the plan."""

    report: int
    revision: int
    place: str
    notes: tuple[Beside, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ListedMeasure:
    """A measure of the request; `sheet` None: there is nothing to fill in."""

    code: str
    title: str
    state: str
    due: str
    sheet: AnswerSheet | None


@dataclass(frozen=True)
class AnswerWorkbook:
    """A request as a workbook holds it. `round` is the round's workflow id, `link` the page it is sent to."""

    file_name: str
    round: str
    request: int
    language: str
    municipality: str
    plan: str
    asked_for: str
    department: str
    due: str
    contact: tuple[str, ...]
    link: str
    measures: tuple[ListedMeasure, ...]


def plain(question: Question, answer: str) -> str:
    """An answer for comparing: the same whether it was typed on the page or came back in a cell."""
    text = typed_text(_CONTROL.sub("", answer))
    if question.kind is QuestionKind.NUMBER and (read := number(text)) is not None:
        return f"{read.normalize() + 0:f}"
    return text if question.kind is QuestionKind.TEXT else half_width(text)


def write(workbook: AnswerWorkbook) -> bytes:
    """The workbook as a file (.xlsx); equal contents give equal bytes."""
    content = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10},
    }
    with Workbook(content, options) as book:
        book.set_properties({"title": workbook.plan, "author": workbook.municipality, "created": _CREATED})
        _Writer(book, workbook).write()
    return content.getvalue()


class _AnswerLooks(Looks):
    def __init__(self, book: Workbook) -> None:
        super().__init__(book)
        boxed = {"border": 1, "border_color": "#B8C1CC", "valign": "top", "text_wrap": True}
        self.text = self._format(**boxed)
        self.center = self._format(**boxed, align="center")
        self.faint_text = self._format(**boxed, font_color="#56606D", font_size=9)
        self.question = self._format(**boxed, bold=True, bg_color="#DCE6F2", font_color="#1F3A5F")
        self.note_text = self._format(**boxed, bg_color="#EDEFF2")
        self.mark = self._format(**boxed, font_color="#7A4B00", bold=True, font_size=9)
        self.plain_link = self._format(font_color="#1F3A5F", underline=1)
        self.head_left = self._format(bold=True, font_color="#1F3A5F")
        filled = {**boxed, "bg_color": "#FFF6CC", "border_color": "#B38600", "locked": False}
        self.fill = self._format(**filled, num_format="@")
        self.fill_number = self._format(**filled, align="left")


class _Writer:
    """One workbook while it is written."""

    def __init__(self, book: Workbook, workbook: AnswerWorkbook) -> None:
        self._book, self._all, self._language = book, workbook, workbook.language
        self._looks = _AnswerLooks(book)
        self._names = _names_of(workbook.measures)
        self._areas: dict[tuple[str, ...], str] = {}

    def write(self) -> None:
        guide, overview = self._book.add_worksheet(words.GUIDE.ja), self._book.add_worksheet(words.OVERVIEW.ja)
        listed = [(m, m.sheet) for m in self._all.measures if m.sheet]
        pages = [self._book.add_worksheet(self._names[sheet.report]) for _, sheet in listed]
        self._lists = self._book.add_worksheet(words.CHOICES.ja)
        self._lists.hide()
        rows = {s.report: self._measure(page, m, s) for page, (m, s) in zip(pages, listed, strict=True)}
        self._guide(guide)
        self._overview(overview, rows)
        for page in (guide, overview, self._lists):
            page.protect("", {"format_columns": True, "format_rows": True})
        guide.activate()

    def _guide(self, page: Worksheet) -> None:
        looks, said = self._looks, self._all
        page.hide_gridlines(2)
        page.set_column(0, 0, 32)
        page.set_column(1, 1, 100)
        page.set_tab_color("#1F3A5F")
        page.write_string(0, 0, said.asked_for, looks.title)
        page.set_row(0, 27)
        facts = ((words.PLAN, said.plan), (words.DEPARTMENT, said.department), (words.DUE, said.due))
        n = 1
        for name, text in (*facts, (words.CONTACT, "\n".join(said.contact))):
            page.write_string(n, 0, _both(name), looks.question)
            page.write_string(n, 1, text, looks.text)
            page.set_row(n, 15.5 * (text.count("\n") + 1) + 5)
            n += 1
        page.write_string(n, 0, _both(words.ADDRESS), looks.question)
        if said.link:
            page.write_url(n, 1, said.link, looks.link, said.link)
        n += 2
        for heading, told, is_counted in ((words.STEPS, words.HOW_TO, True), (words.NOTES, words.TO_KNOW, False)):
            page.write_string(n, 0, _both(heading), looks.head_left)
            for i, one in enumerate(told, 1):
                page.write_string(n + 1, 0, f"{i}." if is_counted else "・", looks.mark)
                page.write_rich_string(n + 1, 1, one.ja, self._looks.small[looks.optional], f"\n{one.en}", looks.text)
                page.set_row(n + 1, height([(one.ja, 96), ("\n", 96)]) or 34)
                n += 1
            n += 2
        set_up_print(page, words.GUIDE.ja, 0, (32, 100))

    def _overview(self, page: Worksheet, rows: Mapping[int, range]) -> None:
        looks = self._looks
        page.hide_gridlines(2)
        page.set_tab_color("#1F3A5F")
        for i, width in enumerate(widths := (10, 62, 24, 22, 14, 16)):
            page.set_column(i, i, width)
        page.write_string(0, 0, f"{words.OVERVIEW.ja}　{words.OVERVIEW.en}", looks.title)
        page.set_row(0, 25)
        page.write_string(1, 0, f"{self._all.asked_for}　{self._all.department}", looks.note)
        self._headings(page, 2, words.LISTED)
        for n, measure in enumerate(self._all.measures, 3):
            page.write_string(n, 0, measure.code, looks.text)
            page.write_string(n, 2, measure.state, looks.text)
            page.write_string(n, 3, measure.due, looks.text)
            page.set_row(n, height([(measure.title, 60)]) or 22)
            if measure.sheet is None:
                page.write_string(n, 1, measure.title, looks.text)
                page.merge_range(n, 4, n, 5, words.NO_SHEET.in_language(self._language), looks.faint_text)
                continue
            name = self._names[measure.sheet.report]
            page.write_url(n, 1, f"internal:'{name}'!A1", looks.link, measure.title)
            self._counts(page, n, name, measure.sheet.lines, rows[measure.sheet.report])
        page.freeze_panes(3, 2)
        set_up_print(page, words.OVERVIEW.ja, 2, widths)

    def _counts(self, page: Worksheet, n: int, name: str, lines: Sequence[Line], rows: range) -> None:
        """How far a sheet is filled in: formulas, with their results for programs that do not compute."""
        filled = f"COUNTA('{name}'!$D${rows.start + 1}:$D${rows.stop})"
        done = sum(bool(line.answer) for line in lines)
        page.write_formula(n, 4, f'={filled}&" / {len(lines)}"', self._looks.center, f"{done} / {len(lines)}")
        by_id = {line.question.id: line.question for line in lines}
        asked = zip(rows, lines, strict=True)
        needed = [(row, line) for row, line in asked if _is_always_required(line.question, by_id)]
        blanks = "+".join(f"COUNTBLANK('{name}'!$D${row + 1})" for row, _ in needed) or "0"
        page.write_formula(n, 5, f"={blanks}", self._looks.center, sum(not line.answer for _, line in needed))

    def _measure(self, page: Worksheet, measure: ListedMeasure, sheet: AnswerSheet) -> range:
        """The sheet of one measure; the rows of its questions, counted from 0."""
        looks = self._looks
        page.hide_gridlines(2)
        page.set_tab_color("#B38600")
        for i, width in enumerate(_WIDTHS):
            page.set_column(i, i, width)
        page.set_column(KNOWN_BY, SEEN, 4, None, {"hidden": True})
        page.write_string(0, 0, f"{measure.code}　{measure.title}", looks.title)
        page.set_row(0, 25)
        page.write_string(1, 0, sheet.place, looks.note)
        page.write_string(2, 0, f"{words.STATE.in_language(self._language)}: {measure.state}", looks.note)
        page.write_string(3, 0, f"{words.DUE.in_language(self._language)}: {measure.due}", looks.note)
        page.write_url(4, 0, f"internal:'{words.OVERVIEW.ja}'!A1", looks.plain_link, _both(words.BACK))
        self._headings(page, _HEADINGS, words.ASKED)
        first = _HEADINGS + 1 + len(sheet.notes)
        for n, note in enumerate(sheet.notes, _HEADINGS + 1):  # below the headings, which stay in sight
            said = f"[{note.label.in_language(self._language)}]\n{_cut(note.text)}"
            page.merge_range(n, 0, n, ANSWER + 1, said, looks.note_text)
            page.set_row(n, height([(said, sum(_WIDTHS) - 4)], _TALLEST))
        rows = range(first, first + len(sheet.lines))
        by_id = {line.question.id: line.question for line in sheet.lines}
        for row, line in zip(rows, sheet.lines, strict=True):
            self._line(page, row, line, by_id)
        known_by = (MARK, self._all.round, str(self._all.request), str(sheet.report), str(sheet.revision))
        for i, text in enumerate(known_by):
            page.write_string(i, KNOWN_BY, text)
        page.freeze_panes(_HEADINGS + 1, 1)
        page.protect("", {"format_columns": True, "format_rows": True})
        set_up_print(page, self._names[sheet.report], _HEADINGS, _WIDTHS)
        page.print_area(0, 0, rows.stop - 1, len(_WIDTHS) - 1)
        page.set_selection(rows.start, ANSWER, rows.start, ANSWER)
        return rows

    def _line(self, page: Worksheet, n: int, line: Line, by_id: Mapping[str, Question]) -> None:
        question, looks, language = line.question, self._looks, self._language
        label = question.label.in_language(language)
        guidance = "\n".join(_guidance(question, by_id, language))
        beside = "\n".join(f"[{b.label.in_language(language)}]\n{_cut(b.text)}" for b in line.beside)
        page.write_string(n, 0, label, looks.question)
        page.write_string(n, 1, guidance, looks.faint_text)
        page.write_string(n, 2, beside, looks.faint_text)
        self._answer(page, n, line)
        mark = _mark(question, by_id, language)
        if question.limit and question.kind is QuestionKind.TEXT:
            limit = f" / {question.limit}{words.COUNTED.in_language(language)}"
            counted = f'LEN(SUBSTITUTE(D{n + 1},CHAR(10),""))'
            result = f"{mark}\n{length(line.answer)}{limit}"
            page.write_formula(n, 4, f'="{mark}"&CHAR(10)&{counted}&"{limit}"', looks.mark, result)
        else:
            page.write_string(n, 4, mark, looks.mark)
        page.write_string(n, KNOWN_BY, question.id)
        page.write_string(n, SEEN, draft.mark(plain(question, line.answer)))
        room = "\n" * (_lines_for(question) - 1)
        small = [(guidance, round(_WIDTHS[1] * _SMALL)), (beside, round(_WIDTHS[2] * _SMALL))]
        texts = [(label, _WIDTHS[0] - 2), *small]
        page.set_row(n, height([*texts, (line.answer, _WIDTHS[3] - 2), (room, 1)], _TALLEST) or 22)

    def _answer(self, page: Worksheet, n: int, line: Line) -> None:
        question, looks = line.question, self._looks
        match question.kind:
            case QuestionKind.NUMBER:
                read = number(line.answer)
                if read is not None and Decimal(repr(float(read))) == read:
                    page.write_number(n, ANSWER, float(read), looks.fill_number)
                else:
                    self._write_text(page, n, line.answer, looks.fill_number)
            case QuestionKind.CHOICE:
                self._write_text(page, n, question.choice_label(line.answer, self._language), looks.fill)
                page.data_validation(n, ANSWER, n, ANSWER, self._choices_of(question))
            case QuestionKind.TEXT:
                self._write_text(page, n, line.answer, looks.fill)

    def _write_text(self, page: Worksheet, n: int, text: str, style: Format) -> None:
        if text:
            page.write_string(n, ANSWER, _CONTROL.sub("", text), style)
        else:
            page.write_blank(n, ANSWER, None, style)

    def _choices_of(self, question: Question) -> dict[str, Any]:
        """A dropdown; its words stand in a hidden sheet, for a cell's own list is limited to 255 characters."""
        labels = tuple(choice.label.in_language(self._language) for choice in question.choices)
        if labels not in self._areas:
            column = len(self._areas)
            for n, label in enumerate(labels):
                self._lists.write_string(n, column, label)
            over = letter(column + 1)
            self._areas[labels] = f"='{words.CHOICES.ja}'!${over}$1:${over}${max(len(labels), 1)}"
        return {
            "validate": "list",
            "source": self._areas[labels],
            "error_title": "一覧にありません",
            "error_message": "一覧から選んでください。 Choose from the list.",
        }

    def _headings(self, page: Worksheet, n: int, headings: Sequence[Bilingual]) -> None:
        style = self._looks.required
        for i, heading in enumerate(headings):
            page.write_rich_string(n, i, heading.ja, self._looks.small[style], f"\n{heading.en}", style)
        page.set_row(n, 34)


def _both(text: Bilingual) -> str:
    return f"{text.ja} {text.en}"


def _cut(text: str) -> str:
    text = _CONTROL.sub("", text)
    return text if len(text) <= _SHOWN_BESIDE else f"{text[:_SHOWN_BESIDE]}…"


def _lines_for(question: Question) -> int:
    """How much room an answer is given, as the form does: by how long it may be."""
    if question.kind is not QuestionKind.TEXT:
        return 1
    if 0 < question.limit <= _ONE_LINE:
        return _SHORT_LINES
    return max(_LEAST_LINES, min(question.limit // _PER_LINE, _MOST_LINES))


def _guidance(question: Question, by_id: Mapping[str, Question], language: str) -> Iterable[str]:
    """Help, example, kind, limit, and when it is asked or required."""

    def say(told: Bilingual, **values: object) -> str:
        return told.in_language(language).format(**values)

    yield from filter(None, (question.help.in_language(language),))
    if question.example.ja:
        yield say(words.EXAMPLE, text=question.example.in_language(language))
    if question.choices:
        labels = [choice.label.in_language(language) for choice in question.choices]
        if len(labels) <= _NAMED_CHOICES:
            yield say(words.CHOOSE, choices=" / ".join(labels))
    if question.unit.ja:
        yield say(words.UNIT, unit=question.unit.in_language(language))
    if question.limit and question.kind is QuestionKind.TEXT:
        yield say(words.LIMIT, limit=question.limit)
    is_both = question.shown_when == question.required_when
    shown_when = None if is_both else question.shown_when
    conditions = ((shown_when, words.ONLY_WHEN), (question.required_when, words.NEEDED_WHEN))
    for condition, told in conditions:
        when = words.condition(condition, by_id) if condition else None
        if when is not None:
            yield say(told, when=when.in_language(language))


def _is_always_required(question: Question, by_id: Mapping[str, Question]) -> bool:
    """What depends on the measure's class alone is asked either way: a sheet has no other questions."""
    return question.required and (question.shown_when is None or question.shown_when.question not in by_id)


def _mark(question: Question, by_id: Mapping[str, Question], language: str) -> str:
    """What stands beside a cell to be filled in, for those who do not see its colour."""
    if _is_always_required(question, by_id):
        return f"◀ {words.REQUIRED.in_language(language)}"
    at_times = question.required or question.required_when is not None
    return f"◀ {(words.REQUIRED_AT_TIMES if at_times else words.OPTIONAL).in_language(language)}"


def _names_of(measures: Iterable[ListedMeasure]) -> dict[int, str]:
    """A name for the sheet of each report: what Excel allows, and each once."""
    found: dict[int, str] = {}
    taken = {name.ja.casefold() for name in (words.GUIDE, words.OVERVIEW, words.CHOICES)}
    for code, sheet in ((m.code, m.sheet) for m in measures if m.sheet):
        wanted = name = f"施策{_NOT_IN_A_NAME.sub('-', code)}"[:_LONGEST_NAME]
        further = 2
        while name.casefold() in taken:
            name, further = f"{wanted[: _LONGEST_NAME - 4]}({further})", further + 1
        taken.add(name.casefold())
        found[sheet.report] = name
    return found
