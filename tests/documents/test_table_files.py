"""A table as a workbook to take along: numbers stay numbers, words stay words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from documents import table_files
from documents.table_files import Table, TableFile

HOSTILE = '=HYPERLINK("http://example.com","x")'
MARK = "模擬データです。"
TABLE = Table(
    "department",
    "所管課ごとの進捗",
    ("所管課", "件数", "割合（％）"),
    (("総務課", 3, Decimal("66.7")), (HOSTILE, 0, ""), ("@広報課", 12, Decimal(100)), ("合計", 15, Decimal("83.3"))),
    notes=("一つの施策を二つ以上のところで数えることがあります。",),
    has_total=True,
)
OTHER = Table("class", "区分ごとの進捗", ("区分", "件数"), (("重点", 1),))


def sheets(*tables: Table) -> list[Worksheet]:
    file = TableFile("市の計画 ダッシュボード", "市", date(2021, 4, 1), tables, (MARK,))
    return list(openpyxl.load_workbook(BytesIO(table_files.excel(file))))


def head_of(sheet: Worksheet) -> int:
    found: int = next(cell.row for cell in sheet["A"] if cell.value in ("所管課", "区分"))
    return found


def test_numbers_stay_numbers_and_nothing_typed_becomes_a_formula() -> None:
    (sheet,) = sheets(TABLE)
    head = head_of(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    assert rows[0] == ["総務課", 3, 66.7]
    assert rows[1][:2] == [HOSTILE, 0]
    assert all(cell.data_type in ("s", "n") and cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert all(cell.quotePrefix for cell in sheet["A"] if cell.value)
    assert sheet.cell(head + 1, 3).number_format == "General", "a share is not rounded away"


def test_the_mark_and_the_notes_stand_above_and_the_total_is_not_filtered_away() -> None:
    (sheet,) = sheets(TABLE)
    head = head_of(sheet)
    above = [cell.value for cell in sheet["A"][: head - 1]]
    assert above[0] == MARK
    assert above[1] == "市の計画 ダッシュボード 所管課ごとの進捗"
    assert TABLE.notes[0] in above
    assert sheet.auto_filter.ref == f"A{head}:C{head + 3}"
    assert sheet.cell(head + 4, 1).font.b
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.left is not None
    assert sheet.oddFooter.left.text == MARK


def test_several_tables_are_sheets_of_one_workbook() -> None:
    assert [sheet.title for sheet in sheets(TABLE, OTHER)] == ["1 所管課ごとの進捗", "2 区分ごとの進捗"]
