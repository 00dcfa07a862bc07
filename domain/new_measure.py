"""A measure that a department would like to see in the next edition: what it must say. Limits are Meguru's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.text import length

LIMITS: Mapping[str, int] = {"title": 80, "content": 400, "reason": 400}
"""The most characters of each text, by the name of its field."""


@dataclass(frozen=True)
class NewMeasureContent:
    """As it is typed, outer blanks cut. No `parent`, no `measure_class`: the planning division finds them."""

    title: str
    content: str = ""
    reason: str = ""
    parent: int | None = None
    measure_class: str = ""


class NewMeasureProblem(StrEnum):
    """What is wrong with one field; the web layer says it in words."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    TITLE_TAKEN = "title_taken"
    UNKNOWN_PARENT = "unknown_parent"
    UNKNOWN_CLASS = "unknown_class"


def problems(
    content: NewMeasureContent, parents: Collection[int], classes: Collection[str], titles: Collection[str]
) -> dict[str, NewMeasureProblem]:
    """Field → what is wrong with it. `titles` are those of the measures that are there already."""
    found = {
        name: NewMeasureProblem.TOO_LONG for name, limit in LIMITS.items() if length(getattr(content, name)) > limit
    }
    found |= {name: NewMeasureProblem.MISSING for name in ("title", "reason") if not getattr(content, name)}
    if content.title in titles:
        found["title"] = NewMeasureProblem.TITLE_TAKEN
    if content.parent is not None and content.parent not in parents:
        found["parent"] = NewMeasureProblem.UNKNOWN_PARENT
    if content.measure_class and content.measure_class not in classes:
        found["measure_class"] = NewMeasureProblem.UNKNOWN_CLASS
    return found
