"""Loaded by the tool that makes up requests (`SCHEMATHESIS_HOOKS`): lets it ask for things that exist.

Of ids made up by chance none is anything, so all would be refused before much is looked at. Every other valid id is
replaced; what is invalid stays as the tool made it.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import schemathesis

_KNOWN: dict[str, list[int | str]] = json.loads(os.environ["MEGURU_KNOWN"])
"""Path of an operation → values of its parameter."""
_DRAFTS: dict[str, list[str]] = json.loads(os.environ["MEGURU_DRAFTS"])
"""Id of a draft → the questions that any text answers."""


def _every_other(things: list[Any]) -> Iterator[Any]:
    return itertools.cycle([known for thing in things for known in (thing, None)] or [None])


_NEXT = {path: _every_other(known) for path, known in _KNOWN.items()}
_NEXT_DRAFT = _every_other(list(_DRAFTS))


@schemathesis.hook  # type: ignore[untyped-decorator]
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    known = next(_NEXT[context.operation.path]) if context.operation.path in _NEXT else None
    match path_parameters:
        case {"id": int(id)} if id > 0 and known is not None:
            return {**path_parameters, "id": known}
        case {"code": str(code)} if code and code.isprintable() and known is not None:
            return {**path_parameters, "code": known}
        case _:
            return path_parameters


@schemathesis.hook.apply_to(method="POST", path="/reports")  # type: ignore[untyped-decorator]
def map_body(_: object, body: Any) -> Any:
    match body, next(_NEXT_DRAFT):
        case {"report": int(id), "answers": dict(answers)}, str(known) if id > 0:
            texts = dict(zip(_DRAFTS[known], answers.values(), strict=False))
            return {**body, "report": int(known), "answers": texts}
        case _:
            return body
