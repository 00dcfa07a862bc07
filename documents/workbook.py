"""What the documents' Excel workbooks have in common: looks, head, print set-up, and texts that stay texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.text_width import lines

_FONT = "游ゴシック"
"""Present on the Windows and macOS machines where such workbooks are opened."""

_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LONGEST_CELL = 32_767
_LONGEST_FOOTER = 255
_A4 = 9
_LINE_HEIGHT, _TALLEST_ROW = 16.5, 409


class Styles:
    """The looks of a cell. All texts are marked as texts, so that editing one never makes it a formula."""

    def __init__(self, book: Workbook) -> None:
        boxed: dict[str, Any] = {"border": 1, "border_color": "#8A94A3", "valign": "top"}
        text = {"text_wrap": True, "quote_prefix": True}
        head = {"bold": True, "bg_color": "#EEF2F7"}
        soft = {"font_color": "#595959"}

        def style(**looks: Any) -> Format:
            return book.add_format({"font_name": _FONT, "font_size": 10, **looks})

        self.mark = style(bold=True, font_color="#9B1C1C", quote_prefix=True)
        self.title = style(bold=True, font_size=14, font_color="#1F3A5F", quote_prefix=True)
        self.plain = style(quote_prefix=True)
        self.name = style(**boxed, **text, **head)
        self.text = style(**boxed, **text)
        self.soft = style(**boxed, **text, **soft)
        self.number = style(**boxed, num_format="0")
        self.figure = style(**boxed, num_format="General")
        self.total_name = style(**boxed, **text, bold=True)
        self.total = style(**boxed, bold=True, num_format="0")
        self.words = style()
        self.changed_words = style(underline=1, bold=True)
        self.changed_text = style(**boxed, **text, underline=1, bold=True)
        self.changed_name = style(**boxed, **text, **head, underline=1)


@contextmanager
def workbook(written: BytesIO, title: str, author: str, issued: date) -> Iterator[tuple[Workbook, Styles]]:
    """A workbook that is saved at the end. Nothing that people wrote becomes a formula or a link."""
    with Workbook(written, _SAFE) as book:
        book.set_properties({"title": title, "author": author, "created": datetime.combine(issued, time())})
        yield book, Styles(book)


def write_head(sheet: Worksheet, marks: Sequence[str], title: str, styles: Styles) -> int:
    """Marks and title above a sheet's tables; returns the row after them."""
    for row, mark in enumerate(marks):
        write(sheet, row, 0, mark, styles.mark)
    write_title(sheet, len(marks), title, styles)
    return len(marks) + 2


def write_title(sheet: Worksheet, row: int, text: str, styles: Styles) -> None:
    write(sheet, row, 0, text, styles.title)
    sheet.set_row(row, 27)


def write_row(sheet: Worksheet, row: int, texts: Iterable[str], style: Format) -> None:
    for column, text in enumerate(texts):
        write(sheet, row, column, text, style)


def write_numbers(sheet: Worksheet, row: int, numbers: Iterable[int], style: Format, first: int = 1) -> None:
    """Numbers side by side, by default right of a name in the first column."""
    for column, number in enumerate(numbers, start=first):
        sheet.write_number(row, column, number, style)


def write(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Writes a text as a text. What exceeds Excel's longest cell is cut, and the cut is shown."""
    if len(text) > _LONGEST_CELL:
        text = text[: _LONGEST_CELL - 1] + "…"
    sheet.write_string(row, column, text, style)


def write_words(
    sheet: Worksheet,
    row: int,
    column: int,
    words: Iterable[tuple[str, bool]],
    looks: tuple[Format, Format],
    styles: Styles,
) -> None:
    """Writes a text in pieces, the changed ones underlined; `looks` are a cell's own and that of one changed whole."""
    pieces = [(text, is_changed) for text, is_changed in words if text]
    text, plain = "".join(text for text, _ in pieces), looks[0]
    if len({is_changed for _, is_changed in pieces}) < 2 or len(text) > _LONGEST_CELL:
        write(sheet, row, column, text, looks[all(is_changed for _, is_changed in pieces) and bool(pieces)])
        return
    runs = ((styles.changed_words if is_changed else styles.words, text) for text, is_changed in pieces)
    sheet.write_rich_string(row, column, *(part for run in runs for part in run), plain)


def height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """A row's height for its longest cell: not every program finds it by itself when it opens the file."""
    most = max(lines(text, width) for text, width in zip(texts, widths, strict=True))
    return min(most * _LINE_HEIGHT + 3, _TALLEST_ROW)


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Widths of the columns in half-width characters."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def write_table(
    sheet: Worksheet,
    head: int,
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
    styles: Styles,
) -> int:
    """A table of texts with its headings in row `head`, each row as tall as it needs; returns the row after it."""
    row = head
    for row, texts in enumerate((names, *rows), start=head):
        write_row(sheet, row, texts, styles.name if row == head else styles.text)
        sheet.set_row(row, height(texts, widths))
    return row + 1


def prepare_table(sheet: Worksheet, head: int, rows: int, columns: int, fixed_columns: int) -> None:
    """A table with its headings in row `head`: to filter, with headings in sight and on every printed page."""
    sheet.autofilter(head, 0, head + max(rows, 1), columns - 1)
    sheet.freeze_panes(head + 1, fixed_columns)
    sheet.repeat_rows(0, head)


def print_across(sheet: Worksheet, marks_line: str) -> None:
    """A4 across, one page wide, with the marks and the page number below."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    numbers = "&R&P / &N"
    # "&" starts a code in a footer; doubled it is itself. A pair must not be cut in two.
    marks = marks_line[: (_LONGEST_FOOTER - len(numbers) - 2) // 2].replace("&", "&&")
    sheet.set_footer(f"&L{marks}{numbers}")
