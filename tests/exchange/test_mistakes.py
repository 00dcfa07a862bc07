"""Every mistake is named, all of them at once, each with its place and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan_rules import mistakes as rule_mistakes
from domain.text import Bilingual
from exchange import csv_files
from exchange.grid import Broken, Percent, Value
from exchange.remarks import Remark, WrongTable
from tests.exchange.altered import HEADINGS, Sheets, only, refused
from tests.exchange.full_plan import full_plan

ONE_MISTAKE: list[tuple[str, str, str, Value, str, str]] = [
    (
        "施策",
        "窓口の予約",
        "階層",
        "mesure",
        "C",
        "「mesure」は「階層」シートにありません。「measure」の書き誤りではありませんか。",
    ),
    ("施策", "窓口の予約", "区分", "soon", "G", "「soon」は「区分」シートにありません。"),
    ("施策", "窓口の予約", "上位のコード", "9", "D", "「9」は「施策」シートにありません。"),
    ("施策", "窓口の予約", "名称", None, "E", "「名称」が空欄です。"),
    ("系譜", "1-2、1-3", "種類", "合併", "B", "「合併」は選択肢にありません。"),
    ("系譜", "1-2、1-3", "種類", None, "B", "「種類」が空欄です。"),
    ("系譜", "名称変更", "この版のコード", None, "D", "「名称変更」では、このコードの数は1つです。"),
    (
        "指標",
        "paper",
        "方向",
        "増やすす",
        "G",
        "「増やすす」は選択肢にありません。「増やす」の書き誤りではありませんか。",
    ),
    ("指標値", "100件", "値", "百件", "E", "「百件」は数値ではありません。"),
    ("指標値", "100件", "時点", "2021-04-01", "C", "時点と年度の両方が書かれています。"),
    ("指標値", "100件", "年度", "いつか", "D", "「いつか」は年度として読めません。"),
    (
        "指標値",
        "100件",
        "指標のコード",
        "wev",
        "A",
        "「wev」は「指標」シートにありません。「web」の書き誤りではありませんか。",
    ),
    ("指標値", "100件", "上限", 120, "F", "上限は、方向が「範囲に収める」の指標の目標値だけに、必ず書きます。"),
    ("版", "改訂", "施行日", "2024-02-31", "E", "「2024-02-31」は日付として読めません。"),
    ("版", "改訂", "施行日", "2020-04-01", "E", "前の版「2021-03」より後の日でなければなりません。"),
    ("版", "改訂", "決定した月", "春", "D", "「春」は年と月として読めません。"),
    ("版", "改訂", "案", "たぶん", "F", "「たぶん」は「はい」でも「いいえ」でもありません。"),
    ("期", "前期", "最後の年度", 2040, "", "期「early」が計画の年度からはみ出しています。"),
    ("実績", "予約を始めた。", "期", "mid", "D", "「mid」は「期」シートにありません。"),
    ("報告の回", "年度の報告", "提出期限（日後）", 0, "E", "1日以上でなければなりません。"),
    ("報告の回", "年度の報告", "提出期限（日後）", 1.5, "E", "「1.5」は整数ではありません。"),
    (
        "報告の回",
        "年度の報告",
        "コード",
        "review",
        "A",
        "「review」は見直しの提案を集める回のコードなので、報告の回には使えません。",
    ),
    ("報告の回", "年度の報告", "受付開始", "2月30日", "D", "2/30は、毎年ある日ではありません。"),
    ("報告の回", "年度の報告", "送信時刻", "朝", "G", "「朝」は時刻として読めません。"),
    (
        "見直しの付議先",
        "team",
        "会議体",
        "tream",
        "A",
        "「tream」は「推進体制」シートにありません。「team」の書き誤りではありませんか。",
    ),
    ("見直しの付議先", "board", "会議体", None, "A", "「会議体」が空欄です。"),
    ("見直しの付議先", "board", "会議体", "team", "A", "「team」は5行目でも使われていて、内容が違います。"),
    ("見直しの付議先", "team", "評価の段階", "再評価会議", "B", "「再評価会議」は選択肢にありません。"),
    (
        "期末の振り返り",
        "支所での利用",
        "これからの課題（英語）",
        "one\ntwo",
        "G",
        "日本語は1行、英語は2行で、対応しません。",
    ),
    ("推進体制", "作業部会", "最後の日", "2021-03-31", "N", "最後の日が、最初の日より前です。"),
    ("構成員", "課長", "構成員", None, "C", "「構成員」が空欄です。"),
    (
        "構成員",
        "課長",
        "会議体等のコード",
        "tema",
        "A",
        "「tema」は「推進体制」シートにありません。「team」の書き誤りではありませんか。",
    ),
    ("構成員", "課長", "役目", "委員長", "F", "「委員長」は選択肢にありません。"),
    ("調査", "市民アンケート", "版", "R8", "E", "「R8」は「版」シートにありません。"),
    ("調査の回答", "待ち時間", "関わる施策", "橋", "N", "「橋」は「施策」シートにありません。"),
    ("報告の設問", "遅れた理由", "必須にする答え", "lost", "M", "「lost」は、設問「state」の選択肢にありません。"),
    ("文書", "計画書", "数値の時点", 12, "D", "「12」は日付として読めません。"),
    (
        "用語",
        "DX",
        "出典の文書",
        "boook",
        "H",
        "「boook」は「文書」シートにありません。「book」の書き誤りではありませんか。",
    ),
]


@pytest.mark.parametrize(("sheet", "row_with", "heading", "value", "column", "message"), ONE_MISTAKE)
def test_a_mistake_is_named_with_its_cell(
    sheet: str, row_with: str, heading: str, value: Value, column: str, message: str
) -> None:
    sheets = Sheets()
    row = sheets[sheet].row_of(row_with)
    sheets[sheet].set(row, heading, value)
    found = [m for m in sheets.mistakes() if (m.sheet, m.row) == (sheet, row)]
    assert [(m.column, m.message.ja) for m in found] == [(column, message)]
    assert found[0].heading == (heading.removesuffix("（英語）") if column else "")
    assert found[0].message.en
    assert found[0].remedy.ja.endswith(("。", "1234.5")) or "選んでください" in found[0].remedy.ja
    assert found[0].remedy.en


def test_a_survey_that_names_measures_of_no_edition_is_named_where_they_stand() -> None:
    sheets = Sheets()
    page = sheets["調査"]
    page.set(page.row_of("市民アンケート"), "版", None)
    said = sheets.mistakes()
    assert [(m.sheet, m.heading) for m in said] == [("調査の設問", "関わる施策"), ("調査の回答", "関わる施策")]
    assert {m.message.ja for m in said} == {"関わる施策が書かれていますが、どの版の施策かが分かりません。"}


def test_the_plans_own_values_have_their_place_too() -> None:
    sheets = Sheets()
    page = sheets["計画"]
    row = next(i for i, cells in enumerate(page.rows, 1) if cells and cells[0] == "最初の年度")
    page.put(row, 2, "創業以来")
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.column, said.heading) == ("計画", row, "B", "最初の年度")


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        ("見直しを始める日", "春ごろ", "「春ごろ」は月と日として読めません。"),
        ("見直しを始める日", "2月30日", "2/30は、毎年ある日ではありません。"),
        ("見直しの提案の期限（日後）", 0, "1日以上でなければなりません。"),
    ],
)
def test_what_is_wrong_with_a_review_is_named_at_its_line(heading: str, value: Value, message: str) -> None:
    sheets = Sheets()
    page = sheets["計画"]
    row = next(i for i, cells in enumerate(page.rows, 1) if cells and cells[0] == heading)
    page.put(row, 2, value)
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.heading, said.message.ja) == ("計画", row, heading, message)


def test_a_review_without_rounds_is_named_on_the_sheet_of_rounds() -> None:
    sheets = Sheets()
    for name in ("報告の回", "段取り"):
        del sheets[name].rows[HEADINGS:]
    said = only(sheets.mistakes())
    assert (said.sheet, said.row) == ("報告の回", None)
    assert said.message.ja == "見直しの督促は最初の「報告の回」の段取りに従いますが、報告の回がありません。"


def test_a_plan_that_ends_before_it_starts_is_named_at_its_last_year() -> None:
    sheets = Sheets()
    page = sheets["計画"]
    row = next(i for i, cells in enumerate(page.rows, 1) if cells and cells[0] == "最後の年度")
    page.put(row, 2, 2019)
    assert (row, "B", "最後の年度") in [(m.row, m.column, m.heading) for m in sheets.mistakes()]


def test_criteria_without_a_review_are_named_where_the_review_is_missing() -> None:
    sheets = Sheets()
    page = sheets["計画"]
    for i, cells in enumerate(page.rows, 1):
        if cells and str(cells[0]).startswith("見直し"):
            page.put(i, 2, None)
    said = only(sheets.mistakes())
    assert (said.sheet, said.heading, said.message.ja) == (
        "計画",
        "見直しは必要なときだけ",
        "「見直しは必要なときだけ」が空欄です。",
    )


def test_a_mistake_of_the_lineage_as_a_whole_is_named_on_its_sheet() -> None:
    sheets = Sheets()
    page = sheets["系譜"]
    row = page.row_of("廃止")
    page.rows[row - 1] = []
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.column) == ("系譜", None, "")
    assert said.message.ja == "前の版の「1-4」がどうなったかが、系譜にありません。"


def test_a_total_that_is_not_the_sum_of_its_rows_is_named_at_its_value() -> None:
    sheets = Sheets()
    page = sheets["指標値"]
    row = page.row_of("all")
    page.set(row, "値", 99)
    said = only(sheets.mistakes())
    assert (said.sheet, said.row) == ("指標値", row)
    assert said.message.ja == "値は99ですが、内訳の合計は100.0です。"


def test_all_mistakes_of_all_sheets_are_named_at_once() -> None:
    sheets = Sheets()
    sheets["施策"].set(sheets["施策"].row_of("窓口の予約"), "階層", "?")
    sheets["指標値"].set(sheets["指標値"].row_of("100件"), "値", "百")
    sheets["版"].set(sheets["版"].row_of("改訂"), "決定した月", "春")
    sheets["報告の回"].set(HEADINGS + 1, "提出期限（日後）", 0)
    sheets["段取り"].set(HEADINGS + 1, "種類", "催促")
    sheets["備考"].put(HEADINGS, 9, "余白")
    found = [(m.sheet, m.heading) for m in sheets.mistakes()]
    assert set(found) >= {
        ("施策", "階層"),
        ("指標値", "値"),
        ("版", "決定した月"),
        ("報告の回", "提出期限（日後）"),
        ("段取り", "種類"),
        ("備考", "余白"),
    }


def test_a_mistake_is_named_once() -> None:
    sheets = Sheets()
    row = sheets["施策"].row_of("窓口の予約")
    sheets["施策"].set(row, "区分", "soon")
    assert only(sheets.mistakes()).row == row


def test_a_row_without_its_parent_is_named_and_no_other_mistake_follows() -> None:
    sheets = Sheets()
    page = sheets["指標値"]
    row = page.row_of("100件")
    page.set(row, "指標のコード", None)
    said = only(sheets.mistakes())
    assert (said.row, said.column, said.message.ja) == (row, "A", "「指標のコード」が空欄です。")


def test_a_code_that_became_a_day_is_named_with_what_it_was() -> None:
    sheets = Sheets()
    row = sheets["施策"].row_of("書かない窓口")
    sheets["施策"].set(row, "コード", date(2025, 1, 5))
    found = [m for m in sheets.mistakes() if m.sheet == "施策"]
    assert only(tuple(found)).message.ja == (
        "コードが日付（2025-01-05）に変わっています。もとは「1-5」ではありませんか。"
    )


def test_a_mistake_in_a_csv_file_is_named_by_the_file() -> None:
    broken = csv_files.write(full_plan())
    files = csv_files_of(broken)
    files["03_系譜.csv"] = files["03_系譜.csv"].replace("統合", "統一")
    found = refused(lambda: csv_files.read(zipped(files)))
    assert ("03_系譜.csv", 3, "B", "種類") in [(m.sheet, m.row, m.column, m.heading) for m in found]


def csv_files_of(content: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def zipped(files: dict[str, str]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode())
    return content.getvalue()


def test_a_remark_is_one_line_in_either_language() -> None:
    said = Remark(
        "施策",
        12,
        "C",
        "名称",
        Bilingual("「名称」が空欄です。", "It is empty."),
        Bilingual("値を入れてください。", "Fill it in."),
    )
    assert said.in_language("ja") == "「施策」シート、12行目、C列（名称）：「名称」が空欄です。値を入れてください。"
    assert said.in_language("en") == "sheet “施策”, row 12, column C (名称): It is empty. Fill it in."
    whole = Remark("", None, "", "", Bilingual("空です。", "Empty."), Bilingual("", ""))
    assert (whole.in_language("ja"), whole.in_language("en")) == ("空です。", "Empty.")


def test_what_is_refused_says_so_in_words() -> None:
    error = WrongTable([Remark("施策", 1, "A", "", Bilingual("だめです。"), Bilingual("直します。"))])
    assert str(error) == "「施策」シート、1行目、A列：だめです。直します。"


def test_a_code_that_the_sheets_go_by_is_refused_by_the_rules_too_when_it_stands_twice() -> None:
    plan = full_plan()
    (survey,), review = plan.surveys, plan.review
    assert review is not None
    twice = replace(
        plan,
        surveys=(replace(survey, questions=survey.questions * 2),),
        review=replace(review, criteria=review.criteria * 2, consultations=review.consultations[:1] * 2),
    )
    assert [(m.path, m.message) for m in rule_mistakes(twice)] == [
        (("surveys", 0, "questions", 1), "'q1' stands twice"),
        (("review", "criteria", 1), "'need' stands twice"),
        (("review", "consultations", 1), "'team' stands twice"),
    ]


_CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.builds(Broken, st.sampled_from(["", "#REF!"])),
    st.builds(Percent, st.decimals(allow_nan=False, allow_infinity=False)),
    st.sampled_from(
        ["コード", "名称", "1-1", "2024-03", "はい", "継続", "、", "1-1、1-1", '"', "令和3年", "R3.4.1", 44287]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_stands_in_the_cells_the_end_is_a_plan_or_mistakes_with_their_places(data: st.DataObject) -> None:
    sheets = Sheets()
    for _ in range(data.draw(st.integers(1, 12))):
        page = data.draw(st.sampled_from(list(sheets.pages.values())))
        row = data.draw(st.integers(1, max(page.last_row() + 2, 5) if page.name != "計画" else len(page.rows)))
        page.put(row, data.draw(st.integers(1, 16)), data.draw(_CELLS))
    try:
        found = rule_mistakes(sheets.definition())
    except WrongTable as wrong:
        named = wrong.mistakes
    else:
        assert found == ()
        return
    assert named
    assert all(m.sheet and m.message.ja and m.remedy.ja for m in named)


def test_the_plan_of_these_tests_is_without_mistakes() -> None:
    assert rule_mistakes(full_plan()) == ()
