"""Filling a Word template, the project's own or a city's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

_LONGEST_PROPERTY = 255


@dataclass(frozen=True)
class Properties:
    """The file's own properties, as the reader's file list shows them."""

    title: str
    author: str
    language: str
    issued: date


def fill(file: DocxTemplate, context: Mapping[str, Any], properties: Properties) -> bytes:
    """The template with `context` (see `ready`) filled in; a name that it does not have is an error."""
    # The template may come from outside: it can lay out the document, and reach nothing else.
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    file.render(context, environment, autoescape=True)
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
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: ready(getattr(value, field.name)) for field in fields(value)}
    return value
