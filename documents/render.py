"""Renders an annual report in the format that a reader asks for."""

from __future__ import annotations

from documents import excel, html, pdf, word
from documents.annual_report import AnnualReport
from documents.content import content_of
from documents.formats import Format
from documents.word_form import WordTemplate


def render(report: AnnualReport, format: Format, *, word_template: WordTemplate = word.TEMPLATE) -> bytes:
    """The report as a file. `word_template` is the city's own form, if it has one.

    HTML comes as one self-contained file.
    """
    content = content_of(report)
    match format:
        case Format.HTML:
            return html.render(content).encode()
        case Format.DOCX:
            return word.render(content, word_template)
        case Format.PDF:
            return pdf.render(content)
        case Format.XLSX:
            return excel.render(content)
