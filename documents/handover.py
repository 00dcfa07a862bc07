"""What a handover sheet (事務引継書) says: the content every format renders.

Texts are already in the sheet's language; "" and None mean that nothing is known (shown as 「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from documents.annual_report import Answered


@dataclass(frozen=True)
class HandedPost:
    """A post that is handed over, or the department itself (`rank` ""). `successor` are names."""

    department: str
    rank: str
    begins_on: date
    ends_on: date | None
    successor: str


@dataclass(frozen=True)
class HandedMeasure:
    """A measure with what was promised in its last report and how it was last evaluated, each with its year."""

    plan: str
    code: str
    title: str
    promised_in: int | None
    promises: tuple[Answered, ...]
    evaluated_in: int | None
    grade: str
    direction: str
    comment: str


@dataclass(frozen=True)
class OpenReport:
    """A report in a round that still takes reports. `turn` says who acts next; a draft has been saved or not."""

    plan: str
    round: str
    code: str
    title: str
    state: str
    due_on: date
    is_late: bool
    turn: str
    saved_at: datetime | None
    saved_by: str


@dataclass(frozen=True)
class ComingMail:
    """The next mail of a request, in the plan's time (JST), if nothing happens until then."""

    plan: str
    round: str
    at: datetime
    kind: str
    to: str


@dataclass(frozen=True)
class HandoverSheet:
    """The sheet of a person, or of a department, as things stand on the day `on`.

    `marks` are sentences that must stand on every format, such as the mark of simulated data.
    """

    language: str
    municipality: str
    of: str
    is_of_person: bool
    on: date
    issued_on: date
    posts: tuple[HandedPost, ...]
    measures: tuple[HandedMeasure, ...]
    reports: tuple[OpenReport, ...]
    mails: tuple[ComingMail, ...]
    marks: tuple[str, ...] = ()
