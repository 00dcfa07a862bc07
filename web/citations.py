"""出典: where facts stand, as pages cite it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.plan import PlanDefinition
from domain.source import Source
from domain.text import Bilingual


@dataclass(frozen=True)
class Citation:
    """A document by its name, and the headings in it ("" 記載なし)."""

    document: Bilingual
    headings: tuple[Bilingual, ...]


def cited(sources: Iterable[Source | None], definition: PlanDefinition) -> list[Citation]:
    """The places of some facts, each once. What has none of its own stands where the plan as a whole stands."""
    found: dict[Bilingual, dict[Bilingual, None]] = {}
    for place in (source or definition.source for source in sources):
        document = definition.document_of(place)
        found.setdefault(document.name if document else Bilingual(""), {})[place.heading] = None
    return [Citation(document, tuple(headings)) for document, headings in found.items()]
