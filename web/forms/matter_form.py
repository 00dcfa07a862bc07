"""The forms of matters: raising one, and what a body answers, on the matter's page or for a whole meeting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.datastructures import FormData

from db import tables as t
from domain.key_project import RouteOutcome, RouteStep, route_problems
from domain.matter import MatterOutcome
from domain.phase_review import ConsultationOutcome
from domain.text import half_width, typed_day, typed_text
from web.matter_words import MATTER_FIELDS
from web.project_words import PROJECT_FIELDS

RAISED = ("title", "question", "papers", "wanted_by", "outcome", "check_in", "reason", "goal", "path", "merged_into")
ANSWERED = (
    *("outcome", "comment", "minutes"),
    *("instead_outcome", "instead_reason", "instead_goal", "instead_path", "instead_merged_into"),
)
_INSTEAD = "instead_"


@dataclass(frozen=True)
class Answer:
    """What a form says a body decided. `outcome` None: nothing, or nothing there is."""

    outcome: MatterOutcome | ConsultationOutcome | None
    comment: str
    minutes: str
    instead: RouteStep | None


def posted(form: FormData, names: Iterable[str]) -> dict[str, str]:
    """What stands in the fields; one that is left out is empty."""
    return {name: typed_text(str(form.get(name, ""))) for name in names}


def step_of(typed: Mapping[str, str], prefix: str = "") -> RouteStep | None:
    """The route decision that the fields say, None where none is chosen."""
    chosen = typed[f"{prefix}outcome"]
    if chosen not in set(RouteOutcome):
        return None
    target = typed[f"{prefix}merged_into"]
    known = int(target) if target.isascii() and target.isdigit() and len(target) < 10 else None
    said = {name: typed[f"{prefix}{name}"] for name in ("reason", "goal", "path")}
    return RouteStep(RouteOutcome(chosen), **said, merged_into=known)


def wrong_with_raising(typed: Mapping[str, str], step: RouteStep | None, project: t.KeyProject) -> list[str]:
    """Everything that keeps a matter from being raised so, by reason code; whether its day is ahead the record says."""
    reasons = [] if typed["title"] else ["matter_title_missing"]
    reasons += [] if typed["question"] else ["matter_question_missing"]
    reasons += [] if typed_day(typed["wanted_by"]) else ["wanted_by_passed"]
    return reasons + [problem.value for problem in _problems(step, project)]


def answer_of(
    typed: Mapping[str, str], outcomes: Iterable[MatterOutcome] | Iterable[ConsultationOutcome], prefix: str = ""
) -> Answer:
    """What was answered, of the outcomes that were offered; `prefix` is that of the fields."""
    offered = {outcome.value: outcome for outcome in outcomes}
    outcome = offered.get(typed[f"{prefix}outcome"])
    otherwise = outcome is MatterOutcome.DECIDED_OTHERWISE
    return Answer(
        outcome,
        typed[f"{prefix}comment"],
        typed[f"{prefix}minutes"],
        step_of(typed, prefix + _INSTEAD) if otherwise else None,
    )


def wrong_with_step(answer: Answer, project: t.KeyProject | None) -> list[str]:
    """Everything that keeps the decision that is taken instead from being taken, by field."""
    return [] if project is None else [problem.value for problem in _problems(answer.instead, project)]


def field_of(reason: str, answer: Answer) -> str:
    """The field of an answer that a problem is about, "" for the whole of it."""
    if reason in MATTER_FIELDS:
        return MATTER_FIELDS[reason]
    return f"{_INSTEAD}{PROJECT_FIELDS[reason]}" if answer.instead is not None and reason in PROJECT_FIELDS else ""


def place_of(text: str) -> int | None:
    """A place in an agenda as people type it, from 1; None when it is none."""
    digits = half_width(text)
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < int(digits) < 1000 else None


def _problems(step: RouteStep | None, project: t.KeyProject) -> tuple[StrEnum, ...]:
    return () if step is None else route_problems(step, project.state, project.id)
