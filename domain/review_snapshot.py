"""The term as a review found it: what was reported, evaluated and measured, frozen when the review begins.

Who reads a review's papers years later sees what the deciders saw, whatever was changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.progress_report import ReportState


class Standing(StrEnum):
    """How far a department had come with a report when it was frozen."""

    COMPLETE = "complete"  # submitted by the department, or further
    AS_IT_STOOD = "as_it_stood"  # a draft, or returned and not handed in again: taken as it stood
    EXEMPTED = "exempted"
    NOTHING = "nothing"  # asked, and nothing written
    NOT_ASKED = "not_asked"  # no round of that year asked for it


def standing_of(state: ReportState | None, *, is_exempted: bool, has_answers: bool) -> Standing:
    """How a report counts in a snapshot; `state` None: there is no report."""
    if state is None:
        return Standing.NOT_ASKED
    if is_exempted:
        return Standing.EXEMPTED
    if state in (ReportState.SUBMITTED, ReportState.APPROVED, ReportState.CONFIRMED):
        return Standing.COMPLETE
    return Standing.AS_IT_STOOD if has_answers else Standing.NOTHING


@dataclass(frozen=True)
class SaidThen:
    """One question as it was asked, with the answer in words."""

    question: str
    answer: str


@dataclass(frozen=True)
class MeasureYear:
    """One fiscal year of one measure. `grade` and `direction` are codes, "" where it was not evaluated."""

    fiscal_year: int
    standing: Standing
    department: str = ""
    said: tuple[SaidThen, ...] = ()
    progress: str = ""
    grade: str = ""
    direction: str = ""
    comment: str = ""


@dataclass(frozen=True)
class MeasureOfTerm:
    """A measure of the edition under review. `above` are "code title" of the nodes over it, from the top.

    `achievements` are statuses of the plan's document for this term (実施状況), beside the yearly reports.
    """

    code: str
    title: str
    above: tuple[str, ...]
    measure_class: str
    department: str
    years: tuple[MeasureYear, ...]
    achievements: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndicatorMovement:
    """An indicator over the term: its first and last actual value in the term, as text with their years' names.

    "" where the record has none (記載なし). `target` is the value aimed at, "" without one.
    """

    code: str
    name: str
    unit: str
    measure: str = ""
    first: str = ""
    first_at: str = ""
    last: str = ""
    last_at: str = ""
    target: str = ""


@dataclass(frozen=True)
class MailCount:
    """Mails of one kind (`domain/ladder.py::StepKind`) that were sent for the term's rounds."""

    kind: str
    mails: int


@dataclass(frozen=True)
class RoundOfTerm:
    """How a fiscal year's collection went. `on_time` of `asked` reports were handed in by their due date."""

    fiscal_year: int
    asked: int
    handed_in: int
    on_time: int
    mails: tuple[MailCount, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """Everything of a term that a review looks at; texts in the language of the plan's document (Japanese)."""

    term: str
    edition: str
    first_fiscal_year: int
    last_fiscal_year: int
    taken_on: date
    measures: tuple[MeasureOfTerm, ...]
    indicators: tuple[IndicatorMovement, ...] = ()
    rounds: tuple[RoundOfTerm, ...] = ()
    opinions: int = 0

    def standings(self) -> dict[Standing, int]:
        """How many year's reports were complete, taken as they stood, and so on."""
        found = [year.standing for measure in self.measures for year in measure.years]
        return {standing: found.count(standing) for standing in Standing}
