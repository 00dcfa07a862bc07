"""The form of a progress report: each question with what belongs beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from domain import draft, questions
from domain.questions import (
    AnswerProblem,
    Answers,
    Condition,
    NumberCondition,
    Question,
    QuestionKind,
    QuestionSet,
    in_words,
)
from domain.reported_figure import AskedFigure
from domain.soft_warnings import SoftWarning
from domain.text import Bilingual, length, typed_text
from records.inheritance import Inherited
from records.reporting import Remark
from web.labels import answer_problem_in_words, condition_in_words
from web.report_words import BesideFigure, beside_figure, number_condition_in_words, soft_warning_in_words

_SIDE_BY_SIDE = 7  # choices; Meguru's own

PREFIX = "answer."
"""Of the names of fields, so that no question can take the name of another field of the form."""
SEEN = "seen."
"""Of the hidden fields that carry the mark of what each field was shown with (`domain/draft.py`)."""
REMARK = "remark."
"""Of the fields in which an approver says what to mend in an answer."""
_NOTHING: Mapping[str, Bilingual] = {}


class Earlier(Protocol):
    """What was answered the time before, with the questions it answered: last year's report, the last check-in."""

    @property
    def answers(self) -> Answers: ...

    @property
    def question_set(self) -> QuestionSet: ...


@dataclass(frozen=True)
class Asked:
    """One question as the form shows it. `theirs` is what somebody else saved meanwhile, None where it is the same.

    `now`: what stands in the plan, beside the question that would change it. `warnings`: what is worth a second look.
    `beside`: last values and target, where the value of an indicator is asked for. `remark`: what a return asked
    to mend in this answer; `returned_answer` is the answer it was said of, in words. `seen`: the mark of what is
    stored.

    `is_hidden`: not asked with these answers; without JavaScript the field is shown with `when` in words.
    `needed_when`: with which answers a field that is always shown may not be left empty, in words.
    """

    question: Question
    value: str
    is_hidden: bool
    error: str
    last_year: str
    promise: str
    promise_label: str
    theirs: str | None
    when: str
    needed_when: str = ""
    now: str = ""
    warnings: tuple[str, ...] = ()
    beside: BesideFigure | None = None
    remark: str = ""
    returned_answer: str = ""
    seen: str = ""

    @property
    def is_optional(self) -> bool:
        """Whether the field may always be left empty."""
        return not self.question.required and self.question.required_when is None

    @property
    def is_listed(self) -> bool:
        """Whether the choices are too many to stand side by side."""
        return len(self.question.choices) > _SIDE_BY_SIDE

    @property
    def anchor(self) -> str:
        return f"answer-{self.question.id}"

    @property
    def name(self) -> str:
        return PREFIX + self.question.id

    @property
    def shown_number(self) -> NumberCondition | None:
        """The number that brings the question up."""
        condition = self.question.shown_when
        return condition if isinstance(condition, NumberCondition) else None

    @property
    def length(self) -> int:
        return length(typed_text(self.value))


@dataclass(frozen=True)
class InheritedPromises:
    """What was promised of a measure that was taken over: label of the question and answer; none: nothing was."""

    inherited: Inherited
    promises: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReportForm:
    """The questions in their order. `promises` are last year's that no question recalls.

    `inherited` are those of the measures that this one took over.
    """

    asked: tuple[Asked, ...]
    promises: tuple[tuple[str, str], ...]
    inherited: tuple[InheritedPromises, ...] = ()

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(a.anchor, a.error) for a in self.asked if a.error]

    @property
    def warnings(self) -> list[tuple[str, str]]:
        return [(a.anchor, warning) for a in self.asked for warning in a.warnings]

    @property
    def remarks(self) -> list[Asked]:
        """The answers that are to be mended."""
        return [a for a in self.asked if a.remark]


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question as it is read: the answer in words, last year's beside it, and what a return said of it."""

    question: Question
    answer: str
    last_year: str
    remark: str = ""

    @property
    def remark_field(self) -> str:
        return REMARK + self.question.id


def report_form(
    question_set: QuestionSet,
    answers: Answers,
    measure_class: str,
    language: str,
    last_year: Earlier | None,
    problems: Iterable[AnswerProblem] = (),
    theirs: Answers | None = None,
    inherited: Iterable[Inherited] = (),
    now: Mapping[str, Bilingual] = _NOTHING,
    warnings: Iterable[SoftWarning] = (),
    figures: Iterable[AskedFigure] = (),
    stored: Answers | None = None,
    remarks: Iterable[Remark] = (),
) -> ReportForm:
    """The form with `answers` in its fields. `theirs`: the answers that somebody else saved meanwhile.

    `stored`: what the record holds, if it is not `answers`. `remarks`: what a return asked to mend.

    `now`: what stands in the plan, by the question that would change it. `figures`: the indicators whose questions
    are among those of the set.
    """
    # As a submission would see it: 「５」 is a 5.
    asked_now = {q.id for q in questions.shown(question_set, questions.cleaned(question_set, answers), measure_class)}
    wrong = {p.question: p for p in problems}
    said = _promises(last_year)
    looked_at = tuple(warnings)
    measured = {f.key: f for f in figures}
    not_recalled = {q.id for f in measured.values() for q in f.questions if q.kind is not QuestionKind.TEXT}
    by_id = {q.id: q for q in question_set.questions}
    to_mend = {r.question: r for r in remarks}
    held = answers if stored is None else stored

    def asked(question: Question) -> Asked:
        value, other = answers.get(question.id, ""), (theirs or {}).get(question.id, "")
        differs = theirs is not None and typed_text(other) != typed_text(value)
        promise = said.get(question.recalls)
        problem = wrong.get(question.id)
        return Asked(
            question=question,
            value=value,
            is_hidden=question.id not in asked_now,
            error=answer_problem_in_words(problem, question, language) if problem else "",
            last_year="" if question.id in not_recalled else _last_answer(last_year, question, language),
            promise=promise[1] if promise else "",
            promise_label=promise[0].label.in_language(language) if promise else "",
            theirs=in_words(question, other, language) if differs else None,
            when=_when(question.shown_when, by_id, language),
            needed_when=(
                "" if question.shown_when == question.required_when else _when(question.required_when, by_id, language)
            ),
            now=now[question.id].in_language(language) if question.id in now else "",
            warnings=tuple(
                soft_warning_in_words(one, question, language) for one in looked_at if one.question == question.id
            ),
            beside=beside_figure(measured[question.id], language) if question.id in measured else None,
            remark=to_mend[question.id].remark if question.id in to_mend else "",
            returned_answer=in_words(question, to_mend[question.id].answer, language) if question.id in to_mend else "",
            seen=draft.mark(held.get(question.id, "")),
        )

    recalled = {q.recalls for q in question_set.questions}
    return ReportForm(
        tuple(asked(q) for q in questions.that_may_be_shown(question_set, measure_class)),
        tuple((q.label.in_language(language), text) for key, (q, text) in said.items() if key not in recalled),
        tuple(InheritedPromises(each, _in_words(_promises(each.last_year), language)) for each in inherited),
    )


def answered_questions(
    question_set: QuestionSet,
    answers: Answers,
    measure_class: str,
    language: str,
    last_year: Earlier | None,
    remarks: Iterable[Remark] = (),
) -> tuple[AnsweredQuestion, ...]:
    """What was answered, question by question; those that were not asked are left out."""
    said = {r.question: r.remark for r in remarks}
    return tuple(
        AnsweredQuestion(
            question,
            in_words(question, answers.get(question.id, ""), language),
            _last_answer(last_year, question, language),
            said.get(question.id, ""),
        )
        for question in questions.shown(question_set, answers, measure_class)
    )


def posted_answers(question_set: QuestionSet, form: FormData) -> dict[str, str]:
    """The answers of a posted form, as typed; fields that no question has are ignored."""
    values = {q.id: form.get(PREFIX + q.id) for q in question_set.questions}
    return {key: typed_text(value) for key, value in values.items() if isinstance(value, str)}


def posted_revision(form: FormData) -> int:
    """The revision the form was shown with; one that cannot be read is no revision at all."""
    value = form.get("revision")
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else -1


def posted_seen(form: FormData) -> dict[str, str] | None:
    """The marks of what each field was shown with; None where the form has none."""
    marks = {name.removeprefix(SEEN): value for name, value in form.items() if name.startswith(SEEN)}
    return {key: value for key, value in marks.items() if isinstance(value, str)} or None


def posted_remarks(question_set: QuestionSet, form: FormData) -> dict[str, str]:
    """What an approver says is to be mended, by question."""
    said = {q.id: form.get(REMARK + q.id) for q in question_set.questions}
    return {key: typed_text(value) for key, value in said.items() if isinstance(value, str) and value.strip()}


@dataclass(frozen=True)
class Draft:
    """What autosave sends. `seen` as `posted_seen`; without it the revision alone tells what was seen."""

    answers: dict[str, str]
    revision: int
    seen: dict[str, str] | None = None


_DRAFT = TypeAdapter(Draft)


def posted_draft(question_set: QuestionSet, body: Any) -> Draft | None:
    """A draft as autosave sends it; None when it is none."""
    try:
        sent = _DRAFT.validate_python(body)
    except ValidationError:
        return None
    known = {q.id for q in question_set.questions}
    answers = {key: typed_text(text) for key, text in sent.answers.items() if key in known}
    return Draft(answers, sent.revision, sent.seen)


def _promises(last_year: Earlier | None) -> Mapping[str, tuple[Question, str]]:
    if last_year is None:
        return {}
    return {
        q.id: (q, last_year.answers[q.id])
        for q in last_year.question_set.questions
        if q.promise and last_year.answers.get(q.id)
    }


def _in_words(promises: Mapping[str, tuple[Question, str]], language: str) -> tuple[tuple[str, str], ...]:
    return tuple((q.label.in_language(language), in_words(q, text, language)) for q, text in promises.values())


def _last_answer(last_year: Earlier | None, question: Question, language: str) -> str:
    if last_year is None:
        return ""
    asked_then = next((q for q in last_year.question_set.questions if q.id == question.id), question)
    return in_words(asked_then, last_year.answers.get(question.id, ""), language)


def _when(condition: Condition | None, by_id: Mapping[str, Question], language: str) -> str:
    """A condition as the form says it: 「進み具合」が「遅れている」または「未着手」."""
    question = by_id.get(condition.question) if condition else None
    if condition is None or question is None:
        return ""
    if isinstance(condition, NumberCondition):
        return number_condition_in_words(condition, question.label.in_language(language), language)
    choices = [question.choice_label(code, language) for code in condition.among]
    return condition_in_words(question.label.in_language(language), choices, language)
