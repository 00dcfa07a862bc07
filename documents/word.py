"""The annual report as a Word file, filled into a template that a city may replace by its own form."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from documents import charts
from documents.content import Content

TEMPLATE = Path(__file__).parent / "templates" / "annual_report.docx"
_PICTURE_WIDTH = Mm(165)


def render(content: Content, template: Path = TEMPLATE) -> bytes:
    """Fills the template. What it may name is told in `templates/README.md`; an unknown name is an error."""
    file = DocxTemplate(template)
    context = _escaped(content)
    context["chart_picture"] = _picture(file, content)
    # The template may come from outside: it can lay out the report, and reach nothing else.
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    file.render(context, environment, autoescape=True)
    _describe(file, content)
    written = BytesIO()
    file.save(written)
    return written.getvalue()


def _picture(file: DocxTemplate, content: Content) -> InlineImage | str:
    if content.chart is None:
        return ""
    return _DescribedPicture(file, BytesIO(charts.png(content.chart)), content.chart.alternative)


class _DescribedPicture(InlineImage):  # type: ignore[misc]  # docxtpl has no types
    """A picture with a text for those who cannot see it, which docxtpl itself does not write."""

    def __init__(self, file: DocxTemplate, picture: BytesIO, alternative: str) -> None:
        super().__init__(file, picture, width=_PICTURE_WIDTH)
        self._alternative = alternative

    def _insert_image(self) -> str:
        said = escape(self._alternative).replace('"', "&quot;")
        return str(super()._insert_image()).replace("<wp:docPr ", f'<wp:docPr descr="{said}" ', 1)


def _escaped(value: Any) -> Any:
    """The content as data for the template, every text ready for XML.

    "_" is written as an entity because docxtpl afterwards turns "{_{" in the finished text into "{{".
    """
    if isinstance(value, str):
        return Markup(str(escape(value)).replace("_", "&#95;"))
    if isinstance(value, tuple):
        return [_escaped(part) for part in value]
    if isinstance(value, dict):
        return {key: _escaped(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _escaped(getattr(value, field.name)) for field in fields(value)}
    return value


def _describe(file: DocxTemplate, content: Content) -> None:
    """The file's own properties, as the reader's file list shows them."""
    properties = file.docx.core_properties
    properties.title = content.document_title
    properties.author = properties.last_modified_by = content.municipality
    properties.language = content.language
    properties.created = properties.modified = datetime.combine(content.issued, time())
