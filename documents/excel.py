"""The annual report as an Excel workbook: the counts, and one row per measure to filter and to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.annual_report import ReportedMeasure
from documents.content import Chart, Content
from documents.text_width import lines

_FONT = "游ゴシック"
"""Present on the Windows and macOS machines where such workbooks are opened."""

_LONGEST_CELL = 32_767
_LONGEST_FOOTER = 255
_A4 = 9
_NARROW, _MIDDLE, _WIDE = 9, 14, 26
_LINE_HEIGHT, _TALLEST_ROW = 16.5, 409


class _Styles:
    """The looks of a cell. All texts are marked as texts, so that editing one never makes it a formula."""

    def __init__(self, book: Workbook) -> None:
        boxed: dict[str, Any] = {"border": 1, "border_color": "#8A94A3", "valign": "top"}
        text = {"text_wrap": True, "quote_prefix": True}
        head = {"bold": True, "bg_color": "#EEF2F7"}

        def style(**looks: Any) -> Format:
            return book.add_format({"font_name": _FONT, "font_size": 10, **looks})

        self.mark = style(bold=True, font_color="#9B1C1C", quote_prefix=True)
        self.title = style(bold=True, font_size=14, font_color="#1F3A5F", quote_prefix=True)
        self.plain = style(quote_prefix=True)
        self.name = style(**boxed, **text, **head)
        self.text = style(**boxed, **text)
        self.number = style(**boxed, num_format="0")
        self.total_name = style(**boxed, **text, bold=True)
        self.total = style(**boxed, bold=True, num_format="0")


def render(content: Content) -> bytes:
    """The workbook. Nothing that people wrote becomes a formula or a link."""
    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(written, options) as book:
        book.set_properties(
            {
                "title": content.document_title,
                "author": content.municipality,
                "created": datetime.combine(content.issued, time()),
            }
        )
        styles = _Styles(book)
        _summary_sheet(book.add_worksheet(content.labels["summary"][:31]), content, styles)
        _measures_sheet(book.add_worksheet(content.labels["measure_list"][:31]), content, styles)
    return written.getvalue()


def _summary_sheet(sheet: Worksheet, content: Content, styles: _Styles) -> None:
    labels = content.labels
    answers = len(content.chart.answers) if content.chart else 0
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, max(answers, 2) + 1, 19)
    row = _head(sheet, content, styles)
    for name, said in (
        (labels["municipality"], content.municipality),
        (labels["plan"], content.plan),
        (labels["edition"], content.edition),
        (labels["fiscal_year"], content.fiscal_year),
        (labels["term"], content.term),
        (labels["issued_on"], content.issued_on),
    ):
        _write(sheet, row, 0, name, styles.name)
        _write(sheet, row, 1, said, styles.plain)
        row += 1
    row = _tallies(sheet, row + 1, content, styles)
    if content.chart:
        _chart_table(sheet, row + 1, content.chart, labels, styles)
    _print_setup(sheet, content)


def _tallies(sheet: Worksheet, row: int, content: Content, styles: _Styles) -> int:
    """The counts of the year; returns the row after them."""
    labels = content.labels
    _row(sheet, row, (labels["group"], labels["item"], labels["count"]), styles.name)
    for tally in content.tallies:
        for count in tally.counts:
            row += 1
            _row(sheet, row, (tally.title, count.label), styles.text)
            sheet.write_number(row, 2, count.measures, styles.number)
    row += 1
    _row(sheet, row, (labels["all_measures"], ""), styles.total_name)
    sheet.write_number(row, 2, content.total, styles.total)
    return row + 1


def _chart_table(sheet: Worksheet, row: int, chart: Chart, labels: dict[str, str], styles: _Styles) -> None:
    _title(sheet, row, labels["chart"], styles)
    row += 1
    signed = (f"{sign} {answer}" for sign, answer in zip(chart.signs, chart.answers, strict=True))
    _row(sheet, row, (labels["policy"], *signed, labels["total"]), styles.name)
    for line in chart.rows:
        row += 1
        _write(sheet, row, 0, line.policy, styles.text)
        _numbers(sheet, row, (*line.counts, line.total), styles.number)
    row += 1
    _write(sheet, row, 0, labels["total"], styles.total_name)
    _numbers(sheet, row, (*chart.totals, chart.total), styles.total)


def _measures_sheet(sheet: Worksheet, content: Content, styles: _Styles) -> None:
    labels = content.labels
    measures = [measure for policy in content.policies for goal in policy.goals for measure in goal.measures]
    questions = list(dict.fromkeys(said.question for measure in measures for said in measure.answers))
    columns = (
        (labels["code"], _NARROW),
        (labels["measure"], _WIDE - 6),
        *((labels[level], _MIDDLE) for level in ("policy", "goal") if labels[level]),
        (labels["department"], _MIDDLE),
        (labels["report_state"], _NARROW + 1),
        (labels["progress"], _NARROW + 2),
        *((question, _WIDE) for question in questions),
        (labels["grade"], _NARROW - 2),
        (labels["direction"], _NARROW),
        (labels["comment"], _WIDE),
    )
    head = _head(sheet, content, styles)
    names, widths = zip(*columns, strict=True)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    rows = [names, *(_cells(measure, questions, labels) for measure in measures)]
    for row, texts in enumerate(rows, start=head):
        _row(sheet, row, texts, styles.name if row == head else styles.text)
        sheet.set_row(row, _height(texts, widths))
    if not measures:
        _write(sheet, head + 1, 0, labels["no_measures"], styles.plain)
    sheet.autofilter(head, 0, head + max(len(measures), 1), len(columns) - 1)
    sheet.freeze_panes(head + 1, 2)
    sheet.repeat_rows(0, head)
    _print_setup(sheet, content)


def _cells(measure: ReportedMeasure, questions: Sequence[str], labels: dict[str, str]) -> tuple[str, ...]:
    """One measure as a row. A question its form did not ask says so, unlike one left unanswered."""
    answers: dict[str, list[str]] = {}
    for said in measure.answers:
        answers.setdefault(said.question, []).append(said.answer)
    return (
        measure.code,
        measure.title,
        *(above or labels["not_stated"] for level, above in _above(measure) if labels[level]),
        measure.department,
        measure.report_state,
        measure.progress,
        *("\n".join(answers.get(question, [labels["not_asked"]])) for question in questions),
        measure.grade,
        measure.direction,
        measure.comment,
    )


def _above(measure: ReportedMeasure) -> tuple[tuple[str, str], ...]:
    """What stands above a measure, by the label of its column; a plan without such a level has no column."""
    return ("policy", measure.policy), ("goal", measure.goal)


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """A row's height for its longest cell: not every program finds it by itself when it opens the file."""
    most = max(lines(text, width) for text, width in zip(texts, widths, strict=True))
    return min(most * _LINE_HEIGHT + 3, _TALLEST_ROW)


def _head(sheet: Worksheet, content: Content, styles: _Styles) -> int:
    """Marks and title above a sheet's tables; returns the row after them."""
    for row, mark in enumerate(content.marks):
        _write(sheet, row, 0, mark, styles.mark)
    _title(sheet, len(content.marks), content.document_title, styles)
    return len(content.marks) + 2


def _title(sheet: Worksheet, row: int, text: str, styles: _Styles) -> None:
    _write(sheet, row, 0, text, styles.title)
    sheet.set_row(row, 27)


def _print_setup(sheet: Worksheet, content: Content) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    numbers = "&R&P / &N"
    # "&" starts a code in a footer; doubled it is itself. A pair must not be cut in two.
    marks = content.marks_line[: (_LONGEST_FOOTER - len(numbers) - 2) // 2].replace("&", "&&")
    sheet.set_footer(f"&L{marks}{numbers}")


def _row(sheet: Worksheet, row: int, texts: Iterable[str], style: Format) -> None:
    for column, text in enumerate(texts):
        _write(sheet, row, column, text, style)


def _numbers(sheet: Worksheet, row: int, numbers: Iterable[int], style: Format) -> None:
    for column, number in enumerate(numbers, start=1):
        sheet.write_number(row, column, number, style)


def _write(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Writes a text as a text. What exceeds Excel's longest cell is cut, and the cut is shown."""
    if len(text) > _LONGEST_CELL:
        text = text[: _LONGEST_CELL - 1] + "…"
    sheet.write_string(row, column, text, style)
