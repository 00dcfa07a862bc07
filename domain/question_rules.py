"""What contradicts itself in a question set: doubled ids, choices without answers, conditions on nothing."""

from __future__ import annotations

from collections.abc import Collection

from domain.mistakes import Key, Mistake, doubled
from domain.questions import Condition, QuestionKind, QuestionSet


def mistakes(at: Key, question_set: QuestionSet, classes: Collection[str] | None = None) -> list[Mistake]:
    """What is wrong with the questions that stand at `at`.

    `classes` are those of the measures that are asked about; None: it is no measure, so none can ask for its class.
    """
    questions = question_set.questions
    found = [*doubled(at, [q.id for q in questions])]
    values: dict[str, set[str]] = {q.id: {c.code for c in q.choices} for q in questions}
    if classes is not None:
        values["class"] = {*classes}
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
