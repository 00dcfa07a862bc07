"""The annual report as a Word file."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import jinja2
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from documents.annual_report import AnnualReport
from documents.formats import Format
from documents.render import render

SIMULATED = "模擬データ：この報告書の実績と評価は架空のものです"


@pytest.fixture(scope="module")
def document(report: AnnualReport) -> Document:
    return docx.Document(BytesIO(render(report, Format.DOCX)))


def test_the_word_file_says_every_measure_and_its_answers(report: AnnualReport, document: Document) -> None:
    headings = [each.text for each in document.paragraphs if each.style and each.style.name == "Heading 4"]
    assert headings == [f"{measure.code} {measure.title}" for measure in report.measures]
    sheets = document.tables[-len(report.measures) :]
    for measure, sheet in zip(report.measures, sheets, strict=True):
        said = {row.cells[0].text: row.cells[1].text for row in sheet.rows}
        assert said["所管課"] == measure.department
        assert said["評価コメント"] == (measure.comment or "記載なし")
        for answered in measure.answers:
            assert said[answered.question] == (answered.answer or "記載なし")


def test_all_four_kinds_of_letters_have_the_japanese_font(document: Document) -> None:
    roots = [document.element, document.styles.element]
    roots += [part._element for part in (document.sections[0].header, document.sections[0].footer)]
    fonts = [font for root in roots for font in root.iter(qn("w:rFonts"))]
    assert fonts
    for font in fonts:
        assert {kind: font.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "eastAsia", "cs")} == dict.fromkeys(
            ("ascii", "hAnsi", "eastAsia", "cs"), "Noto Sans CJK JP"
        )
    assert document.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:rFonts')}") is not None


def test_the_mark_stands_on_the_cover_and_in_the_footer_of_every_page(document: Document) -> None:
    assert document.paragraphs[0].text == SIMULATED
    section = document.sections[0]
    assert SIMULATED in section.footer.paragraphs[0].text
    assert SIMULATED in section.first_page_footer.paragraphs[0].text


def test_pages_are_upright_a4_and_numbered(document: Document) -> None:
    section = document.sections[0]
    assert section.page_width
    assert section.page_height
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    fields = [field.text.strip() for field in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_headings_stay_with_their_text_and_rows_stay_whole(document: Document) -> None:
    for level in (1, 2, 3, 4):
        assert document.styles[f"Heading {level}"].paragraph_format.keep_with_next is True
    rows = [row for table in document.tables for row in table.rows]
    assert [row for row in rows if row._tr.trPr is None or row._tr.trPr.find(qn("w:cantSplit")) is None] == []


def test_line_ends_and_blanks_of_an_answer_are_kept(hostile_report: AnnualReport) -> None:
    document = docx.Document(BytesIO(render(hostile_report, Format.DOCX)))
    said = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {measure.comment for measure in hostile_report.measures} <= said


def test_the_chart_has_a_text_for_those_who_cannot_see_it(document: Document) -> None:
    (picture,) = document.element.body.iter(qn("wp:docPr"))
    assert picture.get("descr").startswith("基本方針ごとに、")


def test_the_properties_of_the_file_name_the_report(document: Document, report: AnnualReport) -> None:
    properties = document.core_properties
    assert properties.title == "飯塚市地域情報化計画 令和2年度（2020年度） 年度進捗報告書"
    assert properties.author == "飯塚市"
    assert properties.created
    assert properties.created.date() == report.issued_on


def city_form(folder: Path, text: str) -> Path:
    form = docx.Document()
    form.add_paragraph(text)
    form.save(str(folder / "form.docx"))
    return folder / "form.docx"


def test_a_city_may_use_its_own_form(hostile_report: AnnualReport, tmp_path: Path) -> None:
    form = city_form(tmp_path, "{{ municipality }}長 様 {{ labels.title }} {{ marks_line }}")
    document = docx.Document(BytesIO(render(hostile_report, Format.DOCX, word_template=form)))
    assert document.paragraphs[0].text == "飯塚市長 様 年度進捗報告書 <模擬> & {{ x }} #データ"


def test_a_form_that_names_something_unknown_is_refused(report: AnnualReport, tmp_path: Path) -> None:
    with pytest.raises(jinja2.UndefinedError, match="mayor"):
        render(report, Format.DOCX, word_template=city_form(tmp_path, "{{ mayor }}"))


def test_a_form_reaches_nothing_but_the_report(report: AnnualReport, tmp_path: Path) -> None:
    form = city_form(tmp_path, "{{ municipality.__class__.__mro__ }}")
    with pytest.raises(jinja2.exceptions.SecurityError):
        render(report, Format.DOCX, word_template=form)
