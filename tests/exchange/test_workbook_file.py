"""The workbook itself: what a person sees in it, and which files are not let in."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from exchange import archive, wording, workbook
from exchange.remarks import Wording
from exchange.sheets import SHEETS
from exchange.workbook_grids import read_grids
from tests.exchange.altered import HEADINGS, only, refused, written_plan
from tests.exchange.full_plan import full_plan


def saved(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def edited(change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(BytesIO(written_plan()))
    change(book)
    return saved(book)


def column_of(sheet: Worksheet, heading: str) -> int:
    return headings(sheet).index(heading) + 1


def headings(sheet: Worksheet) -> list[str]:
    return [str(cell.value).partition("\n")[0] for cell in sheet[HEADINGS]]


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(BytesIO(written_plan()))


def test_the_sheets_stand_in_their_order_under_their_names(book: Workbook) -> None:
    assert book.sheetnames == [sheet.name.ja for sheet in SHEETS]


def test_headings_are_in_both_languages_and_explained(book: Workbook) -> None:
    heading = book["系譜"].cell(HEADINGS, column_of(book["系譜"], "種類"))
    assert heading.value == "種類\nKind"
    assert heading.comment is not None
    assert "必ず書きます。" in heading.comment.text
    assert "Choose from the list." in heading.comment.text


def test_headings_stay_in_sight(book: Workbook) -> None:
    assert [sheet.name.ja for sheet in SHEETS if book[sheet.name.ja].freeze_panes is None] == []


def test_choices_and_codes_are_offered_as_dropdowns(book: Workbook) -> None:
    offered = {v.formula1 for v in book["系譜"].data_validations.dataValidation}
    assert '"継続,名称変更,番号変更,統合,分割,廃止,新規"' in offered
    levels = [v.formula1 for v in book["施策"].data_validations.dataValidation if "'階層'" in (v.formula1 or "")]
    assert levels == ["OFFSET('階層'!$A$5,0,0,MAX(1,COUNTA('階層'!$A$5:$A$206)),1)"]


def test_what_is_computed_is_locked_and_everything_else_may_be_written(book: Workbook) -> None:
    for name, computed in (
        ("施策", ["直下の数"]),
        ("系譜", ["前の版の名称", "この版の名称"]),
        ("指標値", ["内訳", "内訳の合計", "合計の検算"]),
    ):
        sheet = book[name]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        is_locked = [sheet.cell(HEADINGS + 1, i).protection.locked for i in range(1, len(headings(sheet)) + 1)]
        assert [h for h, locked in zip(headings(sheet), is_locked, strict=True) if locked] == computed
    assert not book["用語"].protection.sheet


def test_formulas_carry_their_results_for_programs_that_do_not_compute() -> None:
    sheet = load_workbook(BytesIO(written_plan()), data_only=True)["施策"]
    column = column_of(sheet, "直下の数")
    assert [sheet.cell(row, column).value for row in (HEADINGS + 1, HEADINGS + 2)] == [5, 0]
    links = load_workbook(BytesIO(written_plan()), data_only=True)["系譜"]
    titles = [column_of(links, "前の版の名称"), column_of(links, "この版の名称")]
    assert [[links.cell(row, c).value for c in titles] for row in range(HEADINGS + 1, HEADINGS + 6)] == [
        ["電子申請", "電子申請の拡大"],
        [None, "窓口の予約と混雑表示"],
        ["出張窓口", None],
        ["冊子の配布", None],
        [None, "書かない窓口"],
    ]
    values = load_workbook(BytesIO(written_plan()), data_only=True)["指標値"]
    row = next(r for r in range(HEADINGS + 1, 30) if values.cell(r, 1).value == "all")
    said = [values.cell(row, column_of(values, h)).value for h in ("内訳", "内訳の合計", "合計の検算")]
    assert said == ["web、paper", 100, "一致"]


def test_nothing_that_people_wrote_becomes_a_formula(book: Workbook) -> None:
    computed = {"直下の数", "前の版の名称", "この版の名称", "内訳", "内訳の合計", "合計の検算"}
    for sheet in book.worksheets:
        formulas = {c.column for row in sheet.iter_rows() for c in row if c.data_type == "f" and c.column}
        assert {headings(sheet)[i - 1] for i in formulas} <= computed


def test_the_book_saved_by_another_program_is_the_same_plan() -> None:
    assert workbook.read(edited(lambda book: None)).definition == full_plan()


def test_a_cell_formatted_as_a_day_or_in_percent_is_read_as_it_is_seen() -> None:
    def change(book: Workbook) -> None:
        book["版"].cell(HEADINGS + 1, column_of(book["版"], "施行日")).value = date(2021, 4, 1)
        share = book["調査の回答"].cell(HEADINGS + 1, column_of(book["調査の回答"], "割合（％）"))
        share.value, share.number_format = 0.456, "0.0%"

    read = workbook.read(edited(change))
    assert read.definition == full_plan()
    assert only(read.warnings).message.ja == "パーセント表示の数値なので、45.6と読みました。"


def test_merged_cells_and_hidden_sheets_of_a_real_book_are_seen() -> None:
    def change(book: Workbook) -> None:
        for row in range(HEADINGS + 2, HEADINGS + 7):
            book["施策"].cell(row, 1).value = None
        book["施策"].merge_cells(start_row=HEADINGS + 1, end_row=HEADINGS + 6, start_column=1, end_column=1)
        book["用語"].sheet_state = "veryHidden"

    read = workbook.read(edited(change))
    assert read.definition == full_plan()
    assert sorted(w.sheet for w in read.warnings) == ["施策", "用語"]


def test_a_formula_of_somebodys_own_counts_by_its_result_and_one_without_is_a_mistake() -> None:
    def change(book: Workbook) -> None:
        book["施策"].cell(HEADINGS + 1, column_of(book["施策"], "名称")).value = '="便利な"&"窓口"'

    said = only(refused(lambda: workbook.read(edited(change))))
    assert (said.sheet, said.row, said.column, said.message.ja) == (
        "施策",
        HEADINGS + 1,
        "E",
        "計算されていない数式です。",
    )


def test_an_error_in_a_cell_of_a_real_book_is_named() -> None:
    def change(book: Workbook) -> None:
        cell = book["施策"].cell(HEADINGS + 2, column_of(book["施策"], "名称"))
        cell.value, cell.data_type = "#REF!", "e"

    assert only(refused(lambda: workbook.read(edited(change)))).message.ja == "数式のエラー（#REF!）です。"


def test_formatting_far_below_the_table_costs_nothing() -> None:
    def change(book: Workbook) -> None:
        book["用語"].cell(1_000_000, 3).number_format = "0.00"

    assert workbook.read(edited(change)).definition == full_plan()


def test_a_table_that_is_too_long_is_refused() -> None:
    def change(book: Workbook) -> None:
        book["用語"].cell(900_000, 3).value = "x"

    said = only(refused(lambda: workbook.read(edited(change))))
    assert (said.sheet, said.message.ja) == ("用語", "行か列が多すぎます（上限は30000行、200列です）。")


def repacked(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The written workbook with other parts inside."""
    with ZipFile(BytesIO(written_plan())) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return content.getvalue()


def put(name: str, part: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: part})


def without_book(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        del parts["xl/workbook.xml"]
        parts[name] = b""

    return change


def many_parts(parts: dict[str, bytes]) -> None:
    parts.update({f"x/{i}": b"" for i in range(3000)})


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'

NOT_LET_IN: list[tuple[str, Callable[[], bytes], Wording]] = [
    ("nothing", lambda: b"", wording.EMPTY),
    ("too large", lambda: b"PK" + bytes(archive.LARGEST_FILE), wording.TOO_LARGE),
    ("xls", lambda: OLE + "Workbook".encode("utf-16-le"), wording.OLD_FORMAT),
    ("encrypted", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), wording.ENCRYPTED),
    ("macros", lambda: repacked(put("xl/vbaProject.bin", b"x")), wording.MACROS),
    ("macro sheets", lambda: repacked(put("xl/macrosheets/sheet1.xml", b"<x/>")), wording.MACROS),
    ("xlsb", lambda: repacked(without_book("xl/workbook.bin")), wording.BINARY_FORMAT),
    ("docx", lambda: repacked(without_book("word/document.xml")), wording.OTHER_FORMAT),
    ("ods", lambda: repacked(without_book("content.xml")), wording.OTHER_FORMAT),
    ("another zip", lambda: repacked(without_book("a.txt")), wording.NOT_A_WORKBOOK),
    ("pdf", lambda: b"%PDF-1.7 ...", wording.OTHER_FORMAT),
    ("html", lambda: b"\n<HTML><table>", wording.OTHER_FORMAT),
    ("text", lambda: "施策,名称\n".encode(), wording.NOT_A_WORKBOOK),
    ("cut off", lambda: written_plan()[:5000], wording.NOT_A_WORKBOOK),
    ("entities", lambda: repacked(put("xl/worksheets/sheet1.xml", ENTITY)), wording.UNSAFE),
    ("entities in UTF-16", lambda: repacked(put("xl/styles.xml", ENTITY.decode().encode("utf-16"))), wording.UNSAFE),
    ("a bomb", lambda: repacked(put("xl/media/big.bin", bytes(50_000_000))), wording.UNSAFE),
    ("many parts", lambda: repacked(many_parts), wording.UNSAFE),
    ("broken xml", lambda: repacked(put("xl/worksheets/sheet2.xml", b"<worksheet><row>")), wording.DAMAGED),
    ("no styles", lambda: repacked(put("xl/styles.xml", b"<x")), wording.DAMAGED),
]


@pytest.mark.parametrize(("content", "reason"), [c[1:] for c in NOT_LET_IN], ids=[c[0] for c in NOT_LET_IN])
def test_a_file_that_is_no_safe_workbook_is_refused_with_what_it_is(
    content: Callable[[], bytes], reason: Wording
) -> None:
    said = only(refused(lambda: workbook.read(content())))
    assert fixed_part(said.message.ja) == fixed_part(reason.message.ja)
    assert (said.sheet, said.row, said.column) == ("", None, "")
    assert said.remedy.ja.endswith("。")


def fixed_part(message: str) -> str:
    """A message without what was filled in."""
    return re.sub(r"\{\w+\}|^\w+(?=のファイルです。Excel)|5(?=MB)", "", message)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (repacked(without_book("word/document.xml")), "Word"),
        (repacked(without_book("content.xml")), "OpenDocument"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\n<HTML><table>", "HTML"),
    ],
    ids=["docx", "ods", "pdf", "html"],
)
def test_a_file_of_another_format_is_named(content: bytes, name: str) -> None:
    assert only(refused(lambda: workbook.read(content))).message.ja.startswith(f"{name}のファイルです。")


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    declared, said = struct.pack("<L", 3_000_000), struct.pack("<L", 10)
    packed = repacked(put("xl/comments99.xml", b"0" * 3_000_000))
    assert packed.count(declared) == 2
    assert only(refused(lambda: workbook.read(packed.replace(declared, said)))).message == wording.DAMAGED.message


def test_a_doubled_part_is_refused() -> None:
    content = BytesIO(written_plan())
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(content, "a") as packed:
        packed.writestr("xl/workbook.xml", b"<x/>")
    assert only(refused(lambda: workbook.read(content.getvalue()))).message == wording.UNSAFE.message


def test_grids_are_cells_whatever_they_mean() -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["B2"], sheet["C3"], sheet["D4"] = "名称", 1.5, date(2024, 4, 1)
    (grid,) = read_grids(saved(book))
    assert (grid.value(2, 2), grid.value(3, 3), grid.value(1, 1), grid.value(9, 9)) == ("名称", 1.5, None, None)
    assert grid.width == 4
