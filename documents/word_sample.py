"""A sample of what a document says, made from the types of its content: to try a form before anything depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_DAY = date(2026, 4, 1)
_PLAIN: Mapping[type, tuple[Any, Any]] = {
    bool: (False, True),
    int: (0, 3),
    Decimal: (Decimal(0), Decimal(3)),
    date: (_DAY, _DAY),
    datetime: (datetime(2026, 4, 1, tzinfo=UTC),) * 2,
}
"""The value of each plain type where nothing is there, and where something is."""


def sample(of: Any, text: str, is_full: bool, given: Mapping[str, Any] | None = None) -> Any:
    """A value of a type. Full: every list has two parts, and whatever may be left out is there; else the opposite.

    `text` stands for every text; `given` are fields of the outermost dataclass that are known already.
    """
    if of is str:
        return text
    if of in _PLAIN:
        return _PLAIN[of][is_full]
    origin, parts = get_origin(of), get_args(of)
    if origin in (Union, UnionType):
        return sample(next(p for p in parts if p is not NoneType), text, is_full) if is_full else None
    if origin is tuple:
        if parts[-1] is not Ellipsis:
            return tuple(sample(part, text, is_full) for part in parts)
        return tuple(sample(parts[0], text, is_full) for _ in range(2)) if is_full else ()
    if isinstance(of, type) and is_dataclass(of):
        hints, known = get_type_hints(of), given or {}
        names = (field.name for field in fields(of))
        return of(**{name: known[name] if name in known else sample(hints[name], text, is_full) for name in names})
    if isinstance(of, type) and issubclass(of, Enum):
        return next(iter(of))
    return origin() if origin in (dict, frozenset) else {}
