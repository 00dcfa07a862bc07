"""The annual report as a Word file, filled into a template that a city may replace by its own form."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from docx.shared import Length, Mm
from docxtpl import DocxTemplate, InlineImage
from markupsafe import escape

from documents import charts
from documents.content import Content
from documents.word_form import Properties, fill, ready

TEMPLATE = Path(__file__).parent / "templates" / "annual_report.docx"
_PICTURE_WIDTH = Mm(165)


def render(content: Content, template: Path = TEMPLATE) -> bytes:
    """Fills the template. What it may name is told in `templates/README.md`; an unknown name is an error."""
    file = DocxTemplate(template)
    context = ready(content)
    context["chart_picture"] = _picture(file, content)
    return fill(
        file, context, Properties(content.document_title, content.municipality, content.language, content.issued)
    )


def _picture(file: DocxTemplate, content: Content) -> InlineImage | str:
    if content.chart is None:
        return ""
    return DescribedPicture(file, BytesIO(charts.png(content.chart)), content.chart.alternative)


class DescribedPicture(InlineImage):  # type: ignore[misc]  # docxtpl has no types
    """A picture with a text for those who cannot see it, which docxtpl itself does not write."""

    def __init__(self, file: DocxTemplate, picture: BytesIO, alternative: str, width: Length = _PICTURE_WIDTH) -> None:
        super().__init__(file, picture, width=width)
        self._alternative = alternative

    def _insert_image(self) -> str:
        said = escape(self._alternative).replace('"', "&quot;")
        return str(super()._insert_image()).replace("<wp:docPr ", f'<wp:docPr descr="{said}" ', 1)
