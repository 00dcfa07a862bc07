"""Renders an annual report in the format that a reader asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from documents.annual_report import AnnualReport
from documents.content import content_of
from documents.formats import Format

if TYPE_CHECKING:
    from documents.word_form import WordTemplate

WORD_TEMPLATE = Path(__file__).parent / "templates" / "annual_report.docx"


def render(report: AnnualReport, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The report as a file. `word_template` is the city's own form, if it has one.

    HTML comes as one self-contained file. Each format loads what it needs by itself: who only hands a report on to be
    set, or wants a PDF, spares the memory of the rest.
    """
    content = content_of(report)
    match format:
        case Format.HTML:
            from documents import html

            return html.render(content).encode()
        case Format.DOCX:
            from documents import word

            return word.render(content, word_template)
        case Format.PDF:
            from documents import pdf

            return pdf.render(content)
        case Format.XLSX:
            from documents import excel

            return excel.render(content)
