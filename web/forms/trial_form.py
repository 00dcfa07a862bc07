"""The form of a trial: begun with a hypothesis, ended with what was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from starlette.datastructures import FormData

from db import tables as t
from domain import trial as rules
from domain.key_project import TrialResult
from domain.text import typed_day, typed_text
from domain.trial import TrialTexts
from web.project_words import PROJECT_FIELDS

FIELDS = ("title", "hypothesis", "started_on", "ended_on", "done", "result", "learning", "next", "abolishes")
_DAYS = ("started_on", "ended_on")


def empty(today: date) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | {"started_on": today.isoformat()}


def as_recorded(trial: t.Trial) -> dict[str, str]:
    """A trial as its form shows it."""
    found = {name: getattr(trial, name) for name in FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in found.items()}


def posted(form: FormData) -> dict[str, str]:
    return {name: typed_text(str(form.get(name, ""))) for name in FIELDS}


def read(typed: Mapping[str, str], today: date) -> tuple[TrialTexts, dict[str, str]]:
    """What was typed, and by field the reason code of what keeps it from being kept."""
    days = {name: typed_day(typed[name]) for name in _DAYS}
    wrong = {name: "day_not_readable" for name in _DAYS if days[name] is None and (typed[name] or name == "started_on")}
    result = typed["result"]
    if result and result not in set(TrialResult):
        wrong["result"], result = "trial_result_unknown", ""
    texts = TrialTexts(
        title=typed["title"],
        hypothesis=typed["hypothesis"],
        started_on=days["started_on"] or today,
        ended_on=days["ended_on"],
        done=typed["done"],
        result=TrialResult(result) if result else None,
        learning=typed["learning"],
        next=typed["next"],
        abolishes=typed["abolishes"],
    )
    found = {PROJECT_FIELDS[reason]: reason for reason in rules.problems(texts, today)}
    return texts, {**found, **wrong}
