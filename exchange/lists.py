"""Several entries in one cell: separated, and in quotation marks where an entry would be read otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

CODES = "、"
"""Between codes, when written."""

LINES = "\n"
"""Between texts, when written."""

_SEPARATORS = {CODES: "、,，､;；\n", LINES: "\n"}
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def quoted(entry: str) -> str:
    return '"' + entry.replace('"', '""') + '"'


def unquoted(text: str) -> str | None:
    """What stands in a text that is wholly in quotation marks; None: it is not."""
    found = _QUOTED.fullmatch(text.strip())
    return found.group(1).replace('""', '"') if found else None


def joined(entries: Iterable[str], separator: str, plain: Callable[[str], str] = str.strip) -> str:
    """The entries as one text. `plain` is what reading makes of an entry without quotation marks."""
    return separator.join(entry if _is_clear(entry, separator, plain) else quoted(entry) for entry in entries)


def _is_clear(entry: str, separator: str, plain: Callable[[str], str]) -> bool:
    """Whether an entry is read as itself without quotation marks, whatever stands after it."""
    return not entry.startswith('"') and parts(entry, separator, plain) == [entry]


def parts(text: str, separator: str, plain: Callable[[str], str] = str.strip) -> list[str]:
    """The entries of a cell; what stands in quotation marks is taken exactly, empty places are left out."""
    separators = re.escape(_SEPARATORS[separator])
    entry = re.compile(rf'\s*(?:"(?P<quoted>(?:[^"]|"")*)"[^\S\n]*|(?P<typed>[^{separators}]*))(?:[{separators}]|\Z)')
    found: list[str] = []
    at = 0
    while at < len(text) and (match := entry.match(text, at)):
        at = match.end()
        if match["quoted"] is not None:
            found.append(match["quoted"].replace('""', '"'))
        elif read := plain(match["typed"]):
            found.append(read)
    return found
