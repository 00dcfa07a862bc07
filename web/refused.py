"""A form that was refused, as its page shows it again: what is wrong with which field, and what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form, Request
from sqlmodel import Session

from records.change import Conflict
from web.board_words import BOARD_FIELDS
from web.context import language_of
from web.labels import problem_in_words
from web.matter_words import MATTER_FIELDS
from web.project_words import PROJECT_FIELDS

Typed = Annotated[str, Form()]
"""A field of a form; one that is left out is empty."""


@dataclass(frozen=True)
class Refused:
    """`form` and `subject` say which form, `problems` are in words by field ("" for the whole form)."""

    form: str
    subject: int | str
    problems: Mapping[str, str]
    typed: Mapping[str, str] = field(default_factory=dict)

    def concerns(self, form: str, subject: int | str) -> bool:
        return (self.form, self.subject) == (form, subject)


_FIELD_OF = {
    "due_date_not_in_future": "due_on",
    "reason_missing": "reason",
    "not_confirmed": "confirmed",
    "same_department": "department_id",
    "department_dissolved": "department_id",
    "outside_plan_period": "fiscal_year",
    "unknown_term": "term",
    "term_not_begun": "term",
    "comment_missing": "comment",
    "body_comment_missing": "comment",
    "meeting_ahead": "met_on",
    "sitter_missing": "user",
    "seat_twice": "user",
    "successor_is_holder": "user",
    "seat_department_missing": "department",
    "seat_not_begun": "on",
    **BOARD_FIELDS,
    **PROJECT_FIELDS,
    **MATTER_FIELDS,
}


def refused_by(
    request: Request, session: Session, conflict: Conflict, form: str, subject: int | str, typed: Mapping[str, str]
) -> Refused:
    """What a conflict says about a form; nothing of the attempt stays, and the page shows the record as it is."""
    session.rollback()
    return Refused(form, subject, {_FIELD_OF.get(conflict.reason, ""): say(request, conflict.reason)}, typed)


def in_words(request: Request, reasons: Iterable[str]) -> dict[str, str]:
    """Everything that is wrong with a form, by field; of several problems of one field the first."""
    found: dict[str, str] = {}
    for reason in reasons:
        found.setdefault(_FIELD_OF.get(reason, ""), say(request, reason))
    return found


def without_reason(request: Request, reason: str) -> dict[str, str]:
    return {} if reason.strip() else {"reason": say(request, "reason_missing")}


def say(request: Request, problem: str) -> str:
    """The code of a problem in the reader's words."""
    return problem_in_words(problem, language_of(request))
