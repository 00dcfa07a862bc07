"""Renders a comparison table in the format that a reader asks for."""

from __future__ import annotations

from dataclasses import asdict

from documents import comparison_table_excel
from documents.comparison_table import ComparisonTable
from documents.comparison_table_content import content_of
from documents.formats import Format
from documents.pages import TEMPLATES, page
from documents.typesetting import typeset
from documents.word_form import Properties, WordTemplate, fill, ready

WORD_TEMPLATE = TEMPLATES / "comparison_table.docx"


def render(
    table: ComparisonTable,
    format: Format,
    *,
    only_changes: bool = False,
    word_template: WordTemplate = WORD_TEMPLATE,
) -> bytes:
    """The table as a file; `only_changes` leaves out what stays as it is. `word_template` is the city's own form."""
    content = content_of(table, only_changes)
    match format:
        case Format.HTML:
            return page("comparison_table.html", document=content, labels=content.labels).encode()
        case Format.DOCX:
            properties = Properties(content.document_title, content.municipality, content.language, content.issued)
            return fill(word_template, ready(content), properties)
        case Format.PDF:
            data = {**asdict(content), "issued": content.issued.isoformat()}
            return typeset(TEMPLATES / "comparison_table.typ", "document", data, content.issued)
        case Format.XLSX:
            return comparison_table_excel.render(content)
