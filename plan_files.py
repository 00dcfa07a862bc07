"""Reads plan files (YAML) into a `PlanDefinition`; a mistake names file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import yaml_files
from domain import plan as plan_rules
from domain.plan import PlanDefinition

_DEFINITION = TypeAdapter(PlanDefinition)


def read_plan(file: Path) -> PlanDefinition:
    """The plan in a YAML file. Raises `yaml_files.WrongFile` naming every mistake by file, line and key."""
    return yaml_files.read(file, _DEFINITION, plan_rules.mistakes)


def to_json(definition: PlanDefinition) -> dict[str, Any]:
    """The definition as JSON data, for the database."""
    data: dict[str, Any] = _DEFINITION.dump_python(definition, mode="json")
    return data


def from_json(data: dict[str, Any]) -> PlanDefinition:
    return _DEFINITION.validate_python(data)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a plan file."""
    return _DEFINITION.json_schema()
