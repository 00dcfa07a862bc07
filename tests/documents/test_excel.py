"""The annual report as an Excel workbook."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from documents.annual_report import AnnualReport, Answered
from documents.formats import Format
from documents.render import render

FIRST_MEASURE = 5  # after the mark, the title, a blank row and the headings


def opened(report: AnnualReport) -> Workbook:
    return openpyxl.load_workbook(BytesIO(render(report, Format.XLSX)))


def column(sheet: Worksheet, heading: str) -> list[object]:
    names = [cell.value for cell in sheet[FIRST_MEASURE - 1]]
    return [row[names.index(heading)].value for row in sheet.iter_rows(min_row=FIRST_MEASURE)]


@pytest.fixture(scope="module")
def book(report: AnnualReport) -> Workbook:
    return opened(report)


@pytest.fixture(scope="module")
def measures(book: Workbook) -> Worksheet:
    return book["個別施策一覧"]


def test_every_measure_has_a_row_with_its_answers(report: AnnualReport, measures: Worksheet) -> None:
    assert column(measures, "番号") == [measure.code for measure in report.measures]
    assert column(measures, "基本目標") == [measure.goal for measure in report.measures]
    said = column(measures, "今年度に取り組んだこと")
    assert said == [measure.answers[0].answer or "記載なし" for measure in report.measures]


def test_a_question_that_was_not_asked_differs_from_one_left_unanswered(report: AnnualReport) -> None:
    asked = replace(report.measures[0], answers=(Answered("研究したこと", ""),))
    unasked = replace(report.measures[1], answers=(Answered("取り組んだこと", "実施した"),))
    sheet = opened(replace(report, measures=(asked, unasked)))["個別施策一覧"]
    assert column(sheet, "研究したこと") == ["記載なし", "対象外"]
    assert column(sheet, "取り組んだこと") == ["対象外", "実施した"]


def test_nothing_that_people_wrote_is_a_formula_a_link_or_becomes_one_when_edited(hostile_report: AnnualReport) -> None:
    book = opened(hostile_report)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.hyperlink is None
                assert cell.data_type == "n" or cell.quotePrefix
    assert column(book["個別施策一覧"], "評価コメント") == [measure.comment for measure in hostile_report.measures]


def test_codes_stay_text_and_counts_are_numbers(report: AnnualReport) -> None:
    book = opened(replace(report, measures=(replace(report.measures[0], code="1"),)))
    assert column(book["個別施策一覧"], "番号") == ["1"]
    numbers = [cell.value for row in book["進捗の概要"].iter_rows() for cell in row if isinstance(cell.value, int)]
    assert numbers


def footer(sheet: Worksheet) -> str | None:
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.left is not None
    return sheet.oddFooter.left.text


def test_the_mark_stands_on_every_sheet_and_on_every_printed_page(book: Workbook) -> None:
    for sheet in book:
        assert sheet["A1"].value == "模擬データ：この報告書の実績と評価は架空のものです"
        assert footer(sheet) == sheet["A1"].value


def test_an_ampersand_in_a_mark_is_no_code_of_the_footer(hostile_report: AnnualReport) -> None:
    for sheet in opened(hostile_report):
        assert footer(sheet) == "<模擬> && {{ x }} #データ"


def test_it_prints_on_a4_across_with_its_headings_on_every_page(book: Workbook, measures: Worksheet) -> None:
    for sheet in book:
        setup, properties = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
        assert (setup.orientation, str(setup.paperSize)) == ("landscape", "9")
        assert properties is not None
        assert properties.fitToPage
        assert str(setup.fitToHeight) == "0"  # as many pages long as it needs, one page wide
    assert measures.print_title_rows == f"$1:${FIRST_MEASURE - 1}"


def test_headings_stay_in_sight_and_long_texts_wrap_in_rows_tall_enough(
    report: AnnualReport, measures: Worksheet
) -> None:
    assert measures.freeze_panes == f"C{FIRST_MEASURE}"
    assert measures.auto_filter.ref == f"A{FIRST_MEASURE - 1}:M{FIRST_MEASURE - 1 + len(report.measures)}"
    row = measures[FIRST_MEASURE]
    assert all(cell.alignment.wrap_text for cell in row)
    # The first measure's first answer: three lines of its own.
    assert (measures.row_dimensions[FIRST_MEASURE].height or 0) > 3 * 13


def test_a_text_longer_than_a_cell_is_cut_where_the_reader_sees_it(report: AnnualReport) -> None:
    long = replace(report.measures[0], comment="長" * 40_000)
    (said,) = column(opened(replace(report, measures=(long,)))["個別施策一覧"], "評価コメント")
    assert said == "長" * 32_766 + "…"
