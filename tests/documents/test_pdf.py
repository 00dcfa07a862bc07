"""The annual report as PDF."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pypdf
import pytest
from pypdf.generic import DictionaryObject, StreamObject

from documents.annual_report import AnnualReport
from documents.formats import Format
from documents.render import render

SIMULATED = "模擬データ：この報告書の実績と評価は架空のものです"


@pytest.fixture(scope="module")
def file(report: AnnualReport) -> bytes:
    return render(report, Format.PDF)


@pytest.fixture(scope="module")
def document(file: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(file))


def metadata(document: pypdf.PdfReader) -> str:
    stream = document.root_object["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    return stream.get_data().decode()


def fonts(document: pypdf.PdfReader) -> dict[str, DictionaryObject]:
    """Descriptors of the fonts of all pages, by name without the mark of a subset."""
    found: dict[str, DictionaryObject] = {}
    for page in document.pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            for part in font.get_object()["/DescendantFonts"]:
                described = part.get_object()
                name = str(described["/BaseFont"]).removeprefix("/").split("+")[-1]
                found[name] = described["/FontDescriptor"].get_object()
    return found


def test_the_japanese_fonts_are_embedded(document: pypdf.PdfReader) -> None:
    found = fonts(document)
    assert any(name.startswith("NotoSansCJKjp-Regular") for name in found)
    assert any(name.startswith("NotoSansCJKjp-Bold") for name in found)
    assert [name for name, described in found.items() if "/FontFile3" not in described] == []


def test_it_is_accessible_by_pdf_ua_and_says_its_title_and_language(document: pypdf.PdfReader) -> None:
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(document)
    assert document.root_object["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert str(document.root_object["/Lang"]) == "ja-JP"
    assert document.metadata is not None
    assert document.metadata.title == "飯塚市地域情報化計画 令和2年度（2020年度） 年度進捗報告書"


def test_hostile_text_with_emoji_and_rare_characters_is_still_pdf_ua(hostile_report: AnnualReport) -> None:
    document = pypdf.PdfReader(BytesIO(render(hostile_report, Format.PDF)))
    assert "pdfuaid" in metadata(document)


def test_a_character_no_font_can_draw_costs_the_claim_but_not_the_report(
    report: AnnualReport, caplog: pytest.LogCaptureFixture
) -> None:
    thai = replace(report, measures=(replace(report.measures[0], comment="前ไ後"),))
    with caplog.at_level(logging.WARNING):
        document = pypdf.PdfReader(BytesIO(render(thai, Format.PDF)))
    assert "pdfuaid" not in metadata(document)
    assert re.search("前.後", "".join(page.extract_text() for page in document.pages))
    assert "not PDF/UA" in caplog.text


def test_the_mark_stands_on_every_page(document: pypdf.PdfReader) -> None:
    assert len(document.pages) > 3
    assert [page.page_number for page in document.pages if SIMULATED not in page.extract_text()] == []


def test_pages_are_upright_a4_and_numbered_after_the_cover(document: pypdf.PdfReader) -> None:
    pages = len(document.pages)
    for page in document.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    numbered = [
        number for number in range(1, pages + 1) if f"{number} / {pages}" in document.pages[number - 1].extract_text()
    ]
    assert numbered == list(range(2, pages + 1))


def test_the_outline_leads_to_every_policy_and_measure(report: AnnualReport, document: pypdf.PdfReader) -> None:
    def titles(entries: list[object]) -> list[str]:
        return [
            title
            for entry in entries
            for title in (titles(entry) if isinstance(entry, list) else [str(entry.title)])  # type: ignore[attr-defined]
        ]

    said = titles(list(document.outline))
    wanted = [f"{measure.code} {measure.title}" for measure in report.measures]
    wanted += [f"基本方針 {measure.policy}" for measure in report.measures]
    assert [title for title in wanted if title not in said] == []


def test_a_short_measure_stands_on_one_page_with_its_heading(report: AnnualReport, document: pypdf.PdfReader) -> None:
    pages = ["".join(page.extract_text().split()) for page in document.pages[3:]]
    for measure in report.measures:
        heading = "".join(f"{measure.code}{measure.title}所管課".split())
        (page,) = [text for text in pages if heading in text]
        assert "評価コメント" in page.split(heading)[1]


def test_nothing_runs_off_the_page(report: AnnualReport) -> None:
    """A comment longer than a page goes on; an address longer than a line goes on in the next."""
    paragraphs = "\n".join(f"第{number}段落" for number in range(90))
    long = replace(report.measures[0], comment=f"{paragraphs}\nhttps://www.city.example.lg.jp/{'a' * 300}\n結び")
    document = pypdf.PdfReader(BytesIO(render(replace(report, measures=(long,)), Format.PDF)))
    pages = [page.extract_text() for page in document.pages]
    assert sum(page.count("段落") for page in pages) == 90
    assert max(page.count("段落") for page in pages) < 55  # as many lines as a page holds
    assert max(line.count("a") for page in pages for line in page.split("\n")) < 100


def test_the_same_report_is_the_same_file_dated_by_its_day_of_issue(report: AnnualReport, file: bytes) -> None:
    assert render(report, Format.PDF) == file
    described = pypdf.PdfReader(BytesIO(file)).metadata
    assert described is not None
    assert described.creation_date == datetime(2021, 5, 31, tzinfo=timezone(timedelta(hours=9)))
