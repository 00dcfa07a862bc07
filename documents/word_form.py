"""Filling a Word template, the project's own or a city's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.shared import Length
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from documents.city_template import CityTemplate

_LONGEST_PROPERTY = 255

WordTemplate = Path | CityTemplate


@dataclass(frozen=True)
class Properties:
    """The file's own properties, as the reader's file list shows them."""

    title: str
    author: str
    language: str
    issued: date


@dataclass(frozen=True)
class Picture:
    """A picture (PNG) with a text for those who cannot see it; `width` as Word counts (`docx.shared.Length`)."""

    content: bytes
    alternative: str
    width: int


def fill(template: WordTemplate, context: Mapping[str, Any], properties: Properties) -> bytes:
    """The template with `context` (see `ready`) filled in; a name that it does not have is an error.

    A city's own is filled in a process of its own, and raises `UnfitTemplate`.
    """
    if isinstance(template, CityTemplate):
        return template.filled(context, properties)
    return filled(BytesIO(template.read_bytes()), context, properties)


def filled(template: BytesIO, context: Mapping[str, Any], properties: Properties) -> bytes:
    """As `fill`, here and now. The sandbox lets a template lay out the document, and reach nothing else."""
    file = DocxTemplate(template)
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    del environment.globals["lipsum"]  # makes texts of any length, at random
    file.render(_placed(context, file), environment, autoescape=True)
    core = file.docx.core_properties
    core.title, core.language = properties.title[:_LONGEST_PROPERTY], properties.language
    core.author = core.last_modified_by = properties.author[:_LONGEST_PROPERTY]
    core.created = core.modified = datetime.combine(properties.issued, time())
    written = BytesIO()
    file.save(written)
    return written.getvalue()


def ready(value: Any) -> Any:
    """A value for the template, every text ready for XML.

    "_" is written as an entity because docxtpl afterwards turns "{_{" in the finished text into "{{".
    """
    if isinstance(value, str):
        return Markup(str(escape(value)).replace("_", "&#95;"))
    if isinstance(value, tuple):
        return [ready(part) for part in value]
    if isinstance(value, dict):
        return {key: ready(part) for key, part in value.items()}
    if isinstance(value, Picture):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: ready(getattr(value, field.name)) for field in fields(value)}
    return value


def _placed(value: Any, file: DocxTemplate) -> Any:
    """The context with every picture bound to the file that it is to stand in."""
    if isinstance(value, Picture):
        return _Shown(value, file)
    if isinstance(value, Mapping):
        return {key: _placed(part, file) for key, part in value.items()}
    if isinstance(value, list):
        return [_placed(part, file) for part in value]
    return value


class _Shown:
    """A picture where a template names it. It has nothing else to name: docxtpl's own would hand out the whole file."""

    def __init__(self, picture: Picture, file: DocxTemplate) -> None:
        self._picture, self._file = picture, file

    def __html__(self) -> str:
        content, width = BytesIO(self._picture.content), Length(self._picture.width)
        drawn = str(InlineImage(self._file, content, width=width))
        said = escape(self._picture.alternative).replace('"', "&quot;")
        return drawn.replace("<wp:docPr ", f'<wp:docPr descr="{said}" ', 1)
