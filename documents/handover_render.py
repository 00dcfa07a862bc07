"""Renders a handover sheet in the format that a reader asks for; it is made on demand and not stored."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from documents.formats import Format
from documents.handover import HandoverSheet
from documents.handover_content import Content, content_of
from documents.pages import page
from documents.typesetting import typeset
from documents.word_form import Properties, WordTemplate, fill, ready

_TEMPLATES = Path(__file__).parent / "templates"
WORD_TEMPLATE = _TEMPLATES / "handover.docx"
FORMATS = (Format.HTML, Format.DOCX, Format.PDF)


def render(sheet: HandoverSheet, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The sheet as a file, in one of `FORMATS`. `word_template` is the city's own form, if it has one."""
    content = content_of(sheet)
    match format:
        case Format.HTML:
            return page("handover.html", sheet=content, labels=content.labels).encode()
        case Format.DOCX:
            return _word(content, word_template)
        case Format.PDF:
            data = {**asdict(content), "issued": content.issued.isoformat()}
            return typeset(_TEMPLATES / "handover.typ", "sheet", data, content.issued)
        case _:
            raise ValueError(f"a handover sheet is no {format.value}")


def _word(content: Content, template: WordTemplate) -> bytes:
    properties = Properties(content.document_title, content.municipality, content.language, content.issued)
    return fill(template, ready(content), properties)
