"""Setting gathered documents: in which formats, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass

from documents.formats import Format
from documents.gathered import GatheredDocument


@dataclass(frozen=True)
class RenderedFile:
    kind: str
    format: Format
    content: bytes


@dataclass(frozen=True)
class Rendering:
    """`formats` are those that are wanted: a replay may do without any.

    `executor` sets several files at a time; None: one after the other in the activity's own thread.
    """

    formats: tuple[Format, ...] = tuple(Format)
    executor: Executor | None = None

    def files(self, documents: Iterable[GatheredDocument]) -> list[RenderedFile]:
        """Every document in every format that is wanted and that it exists in."""
        wanted = [(one, format_) for one in documents for format_ in self.formats if format_ in one.formats]
        if self.executor is None:
            return [RenderedFile(one.kind, format_, one.render(format_)) for one, format_ in wanted]
        being_set = [(one.kind, format_, self.executor.submit(one.render, format_)) for one, format_ in wanted]
        return [RenderedFile(kind, format_, content.result()) for kind, format_, content in being_set]


IN_EVERY_FORMAT = Rendering()
