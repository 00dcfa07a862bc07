"""The looks of a plan's workbook: fonts, colours, widths, heights, print."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exchange.columns import Group, Kind

FONT = "游ゴシック"
"""Present on the Windows and macOS machines where such workbooks are opened."""

TAB_COLOURS = {Group.EDITED: "#1F3A5F", Group.FACTS: "#6B8E7F", Group.SETTINGS: "#A9B4C2"}

_NAVY, _LINE, _PALE, _GREY = "#1F3A5F", "#B8C1CC", "#DCE6F2", "#EDEFF2"
_A4, _A3 = 9, 8
_WIDE_TABLE = 220
_LINE_HEIGHT, _MOST_LINES = 15.5, 9
_NUMBER_FORMATS = {
    Kind.CODE: "@",
    Kind.CODES: "@",
    Kind.DOCUMENT: "@",
    Kind.MONTH: "@",
    Kind.MONTH_DAY: "@",
    Kind.TIME: "@",
    Kind.FISCAL_YEARS: "@",
    Kind.DAY: "yyyy-mm-dd",
    Kind.FISCAL_YEAR: "0",
    Kind.INTEGER: "0",
}


class Looks:
    """The formats of one workbook. What people may write in is not locked where a sheet is protected."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
        self.title = self._format(bold=True, font_size=16, font_color=_NAVY)
        self.note = self._format(font_color="#3C4654")
        self.faint = self._format(font_color="#6B7480", font_size=9)
        self.required = self._format(**head, bg_color=_NAVY, font_color="#FFFFFF", border_color=_NAVY)
        self.optional = self._format(**head, bg_color=_PALE, font_color=_NAVY, border_color=_LINE)
        self.computed = self._format(**head, bg_color=_GREY, font_color="#56606D", border_color=_LINE, italic=True)
        self.label = self._format(**_boxed(), bold=True, bg_color=_PALE, font_color=_NAVY)
        self.needed_label = self._format(**_boxed(), bold=True, bg_color=_NAVY, font_color="#FFFFFF")
        self.head = self._format(**head, bg_color="#FFFFFF", font_color=_NAVY, border_color=_LINE)
        self.said = self._format(**_boxed(), font_color="#6B7480", font_size=9)
        self.link = self._format(**_boxed(), font_color=_NAVY, underline=1)
        computed = {"bg_color": _GREY, "font_color": "#56606D", "align": "center", "valign": "top", "text_wrap": True}
        self.result = self._format(**computed, border=1, border_color=_LINE)
        self.spare_result = self._format(**computed)
        self.wrong = self._format(bg_color="#F8D7DA", font_color="#9B1C1C", bold=True)
        self.small = {
            self.required: self._format(font_color="#D5DFEC", font_size=8),
            self.optional: self._format(font_color="#5A6B80", font_size=8),
            self.computed: self._format(font_color="#7C8591", font_size=8),
        }
        self._cells: dict[tuple[Kind, str, bool], Format] = {}

    def cell(self, kind: Kind, number_format: str = "", *, boxed: bool = True) -> Format:
        """The look of a cell that people write in; without a box: of the empty cells below the table."""
        key = (kind, number_format, boxed)
        if key not in self._cells:
            looks = _boxed() if boxed else {"valign": "top", "text_wrap": True}
            shown = number_format or _NUMBER_FORMATS.get(kind, "General")
            is_text = kind in (Kind.TEXT, Kind.TEXTS)
            self._cells[key] = self._format(**looks, num_format=shown, locked=False, quote_prefix=boxed and is_text)
        return self._cells[key]

    def _format(self, **looks: Any) -> Format:
        return self._book.add_format({"font_name": FONT, "font_size": 10, **looks})


def _boxed() -> dict[str, Any]:
    return {"border": 1, "border_color": _LINE, "valign": "top", "text_wrap": True}


def height(texts: list[tuple[str, int]], most: int = _MOST_LINES) -> float | None:
    """A row's height for its longest text, each with its column's width; None: one line is enough."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return min(lines, most) * _LINE_HEIGHT + 3 if lines > 1 else None


def _lines(text: str, width: int) -> int:
    """About how many lines of half-width columns a text fills; a Japanese character takes two."""
    return sum(max(1, -(-_columns(line) // max(width, 1))) for line in text.split("\n"))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def set_up_print(sheet: Worksheet, name: str, heading_row: int, widths: Sequence[int]) -> None:
    """Across, one page wide (A3 for wide tables), the headings on every page."""
    sheet.set_landscape()
    sheet.set_paper(_A3 if sum(widths) > _WIDE_TABLE else _A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading_row)
    sheet.set_footer(f"&L{name}&R&P / &N")
