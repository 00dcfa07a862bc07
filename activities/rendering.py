"""Setting gathered documents, in the formats that are wanted, on every core."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from documents.formats import Format
from documents.gathered import GatheredDocument, SetDocument
from documents.render_process import RenderProcess

_MOST = min(os.cpu_count() or 1, 4)
"""More would be of little use: documents are many once a year. Each takes up to 300 MB."""


@dataclass(frozen=True)
class RenderedFile:
    kind: str
    format: Format
    made: SetDocument


class Renderer:
    """Sets documents in processes of their own, which all activities share.

    A process is started when a document waits for one, and ends when for a while none does. All formats of a document
    are made in one process: its pictures are drawn once.
    """

    def __init__(self, formats: tuple[Format, ...], most: int = _MOST) -> None:
        self.formats = formats
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="renderer")
        self._idle: list[RenderProcess] = []
        self.close = weakref.finalize(self, _end, self._idle)
        """Ends the idle processes; so does being forgotten, and the end of the program."""

    def rendered(self, documents: Iterable[GatheredDocument]) -> list[RenderedFile]:
        """Every document in every format that is wanted and that it exists in. Raises `RenderingFailed`."""
        setting = [self._threads.submit(self._set, document) for document in documents]
        wait(setting)
        return [file for one in setting for file in one.result()]

    def _set(self, document: GatheredDocument) -> list[RenderedFile]:
        process = self._taken()
        try:
            files = process.set(document, self.formats)
        finally:
            self._idle.append(process)  # one that has ended is found out when it is taken again
        return [RenderedFile(document.kind, format_, made) for format_, made in files]

    def _taken(self) -> RenderProcess:
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
            process.end()
        return RenderProcess()


def _end(processes: list[RenderProcess]) -> None:
    for process in processes:
        process.end()
