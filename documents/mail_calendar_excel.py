"""The mail calendar as an Excel workbook: all mails to filter and to sort, their totals, and the measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.mail_calendar import CalendarMail, MailCalendar
from documents.mail_calendar_content import Content, CountRow, department_name, step_text, weekday_text
from documents.text_width import lines

_FONT = "Yu Gothic"
"""Present on the Windows and macOS machines where such workbooks are opened."""
_A4 = 9
_LONGEST_CELL = 32_767
_LONGEST_FOOTER = 255
_LINE_HEIGHT, _TALLEST_ROW = 16.5, 409

_Cell = str | int | date | time


class _Styles:
    """The looks of a cell. All texts are marked as texts, so that editing one never makes it a formula."""

    def __init__(self, book: Workbook) -> None:
        boxed: dict[str, Any] = {"border": 1, "border_color": "#8A94A3", "valign": "top"}
        text = {"text_wrap": True, "quote_prefix": True}

        def style(**looks: Any) -> Format:
            return book.add_format({"font_name": _FONT, "font_size": 10, **looks})

        self.mark = style(bold=True, font_color="#9B1C1C", quote_prefix=True)
        self.title = style(bold=True, font_size=14, font_color="#1F3A5F", quote_prefix=True)
        self.note = style(valign="top", **text)
        self.name = style(**boxed, **text, bold=True, bg_color="#EEF2F7")
        self.text = style(**boxed, **text)
        self.number = style(**boxed, num_format="0")
        self.day = style(**boxed, num_format="yyyy/mm/dd", align="left")
        self.time = style(**boxed, num_format="hh:mm", align="left")
        self.total_name = style(**boxed, **text, bold=True, top=2)
        self.total = style(**boxed, bold=True, num_format="0", top=2)


def render(calendar: MailCalendar, content: Content) -> bytes:
    """The workbook. Nothing that people wrote becomes a formula or a link."""
    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(written, options) as book:
        book.set_properties(
            {
                "title": content.document_title,
                "author": content.municipality,
                "created": datetime.combine(content.made, time()),
            }
        )
        styles = _Styles(book)
        _mails_sheet(book.add_worksheet(content.labels["mail_list"][:31]), calendar, content, styles)
        _totals_sheet(book.add_worksheet(content.labels["totals"][:31]), content, styles)
        _measures_sheet(book.add_worksheet(content.labels["measures"][:31]), content, styles)
    return written.getvalue()


def _mails_sheet(sheet: Worksheet, calendar: MailCalendar, content: Content, styles: _Styles) -> None:
    labels = content.labels
    columns: tuple[tuple[str, int], ...] = (
        (labels["date"], 12),
        (labels["weekday"], 6),
        (labels["time"], 7),
        (labels["kind"], 28),
        (labels["to"], 11),
        (labels["department"], 24),
        (labels["count"], 6),
        (labels["recipients"], 24),
        (labels["address"], 32),
        (labels["measures"], 28),
    )
    if len(calendar.rounds) > 1:
        columns = ((labels["round"], 20), *columns)
    names, widths = zip(*columns, strict=True)
    head = _head(sheet, content, styles)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
        _write(sheet, head, column, names[column], styles.name)
    for row, mail in enumerate(calendar.mails, start=head + 1):
        cells = _cells(calendar, mail, labels)[-len(columns) :]
        for column, cell in enumerate(cells):
            _cell(sheet, row, column, cell, styles)
        sheet.set_row(row, _height(cells, widths))
    if not calendar.mails:
        _write(sheet, head + 1, 0, labels["no_mails"], styles.mark)
    sheet.autofilter(head, 0, head + max(len(calendar.mails), 1), len(columns) - 1)
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(0, head)
    _print_setup(sheet, content)
    sheet.set_landscape()


def _cells(calendar: MailCalendar, mail: CalendarMail, labels: dict[str, str]) -> tuple[_Cell, ...]:
    """One mail as a row; the round comes first, so that a plan with one round a year can go without it."""
    return (
        next(round_.name for round_ in calendar.rounds if round_.code == mail.round),
        mail.at.date(),
        weekday_text(calendar.language, mail.at.date()),
        mail.at.time(),
        step_text(calendar, mail),
        calendar.ranks[mail.step.to],
        department_name(mail, calendar.language),
        len(mail.recipients),
        "\n".join(recipient.name for recipient in mail.recipients) or labels["nobody"],
        "\n".join(recipient.email for recipient in mail.recipients),
        ", ".join(measure.code for measure in mail.measures),
    )


def _totals_sheet(sheet: Worksheet, content: Content, styles: _Styles) -> None:
    labels = content.labels
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(content.kinds) + 1, 14)
    row = _head(sheet, content, styles)
    for heading, name, rows in (
        (labels["by_month"], labels["month"], content.by_month),
        (labels["by_department"], labels["department"], content.by_department),
    ):
        row = _counts(sheet, row, heading, name, rows, content, styles) + 2
    _write(sheet, row, 0, labels["notes"], styles.title)
    width = 34 + 14 * (len(content.kinds) + 1)
    for number, note in enumerate(content.notes, start=row + 1):
        sheet.merge_range(number, 0, number, len(content.kinds) + 1, "", styles.note)
        _write(sheet, number, 0, note, styles.note)
        sheet.set_row(number, _height((note,), (width,)))
    _print_setup(sheet, content)


def _measures_sheet(sheet: Worksheet, content: Content, styles: _Styles) -> None:
    """What the codes of the mails stand for."""
    labels, widths = content.labels, (28, 10, 60)
    head = _head(sheet, content, styles)
    rows = [(labels["department"], labels["code"], labels["measure"])]
    rows += [(asked.department, m.code, m.title) for asked in content.asked for m in asked.measures]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, texts in enumerate(rows, start=head):
        for column, text in enumerate(texts):
            _write(sheet, row, column, text, styles.name if row == head else styles.text)
        sheet.set_row(row, _height(texts, widths))
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(0, head)
    _print_setup(sheet, content)


def _counts(
    sheet: Worksheet, row: int, heading: str, name: str, rows: Sequence[CountRow], content: Content, styles: _Styles
) -> int:
    """A table of counts by kind; returns its last row."""
    _write(sheet, row, 0, heading, styles.title)
    row += 1
    for column, text in enumerate((name, *content.kinds, content.labels["total"])):
        _write(sheet, row, column, text, styles.name)
    for line, (of_name, of_number) in (
        *((line, (styles.text, styles.number)) for line in rows),
        (content.totals, (styles.total_name, styles.total)),
    ):
        row += 1
        _write(sheet, row, 0, line.name, of_name)
        for column, count in enumerate((*line.counts, line.total), start=1):
            sheet.write_number(row, column, count, of_number)
    return row


def _head(sheet: Worksheet, content: Content, styles: _Styles) -> int:
    """Marks and title above a sheet's tables; returns the row after them."""
    for row, mark in enumerate(content.marks):
        _write(sheet, row, 0, mark, styles.mark)
    _write(sheet, len(content.marks), 0, content.document_title, styles.title)
    sheet.set_row(len(content.marks), 27)
    return len(content.marks) + 2


def _height(cells: Sequence[_Cell], widths: Sequence[int]) -> float:
    """A row's height for its longest cell: not every program finds it by itself when it opens the file."""
    most = max(lines(c, width) for c, width in zip(cells, widths, strict=True) if isinstance(c, str))
    return min(most * _LINE_HEIGHT + 3, _TALLEST_ROW)


def _print_setup(sheet: Worksheet, content: Content) -> None:
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    numbers = "&R&P / &N"
    # "&" starts a code in a footer; doubled it is itself. A pair must not be cut in two.
    marks = content.marks_line[: (_LONGEST_FOOTER - len(numbers) - 2) // 2].replace("&", "&&")
    sheet.set_footer(f"&L{marks}{numbers}")


def _cell(sheet: Worksheet, row: int, column: int, cell: _Cell, styles: _Styles) -> None:
    match cell:
        case str():
            _write(sheet, row, column, cell, styles.text)
        case int():
            sheet.write_number(row, column, cell, styles.number)
        case date():
            sheet.write_datetime(row, column, datetime.combine(cell, time()), styles.day)
        case time():
            sheet.write_datetime(row, column, cell, styles.time)


def _write(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Writes a text as a text. What exceeds Excel's longest cell is cut, and the cut is shown."""
    if len(text) > _LONGEST_CELL:
        text = text[: _LONGEST_CELL - 1] + "…"
    sheet.write_string(row, column, text, style)
