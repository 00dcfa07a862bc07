"""What is decided of a measure in a line or two, and where a contradiction is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import i18n
from domain.lineage import LineageKind
from domain.plan import PlanDefinition, PlanNode
from domain.proposal import content_field
from domain.revision import Contradiction, Decision, Fate, Refusal, Successor, kind_of
from records.review_decisions import DecisionSheet, MeasureInReview, NewInReview

_OF_THE_NEXT_EDITION = {
    *(Contradiction.CODE_TWICE, Contradiction.CODE_MISSING, Contradiction.TITLE_MISSING, Contradiction.UNKNOWN_PARENT),
    *(Contradiction.UNKNOWN_CLASS, Contradiction.CLASS_DOES_NOT_MOVE_THERE),
}
"""These name a code that was to be given; the others a measure of the edition before."""


@dataclass(frozen=True)
class DecisionInWords:
    """`kind` None: the decision is not whole yet. `lines` say what is different from the edition before."""

    kind: LineageKind | None
    lines: tuple[str, ...]

    @property
    def is_change(self) -> bool:
        return self.kind is not LineageKind.CONTINUED or bool(self.lines)


@dataclass(frozen=True)
class Contradicted:
    """A contradiction with the decisions in which it may be mended."""

    refusal: Refusal
    measures: tuple[MeasureInReview, ...]
    new: tuple[NewInReview, ...]


def in_words(
    measure: PlanNode, decision: Decision, sheet: DecisionSheet, departments: dict[str, str], language: str
) -> DecisionInWords:
    """A decision beside the measure as it is; `departments` are names by code."""
    say = partial(i18n.translate, language)
    match decision.fate:
        case Fate.ABOLISH:
            return DecisionInWords(LineageKind.ABOLISHED, ())
        case Fate.MERGE:
            target = sheet.edition.node(decision.merges_into)
            name = f"{target.code} {_title(target, language)}" if target else decision.merges_into or say("未定")
            return DecisionInWords(LineageKind.MERGED, (say("統合先：%(measure)s", measure=name),))
        case Fate.SPLIT:
            parts = (f"{one.code or say('番号なし')} {one.title}" for one in decision.successors)
            return DecisionInWords(LineageKind.SPLIT, tuple(parts))
    if len(decision.successors) != 1:
        return DecisionInWords(None, ())
    (heir,) = decision.successors
    changed = tuple(_changes(measure, heir, sheet.definition, departments, language))
    return DecisionInWords(kind_of(measure, decision), changed)


def _changes(
    measure: PlanNode, heir: Successor, plan: PlanDefinition, departments: dict[str, str], language: str
) -> Sequence[str]:
    say = partial(i18n.translate, language)
    found = []
    if heir.code != measure.code:
        found.append(say("番号：%(before)s → %(after)s", before=measure.code, after=heir.code or say("番号なし")))
    if heir.title != measure.title:
        found.append(say("名称：%(title)s", title=heir.title))
    if heir.parent != measure.parent:
        found.append(say("体系での位置：%(before)s → %(after)s", before=measure.parent, after=heir.parent))
    if heir.measure_class != measure.measure_class:
        before, after = (
            known.label.in_language(language) if (known := plan.class_of(code)) else say("記載なし")
            for code in (measure.measure_class, heir.measure_class)
        )
        found.append(say("区分：%(before)s → %(after)s", before=before, after=after))
    field = content_field(plan, measure.level)
    if any(texts != measure.texts.get(code, ()) for code, texts in heir.texts.items()):
        found.append(say("内容を変更") if field in heir.texts else say("欄の内容を変更"))
    if heir.department:
        found.append(say("所管課：%(name)s", name=departments.get(heir.department, heir.department)))
    return found


def contradicted(refusal: Refusal, sheet: DecisionSheet) -> Contradicted:
    """A contradiction names a measure of the edition before, or a code (a title without one) of the edition to come."""

    def is_of(successors: Sequence[Successor]) -> bool:
        return any(refusal.code in (one.code, *(() if one.code.strip() else (one.title,))) for one in successors)

    before = tuple(m for m in sheet.measures if m.measure.code == refusal.code)
    coming = tuple(m for m in sheet.measures if m.decision is not None and is_of(m.decision.successors))
    new = tuple(n for n in sheet.new if is_of((n.new.measure,)))
    if refusal.contradiction in _OF_THE_NEXT_EDITION:
        return Contradicted(refusal, coming, new)
    return Contradicted(refusal, before, ())


def _title(node: PlanNode, language: str) -> str:
    return node.title_en if language == "en" and node.title_en else node.title
