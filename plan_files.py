"""Reads plan files (YAML) into a `PlanDefinition`; a mistake names file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from domain import plan as plan_rules
from domain.plan import PlanDefinition

_DEFINITION = TypeAdapter(PlanDefinition)
_Path = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Leaves dates and times as typed: YAML reads 17:00 as the number 1020 and fails on 2018-02-30 without a place."""


_INTEGER, _TIMESTAMP = "tag:yaml.org,2002:int", "tag:yaml.org,2002:timestamp"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag not in (_INTEGER, _TIMESTAMP)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_INTEGER, re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))


@dataclass(frozen=True)
class FileMistake:
    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.message}"


class PlanFileError(Exception):
    """A plan file that cannot be used, with every mistake found in it."""

    def __init__(self, mistakes: Sequence[FileMistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def read_plan(file: Path) -> PlanDefinition:
    """The plan in a YAML file. Raises `PlanFileError` naming every mistake by file, line and key."""
    try:
        text = file.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=_Loader)
        raw = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlanFileError([FileMistake(file.name, line, "(YAML)", str(error.problem))]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PlanFileError([FileMistake(file.name, line, "(YAML)", str(error.reason))]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError([FileMistake(file.name, 1, "(file)", str(error))]) from error

    def mistake(path: _Path, message: str) -> FileMistake:
        return FileMistake(file.name, _line_of(tree, path), ".".join(map(str, path)) or "(top)", message)

    if doubled := list(_doubled_keys(tree)):
        raise PlanFileError([FileMistake(file.name, line, key, "stands twice") for line, key in doubled])
    try:
        definition = _DEFINITION.validate_python(raw)
    except ValidationError as error:
        raise PlanFileError([mistake(tuple(e["loc"]), e["msg"]) for e in error.errors()]) from error
    found = [mistake(path, "unknown key") for path in _unknown_keys(raw, _DEFINITION.dump_python(definition))]
    found += [mistake(m.path, m.message) for m in plan_rules.mistakes(definition)]
    if found:
        raise PlanFileError(found)
    return definition


def to_json(definition: PlanDefinition) -> dict[str, Any]:
    """The definition as JSON data, for the database."""
    data: dict[str, Any] = _DEFINITION.dump_python(definition, mode="json")
    return data


def from_json(data: dict[str, Any]) -> PlanDefinition:
    return _DEFINITION.validate_python(data)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a plan file."""
    return _DEFINITION.json_schema()


def _unknown_keys(raw: Any, known: Any, path: _Path = ()) -> Iterator[_Path]:
    """Keys of the file that the definition does not have: whatever reading it left behind."""
    if isinstance(raw, dict) and isinstance(known, dict):
        for key, value in raw.items():
            if key in known:
                yield from _unknown_keys(value, known[key], (*path, key))
            else:
                yield (*path, str(key))
    elif isinstance(raw, list) and isinstance(known, (list, tuple)):
        for i, (value, read) in enumerate(zip(raw, known, strict=False)):
            yield from _unknown_keys(value, read, (*path, i))


def _doubled_keys(node: yaml.Node | None, path: _Path = ()) -> Iterator[tuple[int, str]]:
    """Line and key of what stands twice in one mapping; YAML itself would quietly take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                yield key.start_mark.line + 1, ".".join(map(str, (*path, name)))
            seen.add(name)
            yield from _doubled_keys(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield from _doubled_keys(value, (*path, i))


def _line_of(node: yaml.Node | None, path: _Path) -> int:
    """The line of the deepest node on the path that the file has; counted from 1."""
    line = node.start_mark.line + 1 if node else 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
