"""A document whose content is gathered and that is not set yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from documents.formats import Format


@dataclass(frozen=True)
class GatheredDocument:
    """`kind` names it in the record, `formats` are those it exists in. `render` needs nothing but the content."""

    kind: str
    formats: tuple[Format, ...]
    render: Callable[[Format], bytes]
