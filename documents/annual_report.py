"""What an annual progress report says: the content every format renders.

Texts are already in the report's language; "" means that nothing was said (shown as 「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Answered:
    """One question of the form with its answer, as text with its unit."""

    question: str
    answer: str


@dataclass(frozen=True)
class ReportedMeasure:
    """One measure of the year. `policy` and `goal` are "code title" of its ancestors.

    `report_state` is a label such as 「承認済み」 or 「未提出」; `progress` the label of the progress
    answer; `grade` and `direction` are labels, "" when not evaluated.
    """

    code: str
    title: str
    policy: str
    goal: str
    department: str
    report_state: str
    progress: str
    answers: tuple[Answered, ...]
    grade: str
    direction: str
    comment: str


@dataclass(frozen=True)
class ProgressCount:
    """How many measures of one policy gave one progress answer: the chart's data."""

    policy: str
    progress: str
    measures: int


@dataclass(frozen=True)
class ReportTable:
    """A table of a section, all in words. From the column `numbers_from` on there are counts, set to the right.

    `widths` are those of the columns beside one another, where they should not be alike.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int = 100
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class ReportSection:
    """What a plan tells beside its measures, such as its progress by view (行革の視点) or its indicators by chapter."""

    heading: str
    notes: tuple[str, ...]
    tables: tuple[ReportTable, ...]


@dataclass(frozen=True)
class AnnualReport:
    """The annual progress report (年度進捗報告書) of one plan and fiscal year.

    `marks` are sentences that must stand on every format, such as the mark of simulated data.
    `progress_order` lists the progress labels from best to worst, the last being "no report". `sections` stand
    between the chart and the measures.
    """

    language: str
    municipality: str
    plan: str
    edition: str
    fiscal_year: int
    term: str
    issued_on: date
    policy_label: str
    goal_label: str
    measure_label: str
    measures: tuple[ReportedMeasure, ...]
    progress_counts: tuple[ProgressCount, ...]
    progress_order: tuple[str, ...]
    marks: tuple[str, ...] = ()
    sections: tuple[ReportSection, ...] = ()
