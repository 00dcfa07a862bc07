"""How much room a text takes, in half-width columns: a Japanese character takes two."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def lines(text: str, width: int) -> int:
    """About how many lines of `width` columns a text fills, its own line ends counted."""
    return sum(max(1, -(-columns(line) // width)) for line in text.split("\n"))
