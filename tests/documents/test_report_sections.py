"""Sections of an annual report that a plan adds: progress by view, indicators by chapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from documents.annual_report import AnnualReport, ReportSection, ReportTable
from documents.excel import sheet_name
from documents.formats import Format
from documents.render import render
from tests.documents.conftest import HOSTILE

COUNTS = ReportTable(
    "報告と評価（件数）", ("視点", "施策", "評価済み"), (("市民サービス", "6", "5"), ("記載なし", "1", "—")), 1
)
VALUES = ReportTable(
    "1-1 地域づくり", ("指標", "最新の値"), (("団体数（団体）", "44（基準日の記載なし）"),), widths=(2, 3)
)
SECTION = ReportSection("行革の視点ごとの進み具合", ("施策ごとに数えています。",), (COUNTS, VALUES))


@pytest.mark.parametrize("format_", Format)
def test_a_section_stands_in_every_format_with_its_notes_and_tables(
    report: AnnualReport, read: Callable[[bytes, Format], str], format_: Format
) -> None:
    said = read(render(replace(report, sections=(SECTION,)), format_), format_)
    wanted = (SECTION.heading, *SECTION.notes)
    for table in SECTION.tables:
        wanted += (table.caption, *table.columns, *(cell for row in table.rows for cell in row))
    assert [text for text in wanted if text.replace(" ", "") not in said] == []


@pytest.mark.parametrize("format_", Format)
def test_a_report_without_sections_says_nothing_of_them(
    report: AnnualReport, read: Callable[[bytes, Format], str], format_: Format
) -> None:
    assert SECTION.heading not in read(render(report, format_), format_)


@pytest.mark.parametrize("format_", [Format.HTML, Format.DOCX, Format.XLSX])
def test_hostile_texts_of_a_section_come_out_as_they_went_in(
    hostile_report: AnnualReport, read: Callable[[bytes, Format], str], format_: Format
) -> None:
    only_sections = replace(hostile_report, measures=(), progress_counts=())
    said = read(render(only_sections, format_), format_)
    assert [text for text in HOSTILE if "".join(text.split()) not in said] == []


def test_counts_are_numbers_in_excel_and_what_is_not_stated_is_not_zero(report: AnnualReport) -> None:
    book = openpyxl.load_workbook(BytesIO(render(replace(report, sections=(SECTION,)), Format.XLSX)))
    sheet = book[book.sheetnames[1]]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in ("市民サービス", "記載なし")]
    assert [row[:3] for row in rows] == [("市民サービス", 6, 5), ("記載なし", 1, "—")]


def test_a_sheet_has_a_name_that_excel_takes() -> None:
    assert sheet_name("行革の視点ごとの進み具合", 1) == "1 行革の視点ごとの進み具合"
    name = sheet_name("[a]:b*c?d/e\\f" + "長" * 40, 12)
    assert len(name) <= 31
    assert not set("[]:*?/\\") & set(name)
