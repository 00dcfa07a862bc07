"""How much room a text takes, in half-width columns: a Japanese character takes two."""

from __future__ import annotations

import re
import unicodedata

_NEVER_FIRST = "、。，．・：；？！」』）】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ)]},.!?"
_WORDS = re.compile(r" ?[!-~\u00c0-\u024f]{1,30}|.")


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def lines(text: str, width: int) -> int:
    """About how many lines of `width` columns a text fills, its own line ends counted."""
    return sum(max(1, -(-columns(line) // width)) for line in text.split("\n"))


def wrapped(text: str, width: int, most: int) -> list[str]:
    """The text in lines of `width` columns: broken between words and Japanese characters, "…" where it is cut."""
    found, filled = [""], 0
    for word in _WORDS.findall(" ".join(text.split())):
        if filled + columns(word) > width and filled and word not in _NEVER_FIRST:
            found.append("")
            word, filled = word.lstrip(), 0
        found[-1] += word
        filled += columns(word)
    return found if len(found) <= most else [*found[: most - 1], found[most - 1].rstrip()[:-1] + "…"]
