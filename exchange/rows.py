"""A plan's definition taken apart into the rows of its sheets, and each value as it is written into a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from domain.plan import PlanDefinition
from domain.source import Source
from exchange import choices, lists
from exchange.characters import plain_code
from exchange.columns import MAPPING_KEY, NUMBER, OWN_DOCUMENT, Column, Kind, Path, Sheet
from exchange.plan_sheets import PLAN
from exchange.sheets import SHEETS, children
from exchange.typed import is_plain

Row = tuple[Any, ...]
"""The values of one row, beside the columns of its sheet; None: an empty cell."""

Written = str | int | Decimal | date | None
"""What a cell holds: in CSV all of it becomes text."""


@dataclass(frozen=True)
class _Thing:
    """What one row shows, and what it can be told by beside its own fields."""

    value: object
    number: int | None = None
    key: str = ""


def rows_of(definition: PlanDefinition) -> dict[str, list[Row]]:
    """The rows of every sheet, by the sheet's code; the same for definitions that are equal."""
    found: dict[str, list[Row]] = {sheet.code: [] for sheet in SHEETS}
    _take_apart(PLAN, _Thing(definition), (), [f.code for f in definition.node_fields], found)
    return found


def _take_apart(sheet: Sheet, thing: _Thing, above: Row, fields: list[str], found: dict[str, list[Row]]) -> None:
    own = tuple(_value(column, thing) for column in sheet.own)
    found[sheet.code].append((*above, *own))
    named = (
        above
        if sheet.parent is None
        else (*above, *(v for c, v in zip(sheet.own, own, strict=True) if c.path == sheet.key))
    )
    for child in children(sheet):
        for part in _parts(child, thing.value, fields):
            _take_apart(child, part, named, fields, found)


def _parts(sheet: Sheet, parent: object, fields: list[str]) -> Iterator[_Thing]:
    """The things of a sheet that belong to `parent`; the keys of a mapping in the order of the plan's fields."""
    if sheet.by:
        for name in sheet.by:
            yield from (_Thing(one, i, name) for i, one in enumerate(_at(parent, (name, *sheet.field)) or (), 1))
        return
    held = _at(parent, sheet.field)
    if sheet.upright:
        if held is not None:
            yield _Thing(held)
    elif isinstance(held, Mapping):
        for key in sorted(held, key=lambda key: (fields.index(key) if key in fields else len(fields), key)):
            numbered = [_Thing(one, i, key) for i, one in enumerate(held[key], 1)]
            yield from numbered or [_Thing(None, None, key)]
    elif isinstance(held, tuple):
        yield from (_Thing(one, i) for i, one in enumerate(held, 1))


def _value(column: Column, thing: _Thing) -> Any:
    """What stands in a cell; None for what the definition leaves out."""
    if column.path == NUMBER:
        return thing.number
    if column.path == MAPPING_KEY:
        return thing.key
    if column.kind is Kind.DERIVED:
        return None
    value = _at(thing.value, column.path)
    if column.kind is Kind.DOCUMENT and value == "":
        # An empty cell would say that there is no source at all, were there no heading beside it.
        return "" if _at(thing.value, column.path[:-1]) == Source() else None
    if value == () or (isinstance(value, tuple) and column.path[-1:] == ("en",) and not any(value)):
        return None
    return None if value == "" else value


def _at(thing: object, path: Path) -> Any:
    """What the path leads to; None where something on the way is not there. Through a tuple it leads for each."""
    for part in path:
        if thing is None:
            return None
        match thing:
            case tuple():
                thing = tuple(getattr(one, part) for one in thing)
            case Mapping():
                thing = thing.get(part)
            case _:
                thing = getattr(thing, part)
    return thing


def written(column: Column, value: Any) -> Written:
    """A value as a cell holds it, so that reading gives it back."""
    if value is None:
        return None
    match column.kind:
        case Kind.CODE:
            return value if is_plain(value) else lists.quoted(value)
        case Kind.DOCUMENT:
            return OWN_DOCUMENT.ja if value == "" else value if is_plain(value) else lists.quoted(value)
        case Kind.CODES:
            return lists.joined(value, lists.CODES, plain_code)
        case Kind.TEXTS:
            return lists.joined(value, lists.LINES)
        case Kind.FISCAL_YEARS:
            return lists.CODES.join(map(str, value))
        case Kind.CHOICE:
            return choices.label(value).ja
        case Kind.YES_NO:
            return (choices.YES if value else choices.NO).ja
        case Kind.MONTH_DAY:
            return f"{value.month}月{value.day}日"
        case Kind.TIME:
            return _clock(value)
        case _:
            typed: Written = value
            return typed


def digits(number: Decimal) -> str:
    """A number with every digit it has and no other: equal numbers, equal texts."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _clock(value: time) -> str:
    return value.isoformat("auto" if value.second or value.microsecond else "minutes")
