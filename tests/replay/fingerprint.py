"""Fingerprints of the workflow code, and when they may be renewed: `make fingerprints`.

A running process replays its history with the code of the day. Code of `workflows/` that decides otherwise than the
code that wrote the history stops it, perhaps months later. So for every workflow type the stored fingerprint says which
code its recorded histories were last replayed with.

What is caught where:

- here: any change of the code of a workflow or of what it uses within `workflows/`, whether or not a recorded history
  comes that way. Docstrings, comments, annotations and layout do not count;
- by `test_histories`: what the recorded histories come by, wherever it lies, such as `domain.collection.next_wake`,
  which decides about timers, or the contracts of the activities;
- by neither: a change of `domain/` on a way that no recorded history has gone. Who changes a rule that decides what a
  workflow does next records a history that goes that way.
"""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HISTORIES = Path(__file__).parent / "histories"
STORED = Path(__file__).parent / "fingerprints.json"

_COMMANDS = frozenset(
    {"sleep", "wait", "wait_for", "wait_condition", "continue_as_new", "create_task", "gather", "signal"}
)
_COMMAND_PREFIXES = ("execute_", "start_", "upsert_")
_HANDLERS = frozenset({"signal", "update", "query", "init", "run"})
_PATCHES = frozenset({"patched", "deprecate_patch"})


class Refused(Exception):
    """Why the fingerprints may not be renewed."""


@dataclass(frozen=True)
class Fingerprint:
    """What is remembered of a workflow type.

    `code`: the digest of everything of `workflows/` that it uses. `commands`: how often each call stands there that
    makes a command, a wait or a handler. `patches`: the ids given to `workflow.patched`. `histories`: the recorded
    histories of the type by name, with their digests.
    """

    code: str
    commands: dict[str, int]
    patches: list[str]
    histories: dict[str, str]


def today(root: Path = ROOT, histories: Path = HISTORIES) -> dict[str, Fingerprint]:
    """The fingerprints of the code as it stands, by workflow type."""
    recorded = _recorded(histories)
    found = {}
    for file in sorted((root / "workflows").glob("*.py")):
        for name in _workflow_types(_tree(file)):
            trees = [_tree(used) for used in sorted(_used_by(root, file))]
            found[name] = Fingerprint(
                hashlib.sha256("\n".join(map(_plain, trees)).encode()).hexdigest(),
                dict(sorted(sum((Counter(_commands(tree)) for tree in trees), Counter()).items())),
                sorted({patch for tree in trees for patch in _patches(tree)}),
                recorded.get(name, {}),
            )
    return found


def stored(file: Path = STORED) -> dict[str, Fingerprint]:
    if not file.exists():
        return {}
    return {name: Fingerprint(**told) for name, told in json.loads(file.read_text(encoding="utf-8")).items()}


def store(fingerprints: dict[str, Fingerprint], file: Path = STORED) -> None:
    told = {name: asdict(fingerprint) for name, fingerprint in sorted(fingerprints.items())}
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def renew(before: dict[str, Fingerprint], now: dict[str, Fingerprint]) -> None:
    """Raises `Refused` where code changed in a way that asks for more than a new fingerprint.

    Whether the recorded histories replay is asked by `main`.
    """
    for name, fingerprint in now.items():
        known = before.get(name)
        if not fingerprint.histories:
            raise Refused(f"{name} has no recorded history: record one with `make histories NAME=...`.")
        if known is None:
            continue
        if lost := known.histories.keys() - fingerprint.histories.keys():
            raise Refused(f"{name} has lost the recorded histories {sorted(lost)}: running cities have such.")
        changed = [h for h, digest in known.histories.items() if fingerprint.histories[h] != digest]
        if changed:
            raise Refused(f"{name}: {sorted(changed)} were recorded anew. Restore them and record under a new name.")
        if gone := set(known.patches) - set(fingerprint.patches):
            raise Refused(f"{name} no longer knows the patches {sorted(gone)}: histories that hold them do not replay.")
        is_covered = fingerprint.patches != known.patches or fingerprint.histories != known.histories
        if fingerprint.commands != known.commands and not is_covered:
            raise Refused(
                f"{name} gives other commands than before ({_difference(known.commands, fingerprint.commands)}), but "
                "has neither a new patch id nor a new recorded history. Put the change behind "
                '`workflow.patched("an-id")`, or under a new workflow type, and record a history of it with '
                "`make histories NAME=...`."
            )


def _used_by(root: Path, file: Path) -> set[Path]:
    """A module of `workflows/` and every other that it imports, directly or through others."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.add(module)
        waiting += [root / f"{name.replace('.', '/')}.py" for name in _imports(_tree(module))]
    return found


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module == "workflows":
                yield from (f"workflows.{alias.name}" for alias in node.names)
            case ast.ImportFrom(module=str(module)) if module.startswith("workflows."):
                yield module
            case ast.Import():
                yield from (alias.name for alias in node.names if alias.name.startswith("workflows."))


def _workflow_types(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any("defn" in ast.unparse(d) for d in node.decorator_list):
            yield node.name


def _commands(tree: ast.Module) -> Iterator[str]:
    """Each call and each handler by whose number it is told that a workflow does something more or less."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                if name in _COMMANDS or name.startswith(_COMMAND_PREFIXES):
                    yield name
            case ast.FunctionDef(decorator_list=told) | ast.AsyncFunctionDef(decorator_list=told):
                for decorator in told:
                    name = ast.unparse(decorator).split("(")[0].rpartition(".")[2]
                    if name in _HANDLERS:
                        yield f"@{name}"


def _patches(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _PATCHES:
                match node.args:
                    case [ast.Constant(value=str(patch))]:
                        yield patch
                    case _:
                        raise Refused(f"the id of a patch must be written out where it is asked: {ast.unparse(node)}")


class _WithoutWords(ast.NodeTransformer):
    """Takes out what a history does not depend on: docstrings and annotations."""

    def visit(self, node: ast.AST) -> ast.AST:
        super().visit(node)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.returns = None
                node.body = _said(node.body)
            case ast.ClassDef() | ast.Module():
                node.body = _said(node.body)
            case ast.arg():
                node.annotation = None
            case ast.AnnAssign():
                node.annotation = ast.Constant(value=None)
        return node


def _said(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body without the strings that stand alone in it."""
    left = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return left or [ast.Pass()]


def _plain(tree: ast.Module) -> str:
    return ast.dump(_WithoutWords().visit(tree))


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _recorded(histories: Path) -> dict[str, dict[str, str]]:
    """The recorded histories of each workflow type, with their digests."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(histories.glob("*.json")):
        text = file.read_text(encoding="utf-8")
        started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
        found.setdefault(started["workflowType"]["name"], {})[file.stem] = hashlib.sha256(text.encode()).hexdigest()
    return found


def _difference(before: dict[str, int], now: dict[str, int]) -> str:
    names = sorted(n for n in before.keys() | now.keys() if before.get(n, 0) != now.get(n, 0))
    return ", ".join(f"{name}: {before.get(name, 0)} → {now.get(name, 0)}" for name in names)


def main() -> None:
    """Renew the fingerprints, unless new commands are not covered or a recorded history does not replay."""
    now = today()
    renew(stored(), now)
    # In a process of its own: a replay that fails may take its interpreter along.
    replayed = [sys.executable, "-m", "pytest", "-q", "--tb=line", str(Path(__file__).with_name("test_histories.py"))]
    if subprocess.run(replayed, cwd=ROOT, check=False).returncode:
        raise Refused("A recorded history does not replay with today's code (above): running cities would stop there.")
    store(now)


if __name__ == "__main__":
    try:
        main()
    except Refused as error:
        sys.exit(f"The fingerprints are as before. {error}")
