"""Where a fact stands: the document and the heading in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from domain.text import Bilingual


@dataclass(frozen=True)
class SourceDocument:
    """出典となる文書. `as_of` is the day its figures stand for, where the document says so."""

    code: str
    name: Bilingual
    as_of: date | None = None
    note: Bilingual = field(default_factory=lambda: Bilingual(""))


@dataclass(frozen=True)
class Source:
    """`document` is the code of a `SourceDocument` ("": the plan's own); an empty heading is 記載なし."""

    document: str = ""
    heading: Bilingual = field(default_factory=lambda: Bilingual(""))
