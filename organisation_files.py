"""Reads organisation files (YAML) into an `OrganisationDefinition`; a mistake names file, line and key."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

import yaml_files
from domain import organisation as organisation_rules
from domain.organisation import OrganisationDefinition

_DEFINITION = TypeAdapter(OrganisationDefinition)


def read_organisation(file: Path) -> OrganisationDefinition:
    """The organisation in a YAML file. Raises `yaml_files.WrongFile` naming every mistake by file, line and key."""
    return yaml_files.read(file, _DEFINITION, organisation_rules.mistakes)
