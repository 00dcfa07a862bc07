"""Reads plan files (YAML) into a `PlanDefinition`, and turns definitions into JSON for the database and back."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import yaml_files
from domain import plan_rules
from domain.plan import PlanDefinition
from domain.questions import QuestionSet

_DEFINITION = TypeAdapter(PlanDefinition)
_MOST_BUILT = 256
_built: dict[int, tuple[dict[str, Any], PlanDefinition]] = {}
"""What was built of which data, by the data's id; the data are kept with it, so an id means no other data."""
_REVIEW_QUESTIONS = Path(__file__).parent / "plans" / "templates" / "review.yaml"


@lru_cache  # building one takes longer than using it
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def read_plan(file: Path) -> PlanDefinition:
    """The plan in a YAML file. Raises `yaml_files.WrongFile` naming every mistake by file, line and key."""
    return yaml_files.read(file, _DEFINITION, plan_rules.mistakes)


def read_plan_content(content: bytes, name: str) -> PlanDefinition:
    """As `read_plan`, of a file that was sent rather than stored."""
    return yaml_files.read_content(content, name, _DEFINITION, plan_rules.mistakes)


@cache
def review_questions() -> QuestionSet:
    """What a review asks of each measure, before it is fitted to a plan (`domain/proposal.py`)."""
    return yaml_files.read(_REVIEW_QUESTIONS, TypeAdapter(QuestionSet), lambda _: ())


def to_json(value: Any) -> dict[str, Any]:
    """A definition, or a part of one, as JSON data; what has its default value is left out."""
    adapter = _adapter(type(value))  # type: ignore[arg-type]  # mypy reads the __hash__ of the class's instances
    data: dict[str, Any] = adapter.dump_python(value, mode="json", exclude_defaults=True)
    return data


def from_json(data: dict[str, Any]) -> PlanDefinition:
    """The definition of JSON data; one that is stored is built once, as `db.session` gives the same data each time."""
    known = _built.get(id(data))
    if known is None or known[0] is not data:
        if len(_built) >= _MOST_BUILT:
            _built.clear()
        known = _built[id(data)] = data, _DEFINITION.validate_python(data)
    return known[1]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a plan file, for editors: a key that Meguru does not know is a mistake."""
    schema = _DEFINITION.json_schema()
    for part in (schema, *schema["$defs"].values()):
        if part.get("type") == "object" and "properties" in part:
            part["additionalProperties"] = False
    schema["title"] = "Meguru plan file"
    return schema
