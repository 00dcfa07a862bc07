"""The revised plan list of the Iizuka plan says the same in HTML, Word, PDF and Excel."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import docx
import lxml.html
import openpyxl
import pypdf
import pytest
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from documents.formats import Format
from documents.revised_plan import PlannedText, RevisedPlan
from documents.revised_plan_content import content_of
from documents.revised_plan_render import render
from tests.documents.iizuka_editions import MARK, Gathered, gathered

__all__ = ["gathered"]

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", list(Format))
HEADINGS = 4
"""The row of the headings, after the mark, the title and the note."""


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def plan(gathered: Callable[[str], Gathered]) -> RevisedPlan:
    return gathered("ja").second


@pytest.fixture(scope="module")
def book(plan: RevisedPlan) -> Workbook:
    return opened(plan)


def opened(plan: RevisedPlan) -> Workbook:
    return openpyxl.load_workbook(BytesIO(render(plan, Format.XLSX)))


def rows(sheet: Worksheet) -> list[dict[str, str]]:
    names = [str(cell.value) for cell in sheet[HEADINGS]]
    return [
        dict(zip(names, ("" if value is None else str(value) for value in row), strict=True))
        for row in sheet.iter_rows(min_row=HEADINGS + 1, values_only=True)
    ]


def test_every_node_of_the_edition_stands_in_its_order(plan: RevisedPlan, book: Workbook) -> None:
    said = rows(book["改訂後の計画一覧"])
    assert [(row["番号"], row["名称"]) for row in said] == [(node.code, node.title) for node in plan.nodes]
    assert [row["階層"] for row in said].count("個別施策") == 40
    assert (len(said), said[0]["番号"], said[-1]["番号"]) == (55, "1", "5-1-2")


@every_format
def test_every_node_is_told_with_its_content(plan: RevisedPlan, read: Reader, format: Format) -> None:
    said = read(render(plan, format), format)
    texts = [text for node in plan.nodes for part in node.texts for text in part.paragraphs]
    assert len(texts) == 40
    wanted = [squeezed(text) for text in (*(node.title for node in plan.nodes), *texts)]
    assert [text for text in wanted if text not in said] == []


def test_each_node_is_marked_with_what_became_of_it(book: Workbook) -> None:
    marks = {row["番号"]: row["変化"] for row in rows(book["改訂後の計画一覧"])}
    assert marks["1-2-6"] == "新規"
    assert marks["1-1-1"] == "継続"
    assert marks["1-4-2"] == "番号変更\n旧：1-4-3 職員の情報リテラシー向上の取組"
    assert marks["5-1-2"] == (
        "名称変更、番号変更\n旧：5-1-4 安全・安心、防犯情報共有化の調査研究\n5-1-3 防災・減災情報共有化の調査研究を統合"
    )
    kinds = [mark.split("\n")[0] for mark in marks.values()]
    assert (kinds.count("新規"), sum("名称変更" in kind for kind in kinds)) == (7, 14)


def test_what_the_plan_does_not_say_of_a_measure_is_not_stated_and_a_heading_cannot_have_it(book: Workbook) -> None:
    for row in rows(book["改訂後の計画一覧"]):
        wanted = "記載なし" if row["階層"] == "個別施策" else ""
        assert (row["区分"], row["所管課"]) == (wanted, wanted)


@every_format
def test_class_and_department_are_told_where_the_plan_has_them(plan: RevisedPlan, read: Reader, format: Format) -> None:
    node = replace(plan.nodes[2], measure_class="重点施策", department="情報政策課")
    said = read(render(replace(plan, nodes=(node,)), format), format)
    assert "重点施策" in said
    assert "情報政策課" in said


def test_a_plan_without_classes_has_no_column_for_them(plan: RevisedPlan, read: Reader) -> None:
    for format in Format:
        assert "区分" not in read(render(replace(plan, has_classes=False, log=()), format), format)


@every_format
def test_several_fields_are_told_by_their_names(plan: RevisedPlan, read: Reader, format: Format) -> None:
    texts = (PlannedText("目指す姿", ("家から手続ができる。", "待たない。")), PlannedText("現状と課題", ()))
    said = read(render(replace(plan, nodes=(replace(plan.nodes[2], texts=texts),)), format), format)
    assert "目指す姿家から手続ができる。待たない。現状と課題記載なし" in said


def test_a_measure_of_a_plan_without_contents_has_none_stated(plan: RevisedPlan) -> None:
    (row,) = content_of(replace(plan, nodes=(replace(plan.nodes[2], texts=()),))).rows
    assert [text.text for text in row.texts] == ["記載なし"]


def test_the_first_edition_is_no_revision(gathered: Callable[[str], Gathered], read: Reader) -> None:
    for format in Format:
        said = read(render(gathered("ja").first, format), format)
        assert "計画一覧" in said
        assert "改訂後の計画一覧" not in said
    assert {row.changes for row in content_of(gathered("ja").first).rows} == {()}


# The change log


def test_the_change_log_tells_every_edition_with_its_counts(book: Workbook) -> None:
    sheet = book["改訂履歴"]
    first, second = ([str(cell.value) for cell in row] for row in sheet.iter_rows(min_row=HEADINGS + 1))
    assert first == ["策定（前期）", "平成30年（2018年）3月", "平成30年（2018年）4月1日", "36", "—", "—", "—"]
    assert second[:4] == ["改訂（中期）\nこの一覧の版", "令和3年（2021年）3月", "令和3年（2021年）4月1日", "40"]
    assert second[4].startswith("中期個別施策見直しによる改訂です。")
    assert second[5] == "継続 18\n名称変更 14\n番号変更（名称変更との重なりを含む） 5\n統合 1\n分割 0\n廃止 2\n新規 7"
    assert second[6].startswith("2-1-3：「こども見守りシステムの調査研究」を「こども見守りシステムに調査研究」に\n")
    assert "誤植" in second[6]


@every_format
def test_every_format_has_the_change_log(plan: RevisedPlan, read: Reader, format: Format) -> None:
    said = read(render(plan, format), format)
    wanted = [
        "改訂履歴",
        "策定（前期）",
        "平成30年（2018年）4月1日",
        "この一覧の版",
        "番号変更（名称変更との重なりを含む）5",
    ]
    wanted += ["「こども見守りシステムの調査研究」を「こども見守りシステムに調査研究」に"]
    assert [text for text in wanted if squeezed(text) not in said] == []


# Form


@every_format
def test_the_mark_of_sample_data_is_visible(plan: RevisedPlan, read: Reader, format: Format) -> None:
    assert MARK.ja in read(render(plan, format), format)
    assert MARK.ja not in read(render(replace(plan, marks=()), format), format)


@every_format
def test_hostile_text_comes_out_exactly_as_it_was_written(
    plan: RevisedPlan, hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    nodes = tuple(
        replace(plan.nodes[2], title=text, was=text, department=text, texts=(PlannedText(text, (text,)),))
        for text in hostile_texts
    )
    log = tuple(replace(plan.log[1], reason=text) for text in hostile_texts)
    said = read(render(replace(plan, nodes=nodes, log=log), format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 5] == []


@every_format
def test_a_very_long_content_is_said_to_its_end(plan: RevisedPlan, read: Reader, format: Format) -> None:
    long = tuple(f"第{number}段落では取組みの内容を詳しく述べる。" * 3 for number in range(120))
    node = replace(plan.nodes[2], texts=(PlannedText("内容", long),))
    said = read(render(replace(plan, nodes=(node,)), format), format)
    assert [number for number in range(120) if f"第{number}段落" not in said] == []


@every_format
def test_a_plan_without_nodes_says_so(plan: RevisedPlan, read: Reader, format: Format) -> None:
    assert "対象となる個別施策はありません。" in read(render(replace(plan, nodes=()), format), format)


def test_it_lies_across_a4_with_its_headings_and_a_number_on_every_page(plan: RevisedPlan) -> None:
    pages = pypdf.PdfReader(BytesIO(render(plan, Format.PDF))).pages
    for number, leaf in enumerate(pages, start=1):
        assert (round(leaf.mediabox.width), round(leaf.mediabox.height)) == (842, 595)
        text = squeezed(leaf.extract_text())
        assert f"{number}/{len(pages)}" in text
        assert "階層番号名称区分所管課変化施策の内容（要約）" in text
    document = docx.Document(BytesIO(render(plan, Format.DOCX)))
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height
    for table in document.tables[-2:]:
        assert list(table.rows[0]._tr.iter(qn("w:tblHeader")))


def test_the_sheets_print_across_with_their_headings_and_hold_no_formula(book: Workbook) -> None:
    for sheet in book:
        setup, properties = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
        assert (setup.orientation, str(setup.paperSize), str(setup.fitToHeight)) == ("landscape", "9", "0")
        assert properties is not None
        assert properties.fitToPage
        assert sheet.print_area
        assert sheet.print_title_rows == f"$1:${HEADINGS}"
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.data_type == "n" or cell.quotePrefix


def test_the_pdf_is_accessible_and_the_same_each_time(plan: RevisedPlan, caplog: pytest.LogCaptureFixture) -> None:
    file = render(plan, Format.PDF)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in file
    assert caplog.messages == []
    assert render(plan, Format.PDF) == file


def test_every_cell_of_the_word_tables_holds_a_paragraph(plan: RevisedPlan) -> None:
    """Word takes a cell without one for a broken file."""
    document = docx.Document(BytesIO(render(plan, Format.DOCX)))
    cells = list(document.element.body.iter(qn("w:tc")))
    assert cells
    assert [cell for cell in cells if cell.find(qn("w:p")) is None] == []


def test_the_page_says_its_language_and_every_header_cell_what_it_heads(plan: RevisedPlan) -> None:
    page = lxml.html.fromstring(render(plan, Format.HTML).decode())
    assert page.get("lang") == "ja"
    assert page.xpath("//th[not(@scope)]") == []
    assert page.xpath("//@style | //script") == []


@every_format
def test_english_readers_get_the_english_of_the_plan(
    gathered: Callable[[str], Gathered], read: Reader, format: Format
) -> None:
    said = read(render(gathered("en").second, format), format)
    wanted = ["Iizuka City", "Promotion of the use of the My Number Card", "Renamed, Renumbered", "Not stated", MARK.en]
    wanted += ["It also serves online activities when infectious diseases spread.", "Revised by the review"]
    assert [text for text in wanted if squeezed(text) not in said] == []
