"""A city's own table becomes a plan: its tree, its departments, its indicators."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook

from domain import organisation as organisation_rules
from domain import plan_rules
from domain.indicator import IndicatorDirection, IndicatorKind, ValueType
from domain.ladder import Rank
from domain.text import Bilingual
from exchange.grid import Merge
from exchange.plain_table import read_grids, read_table
from exchange.standard_process import standard_process
from exchange.table_mapping import ClassColumn, DepartmentColumns, IndicatorColumns, LevelColumns, ValueColumn
from tests.exchange.own_tables import GOOD, HEADINGS, MAPPING, WITH_TEXT, grid, read, read_rows, row, without

NO_INDICATORS = without(MAPPING, indicators=())


def test_a_table_becomes_a_plan_that_contradicts_nothing() -> None:
    definition = read().plan.definition
    assert plan_rules.mistakes(definition) == ()
    assert (definition.code, definition.first_fiscal_year, definition.municipality.code) == (
        "green-plan",
        2025,
        "midori",
    )
    assert [(n.code, n.level, n.title, n.parent) for n in definition.editions[0].nodes] == [
        ("1", "goal", "安心なまち", ""),
        ("1-1", "measure", "見守りの充実", "1"),
        ("1-2", "measure", "防災訓練", "1"),
        ("2", "goal", "学べるまち", ""),
        ("2-1", "measure", "図書館の利用", "2"),
    ]
    assert definition.reported_levels == {"measure"}
    assert definition.editions[0].effective_on == date(2025, 4, 1)


def test_the_process_of_a_table_s_plan_is_the_standard_one_and_opens_no_cycle_by_itself() -> None:
    definition, process = read().plan.definition, standard_process()
    assert (definition.rounds, definition.question_set, definition.grades) == (
        process.rounds,
        process.question_set,
        process.grades,
    )
    assert definition.cycle_opens is None
    assert {step.to for step in definition.rounds[0].ladder.steps} >= {Rank.STAFF, Rank.SECTION_HEAD, Rank.PLANNING}


def test_every_fact_names_the_table_as_its_source() -> None:
    definition = read().plan.definition
    document = definition.document_of(definition.source)
    assert document is not None
    assert (document.name.ja, definition.source.heading.ja) == ("施策一覧.xlsx", "施策一覧")


# The tree


def test_what_is_left_empty_or_merged_or_written_as_the_same_comes_from_above() -> None:
    whole = read().nodes
    empty = read_rows(GOOD[0], (None, *GOOD[1][1:]), GOOD[2])
    ditto = read_rows(GOOD[0], ("〃", *GOOD[1][1:]), GOOD[2])
    merged = read_rows(GOOD[0], (None, *GOOD[1][1:]), GOOD[2], merges=[Merge(2, 3, 1, 1)])
    assert empty.nodes == ditto.nodes == merged.nodes == whole


def test_a_heading_across_the_table_begins_a_new_part_of_it() -> None:
    rows = [("安心なまち", *[None] * 9), (None, *GOOD[0][1:]), ("学べるまち", *[None] * 9), (None, *GOOD[2][1:])]
    across = read_rows(*rows, merges=[Merge(2, 2, 1, 10), Merge(4, 4, 1, 10)])
    assert across.codes == {"安心なまち": "1", "見守りの充実": "1-1", "学べるまち": "2", "図書館の利用": "2-1"}


def test_a_table_that_is_sorted_otherwise_still_gives_one_node_for_one_title() -> None:
    assert read_rows(GOOD[0], GOOD[2], GOOD[1]).codes == read().codes


def test_codes_that_the_table_lacks_are_made_in_order_and_said() -> None:
    levels = (
        LevelColumns("goal", Bilingual("基本目標"), "基本目標"),
        LevelColumns("measure", Bilingual("施策"), "施策名"),
    )
    found = read(mapping=without(MAPPING, levels=levels))
    assert list(found.codes.values()) == ["1", "1-1", "1-2", "2", "2-1"]
    assert [text for text in found.noticed() if "番号を付けました（1-1、1-2、2-1）" in text]


def test_the_numbers_below_tell_the_number_above() -> None:
    found = read_rows(row(番号="3-1"), row(番号="3-2", 施策名="別の施策", 指標名="別の指標"))
    assert found.codes["安心なまち"] == "3"


def test_a_made_code_keeps_out_of_the_way_of_printed_ones() -> None:
    found = read_rows(row(番号="1"), row(番号="2", 施策名="別の施策", 指標名="別の指標"))
    assert found.codes == {"安心なまち": "goal-1", "見守りの充実": "1", "別の施策": "2"}


def test_numbers_that_begin_anew_under_each_parent_are_joined_with_the_parent_s() -> None:
    rows = [
        row(番号="①", 基本目標="甲"),
        row(番号="②", 基本目標="甲", 施策名="乙の二"),
        row(番号="①", 基本目標="乙", 施策名="丙の一"),
    ]
    found = read_rows(*rows)
    assert found.codes == {"甲": "1", "見守りの充実": "1-①", "乙の二": "1-②", "乙": "2", "丙の一": "2-①"}
    assert [text for text in found.noticed() if "上位の番号をつなげました" in text]


def test_a_level_may_be_skipped_and_that_is_said() -> None:
    levels = (
        LevelColumns("policy", Bilingual("政策"), "政策"),
        LevelColumns("goal", Bilingual("目標"), "目標"),
        LevelColumns("measure", Bilingual("施策"), "施策"),
    )
    mapping = without(MAPPING, levels=levels, department=None, indicators=())
    rows = [("政策一", "目標一", "施策一"), ("政策二", None, "施策二")]
    found = read(grid(rows, ("政策", "目標", "施策")), mapping=mapping)
    assert [(n.title, n.parent) for n in found.nodes][-1] == ("施策二", "2")
    assert [text for text in found.noticed() if "「目標」が空欄" in text]


def test_texts_belong_to_the_level_that_the_mapping_names() -> None:
    upper = without(
        WITH_TEXT, texts=(*WITH_TEXT.texts, replace(WITH_TEXT.texts[0], column="目指す姿", code="aim", level="goal"))
    )
    rows = [(*GOOD[0], "見守ります。\n訪ねます。", "だれもが安心"), (*GOOD[1], "訓練します。", None)]
    found = read(grid(rows, (*HEADINGS, "概要", "目指す姿")), mapping=upper)
    goal, measure, _ = found.nodes
    assert [text.ja for text in measure.texts["content"]] == ["見守ります。", "訪ねます。"]
    assert [text.ja for text in goal.texts["aim"]] == ["だれもが安心"]
    assert [field.levels for field in found.plan.definition.node_fields] == [("measure",), ("goal",)]


def test_classes_go_by_the_words_of_the_table_or_by_the_mapping() -> None:
    rows = [(*GOOD[0], "重点"), (*GOOD[1], "推 進"), (*GOOD[2], None)]
    table = grid(rows, (*HEADINGS, "区分"))
    own = read(
        table,
        mapping=without(
            MAPPING,
            measure_class=ClassColumn("区分", {"重点": "priority", "推進": "promotion", "推進施策": "promotion"}),
        ),
    )
    assert [n.measure_class for n in own.nodes if n.level == "measure"] == ["priority", "promotion", ""]
    assert [(c.code, c.label.ja) for c in own.plan.definition.classes] == [("priority", "重点"), ("promotion", "推進")]
    words = read(grid(rows[::2], (*HEADINGS, "区分")), mapping=without(MAPPING, measure_class=ClassColumn("区分")))
    assert [(c.code, c.label.ja) for c in words.plan.definition.classes] == [("重点", "重点")]


def test_a_plan_needs_only_titles() -> None:
    bare = without(
        MAPPING, levels=(LevelColumns("measure", Bilingual("取組"), "施策名"),), department=None, indicators=()
    )
    found = read(mapping=bare)
    assert list(found.codes.values()) == ["1", "2", "3"]
    assert found.plan.organisation.departments == ()


# Departments and people


def test_departments_people_and_responsibilities_come_from_the_rows() -> None:
    columns = DepartmentColumns("所管課", "代表", "課長", "課長メール", "担当者", "担当者メール")
    headings = (*HEADINGS[:4], "代表", "課長", "課長メール", "担当者", "担当者メール")
    rows = [
        (
            *GOOD[0][:4],
            "fukushi@c.example",
            "福田 長",
            "ｆｕｋｕｄａ@c.example",
            "古川 花、森 一",
            "furukawa@c.example、mori@c.example",
        ),
        (*GOOD[1][:3], "福祉課", None, None, None, "森 一", "mori@c.example"),
        (*GOOD[2][:4], None, None, None, None, None),
    ]
    found = read(grid(rows, headings), mapping=without(NO_INDICATORS, department=columns)).plan.organisation
    assert organisation_rules.mistakes(found) == ()
    assert [(d.name.ja, d.email) for d in found.departments] == [("福祉課", "fukushi@c.example"), ("図書館", "")]
    assert {p.email: (p.name.ja, [a.rank for a in p.appointments]) for p in found.people} == {
        "furukawa@c.example": ("古川 花", [Rank.STAFF]),
        "mori@c.example": ("森 一", [Rank.STAFF]),
        "fukuda@c.example": ("福田 長", [Rank.SECTION_HEAD]),
    }
    assert [(r.measure, r.department) for r in found.responsibilities] == [
        ("1-1", "福祉課"),
        ("1-2", "福祉課"),
        ("2-1", "図書館"),
    ]


def test_of_several_departments_the_first_is_asked_and_a_dot_in_a_name_divides_nothing() -> None:
    found = read_rows(
        row(所管課="福祉課、文化・スポーツ課"), row(番号="1-2", 施策名="祭り", 所管課="文化・スポーツ課", 指標名="人出")
    )
    assert [d.name.ja for d in found.plan.organisation.departments] == ["福祉課", "文化・スポーツ課"]
    assert [text for text in found.noticed() if "最初の「福祉課」" in text]


def test_a_department_is_the_same_one_however_its_name_is_spaced() -> None:
    found = read_rows(row(所管課="ＩＣＴ 推進課"), row(番号="1-2", 施策名="別", 所管課="ICT推進課", 指標名="別"))
    assert [d.name.ja for d in found.plan.organisation.departments] == ["ＩＣＴ 推進課"]


def test_who_has_no_name_is_called_by_the_department_and_who_cannot_be_reached_is_named() -> None:
    found = read_rows(GOOD[0], row(番号="1-2", 施策名="別", 所管課="図書館", 担当者メール=None, 指標名="別"))
    assert [p.name.ja for p in found.plan.organisation.people] == ["福祉課 担当者"]
    assert [text for text in found.noticed() if "（図書館）。依頼は計画担当に届きます" in text]


def test_measures_without_a_department_are_counted() -> None:
    found = read_rows(row(所管課=None), GOOD[1])
    assert found.plan.organisation.responsibilities[0].measure == "1-2"
    assert [text for text in found.noticed() if "所管課が空欄の1件があります（1-1）" in text]


# Indicators


def test_an_indicator_has_baseline_target_and_actuals_with_their_years() -> None:
    first = read().indicators[0]
    assert (first.code, first.node, first.name.ja, first.unit.ja) == ("1-1-i1", "1-1", "見守り協力者", "人")
    assert [(v.type, v.fiscal_year, v.value) for v in first.values] == [
        (ValueType.BASELINE, 2023, Decimal(10)),
        (ValueType.TARGET, 2029, Decimal(20)),
        (ValueType.FINAL, 2024, Decimal(18)),
    ]
    assert first.direction is IndicatorDirection.HIGHER
    assert "大小から" in first.direction_basis.ja


def test_rows_without_a_title_bring_further_indicators_of_the_measure_above() -> None:
    more = (None, None, None, None, None, "見守り回数", "回", 5, 4, 6)
    found = read_rows(GOOD[0], more, GOOD[2], merges=[Merge(2, 3, column, column) for column in range(1, 6)])
    assert [(i.code, i.node, i.direction) for i in found.indicators][:2] == [
        ("1-1-i1", "1-1", IndicatorDirection.HIGHER),
        ("1-1-i2", "1-1", IndicatorDirection.LOWER),
    ]
    flat = read_rows(GOOD[0], (*GOOD[0][:5], *more[5:]), GOOD[2])
    assert flat.indicators == found.indicators
    assert len(flat.nodes) == len(found.nodes) == 4


def test_several_groups_of_columns_bring_several_indicators_a_row() -> None:
    second = IndicatorColumns("指標2", targets=(ValueColumn("目標2", 2029),))
    found = read(
        grid([(*GOOD[0], "満足度", "80%")], (*HEADINGS, "指標2", "目標2")),
        mapping=without(MAPPING, indicators=(*MAPPING.indicators, second)),
    )
    assert [(i.name.ja, i.unit.ja, i.kind) for i in found.indicators] == [
        ("見守り協力者", "人", IndicatorKind.COUNT),
        ("満足度", "%", IndicatorKind.RATIO),
    ]


def test_indicators_on_a_sheet_of_their_own_name_their_measure_by_code_or_title() -> None:
    group = IndicatorColumns("指標", "単位", targets=(ValueColumn("目標値（令和11年度）"),), sheet="指標", node="施策")
    rows = [
        ("１－１", "甲", "人", 5),
        ("防災訓練", "乙", "人", 6),
        (None, "丙", "人", 7),
        ("2-1 図書館の利用", "丁", "冊", 8),
    ]
    sheet = grid(rows, ("施策", "指標", "単位", "目標値（令和11年度）"), "指標")
    found = read(grid(), sheet, mapping=without(MAPPING, indicators=(group,)))
    assert [(i.name.ja, i.node) for i in found.indicators] == [
        ("甲", "1-1"),
        ("乙", "1-2"),
        ("丙", "1-2"),
        ("丁", "2-1"),
    ]
    assert found.indicators[0].values[0].fiscal_year == 2029


def test_an_indicator_that_names_no_measure_belongs_to_the_plan() -> None:
    group = IndicatorColumns("指標", targets=(ValueColumn("目標", 2029),), sheet="指標", node="施策")
    sheet = grid([(None, "人口", 50000)], ("施策", "指標", "目標"), "指標")
    found = read(grid(), sheet, mapping=without(MAPPING, indicators=(group,)))
    assert [(i.edition, i.node) for i in found.indicators] == [("", "")]
    assert [text for text in found.noticed() if "計画全体の指標" in text]


# Files


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "施策一覧"
    sheet.append(["みどり計画（サンプル）"])
    sheet.append([])
    sheet.append(HEADINGS)
    for cells in rows or GOOD:
        sheet.append(list(cells))
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_workbook_reads_as_the_cells_do_wherever_its_headings_stand() -> None:
    table = read_table(read_grids("表.xlsx", workbook()), MAPPING, "表.xlsx")
    assert table.edition.nodes == read().nodes
    assert table.organisation == read().plan.organisation


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig", "utf-16"])
def test_a_csv_file_reads_as_the_workbook_does(encoding: str) -> None:
    lines = [",".join("" if cell is None else str(cell) for cell in cells) for cells in (HEADINGS, *GOOD)]
    table = read_table(read_grids("表.csv", "\r\n".join(lines).encode(encoding)), MAPPING, "表.csv")
    assert table.edition.nodes == read().nodes
    assert [i.values for i in table.definition.indicators] == [i.values for i in read().indicators]


def test_reading_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    read_table([grid()], MAPPING, "表", lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_headings_of_two_rows_are_read_together() -> None:
    upper = (*HEADINGS[:7], "値", None, None)
    lower = (*[None] * 7, "基準値（令和5年度）", "目標値", "令和6年度実績")
    table = grid((lower, *GOOD), upper, merges=[Merge(1, 1, 8, 10), *(Merge(1, 2, c, c) for c in range(1, 8))])
    values = replace(
        MAPPING.indicators[0],
        baseline=(ValueColumn("値 基準値（令和5年度）"),),
        targets=(ValueColumn("値 目標値", 2029),),
        actuals=(ValueColumn("値 令和6年度実績"),),
    )
    found = read(table, mapping=without(MAPPING, indicators=(values,), heading_rows=2))
    assert [i.values for i in found.indicators] == [i.values for i in read().indicators]


def test_of_two_columns_with_one_heading_the_mapping_names_the_letter() -> None:
    headings = ("目標", "番号", "施策名", "所管課", "担当者メール", "指標名", "単位", "値", "値", "値")
    group = IndicatorColumns(
        "指標名",
        "単位",
        baseline=(ValueColumn("H列", 2023),),
        targets=(ValueColumn("I列", 2029),),
        actuals=(ValueColumn("column J", 2024),),
    )
    levels = (replace(MAPPING.levels[0], title="A列"), MAPPING.levels[1])
    found = read(grid(headings=headings), mapping=without(MAPPING, levels=levels, indicators=(group,)))
    assert [i.values for i in found.indicators] == [i.values for i in read().indicators]
