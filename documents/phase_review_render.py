"""Renders a phase review report in the format that a reader asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from documents.formats import Format
from documents.phase_review_content import content_of
from documents.phase_review_report import PhaseReviewReport

if TYPE_CHECKING:
    from documents.word_form import WordTemplate

_TEMPLATES = Path(__file__).parent / "templates"
WORD_TEMPLATE = _TEMPLATES / "phase_review_report.docx"


def render(report: PhaseReviewReport, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The report as a file. `word_template` is the city's own form, if it has one.

    Each format loads what it needs by itself: who wants a PDF spares the memory of the rest.
    """
    content = content_of(report)
    match format:
        case Format.HTML:
            from documents.pages import page

            return page("phase_review_report.html", report=content, labels=content.labels).encode()
        case Format.DOCX:
            from documents.word_form import Properties, fill, ready

            properties = Properties(content.document_title, content.municipality, content.language, content.issued)
            return fill(word_template, ready(content), properties)
        case Format.PDF:
            from documents.typesetting import typeset

            data = {**vars(content), "issued": content.issued.isoformat()}
            return typeset(_TEMPLATES / "phase_review_report.typ", "report", data, content.issued)
        case Format.XLSX:
            from documents import phase_review_excel

            return phase_review_excel.render(content)
