"""What the evaluation of a term (期間の振り返り) says: the content every format renders. There is no grade in it.

Texts are already in the document's language; "" and None mean that nothing is known (shown as 「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.survey_results import QuestionResult
from domain.term_evaluation import Standing


@dataclass(frozen=True)
class EvaluatedTheme:
    """A theme with its points, and how much of what there is about it: reports, check-ins, trials, survey questions.

    `states` are "code title" of what stands under it.
    """

    code: str
    title: str
    good: tuple[str, ...]
    to_do: tuple[str, ...]
    states: tuple[str, ...]
    reports: int
    check_ins: int
    trials: int
    questions: int


@dataclass(frozen=True)
class AchievedYear:
    """What was done in a fiscal year (None: 記載なし); `precedes`: before the term began."""

    fiscal_year: int | None
    precedes: bool
    achieved: tuple[str, ...]


@dataclass(frozen=True)
class TriedOut:
    """A trial of a key project. `result` "": it still runs; `abolishes` a task that could be given up."""

    project: str
    title: str
    started_on: date
    ended_on: date | None
    hypothesis: str
    done: str
    result: str
    learning: str
    next: str
    abolishes: str


@dataclass(frozen=True)
class CheckedProject:
    """A key project in the term: how often its team said where it stands, and how many trials it made."""

    code: str
    title: str
    check_ins: int
    trials: int


@dataclass(frozen=True)
class SurveyTold:
    """A survey held in the term; `compared_with` is the name of the survey before it, "" none."""

    name: str
    fiscal_year: int | None
    respondents: int | None
    allows_several_answers: bool
    compared_with: str
    questions: tuple[QuestionResult, ...]
    note: str


@dataclass(frozen=True)
class TermEvaluation:
    """The evaluation of a term as things stand on its day of issue. `theme_label` is what the plan calls a theme.

    `marks` are sentences that must stand on every format, such as the mark of sample data.
    """

    language: str
    municipality: str
    plan: str
    term: str
    first_fiscal_year: int
    last_fiscal_year: int
    theme_label: str
    standing: Standing
    decided_on: date | None
    issued_on: date
    themes: tuple[EvaluatedTheme, ...]
    achievements: tuple[AchievedYear, ...]
    projects: tuple[CheckedProject, ...]
    trials: tuple[TriedOut, ...]
    surveys: tuple[SurveyTold, ...]
    outlook: tuple[str, ...]
    marks: tuple[str, ...] = ()
