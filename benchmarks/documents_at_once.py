"""Fifty evaluation sheets as page, Word, PDF and Excel with a chart each: on every core, or one after the other.

Both go through the worker's own renderer (`activities/rendering.py`), from the first process that it starts to the
last file; the one way may have as many processes as Meguru gives it, the other has one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from activities.rendering import Renderer
from benchmarks.alternating import medians, seconds
from benchmarks.figures import Figure, Run, at_least
from benchmarks.written_texts import evaluation_sheet
from documents.formats import Format

_TIMES = 2


def measure(run: Run) -> list[Figure]:
    sheets = run.size(50, 8)
    numbers = count()

    def with_renderer(renderer_of: Callable[[], Renderer], way: str) -> float:
        run.tell(f"{sheets} sheets {way}")
        documents = [evaluation_sheet(next(numbers)) for _ in range(sheets)]
        renderer = renderer_of()
        try:
            return sheets / seconds(lambda: _check(len(renderer.rendered(documents)), sheets))
        finally:
            renderer.close()

    at_once, one_by_one = medians(
        lambda: with_renderer(lambda: Renderer(tuple(Format)), "at once"),
        lambda: with_renderer(lambda: Renderer(tuple(Format), most=1), "one at a time"),
        1 if run.quick else _TIMES,
    )
    return [
        Figure(
            f"{sheets} evaluation sheets in {len(Format)} formats with charts, per second",
            at_once,
            "sheets",
            at_least(1.7),
            one_by_one,
            "one at a time",
        )
    ]


def _check(files: int, sheets: int) -> None:
    if files != sheets * len(Format):
        raise RuntimeError(f"{files} files of {sheets} sheets")
