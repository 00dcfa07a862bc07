"""Two people in one draft: what each typed is brought together question by question, and nothing is lost.

A form carries, beside each field, a mark of the text that stood there when it was shown. With that mark, what is
stored now and what is typed now, three things can be told apart without keeping the text of every earlier version:
I typed nothing (my text has the mark), the other changed nothing (what is stored has it), or both did. A mark is a
short digest, so the form stays small, and it works without JavaScript, where a form always sends all of its fields
and cannot say which of them were touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

_DIGITS = 16  # of 64: two texts of one field that share them are not met by chance


@dataclass(frozen=True)
class Merged:
    """`answers` as they are to be stored. `taken`: the other's text came in where I had typed nothing.

    `conflicts`: both changed it; the other's text stays stored until somebody who was shown it decides.
    """

    answers: dict[str, str]
    taken: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def mark(text: str) -> str:
    """What a form remembers of a text that it showed; nothing for an empty field."""
    return sha256(text.encode()).hexdigest()[:_DIGITS] if text else ""


def marks(answers: Mapping[str, str]) -> dict[str, str]:
    return {question: mark(text) for question, text in answers.items()}


def merged(stored: Mapping[str, str], typed: Mapping[str, str], seen: Mapping[str, str] | None) -> Merged:
    """What is `stored` and what is `typed`, brought together by the marks of what was `seen`.

    A question that has a mark and no typed answer was emptied; one that has neither was not on the form and stays
    as it is. Where nothing tells what was seen (None), every difference is a conflict.
    """
    answers: dict[str, str] = {}
    taken: list[str] = []
    conflicts: list[str] = []
    for question in dict.fromkeys((*stored, *typed)):
        theirs, mine = stored.get(question, ""), typed.get(question, "")
        is_on_form = question in typed or question in (seen or {})
        base = None if seen is None else seen.get(question, "")
        kept = theirs
        if is_on_form and mine != theirs:
            if base == mark(theirs):
                kept = mine
            elif base == mark(mine):
                taken.append(question)
            else:
                conflicts.append(question)
        if kept.strip():
            answers[question] = kept
    return Merged(answers, tuple(taken), tuple(conflicts))
