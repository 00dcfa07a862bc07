"""A plan as the text of a plan file (YAML), as a person would write it: defaults left out, what is long last."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

import yaml

from domain.plan import PlanDefinition
from exchange.rows import digits

_ORDER = (
    *("code", "name", "municipality", "documents", "source", "first_fiscal_year", "last_fiscal_year", "contact"),
    *("is_public", "mails"),
    *("vision", "levels", "classes", "terms", "review", "cycle_opens", "rounds", "question_set", "grades", "rating"),
    "evaluation_stages",
    *("node_fields", "views", "stages", "related_plans", "bodies", "key_projects", "opinion_sources", "principles"),
    *("editions", "links", "achievements", "indicators", "term_evaluations", "surveys", "glossary", "notes"),
)
"""What a reader of the file wants to know first; a field that is not named here stands at the end."""

_WIDTH = 110
_SHORT = 100
"""A mapping or list of at most so many characters stands on one line."""

_MADE_ALIKE = "\r\x85\u2028\u2029\ufeff"
"""Characters that YAML takes for line ends, or away: they must be written as escapes."""

_LIKE_A_NUMBER = re.compile(r"[0-9.:_]+")
"""Codes and times that one reader of YAML or another would take for numbers: 008, 08:30."""


def write(definition: PlanDefinition) -> str:
    """The text of a plan file that `plan_files.read_plan` reads as the same definition; equal plans, equal texts."""
    order = [one.code for one in definition.node_fields]
    plan = _plain(definition, order)
    keys = sorted(plan, key=lambda key: _ORDER.index(key) if key in _ORDER else len(_ORDER))
    parts = [
        yaml.dump({key: plan[key]}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH) for key in keys
    ]
    return "".join(part if is_next else f"\n{part}" for part, is_next in zip(parts, _in_line(parts), strict=True))


def _in_line(parts: Sequence[str]) -> list[bool]:
    """Whether a part follows the one before without an empty line: both on one line, or nothing before."""
    are_short = [part.count("\n") == 1 for part in parts]
    return [True, *(one and other for one, other in itertools.pairwise(are_short))]


def _plain(value: Any, order: Sequence[str]) -> Any:
    """The value as YAML knows it, without what a plan file need not say; mappings in the order of the plan's fields."""
    match value:
        case StrEnum():
            return value.value
        case time():
            return value.isoformat("auto" if value.second or value.microsecond else "minutes")
        case Decimal():
            return _number(value)
        case tuple():
            return [_plain(one, order) for one in value]
        case Mapping():
            keys = sorted(value, key=lambda key: (order.index(key) if key in order else len(order), key))
            return {str(key): _plain(value[key], order) for key in keys}
        case _ if is_dataclass(value):
            said = {field.name: getattr(value, field.name) for field in fields(value) if not _is_default(value, field)}
            long_last = sorted(said, key=lambda name: _holds_things(said[name]))
            return {name: _plain(said[name], order) for name in long_last}
        case _:
            return value


def _is_default(thing: object, field: Any) -> bool:
    value = getattr(thing, field.name)
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return field.default is not MISSING and bool(value == field.default)


def _holds_things(value: object) -> bool:
    """Whether a value is a list of things, or a thing that has such a list somewhere inside."""
    if isinstance(value, tuple):
        return any(is_dataclass(one) for one in value)
    return is_dataclass(value) and any(_holds_things(getattr(value, field.name)) for field in fields(value))


def _number(number: Decimal) -> int | float | str:
    """A number that YAML reads back with every digit; else as a text."""
    text = digits(number)
    if "." not in text:
        return int(text)
    return float(text) if repr(float(text)) == text else text


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key, nothing by reference, what is short on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent(self, data: Any) -> None:
        file = self.represent_data(data)
        if isinstance(file, yaml.CollectionNode):
            file.flow_style = False
        self.serialize(file)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = bool(node.value) and _length(node) <= _SHORT
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = all(isinstance(one, yaml.ScalarNode) for one in node.value) and _length(node) <= _SHORT
        return node


def _length(node: yaml.Node) -> int:
    """About how long a node is on one line; too long to be on one where it holds line ends."""
    match node:
        case yaml.ScalarNode():
            return 10 * _SHORT if "\n" in node.value else len(node.value.encode("cp932", "replace"))
        case yaml.SequenceNode():
            return sum(_length(one) + 2 for one in node.value)
        case yaml.MappingNode():
            return sum(_length(key) + _length(value) + 4 for key, value in node.value)
    return 0


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if any(character in text for character in _MADE_ALIKE):
        style = '"'
    elif "\n" in text:
        style = "|"
    elif _LIKE_A_NUMBER.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(date, yaml.SafeDumper.represent_date)
