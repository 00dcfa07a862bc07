"""Tables as they come from real offices: dirt is handled and named, or it is a mistake with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from exchange.grid import Broken, Merge
from exchange.remarks import Remark
from tests.exchange.altered import HEADINGS, Sheets, only
from tests.exchange.full_plan import full_plan


def warned(sheets: Sheets) -> Remark:
    """The only warning with which the sheets are read."""
    return only(sheets.read().warnings)


def test_untouched_sheets_are_the_plan_without_a_warning() -> None:
    read = Sheets().read()
    assert read.definition == full_plan()
    assert read.warnings == ()


def test_a_full_width_code_is_read_and_the_change_is_named() -> None:
    sheets = Sheets()
    row = sheets["指標"].row_of("paper")
    sheets["指標"].set(row, "コード", "ｐａｐｅｒ\u3000")
    assert sheets.definition() == full_plan()
    said = warned(sheets)
    assert (said.sheet, said.row, said.column, said.heading) == ("指標", row, "A", "コード")
    assert said.message.ja == "「ｐａｐｅｒ」を「paper」と読みました（全角、空白、記号をそろえました）。"


def test_a_code_with_a_non_breaking_blank_names_the_same_row() -> None:
    sheets = Sheets()
    sheets["施策"].set(HEADINGS + 2, "上位のコード", "1\u00a0")
    assert sheets.definition() == full_plan()


def test_radicals_in_a_title_are_replaced_and_named() -> None:
    sheets = Sheets()
    row = sheets["施策"].row_of("出張窓口（支所）")
    sheets["施策"].set(row, "名称", "出張窓⼝（⽀所）")
    assert sheets.definition() == full_plan()
    said = warned(sheets)
    assert (said.row, said.heading) == (row, "名称")
    assert "⼝→口、⽀→支" in said.message.ja


def test_rows_repeated_by_a_page_are_taken_once_and_named() -> None:
    sheets = Sheets()
    page = sheets["系譜"]
    last = page.last_row()
    page.rows[last:] = [list(page.rows[HEADINGS - 1]), *(list(row) for row in page.rows[HEADINGS:last])]
    read = sheets.read()
    assert read.definition == full_plan()
    assert [w.row for w in read.warnings] == list(range(last + 1, 2 * last - HEADINGS + 2))
    assert "見出しの行が繰り返されている" in read.warnings[0].message.ja
    assert read.warnings[1].message.ja == f"{HEADINGS + 1}行目と同じ内容なので、1回だけ読みました。"


def test_rows_of_equal_contents_but_their_own_numbers_are_kept() -> None:
    assert full_plan().notes[0] == full_plan().notes[1]
    assert Sheets().definition().notes == full_plan().notes


def test_a_code_used_twice_in_one_edition_for_different_measures_is_a_mistake() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    row, first = page.row_of("窓口の混雑表示"), page.row_of("窓口の予約")
    page.set(row, "コード", "1-2")
    said = only(tuple(m for m in sheets.mistakes() if m.sheet == "施策"))
    assert (said.sheet, said.row, said.column, said.heading) == ("施策", row, "B", "コード")
    assert said.message.ja == f"「1-2」は{first}行目でも使われていて、内容が違います。"


def test_a_code_may_mean_another_measure_in_the_next_edition() -> None:
    titles = [n.title for e in Sheets().definition().editions for n in e.nodes if n.code == "1-5"]
    assert titles == ["出張窓口", "書かない窓口"]


def test_a_missing_code_is_named_with_its_cell() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    row = page.row_of("書かない窓口")
    page.set(row, "コード", " \u3000")
    (said,) = [m for m in sheets.mistakes() if m.sheet == "施策"]
    assert (said.row, said.column, said.message.ja) == (row, "B", "「コード」が空欄です。")


def test_columns_may_stand_in_any_order() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    width = len(page.rows[HEADINGS - 1])
    for row in page.rows[HEADINGS - 1 :]:
        row.extend([None] * (width - len(row)))
        row.reverse()
    assert sheets.definition() == full_plan()


def test_a_table_may_begin_further_down_and_further_right() -> None:
    sheets = Sheets()
    page = sheets["系譜"]
    page.rows = [["市長決裁済"], [], *([None, None, *row] for row in page.rows)]
    assert sheets.definition() == full_plan()


def test_headings_may_be_written_in_english_or_with_marks() -> None:
    sheets = Sheets()
    headings = sheets["用語"].rows[HEADINGS - 1]
    sheets["用語"].rows[HEADINGS - 1] = ["Term", " 用 語（英語）※", "意味＊", *headings[3:]]
    assert sheets.definition() == full_plan()


def test_a_misprinted_heading_is_named_with_the_one_that_was_meant() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    column = page.column("名称")
    page.put(HEADINGS, column, "名　粋")
    page.put(HEADINGS, page.column("上位のコード"), "上位コード")
    mistakes = [m for m in sheets.mistakes() if m.row == HEADINGS]
    assert [(m.column, m.message.ja) for m in mistakes] == [
        ("D", "「上位コード」という見出しは知りません。「上位のコード」の書き誤りではありませんか。"),
        ("E", "「名　粋」という見出しは知りません。"),
    ]


def test_a_misprinted_heading_of_a_narrow_table_is_named_too() -> None:
    sheets = Sheets()
    sheets["達成率と評価"].put(HEADINGS, 2, "評価の区分")
    (said,) = [m for m in sheets.mistakes() if m.row == HEADINGS]
    assert (said.sheet, said.column) == ("達成率と評価", "B")
    assert "「評価区分」の書き誤りではありませんか。" in said.message.ja


def test_a_column_that_was_taken_out_is_named() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    column = page.column("名称（英語）")
    for row in page.rows:
        del row[column - 1 : column]
    said = only(sheets.read().warnings)
    assert (said.sheet, said.message.ja) == ("施策", "「名称（英語）」の列がありません。")


def test_values_that_slid_out_of_the_table_are_named() -> None:
    sheets = Sheets()
    row = HEADINGS + 2
    sheets["系譜"].put(row, 20, "1-1")
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.column) == ("系譜", row, "T")
    assert said.message.ja == "見出しのない列に「1-1」があります。列がずれていませんか。"


def test_a_heading_that_stands_twice_is_named() -> None:
    sheets = Sheets()
    sheets["系譜"].put(HEADINGS, 20, "種類")
    assert only(sheets.mistakes()).message.ja == "「種類」の列が2つあります。"


def test_a_sheet_without_its_headings_is_named() -> None:
    sheets = Sheets()
    sheets["系譜"].rows = [["系譜"], ["1-1", "1-1"]]
    said = only(tuple(m for m in sheets.mistakes() if m.sheet == "系譜" and m.row is None and "見出し" in m.message.ja))
    assert said.message.ja == "見出しの行が見つかりません。"


def test_a_code_merged_over_rows_counts_for_every_row() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    for row in range(HEADINGS + 2, HEADINGS + 7):
        page.set(row, "版", None)
    page.merges.append(Merge(HEADINGS + 1, HEADINGS + 6, 1, 1))
    assert sheets.definition() == full_plan()
    assert warned(sheets).message.ja == "A5:A10の結合を解き、「2021-03」をすべての行の値として読みました。"


def test_a_code_merged_further_down_than_the_table_makes_no_rows() -> None:
    sheets = Sheets()
    page = sheets["系譜"]
    last = page.last_row()
    for row in range(HEADINGS + 2, last + 1):
        page.set(row, "版", None)
    page.rows += [[None] * 5 for _ in range(9)]
    page.merges.append(Merge(HEADINGS + 1, last + 9, 1, 1))
    assert sheets.definition() == full_plan()


def test_a_text_merged_over_rows_is_a_mistake() -> None:
    sheets = Sheets()
    page = sheets["施策"]
    column = page.column("備考")
    row = page.row_of("確認済み")
    page.merges.append(Merge(row, row + 1, column, column))
    said = only(sheets.mistakes())
    assert (said.row, said.column) == (row, "I")
    assert said.message.ja == f"I{row}:I{row + 1}のセルが結合されています。どの行の値なのかが分かりません。"


def test_a_cell_merged_over_columns_is_a_mistake() -> None:
    sheets = Sheets()
    sheets["施策"].merges.append(Merge(HEADINGS + 1, HEADINGS + 1, 4, 5))
    sheets["施策"].put(HEADINGS + 1, 4, "1")
    assert "結合されています" in sheets.mistakes()[0].message.ja


def test_merged_titles_above_the_headings_do_not_matter() -> None:
    sheets = Sheets()
    sheets["施策"].merges.append(Merge(1, 2, 1, 8))
    assert sheets.read().warnings == ()


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("令和3年4月1日", "施行日"),
        ("R3.4.1", "施行日"),
        (44287, "施行日"),
        ("４４２８７", "施行日"),
        ("令和3年3月", "決定した月"),
    ],
)
def test_a_day_may_be_written_in_the_japanese_way_or_as_a_serial(typed: str | int, heading: str) -> None:
    sheets = Sheets()
    sheets["版"].set(HEADINGS + 1, heading, typed)
    assert sheets.definition() == full_plan()


def test_a_fiscal_year_may_be_written_in_the_japanese_way() -> None:
    sheets = Sheets()
    page = sheets["期"]
    page.set(HEADINGS + 1, "最初の年度", "令和３年度")
    page.set(HEADINGS + 1, "最後の年度", "平成35年度")
    assert sheets.definition() == full_plan()


def test_a_number_may_be_typed_with_commas_and_in_full_width() -> None:
    sheets = Sheets()
    page = sheets["調査"]
    page.set(HEADINGS + 1, "回答者数", "１，２００")
    assert sheets.definition() == full_plan()


def test_a_formula_that_ends_in_an_error_is_a_mistake_with_its_cell() -> None:
    sheets = Sheets()
    row = sheets["指標値"].row_of("100件")
    sheets["指標値"].set(row, "値", Broken("#REF!"))
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.heading) == ("指標値", row, "値")
    assert said.message.ja == "数式のエラー（#REF!）です。"


def test_a_formula_that_was_never_computed_is_a_mistake() -> None:
    sheets = Sheets()
    sheets["施策"].set(HEADINGS + 2, "名称", Broken())
    assert only(sheets.mistakes()).message.ja == "計算されていない数式です。"


def test_a_broken_formula_of_our_own_does_not_matter() -> None:
    sheets = Sheets()
    sheets["施策"].set(HEADINGS + 1, "直下の数", Broken("#REF!"))
    assert sheets.definition() == full_plan()


def test_empty_rows_between_and_below_are_skipped() -> None:
    sheets = Sheets()
    page = sheets["用語"]
    page.rows[HEADINGS:HEADINGS] = [[], [None, " "]]
    page.rows += [[], ["\u3000", "\u00a0"], []] * 50
    assert sheets.definition() == full_plan()


def test_a_row_of_which_only_the_number_is_left_is_skipped() -> None:
    sheets = Sheets()
    page = sheets["備考"]
    page.put(page.last_row() + 1, 1, 3)
    assert sheets.definition() == full_plan()


def test_a_hidden_sheet_is_read_and_named() -> None:
    sheets = Sheets()
    sheets["系譜"].is_hidden = True
    said = warned(sheets)
    assert (said.sheet, said.message.ja) == ("系譜", "非表示のシートですが、読み込みました。")
    assert sheets.definition() == full_plan()


def test_a_sheet_of_somebody_elses_is_left_out_and_named() -> None:
    sheets = Sheets()
    sheets["計画"].rows += []
    sheets.pages["メモ"] = type(sheets["計画"])("メモ", [["あとで確認"]])
    sheets.pages["Sheet1"] = type(sheets["計画"])("Sheet1", [[], [None]])
    said = warned(sheets)
    assert (said.sheet, said.message.ja) == ("メモ", "知らない名前のシートなので、読み飛ばしました。")


def test_a_sheet_with_a_misprinted_name_is_a_mistake_with_the_name_that_was_meant() -> None:
    sheets = Sheets()
    sheets["指標値"].name = "指標の値"
    mistakes = [m for m in sheets.mistakes() if m.sheet == "指標の値"]
    assert only(tuple(mistakes)).message.ja == ("知らない名前のシートです。「指標値」の書き誤りではありませんか。")


def test_a_sheet_without_which_there_is_no_plan_must_be_there() -> None:
    sheets = Sheets()
    del sheets.pages["施策"]
    assert [m.message.ja for m in sheets.mistakes() if m.sheet == "施策"] == ["シートがありません。"]


def test_a_sheet_that_was_taken_out_is_named_and_read_as_empty() -> None:
    sheets = Sheets()
    del sheets.pages["用語"]
    read = sheets.read()
    assert read.definition.glossary == ()
    assert only(read.warnings).message.ja == "シートがないため、0件として読みました。"


def test_a_workbook_from_before_a_review_had_a_day_and_bodies_is_read_as_one_without() -> None:
    sheets = Sheets()
    del sheets.pages["見直しの付議先"]
    page, gone = sheets["計画"], ("見直しを始める日", "見直しの提案の期限（日後）")
    page.rows = [cells for cells in page.rows if not cells or cells[0] not in gone]
    read = sheets.read()
    review = full_plan().review
    assert review is not None
    assert read.definition.review == replace(review, opens=None, due_after_days=10, consultations=())
    assert len(read.warnings) == len((*gone, "見直しの付議先"))


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    sheets = Sheets()
    sheets["施策"].set(HEADINGS + 2, "名称（英語）", "=HYPERLINK(1)")
    assert sheets.definition().editions[0].nodes[1].title_en == "=HYPERLINK(1)"


def test_a_value_that_was_typed_as_a_day_is_read_as_text_and_named() -> None:
    sheets = Sheets()
    sheets["指標値"].set(HEADINGS + 1, "計画書の表記", date(2024, 1, 2))
    assert sheets.definition().indicators[0].values[0].printed == "2024-01-02"
    assert "日付として入力されている" in warned(sheets).message.ja
