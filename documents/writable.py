"""Text as a document can hold it."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Not allowed in XML (Word, Excel) or in PDF/UA; pasted text carries them unseen.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def writable(value: Any) -> Any:
    """A value with the characters that no document can hold left out of its texts; all else stays as written."""
    if isinstance(value, Enum):  # a code, not a text
        return value
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", _LINE_END.sub("\n", value))
    if isinstance(value, tuple):
        return tuple(writable(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: writable(getattr(value, field.name)) for field in fields(value)})
    return value
