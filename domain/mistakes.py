"""What contradicts itself in a file that people write, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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


def unknown(at: Key, codes: Iterable[str], known: Collection[str], what: str, *, inside: bool = True) -> list[Mistake]:
    """The codes that name nothing; `inside`: each has its own place under `at`."""
    return [
        Mistake((*at, code) if inside else at, f"there is no {what} {code!r}") for code in codes if code not in known
    ]
