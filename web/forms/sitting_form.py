"""The form of a sitting: one field set for every item that the body may decide on, and the minutes of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import FormData

from records.meeting_pages import SeenLine, SeenMeeting
from records.meetings import ItemDecision
from web.forms import matter_form
from web.forms.matter_form import ANSWERED, Answer


def prefix_of(item: int) -> str:
    """How the fields of an item begin."""
    return f"item_{item}_"


def posted(form: FormData, seen: SeenMeeting) -> dict[str, str]:
    names = [f"{prefix_of(one.line.item.id)}{name}" for one in _open(seen) for name in ANSWERED]
    return matter_form.posted(form, [*names, "minutes"])


def decisions_of(typed: Mapping[str, str], seen: SeenMeeting) -> tuple[list[ItemDecision], dict[str, str]]:
    """What was decided, in the order of the agenda, or which field is wrong and why (a reason code).

    An item without an outcome was left open.
    """
    decisions, problems = [], dict[str, str]()
    for one in _open(seen):
        item = one.line.item.id
        prefix = prefix_of(item)
        answer = matter_form.answer_of(typed, one.outcomes, prefix)
        if answer.outcome is None:
            continue
        for reason in matter_form.wrong_with_step(answer, one.project):
            problems.setdefault(f"{prefix}{matter_form.field_of(reason, answer)}", reason)
        decisions.append(ItemDecision(item, answer.outcome, answer.comment, answer.minutes, answer.instead))
    return decisions, problems


def fields_of(problems: Mapping[int, str], decisions: Sequence[ItemDecision]) -> dict[str, str]:
    """The problems of a refused sitting by field; what is about an item as a whole stands at its outcome."""
    given = {d.item: Answer(d.outcome, d.comment, d.minutes, d.instead) for d in decisions}
    return {
        f"{prefix_of(item)}{matter_form.field_of(reason, given[item]) or 'outcome'}": reason
        for item, reason in problems.items()
    }


def _open(seen: SeenMeeting) -> list[SeenLine]:
    return [one for one in seen.lines if one.topic is not None and one.topic.is_open]
