"""The comparison table of the Iizuka plan says the same in HTML, Word, PDF and Excel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

import docx
import lxml.html
import openpyxl
import pypdf
import pytest
from docx.oxml.ns import qn
from docx.table import Table
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet

from documents.comparison_table import ComparedNode, ComparisonTable, TitlePart
from documents.comparison_table_content import content_of
from documents.comparison_table_render import render
from documents.formats import Format
from domain.lineage import LineageKind
from tests.documents.iizuka_editions import MARK, Gathered, gathered

__all__ = ["gathered"]

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", list(Format))
FIRST_ROW = 5  # after the mark, the title, the note and the headings


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def table(gathered: Callable[[str], Gathered]) -> ComparisonTable:
    return gathered("ja").comparison


@pytest.fixture(scope="module")
def word(table: ComparisonTable) -> Table:
    return docx.Document(BytesIO(render(table, Format.DOCX))).tables[-1]


@pytest.fixture(scope="module")
def sheet(table: ComparisonTable) -> Worksheet:
    return opened(table)


@pytest.fixture(scope="module")
def page(table: ComparisonTable) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(render(table, Format.HTML).decode())


def opened(table: ComparisonTable) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(render(table, Format.XLSX)), rich_text=True).worksheets[0]


def excel_rows(sheet: Worksheet) -> list[list[str]]:
    return [["" if c is None else str(c) for c in row] for row in sheet.iter_rows(min_row=FIRST_ROW, values_only=True)]


# What became of the measures


def test_the_counts_are_those_of_the_printed_revision(table: ComparisonTable) -> None:
    assert (table.before.measures, table.after.measures) == (36, 40)
    counts = {count.label: count.measures for count in content_of(table).counts}
    assert counts == {
        "継続": 18,
        "名称変更": 14,
        "番号変更（名称変更との重なりを含む）": 5,
        "統合": 1,
        "分割": 0,
        "廃止": 2,
        "新規": 7,
    }


@every_format
def test_every_format_says_the_counts(table: ComparisonTable, read: Reader, format: Format) -> None:
    said = read(render(table, format), format)
    wanted = ["継続18", "名称変更14", "番号変更（名称変更との重なりを含む）5", "統合1", "分割0", "廃止2", "新規7"]
    assert [text for text in wanted if text not in said] == []


def test_the_rows_of_the_workbook_are_the_measures_before_and_after_in_the_order_of_the_edition(
    table: ComparisonTable, sheet: Worksheet
) -> None:
    measures = [row for row in excel_rows(sheet) if row[0] == "個別施策"]
    kinds = [row[5] for row in measures]
    assert len({row[1] for row in measures if row[1]}) == 36
    own = [row[3] for row in measures if row[3] and row[5] != "統合"]
    assert len(own) == 40
    assert own == sorted(own)
    assert (kinds.count("新規"), kinds.count("廃止"), kinds.count("統合")) == (7, 2, 1)
    assert sum("名称変更" in kind for kind in kinds) == 14
    assert sum("番号変更" in kind for kind in kinds) == 5


@every_format
def test_every_title_before_and_after_is_told(table: ComparisonTable, read: Reader, format: Format) -> None:
    said = read(render(table, format), format)
    nodes = [node for row in table.rows for node in (row.before, row.after) if node]
    titles = {squeezed("".join(part.text for part in node.title)) for node in nodes}
    assert [title for title in titles if title not in said] == []


def word_cells(word: Table, code: str) -> list[str]:
    """The row of the Word table whose node before has the code."""
    return next(cells for row in word.rows if (cells := [c.text for c in row.cells])[1].startswith(f"{code} "))


def test_an_abolished_measure_has_an_empty_after_side_and_its_reason(word: Table, sheet: Worksheet) -> None:
    for code, reason in (("1-4-2", "電子計算組織運営委員会"), ("5-1-2", "空き家バンク")):
        _, _, after, kind, why = word_cells(word, code)
        assert (after, kind) == ("—", "廃止")
        assert reason in why
        row = next(row for row in excel_rows(sheet) if row[1] == code and row[5] == "廃止")
        assert row[3:5] == ["", ""]
        assert reason in row[6]


def test_the_merged_measure_points_at_the_one_that_takes_it_up(word: Table, sheet: Worksheet) -> None:
    _, _, after, kind, why = word_cells(word, "5-1-3")
    assert (after, kind) == ("統合先: 5-1-2 安全安心・防災減災情報共有化の推進", "統合")
    assert "統合されました" in why
    row = next(row for row in excel_rows(sheet) if row[1] == "5-1-3")
    assert row[3:6] == ["5-1-2", "統合先: 安全安心・防災減災情報共有化の推進", "統合"]


def test_a_new_measure_has_nothing_on_the_side_before(sheet: Worksheet) -> None:
    new = [row for row in excel_rows(sheet) if row[5] == "新規"]
    assert {(row[1], row[2]) for row in new} == {("", "")}
    assert [row[3] for row in new] == ["1-2-6", "1-3-3", "3-1-5", "3-1-6", "3-1-7", "4-2-4", "4-2-5"]


def test_a_reason_that_nobody_gave_is_not_stated_and_what_stays_needs_none(table: ComparisonTable) -> None:
    rows = content_of(table).rows
    assert {row.reason for row in rows if row.kinds == "新規"} == {"記載なし"}
    assert {row.reason for row in rows if not row.is_changed} == {""}


def test_nobody_says_what_became_of_it_is_told_as_not_stated(table: ComparisonTable) -> None:
    assert (
        content_of(replace(table, rows=(replace(table.rows[0], kinds=(), is_changed=True),))).rows[0].kinds
        == "記載なし"
    )


# Changed words

CHANGED = {
    "before": {"1-3-3", "統合型", "調査研究"},
    "after": {"1-3-2", "活用推進"},
}
"""What differs between 統合型GISの調査研究 (1-3-3) and GISの活用推進 (1-3-2)."""


def test_changed_words_are_underlined_in_word(word: Table) -> None:
    row = next(row for row in word.rows if row.cells[1].text == "1-3-3 統合型GISの調査研究")
    for cell, wanted in ((row.cells[1], CHANGED["before"]), (row.cells[2], CHANGED["after"])):
        runs = [run for paragraph in cell.paragraphs for run in paragraph.runs]
        assert {run.text for run in runs if run.underline} == wanted
        assert "GISの" in "".join(run.text for run in runs if not run.underline)


def test_changed_words_are_underlined_inside_the_cells_of_excel(sheet: Worksheet) -> None:
    row = next(row for row in sheet.iter_rows(min_row=FIRST_ROW) if str(row[1].value) == "1-3-3")
    for code, title, wanted in ((row[1], row[2], CHANGED["before"]), (row[3], row[4], CHANGED["after"])):
        assert code.font.underline == "single"
        assert isinstance(title.value, CellRichText)
        blocks = [part for part in title.value if isinstance(part, TextBlock)]
        assert {part.text for part in blocks if part.font.u} | {str(code.value)} == wanted
    unchanged = next(row for row in sheet.iter_rows(min_row=FIRST_ROW) if str(row[1].value) == "1-1-1")
    assert not any(cell.font.underline for cell in unchanged)


def test_changed_words_are_marked_and_underlined_on_the_page(page: lxml.html.HtmlElement) -> None:
    row = next(row for row in page.xpath("//tr") if "統合型GISの調査研究" in row.text_content())
    assert {found.text for found in row.xpath(".//del")} == CHANGED["before"]
    assert {found.text for found in row.xpath(".//ins")} == CHANGED["after"]
    style = "".join(page.xpath("//style/text()"))
    assert re.search(r"\.nodes del, [^{]*\.nodes ins \{[^}]*text-decoration: underline;", style)


def test_changed_words_are_underlined_in_the_pdf(table: ComparisonTable) -> None:
    changed = [part for row in table.rows for n in (row.before, row.after) if n for part in n.title if part.is_changed]
    codes = [row for row in table.rows for _ in range(2) if LineageKind.RENUMBERED in row.kinds]
    assert underlined(render(table, Format.PDF)) == len(changed) + len(codes)
    assert underlined(render(replace(table, rows=table.rows[:2]), Format.PDF)) == 0


def underlined(pdf: bytes) -> int:
    """How many pieces of text the PDF itself says are underlined."""
    root = pypdf.PdfReader(BytesIO(pdf)).root_object
    return sum(tag.get("/TextDecorationType") == "/Underline" for tag in attributes(root["/StructTreeRoot"]))


def attributes(element: Any) -> Iterator[Any]:
    element = element.get_object()
    if isinstance(element, dict):
        given = element["/A"].get_object() if "/A" in element else []
        yield from (one.get_object() for one in (given if isinstance(given, list) else [given]))
        below = element["/K"].get_object() if "/K" in element else []
        for one in below if isinstance(below, list) else [below]:
            yield from attributes(one)


# Unchanged rows


def test_unchanged_rows_are_told_apart(page: lxml.html.HtmlElement, sheet: Worksheet, word: Table) -> None:
    assert len(page.xpath("//tr[contains(@class, 'unchanged')]")) == 17 + 15, "measures, and the nodes above them"
    rows = {str(row[1].value): row for row in sheet.iter_rows(min_row=FIRST_ROW)}
    assert rows["1-1-1"][2].font.color.rgb != rows["1-3-3"][2].font.color
    grey = next(row for row in word.rows if row.cells[1].text.startswith("1-1-1 "))
    assert {str(run.font.color.rgb) for run in grey.cells[1].paragraphs[0].runs if run.text.strip()} == {"595959"}


@every_format
def test_unchanged_rows_may_be_left_out_and_the_table_says_so(
    table: ComparisonTable, read: Reader, format: Format
) -> None:
    said = read(render(table, format, only_changes=True), format)
    assert "公衆無線LANの整備、活用促進" not in said
    assert "変わらない32件は省いています。" in said
    assert squeezed("こども見守りシステムに調査研究") in said, "a misprint is a change of words"


@every_format
def test_two_editions_without_a_difference_make_an_empty_table(
    table: ComparisonTable, read: Reader, format: Format
) -> None:
    same = replace(table, rows=tuple(row for row in table.rows if not row.is_changed))
    assert "変わったものはありません。" in read(render(same, format, only_changes=True), format)


# Form


@every_format
def test_the_mark_of_sample_data_is_visible(table: ComparisonTable, read: Reader, format: Format) -> None:
    assert MARK.ja in read(render(table, format), format)
    assert MARK.ja not in read(render(replace(table, marks=()), format), format)


@every_format
def test_both_editions_say_when_they_were_decided_and_take_effect(
    table: ComparisonTable, read: Reader, format: Format
) -> None:
    said = read(render(table, format), format)
    wanted = ["策定（前期）", "平成30年（2018年）3月", "平成30年（2018年）4月1日"]
    wanted += ["改訂（中期）", "令和3年（2021年）3月", "令和3年（2021年）4月1日", "中期個別施策見直しによる改訂です。"]
    assert [text for text in wanted if text not in said] == []


@every_format
def test_a_draft_is_called_one_and_a_missing_month_is_not_stated(
    table: ComparisonTable, read: Reader, format: Format
) -> None:
    draft = replace(table, before=replace(table.before, decided=""), after=replace(table.after, is_draft=True), rows=())
    said = read(render(draft, format), format)
    assert "案（決定前）" in said
    assert "記載なし" in said


@every_format
def test_hostile_text_comes_out_exactly_as_it_was_written(
    table: ComparisonTable, hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    def node(text: str) -> ComparedNode:
        return ComparedNode("=1+1", (TitlePart("@前 ", True), TitlePart(text, False), TitlePart(" 後", True)))

    row = next(row for row in table.rows if LineageKind.RENAMED in row.kinds)
    rows = tuple(replace(row, before=node(text), after=node(text), reasons=(text,)) for text in hostile_texts)
    said = read(render(replace(table, rows=rows, reason=hostile_texts[0]), format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 3] == []


@every_format
def test_a_very_long_reason_is_said_to_its_end(table: ComparisonTable, read: Reader, format: Format) -> None:
    long = "\n".join(f"第{number}段落では経過を詳しく述べる。" * 3 for number in range(120))
    said = read(render(replace(table, rows=(replace(table.rows[0], reasons=(long,)),)), format), format)
    assert [number for number in range(120) if f"第{number}段落" not in said] == []


def test_it_lies_across_a4_with_its_headings_and_a_number_on_every_page(table: ComparisonTable) -> None:
    pages = pypdf.PdfReader(BytesIO(render(table, Format.PDF))).pages
    for number, leaf in enumerate(pages, start=1):
        assert (round(leaf.mediabox.width), round(leaf.mediabox.height)) == (842, 595)
        text = squeezed(leaf.extract_text())
        assert "階層旧：策定（前期）新：改訂（中期）変化理由" in text
        assert f"{number}/{len(pages)}" in text
    document = docx.Document(BytesIO(render(table, Format.DOCX)))
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert section.page_width > section.page_height
    assert list(document.tables[-1].rows[0]._tr.iter(qn("w:tblHeader")))
    assert "NUMPAGES" in section.footer._element.xml


def test_the_workbook_prints_across_with_its_headings_and_holds_no_formula(sheet: Worksheet) -> None:
    setup, properties = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
    assert (setup.orientation, str(setup.paperSize), str(setup.fitToHeight)) == ("landscape", "9", "0")
    assert properties is not None
    assert properties.fitToPage
    assert sheet.print_title_rows == f"$1:${FIRST_ROW - 1}"
    assert str(sheet.print_area).endswith(f"$A$1:$G${sheet.max_row}")
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n", "inlineStr")
            assert cell.hyperlink is None
            assert cell.value is None or cell.quotePrefix


def test_the_pdf_is_tagged_named_and_the_same_each_time(
    table: ComparisonTable, caplog: pytest.LogCaptureFixture
) -> None:
    file = render(table, Format.PDF)
    pdf = pypdf.PdfReader(BytesIO(file))
    assert pdf.metadata is not None
    assert pdf.metadata.title == "飯塚市地域情報化計画 新旧対照表 改訂（中期）"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in file
    assert caplog.messages == []
    assert render(table, Format.PDF) == file


def test_the_page_says_its_language_and_every_header_cell_what_it_heads(page: lxml.html.HtmlElement) -> None:
    assert page.get("lang") == "ja"
    assert page.xpath("//th[not(@scope)]") == []
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.xpath("//@style") == []
    assert page.xpath("//script") == []


def test_the_word_file_has_the_japanese_font_in_all_four_kinds_of_letters(table: ComparisonTable) -> None:
    document = docx.Document(BytesIO(render(table, Format.DOCX)))
    fonts = [font for root in (document.element, document.styles.element) for font in root.iter(qn("w:rFonts"))]
    kinds = ("ascii", "hAnsi", "eastAsia", "cs")
    assert {tuple(font.get(qn(f"w:{kind}")) for kind in kinds) for font in fonts} == {("Noto Sans CJK JP",) * 4}
    assert document.core_properties.title == "飯塚市地域情報化計画 新旧対照表 改訂（中期）"


@every_format
def test_english_readers_get_english_titles_and_their_changed_words(
    gathered: Callable[[str], Gathered], read: Reader, format: Format
) -> None:
    said = read(render(gathered("en").comparison, format), format)
    wanted = ["Iizuka City", "Promotion of the use of the My Number Card", "Abolished", "Not stated", MARK.en]
    assert [text for text in wanted if squeezed(text) not in said] == []
    titles = [node.title for row in gathered("en").comparison.rows if (node := row.after)]
    assert any(part.is_changed and part.text == "Promotion" for title in titles for part in title)
