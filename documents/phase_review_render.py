"""Renders a phase review report in the format that a reader asks for."""

from __future__ import annotations

from dataclasses import asdict

from documents import phase_review_excel
from documents.formats import Format
from documents.pages import TEMPLATES, page
from documents.phase_review_content import content_of
from documents.phase_review_report import PhaseReviewReport
from documents.typesetting import typeset
from documents.word_form import Properties, WordTemplate, fill, ready

WORD_TEMPLATE = TEMPLATES / "phase_review_report.docx"


def render(report: PhaseReviewReport, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The report as a file. `word_template` is the city's own form, if it has one."""
    content = content_of(report)
    match format:
        case Format.HTML:
            return page("phase_review_report.html", report=content, labels=content.labels).encode()
        case Format.DOCX:
            properties = Properties(content.document_title, content.municipality, content.language, content.issued)
            return fill(word_template, ready(content), properties)
        case Format.PDF:
            data = {**asdict(content), "issued": content.issued.isoformat()}
            return typeset(TEMPLATES / "phase_review_report.typ", "report", data, content.issued)
        case Format.XLSX:
            return phase_review_excel.render(content)
