"""The form of an evaluation, and the sheet that has one for every measure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from db import tables as t
from domain.evaluation import Direction
from domain.text import typed_text

FIELDS = ("grade", "direction", "comment")


@dataclass(frozen=True)
class Written:
    """What stands in the fields of a measure."""

    grade: str = ""
    direction: str = ""
    comment: str = ""

    @property
    def mark(self) -> str:
        """Tells whether the fields were touched: the same for the same content."""
        told = "\n".join((self.grade, self.direction, self.comment))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def is_readable(self) -> bool:
        return self.direction in set(Direction)


@dataclass(frozen=True)
class TypedRow:
    """A measure's fields as they were posted; `revision` and `mark` are of what the page had shown."""

    written: Written
    revision: int
    mark: str

    @property
    def is_touched(self) -> bool:
        return self.written.mark != self.mark


def stored(evaluation: t.Evaluation | None) -> Written:
    if evaluation is None:
        return Written()
    return Written(evaluation.grade, evaluation.direction.value, typed_text(evaluation.comment))


def seen(evaluation: t.Evaluation | None) -> str:
    """The hidden field by which a row says what it was shown with."""
    return f"{revision_of(evaluation)}.{stored(evaluation).mark}"


def revision_of(evaluation: t.Evaluation | None) -> int:
    """The revision that a form is opened with; 0: no evaluation yet."""
    return evaluation.revision if evaluation else 0


def rows(posted: FormData, nodes: Iterable[int]) -> Mapping[int, TypedRow]:
    """Node → its row, of the measures that the form had."""
    return {node: _row(posted, node) for node in nodes if f"seen-{node}" in posted}


def _row(posted: FormData, node: int) -> TypedRow:
    grade, direction, comment = (typed_text(str(posted.get(f"{field}-{node}", ""))) for field in FIELDS)
    revision, _, mark = str(posted.get(f"seen-{node}", "")).partition(".")
    is_number = revision.isascii() and revision.isdigit() and len(revision) < 10
    return TypedRow(Written(grade, direction, comment), int(revision) if is_number else 0, mark)
