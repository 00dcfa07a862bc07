"""Question sets: what a form asks, as data, and the check of what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from domain.text import Bilingual, half_width, length, typed_text


class QuestionKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True)
class Choice:
    code: str
    label: Bilingual


@dataclass(frozen=True)
class Condition:
    """True when the answer to `question` is one of `among`; `class` asks the measure's class."""

    question: str
    among: tuple[str, ...]


@dataclass(frozen=True)
class NumberCondition(Condition):
    """True when a number was given to `question`, and where there are limits only outside them.

    For questions that a form adds by itself (`domain/reported_figure.py`); no plan file says it.
    """

    among: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        if self.low is None and self.high is None:
            return True
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)


@dataclass(frozen=True)
class Question:
    """One prompt of a form. `limit` is the most characters a text may have (0: no limit).

    `required` asks always, `required_when` only under a condition; `shown_when` hides it otherwise.
    `promise` marks the answer that next year's form asks back, beside the question that `recalls` it.
    """

    id: str
    label: Bilingual
    kind: QuestionKind = QuestionKind.TEXT
    help: Bilingual = field(default_factory=lambda: Bilingual(""))
    example: Bilingual = field(default_factory=lambda: Bilingual(""))
    unit: Bilingual = field(default_factory=lambda: Bilingual(""))
    choices: tuple[Choice, ...] = ()
    required: bool = False
    required_when: Condition | None = None
    shown_when: Condition | None = None
    limit: int = 0
    promise: bool = False
    recalls: str = ""

    def choice_label(self, code: str, language: str) -> str:
        return next((c.label.in_language(language) for c in self.choices if c.code == code), code)


@dataclass(frozen=True)
class QuestionSet:
    code: str
    version: int
    questions: tuple[Question, ...]


class Problem(StrEnum):
    """What is wrong with one answer; the web layer says it in words."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CHOICE = "not_a_choice"
    UNKNOWN_QUESTION = "unknown_question"
    # Of a review's proposals (domain/proposal.py):
    MERGED_INTO_ITSELF = "merged_into_itself"
    SPLIT_INTO_ONE = "split_into_one"
    NOTHING_CHANGED = "nothing_changed"
    CLASS_DOES_NOT_MOVE_THERE = "class_does_not_move_there"


@dataclass(frozen=True)
class AnswerProblem:
    question: str
    problem: Problem
    limit: int = 0
    length: int = 0


Answers = Mapping[str, str]


def shown(question_set: QuestionSet, answers: Answers, measure_class: str = "") -> tuple[Question, ...]:
    """The questions to ask, given what is answered so far and the class of the measure ("" unknown)."""
    return tuple(q for q in question_set.questions if _holds(q.shown_when, answers, measure_class, without=True))


def required_now(question_set: QuestionSet, answers: Answers, measure_class: str = "") -> tuple[Question, ...]:
    """The questions that must be answered, given what is answered so far."""
    return tuple(
        q
        for q in shown(question_set, answers, measure_class)
        if q.required or _holds(q.required_when, answers, measure_class, without=False)
    )


def in_words(question: Question, answer: str, language: str) -> str:
    """An answer as people read it: the label of a choice, a number with its unit."""
    if not answer:
        return ""
    if question.kind is QuestionKind.CHOICE:
        return question.choice_label(answer, language)
    if question.kind is QuestionKind.NUMBER and question.unit.ja and number(answer) is not None:
        return f"{answer} {question.unit.in_language(language)}"
    return answer


def applying(question_set: QuestionSet, answers: Answers, measure_class: str = "") -> dict[str, str]:
    """`answers` without those to questions that are not asked: a field that was hidden says nothing."""
    hidden = {q.id for q in question_set.questions} - {q.id for q in shown(question_set, answers, measure_class)}
    return {key: value for key, value in answers.items() if key not in hidden}


def that_may_be_shown(question_set: QuestionSet, measure_class: str = "") -> tuple[Question, ...]:
    """The questions that some answers to others could bring up; the class of a measure is fixed."""
    by_id = {q.id: q for q in question_set.questions}

    def may_be_shown(question: Question) -> bool:
        condition = question.shown_when
        if condition is None:
            return True
        if condition.question == "class":
            return measure_class in condition.among
        return condition.question not in by_id or may_be_shown(by_id[condition.question])

    return tuple(q for q in question_set.questions if may_be_shown(q))


def cleaned(question_set: QuestionSet, answers: Answers) -> dict[str, str]:
    """The answers as they are stored: numbers and choices in half-width, texts as typed.

    A number that cannot be read stays as it was typed, so that nothing is lost.
    """
    kinds = {q.id: q.kind for q in question_set.questions}
    return {
        key: typed_text(value) if kinds.get(key) is QuestionKind.TEXT else _tidy(kinds.get(key), value)
        for key, value in answers.items()
        if value.strip()
    }


def check(question_set: QuestionSet, answers: Answers, measure_class: str = "") -> tuple[AnswerProblem, ...]:
    """Everything that keeps cleaned `answers` from being submitted, in the order of the form."""
    problems = [
        AnswerProblem(key, Problem.UNKNOWN_QUESTION)
        for key in answers
        if key not in {q.id for q in question_set.questions}
    ]
    for question in shown(question_set, answers, measure_class):
        answer = answers.get(question.id, "")
        if not answer:
            if question.required or _holds(question.required_when, answers, measure_class, without=False):
                problems.append(AnswerProblem(question.id, Problem.MISSING))
            continue
        match question.kind:
            case QuestionKind.NUMBER if number(answer) is None:
                problems.append(AnswerProblem(question.id, Problem.NOT_A_NUMBER))
            case QuestionKind.CHOICE if answer not in {c.code for c in question.choices}:
                problems.append(AnswerProblem(question.id, Problem.NOT_A_CHOICE))
            case QuestionKind.TEXT if question.limit and length(answer) > question.limit:
                problems.append(AnswerProblem(question.id, Problem.TOO_LONG, question.limit, length(answer)))
    return tuple(problems)


# Digits only: `Decimal` alone would also read 1e999999, NaN and 1_0.
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)


def number(text: str) -> Decimal | None:
    """A number as people type it, full-width and with thousands separators; None when it is none."""
    typed = half_width(text).replace("\N{MINUS SIGN}", "-")
    return Decimal(typed.replace(",", "")) if _NUMBER.fullmatch(typed) else None


def _tidy(kind: QuestionKind | None, value: str) -> str:
    if kind is QuestionKind.NUMBER:
        read = number(value)
        return value.strip() if read is None else format(read, "f")
    return half_width(value)


def _holds(condition: Condition | None, answers: Answers, measure_class: str, *, without: bool) -> bool:
    if condition is None:
        return without
    if isinstance(condition, NumberCondition):
        given = number(answers.get(condition.question, ""))
        return given is not None and condition.holds(given)
    value = measure_class if condition.question == "class" else answers.get(condition.question, "")
    return value in condition.among
