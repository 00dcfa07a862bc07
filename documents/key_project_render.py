"""Renders a key project report in the format that a reader asks for."""

from __future__ import annotations

from dataclasses import asdict

from docx.image.image import Image
from docx.shared import Length, Mm
from markupsafe import Markup

from documents import route_picture
from documents.formats import Format
from documents.key_project_content import Content, content_of
from documents.key_project_report import KeyProjectReport
from documents.pages import TEMPLATES, page
from documents.typesetting import typeset
from documents.word_form import Picture, Properties, WordTemplate, fill, ready

WORD_TEMPLATE = TEMPLATES / "key_project_report.docx"
FORMATS = (Format.HTML, Format.DOCX, Format.PDF)
_WIDTH, _HEIGHT = Mm(170), Mm(215)
"""The most room a picture has on a page of A4."""


def render(report: KeyProjectReport, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The report as a file, in one of `FORMATS`. `word_template` is the city's own form, if it has one."""
    content = content_of(report)
    match format:
        case Format.HTML:
            # The renderer has escaped what people wrote.
            drawn = Markup(route_picture.svg(content.route, content.language))
            return page("key_project_report.html", report=content, labels=content.labels, picture=drawn).encode()
        case Format.DOCX:
            return _word(content, word_template)
        case Format.PDF:
            picture = route_picture.svg(content.route, content.language)
            data = {**asdict(content), "route": picture, "issued": content.issued.isoformat()}
            return typeset(TEMPLATES / "key_project_report.typ", "report", data, content.issued)
        case _:
            raise ValueError(f"a key project report is no {format.value}")


def _word(content: Content, template: WordTemplate) -> bytes:
    picture = route_picture.png(content.route, content.language)
    # Who reads by ear is told everything: Word has no list to open beside the picture.
    told = "\n".join((content.route_alternative, *(f"{fact.name} {fact.text}" for fact in content.route_facts)))
    context = ready(content)
    context["route_picture"] = Picture(picture, told, _width(picture))
    properties = Properties(content.document_title, content.municipality, content.language, content.issued)
    return fill(template, context, properties)


def _width(picture: bytes) -> Length:
    """As wide as the page allows, narrower where the picture would be too tall for one."""
    image = Image.from_blob(picture)
    return Length(min(_WIDTH, _HEIGHT * image.px_width // image.px_height))
