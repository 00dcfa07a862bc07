"""Renders an annual report in the format that a reader asks for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from documents import excel, html, pdf, word
from documents.annual_report import AnnualReport
from documents.content import content_of


class Format(StrEnum):
    """The formats of a document."""

    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """The end of a file name, with its dot."""
        return f".{self.value}"


_MEDIA_TYPES = {
    Format.HTML: "text/html; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def render(report: AnnualReport, format: Format, *, word_template: Path = word.TEMPLATE) -> bytes:
    """The report as a file. `word_template` is the city's own form, if it has one.

    HTML comes as one self-contained file; `web_page` is the same report as a page of the application.
    """
    content = content_of(report)
    match format:
        case Format.HTML:
            return html.render(content, stylesheet=None).encode()
        case Format.DOCX:
            return word.render(content, word_template)
        case Format.PDF:
            return pdf.render(content)
        case Format.XLSX:
            return excel.render(content)


def web_page(report: AnnualReport, stylesheet: str = "/static/document.css") -> str:
    """The report as a page that holds no style or script of its own, for a strict content security policy."""
    return html.render(content_of(report), stylesheet=stylesheet)
