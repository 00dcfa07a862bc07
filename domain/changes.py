"""取込みの前と後: what makes one definition of a plan into another, line by line, for a dry run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from domain.body import MembershipRule
from domain.indicator import Indicator, IndicatorValue
from domain.inquiry import InquiryStep
from domain.key_project import KeyProjectRules
from domain.ladder import Step
from domain.lineage import LineageLink
from domain.plan import (
    Achievement,
    ConsultationRule,
    Criterion,
    Edition,
    Grade,
    Level,
    MeasureClass,
    NodeAddress,
    NodeField,
    NodeLink,
    PlanDefinition,
    PlanNode,
    ProgressStage,
    RoundDefinition,
    Term,
    View,
    ViewValue,
)
from domain.questions import Choice, Question
from domain.reference import (
    Body,
    GlossaryTerm,
    OpinionSource,
    Principle,
    RelatedPlan,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    TermEvaluation,
)
from domain.source import SourceDocument
from domain.text import Bilingual


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """One line of what an import would change: where (`section`, `key` in it, `field` of it), and the texts.

    Of a record added or removed `field` is empty and the text is what it is called by. The field `order` holds
    the keys that stand elsewhere than before.
    """

    kind: ChangeKind
    section: str
    key: str
    field: str = ""
    before: str = ""
    after: str = ""


_Keyed = tuple[str, Callable[[Any], tuple[object, ...]]]


def _code(record: Any) -> tuple[object, ...]:
    return (record.code,)


def _address(address: NodeAddress | None) -> tuple[object, ...]:
    return (address.edition, address.code) if address else ()


_KEYED: Mapping[type, _Keyed] = {
    SourceDocument: ("documents", _code),
    Level: ("levels", _code),
    Term: ("terms", _code),
    Criterion: ("criteria", _code),
    ConsultationRule: ("consultations", lambda c: (c.body,)),
    MeasureClass: ("classes", _code),
    Grade: ("grades", _code),
    View: ("views", _code),
    ViewValue: ("view_values", _code),
    NodeField: ("node_fields", _code),
    ProgressStage: ("stages", _code),
    RoundDefinition: ("rounds", _code),
    Step: ("steps", _code),
    Question: ("questions", lambda q: (q.id,)),
    Choice: ("choices", _code),
    Edition: ("editions", _code),
    PlanNode: ("nodes", _code),
    LineageLink: ("lineage", lambda link: (f"{','.join(link.before)}→{','.join(link.after)}",)),
    Indicator: ("indicators", _code),
    IndicatorValue: (
        "values",
        lambda v: (v.type, v.at or v.fiscal_year, v.source.document if v.source else "", v.label),
    ),
    Achievement: ("achievements", lambda a: (*_address(a.node), a.term, a.fiscal_year, a.text.ja)),
    NodeLink: ("links", lambda link: (*_address(link.node), link.plan, *_address(link.other))),
    RelatedPlan: ("related_plans", _code),
    Body: ("bodies", _code),
    MembershipRule: ("members", lambda m: (m.label.ja,)),
    InquiryStep: ("inquiry_steps", _code),
    OpinionSource: ("opinion_sources", _code),
    Principle: ("principles", lambda p: (p.title.ja,)),
    TermEvaluation: ("term_evaluations", lambda e: (e.term, e.edition, e.node)),
    Survey: ("surveys", _code),
    SurveyQuestion: ("survey_questions", _code),
    SurveyAnswer: ("survey_answers", lambda a: (a.group_code or a.group.ja, a.code or a.text.ja)),
    GlossaryTerm: ("glossary", lambda g: (g.term,)),
}
"""What is told apart by a natural key: the section it is listed in, and the key inside what holds it."""

_ALONE: Mapping[type, str] = {KeyProjectRules: "key_projects"}
"""What a plan has once, and is told in a section of its own."""

_INSIDE: Mapping[tuple[str, str], str] = {
    ("key_projects", "questions"): "check_in_questions",
    ("check_in_questions", "choices"): "check_in_choices",
}
"""The section of what stands in another one elsewhere, by the section that holds it: two question sets are two."""

_CALLED_BY = ("title", "name", "label", "text", "meaning", "printed", "value", "kind", "team")
"""The first of these that a record has says what it is called by."""


@dataclass(frozen=True)
class _Record:
    name: str
    texts: dict[str, str]


_Place = tuple[str, str]
"""Section and key."""


class _Records:
    """A definition taken apart: every keyed record with the texts of its fields, and the order they stand in."""

    def __init__(self, plan: PlanDefinition | None) -> None:
        self.of: dict[_Place, _Record] = {}
        self.orders: dict[_Place, list[str]] = defaultdict(list)
        if plan is not None:
            self._add(plan, ("plan", plan.code))

    def _add(self, record: Any, place: _Place) -> None:
        names = (getattr(record, field, None) for field in _CALLED_BY)
        texts: dict[str, str] = {}
        self.of[place] = _Record(next((_text(name) for name in names if _text(name)), ""), texts)
        for part in fields(record):
            self._read(getattr(record, part.name), part.name, texts, place)

    def _read(self, value: Any, field: str, texts: dict[str, str], place: _Place) -> None:
        if isinstance(value, tuple) and value and type(value[0]) in _KEYED:
            section, key_of = _KEYED[type(value[0])]
            section = _INSIDE.get((place[0], section), section)
            below = _below(section, place, field)
            for record in value:
                key = self._free(section, "/".join(str(p) for p in (below, *key_of(record)) if p not in ("", None)))
                self.orders[section, below].append(key)
                self._add(record, (section, key))
        elif isinstance(value, Bilingual):
            texts[field], texts[f"{field}.en"] = value.ja, value.en
        elif isinstance(value, Mapping):
            for name, one in value.items():
                self._read(one, f"{field}.{name}", texts, place)
        elif type(value) in _ALONE:
            self._add(value, (_ALONE[type(value)], place[1]))
        elif is_dataclass(value):
            for part in fields(value):
                self._read(getattr(value, part.name), f"{field}.{part.name}", texts, place)
        else:
            texts[field] = _text(value)

    def _free(self, section: str, key: str) -> str:
        """The key, numbered where a record before has it already."""
        number, free = 1, key
        while (section, free) in self.of:
            number += 1
            free = f"{key}#{number}"
        return free


def _below(section: str, place: _Place, field: str) -> str:
    """What the keys of a section begin with: the key of what holds its records; of a ladder, whose it is."""
    if section == "inquiry_steps":
        return field.partition(".")[0]
    return "" if place[0] == "plan" or place[0] in _ALONE.values() else place[1]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Bilingual):
        return f"{value.ja} / {value.en}" if value.en else value.ja
    if isinstance(value, tuple):
        return "\n".join(map(_text, value))
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_text(one)}" for key, one in value.items())
    if is_dataclass(value):
        return " ".join(text for part in fields(value) if (text := _text(getattr(value, part.name))))
    return str(value)


def changes(before: PlanDefinition | None, after: PlanDefinition) -> tuple[Change, ...]:
    """What makes a definition into another; `before` None: the plan is new.

    A record that is added or removed is one line, one that is changed a line for each field. None says that both
    read the same.
    """
    old, new = _Records(before), _Records(after)
    found: list[Change] = []
    for section in dict.fromkeys(section for section, _ in (*new.of, *old.of)):
        found += _changed(section, old.of, new.of)
        found += _reordered(section, old.orders, new.orders)
    return tuple(found)


def _changed(section: str, old: Mapping[_Place, _Record], new: Mapping[_Place, _Record]) -> Iterator[Change]:
    for place, record in _in(section, new):
        if place not in old:
            yield Change(ChangeKind.ADDED, *place, after=record.name)
            continue
        then, now = old[place].texts, record.texts
        for field in dict.fromkeys((*then, *now)):
            if then.get(field, "") != now.get(field, ""):
                yield Change(ChangeKind.CHANGED, *place, field, then.get(field, ""), now.get(field, ""))
    for place, record in _in(section, old):
        if place not in new:
            yield Change(ChangeKind.REMOVED, *place, before=record.name)


def _in(section: str, records: Mapping[_Place, _Record]) -> Iterable[tuple[_Place, _Record]]:
    return ((place, record) for place, record in records.items() if place[0] == section)


def _reordered(
    section: str, old: Mapping[_Place, Sequence[str]], new: Mapping[_Place, Sequence[str]]
) -> Iterator[Change]:
    for place in new:
        if place[0] != section or place not in old:
            continue
        common = {*old[place]} & {*new[place]}
        then = [key for key in old[place] if key in common]
        now = [key for key in new[place] if key in common]
        moved = [(a, b) for a, b in zip(then, now, strict=True) if a != b]
        if moved:
            texts = (", ".join(keys) for keys in zip(*moved, strict=True))
            yield Change(ChangeKind.CHANGED, *place, "order", *texts)
