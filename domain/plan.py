"""A plan as data: its levels, terms, rounds, questions and editions.

A plan file (`plans/*.yaml`) is one `PlanDefinition`; a further city needs a file, no code. The classes
refuse unknown keys when a file is read (`yaml_files.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.ladder import Ladder
from domain.mistakes import Key, Mistake, doubled
from domain.questions import Condition, QuestionKind, QuestionSet
from domain.text import Bilingual


class Level(StrEnum):
    POLICY = "policy"  # 基本方針・章・テーマ
    GOAL = "goal"  # 基本目標・節・ありたい姿
    MEASURE = "measure"  # 個別施策・施策
    INITIATIVE = "initiative"  # 取組み


class MeasureClass(StrEnum):
    """Each class has its time rule (飯塚市地域情報化計画 第4章2); unknown is allowed."""

    PRIORITY = "priority"  # 重点
    PROMOTION = "promotion"  # 推進
    RESEARCH = "research"  # 調査研究


@dataclass(frozen=True)
class Source:
    """Where a fact stands: the document and the heading in it. Empty: 記載なし."""

    document: Bilingual
    heading: Bilingual = field(default_factory=lambda: Bilingual(""))


@dataclass(frozen=True)
class MunicipalityDefinition:
    code: str
    name: Bilingual


@dataclass(frozen=True)
class LevelLabel:
    level: Level
    label: Bilingual


@dataclass(frozen=True)
class Term:
    """前期・中期・後期: a named span of fiscal years."""

    code: str
    name: Bilingual
    first_fiscal_year: int
    last_fiscal_year: int


@dataclass(frozen=True)
class CalendarDay:
    """A month and day inside a fiscal year; work moves to the next business day."""

    month: int
    day: int


@dataclass(frozen=True)
class RoundDefinition:
    """How one collection round of a year runs. Days are business days.

    `due_after_days` counts from the opening, `return_due_days` from a return.
    """

    code: str
    name: Bilingual
    opens: CalendarDay
    due_after_days: int
    return_due_days: int
    ladder: Ladder


@dataclass(frozen=True)
class Grade:
    code: str
    label: Bilingual
    meaning: Bilingual


@dataclass(frozen=True)
class PlanNode:
    """A policy, goal, measure or initiative of one edition. Codes are unique per edition only."""

    code: str
    level: Level
    title: str
    title_en: str = ""
    parent: str = ""
    measure_class: MeasureClass | None = None


@dataclass(frozen=True)
class Edition:
    """策定・改訂: the plan as decided in a month (`decided`, YYYY-MM), in force from `effective_on`."""

    code: str
    name: Bilingual
    decided: str
    effective_on: date
    nodes: tuple[PlanNode, ...]

    def children(self, parent: str) -> tuple[PlanNode, ...]:
        return tuple(n for n in self.nodes if n.parent == parent)


@dataclass(frozen=True)
class PlanDefinition:
    code: str
    name: Bilingual
    municipality: MunicipalityDefinition
    source: Source
    first_fiscal_year: int
    last_fiscal_year: int
    level_labels: tuple[LevelLabel, ...]
    terms: tuple[Term, ...]
    cycle_opens: CalendarDay
    rounds: tuple[RoundDefinition, ...]
    question_set: QuestionSet
    grades: tuple[Grade, ...]
    editions: tuple[Edition, ...]

    def round_of(self, code: str) -> RoundDefinition:
        return next(r for r in self.rounds if r.code == code)

    def term_of(self, fiscal_year: int) -> Term | None:
        return next((t for t in self.terms if t.first_fiscal_year <= fiscal_year <= t.last_fiscal_year), None)

    def label_of(self, level: Level) -> Bilingual:
        return next((lbl.label for lbl in self.level_labels if lbl.level is level), Bilingual(level.value))


def mistakes(plan: PlanDefinition) -> tuple[Mistake, ...]:
    """What the types cannot see: doubled codes, parents that are missing, spans that run backwards."""
    return (
        *_span_mistakes(plan),
        *_day_mistakes(plan),
        *_round_mistakes(plan),
        *_edition_mistakes(plan),
        *_question_mistakes(plan),
        *doubled(("terms",), [term.code for term in plan.terms]),
        *doubled(("grades",), [grade.code for grade in plan.grades]),
        *doubled(("level_labels",), [label.level for label in plan.level_labels]),
    )


def _span_mistakes(plan: PlanDefinition) -> list[Mistake]:
    found = []
    if plan.first_fiscal_year > plan.last_fiscal_year:
        found.append(Mistake(("last_fiscal_year",), "the plan ends before it starts"))
    for i, term in enumerate(plan.terms):
        if not plan.first_fiscal_year <= term.first_fiscal_year <= term.last_fiscal_year <= plan.last_fiscal_year:
            found.append(Mistake(("terms", i), f"term {term.code} does not lie inside the plan's years"))
    return found


def _day_mistakes(plan: PlanDefinition) -> list[Mistake]:
    days: list[tuple[Key, CalendarDay]] = [(("cycle_opens",), plan.cycle_opens)]
    days += [(("rounds", i, "opens"), r.opens) for i, r in enumerate(plan.rounds)]
    return [
        Mistake(path, f"there is no day {day.month}/{day.day} in every year")
        for path, day in days
        if not _in_every_year(day)
    ]


def _in_every_year(day: CalendarDay) -> bool:
    try:
        date(2001, day.month, day.day)
    except ValueError:
        return False
    return True


def _round_mistakes(plan: PlanDefinition) -> list[Mistake]:
    found = [*doubled(("rounds",), [r.code for r in plan.rounds])]
    for i, round_ in enumerate(plan.rounds):
        found += doubled(("rounds", i, "ladder", "steps"), [s.code for s in round_.ladder.steps])
        if round_.due_after_days < 1:
            found.append(Mistake(("rounds", i, "due_after_days"), "must be at least 1 business day"))
        if round_.return_due_days < 1:
            found.append(Mistake(("rounds", i, "return_due_days"), "must be at least 1 business day"))
    return found


def _edition_mistakes(plan: PlanDefinition) -> list[Mistake]:
    found = [*doubled(("editions",), [e.code for e in plan.editions])]
    for i, edition in enumerate(plan.editions):
        at = ("editions", i, "nodes")
        codes = [n.code for n in edition.nodes]
        found += doubled(at, codes)
        for j, node in enumerate(edition.nodes):
            if node.parent and node.parent not in codes:
                found.append(Mistake((*at, j, "parent"), f"there is no node with code {node.parent!r}"))
            elif node.parent and codes.index(node.parent) >= j:
                found.append(Mistake((*at, j, "parent"), f"{node.parent!r} must stand before its children"))
    return found


def _question_mistakes(plan: PlanDefinition) -> list[Mistake]:
    questions = plan.question_set.questions
    at = ("question_set", "questions")
    found = [*doubled(at, [q.id for q in questions])]
    values: dict[str, set[str]] = {q.id: {c.code for c in q.choices} for q in questions}
    values["class"] = set(MeasureClass)
    for i, question in enumerate(questions):
        found += doubled((*at, i, "choices"), [c.code for c in question.choices])
        if question.kind is QuestionKind.CHOICE and not question.choices:
            found.append(Mistake((*at, i, "choices"), "a choice question needs choices"))
        if question.recalls and not any(q.id == question.recalls and q.promise for q in questions):
            found.append(Mistake((*at, i, "recalls"), f"there is no promise {question.recalls!r}"))
        for key, condition in (("required_when", question.required_when), ("shown_when", question.shown_when)):
            if condition is not None:
                found += _condition_mistakes((*at, i, key), condition, values)
    return found


def _condition_mistakes(path: Key, condition: Condition, values: dict[str, set[str]]) -> list[Mistake]:
    if condition.question not in values:
        return [Mistake((*path, "question"), f"there is no question {condition.question!r}")]
    known = values[condition.question]
    return [
        Mistake((*path, "among", i), f"{value!r} is no choice of {condition.question!r}")
        for i, value in enumerate(condition.among)
        if known and value not in known
    ]
