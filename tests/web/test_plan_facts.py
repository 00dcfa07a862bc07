"""Every fact of the four plans can be read, on the page that also says where it stands: document and heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import plan_files
from db.session import Database
from domain.plan import PlanDefinition
from domain.reference import TermEvaluation
from domain.source import Source
from domain.text import Bilingual
from tests.web.small_city import every_page, reading

FILES = sorted((Path(__file__).parents[2] / "plans").glob("*.yaml"))
SAYS = ("title", "name", "text", "term", "label", "reason", "printed")
"""The field by which a fact is recognised on a page, the first that it has."""


def facts(part: Any, inherited: Source) -> Iterator[tuple[str, Source]]:
    """Whatever has a place in a document, with that place."""
    source = part.source or inherited if hasattr(part, "source") else inherited
    if getattr(part, "source", None) is not None:
        yield _said(part), source
    for field in fields(part):
        value = getattr(part, field.name)
        for below in value if isinstance(value, tuple) else (value,):
            if is_dataclass(below) and not isinstance(below, (Bilingual, Source)):
                yield from facts(below, source)


def _said(part: Any) -> str:
    if isinstance(part, TermEvaluation):
        return (part.good or part.to_do)[0].ja
    return next((text for name in SAYS if (text := _text(getattr(part, name, "")))), "")


def _text(value: object) -> str:
    return value.ja if isinstance(value, Bilingual) else value if isinstance(value, str) else ""


def wanted(plan: PlanDefinition) -> list[tuple[str, str, str]]:
    """Fact, document and heading, without the captions that only guide those who write."""
    hidden = {id(field.source) for field in plan.node_fields if field.source}
    found = [(said, source) for said, source in facts(plan, plan.source) if id(source) not in hidden]
    names = {d.code: d.name.ja for d in plan.documents}
    return [
        (" ".join(said.split()), names[source.document or plan.source.document], " ".join(source.heading.ja.split()))
        for said, source in found
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_fact_stands_on_a_page_with_its_document_and_heading(file: Path, empty_database: Database) -> None:
    plan = plan_files.read_plan(file)
    pages = every_page(reading(empty_database, plan), empty_database, plan)
    sought = wanted(plan)
    assert len(sought) > 15
    missing = [
        (said, heading)
        for said, document, heading in sought
        if not any(said in page and document in page and heading in page for page in pages)
    ]
    assert missing == []
