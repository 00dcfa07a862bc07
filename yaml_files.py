"""Reads YAML files that people write into a value of the domain; a mistake names file, line and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from domain.mistakes import Key, Mistake

T = TypeVar("T")


class _Loader(yaml.CSafeLoader):
    """Leaves dates, times and words as typed.

    YAML itself reads 17:00 as the number 1020, fails on 2018-02-30 without a place, and takes the key `on` for true.
    """


_INTEGER, _TIMESTAMP, _BOOLEAN = (f"tag:yaml.org,2002:{name}" for name in ("int", "timestamp", "bool"))
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag not in (_INTEGER, _TIMESTAMP, _BOOLEAN)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOLEAN, re.compile(r"(true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_INTEGER, re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))


@dataclass(frozen=True)
class FileMistake:
    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.message}"


class WrongFile(Exception):
    """A file that cannot be used, with every mistake found in it."""

    def __init__(self, mistakes: Iterable[FileMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def read(file: Path, adapter: TypeAdapter[T], rules: Callable[[T], Iterable[Mistake]]) -> T:
    """What a file says, as the adapter's type. Raises `WrongFile` naming every mistake by file, line and key.

    `rules` finds what the types cannot see.
    """
    return read_content(_content(file), file.name, adapter, rules)


def read_content(content: bytes, name: str, adapter: TypeAdapter[T], rules: Callable[[T], Iterable[Mistake]]) -> T:
    """As `read`, of a file that was sent rather than stored; `name` stands in the mistakes."""
    tree, raw = _parse(content, name)
    if doubled := list(_doubled_keys(tree)):
        raise WrongFile(FileMistake(name, line, key, "stands twice") for line, key in doubled)
    try:
        value = adapter.validate_python(raw)
    except ValidationError as error:
        raise _wrong(name, tree, (Mistake(tuple(e["loc"]), e["msg"]) for e in error.errors())) from error
    found = [Mistake(key, "unknown key") for key in _unknown_keys(raw, adapter.dump_python(value))]
    found += rules(value)
    if found:
        raise _wrong(name, tree, found)
    return value


def located(file: Path, mistakes: Iterable[Mistake]) -> WrongFile:
    """Mistakes that showed only later, beside what is stored, with their lines in the file that was read."""
    return located_in(_content(file), file.name, mistakes)


def located_in(content: bytes, name: str, mistakes: Iterable[Mistake]) -> WrongFile:
    """As `located`, of a file that was sent rather than stored."""
    return _wrong(name, _parse(content, name)[0], mistakes)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongFile([FileMistake(file.name, 1, "(file)", str(error))]) from error


def _parse(content: bytes, name: str) -> tuple[yaml.Node | None, Any]:
    try:
        text = content.decode("utf-8-sig")
        return yaml.compose(text, Loader=_Loader), yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        last = text.count("\n") + 1  # libyaml says of a file that breaks off: the line after
        raise WrongFile([FileMistake(name, min(line, last), "(YAML)", str(error.problem))]) from error
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1  # libyaml counts bytes
        raise WrongFile([FileMistake(name, line, "(YAML)", str(error.reason))]) from error
    except UnicodeDecodeError as error:
        raise WrongFile([FileMistake(name, 1, "(file)", str(error))]) from error


def _wrong(name: str, tree: yaml.Node | None, mistakes: Iterable[Mistake]) -> WrongFile:
    return WrongFile(
        FileMistake(name, _line_of(tree, m.path), ".".join(map(str, m.path)) or "(top)", m.message) for m in mistakes
    )


def _unknown_keys(raw: Any, known: Any, path: Key = ()) -> Iterator[Key]:
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


def _doubled_keys(node: yaml.Node | None, path: Key = ()) -> Iterator[tuple[int, str]]:
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


def _line_of(node: yaml.Node | None, path: Key) -> int:
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
