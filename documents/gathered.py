"""A document whose content is gathered and that is not set yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from documents.city_template import CityTemplate
from documents.formats import Format
from documents.word_safety import UnfitTemplate


@dataclass(frozen=True)
class SetDocument:
    """A document as a file. `problem`: why it is set in Meguru's own form although the city has one."""

    content: bytes
    problem: UnfitTemplate | None = None


@dataclass(frozen=True)
class GatheredDocument:
    """`kind` names it in the record, `formats` are those it exists in. `render` needs nothing but the content.

    `own` is the city's own form for it: `render` takes it as `word_template`.
    """

    kind: str
    formats: tuple[Format, ...]
    render: Callable[..., bytes]
    own: CityTemplate | None = None

    def set_in(self, format: Format) -> SetDocument:
        """The document in one of its formats; whatever is wrong with the city's form, there is a document."""
        if format is not Format.DOCX or self.own is None:
            return SetDocument(self.render(format))
        try:
            return SetDocument(self.render(format, word_template=self.own))
        except UnfitTemplate as problem:
            return SetDocument(self.render(format), problem)
