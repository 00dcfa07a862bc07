"""What a returned workbook would change, in words: each answer with its cell, what keeps it, what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from domain import questions
from exchange import answer_wording
from exchange.answer_workbook_reading import COLUMN
from exchange.remarks import Remark
from i18n import N_, translate
from records.returned_workbooks import CellProblem, ChangedAnswer, ReturnedMeasure
from web.labels import answer_problem_in_words
from web.report_words import soft_warning_in_words

CHOICES = ("workbook", "draft")
"""Whose answer counts where both were changed."""


def choice_name(report: int, question: str) -> str:
    """The field in which a person chooses between two answers."""
    return f"choice.{report}.{question}"


def seen_name(measure: ReturnedMeasure) -> str:
    """The field that says what the person was shown of a report."""
    return f"seen.{measure.held.report.id}"


@dataclass(frozen=True)
class ShownChange:
    """`choice`: the name of the field in which to choose, "" where there is nothing to choose; `ask` says to do it."""

    label: str
    cell: str
    now: str
    then: str
    choice: str
    ask: str


@dataclass(frozen=True)
class ShownMeasure:
    """One sheet as the preview shows it. `mistakes` keep the whole sheet out, `problems` keep it from submission."""

    measure: ReturnedMeasure
    seen_name: str
    changes: tuple[ShownChange, ...]
    mistakes: tuple[str, ...]
    problems: tuple[str, ...]
    hints: tuple[str, ...]


def shown(measure: ReturnedMeasure, language: str) -> ShownMeasure:
    unreadable = {remark.row for remark in measure.unreadable}
    problems = [problem for problem in measure.problems if problem.row is None or problem.row not in unreadable]
    return ShownMeasure(
        measure,
        seen_name(measure),
        tuple(_change(measure, change, language) for change in measure.changes),
        tuple(_remark(remark, language) for remark in measure.unreadable),
        tuple(_problem(measure.sheet, problem, language) for problem in problems if measure.is_open),
        tuple(_remark(remark, language) for remark in measure.left_out) + _warnings(measure, language),
    )


def _change(measure: ReturnedMeasure, change: ChangedAnswer, language: str) -> ShownChange:
    question, cell = change.question, _cell(measure.sheet, change.row, language)
    label = question.label.in_language(language)
    return ShownChange(
        label=label,
        cell=cell,
        now=questions.in_words(question, change.now, language),
        then=questions.in_words(question, change.then, language),
        choice=choice_name(measure.held.report.id, question.id) if change in measure.conflicts else "",
        ask=translate(language, "「%(name)s」（%(cell)s）のどちらを残すかを選んでください。", name=label, cell=cell),
    )


def _warnings(measure: ReturnedMeasure, language: str) -> tuple[str, ...]:
    by_id = {change.question.id: change for change in measure.changes}
    return tuple(
        _at(
            _cell(measure.sheet, by_id[one.question].row, language),
            soft_warning_in_words(one, by_id[one.question].question, language),
            language,
        )
        for one in measure.warnings
        if one.question in by_id
    )


def _problem(sheet: str, found: CellProblem, language: str) -> str:
    said = answer_problem_in_words(found.problem, found.question, language)
    return said if found.row is None else _at(_cell(sheet, found.row, language), said, language)


def _remark(remark: Remark, language: str) -> str:
    between = " " if language == "en" else ""
    said = between.join((remark.message.in_language(language).strip(), remark.remedy.in_language(language)))
    return _at(_cell(remark.sheet, remark.row or 0, language), said, language)


def _cell(sheet: str, row: int, language: str) -> str:
    return answer_wording.cell(sheet, row, COLUMN).in_language(language)


def _at(cell: str, said: str, language: str) -> str:
    return translate(language, N_("%(cell)s：%(said)s"), cell=cell, said=said)
