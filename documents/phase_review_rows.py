"""The rows and tables of a phase review report, in words: what the formats draw."""

from __future__ import annotations

from dataclasses import dataclass

from documents.annual_report import Answered


@dataclass(frozen=True)
class Fact:
    name: str
    text: str


@dataclass(frozen=True)
class CrossRow:
    name: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class CrossTable:
    """Counts by two properties; `corner` names that of the rows."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[CrossRow, ...]
    totals: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class YearRow:
    year: str
    standing: str
    progress: str
    grade: str
    direction: str
    comment: str
    evaluation: str
    said: tuple[Answered, ...]


@dataclass(frozen=True)
class MeasureSection:
    code: str
    title: str
    department: str
    measure_class: str
    achievements: str
    years: tuple[YearRow, ...]


@dataclass(frozen=True)
class MeasureGroup:
    """Measures under the same nodes; no `heading`: nothing stands above them."""

    heading: str
    measures: tuple[MeasureSection, ...]


@dataclass(frozen=True)
class IndicatorRow:
    indicator: str
    measure: str
    unit: str
    first: str
    last: str
    target: str


@dataclass(frozen=True)
class RoundRow:
    year: str
    asked: int
    handed_in: int
    on_time: int
    mails: str


@dataclass(frozen=True)
class OpinionRow:
    number: int
    source: str
    received_on: str
    about: str
    text: str
    answer: str
    reflection: str


@dataclass(frozen=True)
class DecisionRow:
    """`details` say in lines what the measure becomes and what else changes; "": it goes on as it is."""

    code: str
    title: str
    kind: str
    is_changed: bool
    becomes: str
    changes: str
    details: str
    proposed_by: str
    proposal: tuple[Answered, ...]
    reason: str


@dataclass(frozen=True)
class DecisionGroup:
    heading: str
    rows: tuple[DecisionRow, ...]


@dataclass(frozen=True)
class AddedRow:
    code: str
    title: str
    kind: str
    group: str
    measure_class: str
    reason: str
    proposed_by: str


@dataclass(frozen=True)
class BodyRow:
    body: str
    stage: str
    attempt: str
    met_on: str
    outcome: str
    comment: str
