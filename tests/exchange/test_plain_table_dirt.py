"""Dirt in a city's own table: handled and said, or refused with sheet, row, column and what to do; all at once."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook

from domain.indicator import IndicatorDirection
from domain.text import Bilingual
from exchange import table_wording
from exchange.grid import Broken, Grid, Merge, Percent, Value
from exchange.plain_table import read_grids, read_table
from exchange.remarks import Wording, WrongTable
from exchange.table_mapping import ClassColumn, DepartmentColumns, IndicatorColumns, ValueColumn
from tests.exchange.own_tables import FIRST, GOOD, HEADINGS, MAPPING, WITH_TEXT, grid, read, read_rows, row, without

SECOND = FIRST + 1


def test_all_mistakes_are_named_at_once_with_sheet_row_column_and_remedy() -> None:
    found = read_rows(
        row(施策名=None, 指標名=None),
        row(番号="1-2", 施策名="別", 所管課=5, 指標名="別"),
        row(番号="1-3", 施策名="また別", 担当者メール="nobody", 目標値="多数", 指標名="また別"),
    )
    assert found.table is None
    assert [text.partition("：")[0] for text in found.said()] == [
        "「施策一覧」シート、2行目、C列（施策名）",
        "「施策一覧」シート、3行目、D列（所管課）",
        "「施策一覧」シート、4行目、E列（担当者メール）",
        "「施策一覧」シート、4行目、I列（目標値）",
    ]
    for mistake in found.mistakes:
        assert mistake.remedy.ja
        assert mistake.remedy.en


# Characters


def test_full_width_digits_blanks_and_radicals_are_read_as_they_are_meant() -> None:
    found = read_rows(row(番号="１－１", 施策名="　⾒守りの⺠営化\u00a0", 目標値="２０", 所管課="福祉課 "))
    assert found.codes == {"安心なまち": "1", "見守りの民営化": "1-1"}
    assert found.indicators[0].values[1].value == 20
    assert [d.name.ja for d in found.plan.organisation.departments] == ["福祉課"]
    assert [text for text in found.noticed() if "「１－１」を「1-1」と読みました" in text]
    assert [text for text in found.noticed() if "⺠→民" in text]


def test_a_line_break_inside_a_title_is_taken_out_and_said() -> None:
    found = read_rows(row(施策名="見守りの\n充実"))
    assert "見守りの充実" in found.codes
    assert [text for text in found.noticed() if "改行を除いて" in text]


# Rows


def test_repeated_headings_notes_totals_and_blank_rows_are_left_out_and_said() -> None:
    note = ("※ 令和7年3月現在", *[None] * 9)
    total = ("合計", *[None] * 7, 1720, 1438)
    found = read_rows(GOOD[0], HEADINGS, GOOD[1], (None,) * 10, ("　",) * 10, GOOD[2], total, note)
    assert found.nodes == read().nodes
    assert [text.partition("、")[2].partition("：")[0] for text in found.noticed() if "読み飛ばしました" in text] == [
        "3行目",
        "8行目",
        "9行目",
    ]


def test_a_row_that_stands_twice_is_taken_once_and_said() -> None:
    found = read_rows(GOOD[0], GOOD[0], GOOD[1], GOOD[2])
    assert found.nodes == read().nodes
    assert [text for text in found.noticed() if "2行目と同じ内容" in text]


def test_two_rows_of_one_title_that_differ_are_refused() -> None:
    found = read_rows(GOOD[0], row(所管課="防災課", 指標名="別の指標"))
    assert found.said() == [
        "「施策一覧」シート、3行目、D列（所管課）：「見守りの充実」の「所管課」が、2行目と違います。どちらかに合わせてください。"
    ]


def test_a_row_of_a_title_that_came_before_is_joined_and_said() -> None:
    rows = [(*GOOD[0][:4], "f@c.example", None), (*GOOD[0][:4], "g@c.example", "概要")]
    mapping = without(WITH_TEXT, indicators=())
    found = read(grid(rows, (*HEADINGS[:5], "概要")), mapping=mapping)
    assert len(found.nodes) == 2
    assert [text for text in found.noticed() if "続きの行として読みました" in text]


def test_one_number_for_two_titles_is_refused() -> None:
    found = read_rows(GOOD[0], row(施策名="見守りの縮小", 指標名="別"))
    assert found.said() == [
        "「施策一覧」シート、3行目、C列（施策名）：番号「1-1」は、2行目では「見守りの充実」です。番号か名称の誤りを直してください。"
    ]
    elsewhere = read_rows(GOOD[0], row(基本目標="学べるまち", 施策名="見守りの縮小", 指標名="別"))
    assert ["「1-1」は、2行目の「見守りの充実」にも使われています" in text for text in elsewhere.said()] == [True]


def test_a_shifted_row_is_named_by_what_stands_in_the_wrong_columns() -> None:
    shifted = ("安心なまち", "1-2", None, *GOOD[1][2:])
    found = read_rows(GOOD[0], shifted, GOOD[2])
    places = [text.partition("：")[0] for text in found.said()]
    assert "「施策一覧」シート、3行目、K列" in places
    assert "「施策一覧」シート、3行目、C列（施策名）" in places
    number_first = read_rows(GOOD[0], ("安心なまち", "防災訓練", 12, *GOOD[1][3:]))
    assert ["名称の列に数値（12）があります" in text for text in number_first.said()] == [True]


def test_values_without_a_heading_in_most_rows_are_a_column_that_nobody_asked_for() -> None:
    memo = read(grid([(*cells, "メモ") for cells in GOOD]))
    assert memo.nodes == read().nodes
    assert [text for text in memo.noticed() if "K列：見出しのない列なので" in text]


def test_the_first_row_must_say_where_it_belongs() -> None:
    assert read_rows(row(基本目標=None)).said() == [
        "「施策一覧」シート、2行目、A列（基本目標）：この行が、どの「基本目標」に属するのかが分かりません。"
        "「基本目標」を書いてください。上の行と同じなら、上の行から続けて書きます。"
    ]
    assert ["上の行に値がありません" in text for text in read_rows(row(所管課="〃")).said()] == [True]


# Cells


def test_a_code_that_a_spreadsheet_made_a_day_of_is_named_with_what_it_was() -> None:
    found = read_rows(row(番号=date(2026, 1, 2)))
    assert ["もとは「1-2」ではありませんか" in text for text in found.said()] == [True]


@pytest.mark.parametrize("heading", ["番号", "施策名", "所管課", "目標値"])
def test_a_formula_without_a_result_is_named(heading: str) -> None:
    found = read_rows(row(**{heading: Broken("#REF!")}))
    assert any("数式のエラー（#REF!）" in text and f"（{heading}）" in text for text in found.said())


@pytest.mark.parametrize(("merge", "column"), [(Merge(2, 2, 9, 10), "I"), (Merge(1, 2, 3, 3), "C")])
def test_merged_cells_are_refused_where_it_is_not_clear_whose_value_it_is(merge: Merge, column: str) -> None:
    found = read_rows(*GOOD, merges=[merge])
    assert [text for text in found.said() if f"、{column}列：" in text and "結合されています" in text]


def test_a_value_merged_over_two_indicators_counts_for_both_and_that_is_said() -> None:
    found = read_rows(GOOD[0], (*GOOD[1][:8], None, GOOD[1][9]), merges=[Merge(2, 3, 9, 9)])
    assert found.indicators[1].values[1].value == GOOD[0][8]
    assert any("3行目、I列（目標値）：結合されたセルか" in text for text in found.noticed())


@pytest.mark.parametrize(
    ("typed", "value", "printed"),
    [
        (20, Decimal(20), ""),
        (0.1 + 0.2, Decimal("0.3"), ""),
        ("1,200", Decimal(1200), "1,200"),
        ("１２０人", Decimal(120), "１２０人"),
        ("約 30 人", Decimal(30), "約 30 人"),
        ("▲5", Decimal(-5), "▲5"),
        ("5.0", Decimal(5), "5.0"),
        ("－", None, None),
        ("集計中", None, "集計中"),
        ("未実施", None, "未実施"),
        ("増加", None, "増加"),
        ("25（R5）", Decimal(25), "25（R5）"),
    ],
)
def test_figures_are_read_as_offices_write_them(typed: Value, value: Decimal | None, printed: str | None) -> None:
    found = read_rows(row(令和6年度実績=typed)).indicators[0].values[2:]
    if printed is None:
        assert found == ()
    else:
        assert [(v.value, v.printed) for v in found] == [(value, printed)]


def test_a_year_beside_a_figure_counts_more_than_the_heading_s() -> None:
    found = read_rows(row(**{"基準値（令和5年度）": "12（令和4年3月31日）"})).indicators[0].values[0]
    assert (found.value, found.at, found.fiscal_year) == (Decimal(12), date(2022, 3, 31), None)


def test_the_words_beside_a_target_tell_the_direction() -> None:
    found = read_rows(row(**{"基準値（令和5年度）": None}, 目標値="30人以下")).indicators[0]
    assert (found.direction, found.values[0].value) == (IndicatorDirection.LOWER, Decimal(30))


def test_a_percentage_is_read_as_it_is_shown() -> None:
    found = read_rows(row(単位="％", 目標値=Percent(Decimal("85.5")), 令和6年度実績="80.1%", 番号="1-1"))
    assert [v.value for v in found.indicators[0].values][1:] == [Decimal("85.5"), Decimal("80.1")]
    assert found.indicators[0].unit.ja == "%"


def test_another_unit_than_the_column_says_is_refused() -> None:
    found = read_rows(row(目標値="20件"))
    assert found.said() == [
        "「施策一覧」シート、2行目、I列（目標値）：「20件」の単位が、単位の列の「人」と違います。単位をそろえ、数字だけを書いてください。"
    ]


def test_an_actual_without_a_year_is_refused_once_for_its_column() -> None:
    headings = (*HEADINGS[:-1], "実績値")
    group = IndicatorColumns("指標名", actuals=(ValueColumn("実績値"),))
    found = read(grid(headings=headings), mapping=without(MAPPING, indicators=(group,)))
    assert ["どの年度の実績なのか" in text for text in found.said()] == [True]


def test_two_values_for_one_year_are_refused_in_their_cell() -> None:
    group = IndicatorColumns("指標名", targets=(ValueColumn("目標値", 2029), ValueColumn("令和6年度実績", 2029)))
    found = read_rows(GOOD[0], mapping=without(MAPPING, indicators=(group,)))
    assert [text.partition("：")[0] for text in found.said()] == ["「施策一覧」シート、2行目、J列（令和6年度実績）"]


def test_one_indicator_with_other_values_is_refused() -> None:
    other = (*GOOD[0][:9], 19)
    found = read_rows(GOOD[0], other)
    assert ["指標「見守り協力者」は2行目にもあり" in text for text in found.said()] == [True]


# Words that name nothing


def test_a_measure_that_the_sheet_of_indicators_misspells_is_named_with_what_may_be_meant() -> None:
    group = IndicatorColumns("指標", targets=(ValueColumn("目標", 2029),), sheet="指標", node="施策")
    sheet = grid([("防災訓錬", "乙", 6)], ("施策", "指標", "目標"), "指標")
    found = read(grid(), sheet, mapping=without(MAPPING, indicators=(group,)))
    assert found.said() == [
        "「指標」シート、2行目、A列（施策）：「防災訓錬」という番号も名称も、「施策一覧」シートにありません。"
        "「防災訓練」の書き誤りではありませんか。番号か名称を、表のとおりに書いてください。"
    ]


def test_a_title_of_several_measures_must_be_told_apart_by_its_number() -> None:
    group = IndicatorColumns("指標", targets=(ValueColumn("目標", 2029),), sheet="指標", node="施策")
    sheet = grid([("見守りの充実", "乙", 6)], ("施策", "指標", "目標"), "指標")
    twice = grid([GOOD[0], row(基本目標="学べるまち", 番号="2-1", 指標名="別")])
    found = read(twice, sheet, mapping=without(MAPPING, indicators=(group,)))
    assert ["2か所にあります（1-1、2-1）" in text for text in found.said()] == [True]


def test_columns_and_sheets_that_are_not_there_are_named_with_what_may_be_meant() -> None:
    found = read(grid(headings=("基本目標", "番号", "施策名称", *HEADINGS[3:])))
    assert ["「施策名称」の書き誤りではありませんか" in text for text in found.said()] == [True]
    nowhere = read(mapping=without(MAPPING, sheet="施策一欄"))
    assert ["「施策一覧」の書き誤りではありませんか" in text for text in nowhere.said()] == [True]
    twice = read(grid(headings=("基本目標", "番号", "施策名", "所管課", "所管課", *HEADINGS[5:])))
    assert any("「所管課」という見出しの列が2つあります（D、E列）" in text for text in twice.said())
    assert any("「担当者メール」という見出しの列がありません" in text for text in twice.said())
    assert ["どのシートにも見つかりません" in text for text in read(Grid("空", ())).said()] == [True]


def test_an_unknown_class_a_direction_and_a_kind_are_named() -> None:
    group = IndicatorColumns("指標名", direction="単位", kind="番号")
    mapping = without(MAPPING, measure_class=ClassColumn("基本目標", {"重点": "a"}), indicators=(group,))
    found = read_rows(GOOD[0], mapping=mapping)
    assert [m.heading for m in found.mistakes] == ["単位", "番号", "基本目標"]
    assert "区分にありません" in found.said()[-1]


def test_one_department_has_one_head_and_one_mailbox() -> None:
    mapping = without(MAPPING, department=DepartmentColumns("所管課", email="担当者メール"), indicators=())
    found = read_rows(GOOD[0], row(番号="1-2", 施策名="別", 担当者メール="other@c.example"), mapping=mapping)
    assert ["「福祉課」の代表メールが、2行目では「f@c.example」です" in text for text in found.said()] == [True]


def test_a_hidden_sheet_is_read_only_when_no_other_has_the_columns_and_that_is_said() -> None:
    hidden = Grid("古い", grid().rows, (), is_hidden=True)
    assert read(hidden, grid()).plan.definition.source.heading.ja == "施策一覧"
    assert any("非表示のシート" in text for text in read(hidden).noticed())


# Files


@pytest.mark.parametrize(
    ("name", "content"),
    [("表.xlsx", b""), ("表.xlsx", b"%PDF-1.7"), ("表.xlsx", b"PK\x03\x04broken"), ("表.csv", b"\x00\x01")],
)
def test_what_is_no_table_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(WrongTable) as refused:
        read_grids(name, content)
    assert refused.value.mistakes[0].remedy.ja


def test_a_formula_in_a_text_stays_a_text() -> None:
    """A cell may say =1+1 or +81 without a spreadsheet ever being asked to compute it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    sheet.append(list(row(施策名="＝安心＝見守り", 所管課="+防災課")))
    held = BytesIO()
    book.save(held)
    table = read_table(read_grids("表.xlsx", held.getvalue()), MAPPING, "表.xlsx")
    assert [n.title for n in table.edition.nodes][1] == "＝安心＝見守り"
    assert table.organisation.departments[0].name == Bilingual("+防災課")


def test_every_message_says_the_same_in_both_languages_and_what_to_do() -> None:
    wordings = [said for said in vars(table_wording).values() if isinstance(said, Wording)]
    assert len(wordings) > 40
    for said in wordings:
        assert said.remedy.ja
        assert said.remedy.en
        for text in (said.message, said.remedy):
            assert set(re.findall(r"{(\w+)}", text.ja)) >= set(re.findall(r"{(\w+)}", text.en)), text.en
