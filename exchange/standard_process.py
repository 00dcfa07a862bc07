"""How a plan runs whose file only says what it contains: rounds, questions, grades, rating (Meguru's own)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

import yaml_files
from domain.plan import CalendarDay, Grade, RoundDefinition
from domain.questions import QuestionSet
from domain.rating import Rating

FILE = Path(__file__).parent.parent / "plans" / "templates" / "standard.yaml"


@dataclass(frozen=True)
class Process:
    """The part of a plan definition that says how its years run, not what it contains."""

    rounds: tuple[RoundDefinition, ...]
    question_set: QuestionSet
    grades: tuple[Grade, ...]
    rating: Rating | None = None
    cycle_opens: CalendarDay | None = None


@cache
def standard_process() -> Process:
    return yaml_files.read(FILE, TypeAdapter(Process), lambda _: ())
