"""One question as the editor of a question set shows and takes it, and the set that is being edited."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

import plan_files
from domain.plan import MeasureClass
from domain.questions import Choice, Condition, Question, QuestionKind, QuestionSet
from domain.text import Bilingual, half_width, typed_text

NEW = "+"
"""What is being edited while a question is added."""
_CLASS = "class"
_BLANK_CHOICES = 3
"""Empty rows offered for further choices; Meguru's own."""
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TEXTS = ("label", "help", "example", "unit")
_QUESTION_SET = TypeAdapter(QuestionSet)


@dataclass(frozen=True)
class AnswerOffered:
    """An answer that a condition may name; `value` is question and answer."""

    value: str
    label: Bilingual


@dataclass(frozen=True)
class ConditionOffered:
    """A question with choices, or the class of a measure, by which another question may be asked."""

    label: Bilingual | None
    answers: tuple[AnswerOffered, ...]


@dataclass(frozen=True)
class TypedQuestion:
    """A question as it was typed. `texts` by field and language, such as `label_ja`; `choices` are code, ja and en."""

    id: str
    texts: Mapping[str, str]
    kind: str = QuestionKind.TEXT.value
    need: str = "never"
    needed_by: tuple[str, ...] = ()
    shown: str = "always"
    shown_by: tuple[str, ...] = ()
    limit: str = ""
    promise: bool = False
    recalls: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """The rows for choices, with empty ones to fill in."""
        return (*self.choices, *(("", "", "") for _ in range(_BLANK_CHOICES)))

    @property
    def question(self) -> Question:
        """The question, as far as what was typed can be read."""
        limit = half_width(self.limit)
        return Question(
            self.id,
            Bilingual(self.texts.get("label_ja", ""), self.texts.get("label_en", "")),
            kind=QuestionKind(self.kind) if self.kind in set(QuestionKind) else QuestionKind.TEXT,
            **{f: Bilingual(self.texts.get(f"{f}_ja", ""), self.texts.get(f"{f}_en", "")) for f in _TEXTS[1:]},
            choices=self._choices() if self.kind == QuestionKind.CHOICE else (),
            required=self.need == "always",
            required_when=_condition(self.needed_by) if self.need == "when" else None,
            shown_when=_condition(self.shown_by) if self.shown == "when" else None,
            limit=int(limit) if limit.isascii() and limit.isdigit() and self.kind == QuestionKind.TEXT else 0,
            promise=self.promise,
            recalls=self.recalls,
        )

    def problems(self, others: Collection[str], *, is_new: bool) -> dict[str, str]:
        """What is wrong, by field. `others` are the ids of the other questions."""
        found = {}
        if is_new and (not _ID.fullmatch(self.id) or self.id == _CLASS):
            found["id"] = "question_id_bad"
        elif is_new and self.id in others:
            found["id"] = "question_id_taken"
        if not self.texts.get("label_ja"):
            found["label_ja"] = "question_label_missing"
        limit = half_width(self.limit)
        if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 6):
            found["limit"] = "limit_not_readable"
        if self.kind == QuestionKind.CHOICE and not self._choices():
            found["choices"] = "choices_missing"
        elif self.kind == QuestionKind.CHOICE and any(not ja for _, ja, en in self.choices if ja or en):
            found["choices"] = "choice_label_missing"
        for field, applies, named in (
            ("needed_by", self.need == "when", self.needed_by),
            ("shown_by", self.shown == "when", self.shown_by),
        ):
            if applies and not named:
                found[field] = "condition_missing"
            elif applies and len({value.partition(":")[0] for value in named}) > 1:
                found[field] = "condition_several"
        return found

    def _choices(self) -> tuple[Choice, ...]:
        """The choices; a new one gets the next free code, so that nobody has to think of one."""
        taken = {code for code, ja, en in self.choices if code and (ja or en)}
        made = []
        for code, ja, en in self.choices:
            if not (ja or en):
                continue
            if not code:
                code = next(free for n in range(1, 1000) if (free := f"choice-{n}") not in taken)
                taken.add(code)
            made.append(Choice(code, Bilingual(ja, en)))
        return tuple(made)


def typed_of(question: Question) -> TypedQuestion:
    """A question as the editor shows it first."""
    texts = {}
    for field in _TEXTS:
        value: Bilingual = getattr(question, field)
        texts[f"{field}_ja"], texts[f"{field}_en"] = value.ja, value.en
    need = "always" if question.required else "when" if question.required_when else "never"
    return TypedQuestion(
        question.id,
        texts,
        question.kind.value,
        need,
        _named(question.required_when),
        "when" if question.shown_when else "always",
        _named(question.shown_when),
        str(question.limit) if question.limit else "",
        question.promise,
        question.recalls,
        tuple((c.code, c.label.ja, c.label.en) for c in question.choices),
    )


def blank(draft: QuestionSet) -> TypedQuestion:
    """A question to be added, under an id that is free."""
    taken = {q.id for q in draft.questions}
    free = next(f"question-{n}" for n in range(len(taken) + 1, 10_000) if f"question-{n}" not in taken)
    return TypedQuestion(free, {})


def posted_question(form: FormData, editing: str) -> TypedQuestion:
    """What was typed about one question."""

    def one(name: str) -> str:
        value = form.get(name)
        return typed_text(value) if isinstance(value, str) else ""

    def several(name: str) -> tuple[str, ...]:
        return tuple(value for value in form.getlist(name) if isinstance(value, str))

    codes, ja, en = (several(f"choice_{part}") for part in ("code", "ja", "en"))
    rows = tuple((c.strip(), typed_text(j), typed_text(e)) for c, j, e in zip(codes, ja, en, strict=False))
    return TypedQuestion(
        half_width(one("id")) if editing == NEW else editing,
        {f"{field}_{language}": one(f"{field}_{language}") for field in _TEXTS for language in ("ja", "en")},
        one("kind"),
        one("need"),
        several("needed_by"),
        one("shown"),
        several("shown_by"),
        one("limit"),
        bool(one("promise")),
        one("recalls"),
        tuple(row for row in rows if any(row[1:]) or row[0]),
    )


def conditions_offered(draft: QuestionSet, classes: Iterable[MeasureClass], but: str) -> tuple[ConditionOffered, ...]:
    """By what a question may be asked: the class of the measure (no label), and the other questions with choices."""
    of_class = tuple(AnswerOffered(f"{_CLASS}:{c.code}", c.label) for c in classes)
    offered = [ConditionOffered(None, of_class)] if of_class else []
    offered += [
        ConditionOffered(q.label, tuple(AnswerOffered(f"{q.id}:{c.code}", c.label) for c in q.choices))
        for q in draft.questions
        if q.kind is QuestionKind.CHOICE and q.id != but
    ]
    return tuple(offered)


def draft_json(draft: QuestionSet) -> str:
    return json.dumps(plan_files.to_json(draft), ensure_ascii=False, separators=(",", ":"))


def posted_draft_set(text: str) -> QuestionSet | None:
    """The set that is being edited; None when it is none."""
    try:
        return _QUESTION_SET.validate_json(text)
    except ValidationError:
        return None


def with_question(draft: QuestionSet, question: Question) -> QuestionSet:
    """The set with the question in its place; one that is new stands last."""
    if any(q.id == question.id for q in draft.questions):
        return replace(draft, questions=tuple(question if q.id == question.id else q for q in draft.questions))
    return replace(draft, questions=(*draft.questions, question))


def without(draft: QuestionSet, id: str) -> QuestionSet:
    return replace(draft, questions=tuple(q for q in draft.questions if q.id != id))


def moved(draft: QuestionSet, id: str, places: int) -> QuestionSet:
    """The set with one question moved up (-1) or down (+1); beyond the ends it stays."""
    questions = list(draft.questions)
    place = next((i for i, q in enumerate(questions) if q.id == id), None)
    if place is not None and 0 <= place + places < len(questions):
        questions.insert(place + places, questions.pop(place))
    return replace(draft, questions=tuple(questions))


def _condition(named: tuple[str, ...]) -> Condition | None:
    if not named:
        return None
    question = named[0].partition(":")[0]
    return Condition(question, tuple(v.partition(":")[2] for v in named if v.partition(":")[0] == question))


def _named(condition: Condition | None) -> tuple[str, ...]:
    return tuple(f"{condition.question}:{value}" for value in condition.among) if condition else ()
