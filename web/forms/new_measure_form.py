"""The form of a new measure: what was posted, and what is wrong with it in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.datastructures import FormData

import i18n
from db import tables as t
from domain.new_measure import LIMITS, NewMeasureContent, NewMeasureProblem
from domain.text import length, typed_text
from i18n import N_

FIELDS = ("title", "parent", "measure_class", "content", "reason")
_NOWHERE = -1
"""A place that was posted and is none: refused like one that is not in the plan."""


def posted(form: FormData) -> dict[str, str]:
    """Every field as it was typed."""
    found = {name: form.get(name) for name in FIELDS}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}


def as_proposed(proposal: t.NewMeasureProposal) -> dict[str, str]:
    """A stored proposal as the form shows it."""
    return {
        "title": proposal.title,
        "parent": str(proposal.parent_id or ""),
        "measure_class": proposal.measure_class,
        "content": proposal.content,
        "reason": proposal.reason,
    }


def content_of(typed: Mapping[str, str]) -> NewMeasureContent:
    parent = typed["parent"]
    is_id = parent.isascii() and parent.isdigit() and len(parent) < 10
    return NewMeasureContent(
        title=typed["title"],
        content=typed["content"],
        reason=typed["reason"],
        parent=int(parent) if is_id else _NOWHERE if parent else None,
        measure_class=typed["measure_class"],
    )


def seen_of(form: FormData) -> datetime | None:
    """When what the page showed was proposed; None where it does not say."""
    value = form.get("seen")
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def in_words(problems: Mapping[str, NewMeasureProblem], typed: Mapping[str, str], language: str) -> dict[str, str]:
    """Field → what is wrong with it and what to do."""
    texts = {
        ("title", NewMeasureProblem.MISSING): N_("施策の名称を入力してください。"),
        ("reason", NewMeasureProblem.MISSING): N_("提案の理由を入力してください。"),
        ("title", NewMeasureProblem.TITLE_TAKEN): N_(
            "いまの計画に同じ名称の施策があります。その施策の提案として回答するか、別の名称にしてください。"
        ),
        ("parent", NewMeasureProblem.UNKNOWN_PARENT): N_("置く場所を一覧から選んでください。"),
        ("measure_class", NewMeasureProblem.UNKNOWN_CLASS): N_("区分を一覧から選んでください。"),
    }
    too_long = N_("%(limit)d文字以内で入力してください（現在%(length)d文字）。")
    return {
        name: i18n.translate(language, too_long, limit=LIMITS[name], length=length(typed_text(typed[name])))
        if problem is NewMeasureProblem.TOO_LONG
        else i18n.translate(language, texts[name, problem])
        for name, problem in problems.items()
    }
