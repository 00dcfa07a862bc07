"""Two ways measured in turn, so that a machine that slows down slows both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def medians(ours: Callable[[], float], theirs: Callable[[], float], times: int) -> tuple[float, float]:
    """The middle of `times` measurements of each; who goes first changes every time."""
    pairs = [(ours(), theirs()) if turn % 2 == 0 else (theirs(), ours())[::-1] for turn in range(times)]
    return median(own for own, _ in pairs), median(other for _, other in pairs)
