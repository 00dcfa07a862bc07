"""The annual report as a Word file, filled into a template that a city may replace by its own form."""

from __future__ import annotations

from pathlib import Path

from docx.shared import Mm

from documents import charts
from documents.content import Content
from documents.word_form import Picture, Properties, WordTemplate, fill, ready

TEMPLATE = Path(__file__).parent / "templates" / "annual_report.docx"
PICTURE_WIDTH = Mm(165)


def render(content: Content, template: WordTemplate = TEMPLATE) -> bytes:
    """Fills the template. What it may name is told in `word_names.py`."""
    context = ready(content)
    context["chart_picture"] = (
        Picture(charts.png(content.chart), content.chart.alternative, PICTURE_WIDTH) if content.chart else ""
    )
    properties = Properties(content.document_title, content.municipality, content.language, content.issued)
    return fill(template, context, properties)
