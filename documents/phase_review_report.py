"""What a phase review report (見直し報告書) says: the content every format renders.

Texts are already in the report's language; "" and None mean that nothing is known (shown as 「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.annual_report import Answered
from domain.review_snapshot import IndicatorMovement


@dataclass(frozen=True)
class StandingKind:
    """A way in which a year's report counts, such as 「提出済み」, and what is meant by it."""

    label: str
    meaning: str


@dataclass(frozen=True)
class ReviewedYear:
    """One fiscal year of a measure; `standing` is the label of a `StandingKind`."""

    fiscal_year: int
    standing: str
    progress: str = ""
    grade: str = ""
    direction: str = ""
    comment: str = ""
    said: tuple[Answered, ...] = ()


@dataclass(frozen=True)
class ReviewedMeasure:
    """A measure of the edition under review. `above` are "code title" of the nodes over it, from the top.

    `achievements` are statuses of the plan's document for the term (実施状況), beside the yearly reports.
    """

    code: str
    title: str
    above: tuple[str, ...]
    measure_class: str
    department: str
    years: tuple[ReviewedYear, ...]
    achievements: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailsSent:
    kind: str
    mails: int


@dataclass(frozen=True)
class CollectedYear:
    """How a fiscal year's collection went: `on_time` of the reports `asked` for came by their due date."""

    fiscal_year: int
    asked: int
    handed_in: int
    on_time: int
    mails: tuple[MailsSent, ...] = ()


@dataclass(frozen=True)
class ReceivedOpinion:
    """An opinion with what became of it. Who wrote it is not said. `about` are "code title" of measures."""

    source: str
    received_on: date
    text: str
    about: tuple[str, ...] = ()
    answer: str = ""
    reflection: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a department proposed of a measure. `standing` says whether it was handed in."""

    department: str
    standing: str
    said: tuple[Answered, ...] = ()


@dataclass(frozen=True)
class DecidedMeasure:
    """What is decided of a measure. `becomes` are "code title" of the next edition, `changes` what else is new."""

    code: str
    title: str
    above: tuple[str, ...]
    kind: str
    is_changed: bool
    becomes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    reason: str = ""
    proposal: Proposal | None = None


@dataclass(frozen=True)
class AddedMeasure:
    """A new measure of the next edition; `proposed_by` the department it came from, if one did."""

    code: str
    title: str
    above: tuple[str, ...]
    kind: str
    measure_class: str = ""
    reason: str = ""
    proposed_by: str = ""


@dataclass(frozen=True)
class OpenProposal:
    """A new measure that a department proposed and that was not taken up; no `declined_reason`: not decided yet."""

    title: str
    department: str
    reason: str = ""
    declined_reason: str = ""


@dataclass(frozen=True)
class ConsultedBody:
    """A body's turn. `stage` is 「二次評価」, 「外部評価」 or ""; after a return bodies are asked again (`attempt`)."""

    name: str
    stage: str
    attempt: int
    met_on: date | None
    outcome: str
    comment: str


@dataclass(frozen=True)
class ComingEdition:
    """What the next edition is called; `decided` is a month in words."""

    code: str
    name: str
    decided: str
    effective_on: date
    reason: str = ""


@dataclass(frozen=True)
class PhaseReviewReport:
    """The report of a phase review, as things stand on its day of issue.

    `is_revised` None: not decided yet. `taken_on` is the day on which the term was frozen, None: not yet.
    `standings`, `sources`, `reflections` and `kinds` list the labels in the order in which they are counted.
    `marks` are sentences that must stand on every format, such as the mark of sample data.
    """

    language: str
    municipality: str
    plan: str
    term: str
    edition: str
    issued_on: date
    measure_label: str
    is_revised: bool | None
    outcome: str
    outcome_reason: str
    taken_on: date | None
    standings: tuple[StandingKind, ...]
    measures: tuple[ReviewedMeasure, ...]
    indicators: tuple[IndicatorMovement, ...]
    rounds: tuple[CollectedYear, ...]
    opinions_from: date | None
    opinions_until: date | None
    sources: tuple[str, ...]
    reflections: tuple[str, ...]
    opinions: tuple[ReceivedOpinion, ...]
    criteria: tuple[Answered, ...]
    kinds: tuple[str, ...]
    decisions: tuple[DecidedMeasure, ...]
    added: tuple[AddedMeasure, ...]
    open_proposals: tuple[OpenProposal, ...]
    bodies: tuple[ConsultedBody, ...]
    next_edition: ComingEdition | None
    marks: tuple[str, ...] = ()
