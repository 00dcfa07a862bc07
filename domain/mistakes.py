"""What contradicts itself in a file that people write, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Key = tuple[str | int, ...]
"""The way to a value inside a file: keys and positions."""


@dataclass(frozen=True)
class Mistake:
    """Something that cannot be as it stands; `path` leads to it."""

    path: Key
    message: str


def doubled(path: Key, codes: Sequence[str]) -> list[Mistake]:
    """What stands twice in a list of codes."""
    return [Mistake((*path, i), f"{code!r} stands twice") for i, code in enumerate(codes) if codes.index(code) < i]
