"""Setting gathered documents, in the formats that are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from documents.formats import Format
from documents.gathered import GatheredDocument, SetDocument


@dataclass(frozen=True)
class RenderedFile:
    kind: str
    format: Format
    made: SetDocument


def rendered(documents: Iterable[GatheredDocument], formats: tuple[Format, ...]) -> list[RenderedFile]:
    """Every document in every format that is wanted and that it exists in."""
    return [
        RenderedFile(one.kind, format_, one.set_in(format_))
        for one in documents
        for format_ in formats
        if format_ in one.formats
    ]
