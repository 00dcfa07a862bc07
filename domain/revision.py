"""見直しの決定と次の版: what is decided of each measure, and the edition that follows from it.

Decisions are refused whole where they contradict each other; what they make is an edition whose lineage reaches every
measure (`domain/lineage.py::mistakes` finds nothing).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from domain.lineage import LineageKind, LineageLink
from domain.plan import Edition, MeasureClass, PlanNode
from domain.text import Bilingual

_NONE = Bilingual("")


class Fate(StrEnum):
    """What becomes of a measure. CONTINUE also holds a new name, number, content or class."""

    CONTINUE = "continue"
    MERGE = "merge"
    SPLIT = "split"
    ABOLISH = "abolish"


@dataclass(frozen=True)
class Successor:
    """A measure of the next edition as it is decided. `parent` is a code of that edition.

    `department` is the code of the department that will answer for it; "": whoever answers for the measure before.
    """

    code: str
    title: str
    parent: str
    title_en: str = ""
    measure_class: str = ""
    texts: Mapping[str, tuple[Bilingual, ...]] = field(default_factory=dict)
    department: str = ""


@dataclass(frozen=True)
class Decision:
    """What is decided of one measure, named by its code in the edition before.

    One successor where it continues, two or more where it is split; `merges_into` names the measure (of the edition
    before) that takes it up. `keeps_name` says that a title that differs is the same name, such as a misprint put
    right. Whatever is more than a continuation gives its reason.
    """

    measure: str
    fate: Fate
    successors: tuple[Successor, ...] = ()
    merges_into: str = ""
    keeps_name: bool = False
    reason: Bilingual = _NONE


@dataclass(frozen=True)
class NewMeasure:
    measure: Successor
    level: str
    reason: Bilingual = _NONE


@dataclass(frozen=True)
class Revision:
    """Everything that a review decides of a plan's tree."""

    decisions: tuple[Decision, ...]
    new_measures: tuple[NewMeasure, ...] = ()


class Contradiction(StrEnum):
    """Why decisions are refused; the pages say it in words."""

    UNDECIDED = "undecided"
    DECIDED_TWICE = "decided_twice"
    UNKNOWN_MEASURE = "unknown_measure"
    CODE_TWICE = "code_twice"
    CODE_MISSING = "code_missing"
    TITLE_MISSING = "title_missing"
    UNKNOWN_PARENT = "unknown_parent"
    SUCCESSORS_DO_NOT_FIT = "successors_do_not_fit"
    MERGED_INTO_NOTHING = "merged_into_nothing"
    MERGED_INTO_ABOLISHED = "merged_into_abolished"
    MERGED_INTO_SPLIT = "merged_into_split"
    MERGED_IN_A_CIRCLE = "merged_in_a_circle"
    REASON_MISSING = "reason_missing"
    UNKNOWN_CLASS = "unknown_class"
    CLASS_DOES_NOT_MOVE_THERE = "class_does_not_move_there"


@dataclass(frozen=True)
class Refusal:
    """A contradiction and the codes it concerns: of the edition before, or the code that was to be given."""

    contradiction: Contradiction
    code: str


def refusals(
    before: Edition, revision: Revision, reported: frozenset[str], classes: Sequence[MeasureClass]
) -> tuple[Refusal, ...]:
    """Everything that contradicts itself, at once; nothing: the next edition can be made."""
    measures = {n.code: n for n in before.nodes if n.level in reported}
    decided = Counter(d.measure for d in revision.decisions)
    found = [Refusal(Contradiction.UNDECIDED, code) for code in measures if not decided[code]]
    found += [Refusal(Contradiction.DECIDED_TWICE, code) for code, n in decided.items() if n > 1]
    found += [Refusal(Contradiction.UNKNOWN_MEASURE, code) for code in decided if code not in measures]
    by_measure = {d.measure: d for d in revision.decisions}
    for decision in revision.decisions:
        found += _decision_refusals(decision, by_measure)
        node = measures.get(decision.measure)
        found += [r for one in decision.successors for r in _class_refusals(one, node, classes)]
    found += [r for new in revision.new_measures for r in _class_refusals(new.measure, None, classes)]
    return (*found, *_place_refusals(before, revision, reported))


def _decision_refusals(decision: Decision, by_measure: Mapping[str, Decision]) -> list[Refusal]:
    found = []
    fits = {
        Fate.CONTINUE: len(decision.successors) == 1,
        Fate.SPLIT: len(decision.successors) >= 2,
        Fate.MERGE: not decision.successors,
        Fate.ABOLISH: not decision.successors,
    }[decision.fate]
    if not fits or (decision.merges_into != "") != (decision.fate is Fate.MERGE):
        found.append(Refusal(Contradiction.SUCCESSORS_DO_NOT_FIT, decision.measure))
    needs_reason = decision.fate is not Fate.CONTINUE or decision.keeps_name
    if needs_reason and not decision.reason.ja.strip():
        found.append(Refusal(Contradiction.REASON_MISSING, decision.measure))
    if decision.fate is Fate.MERGE and decision.merges_into:
        found += _merge_refusals(decision, by_measure)
    return found


def _merge_refusals(decision: Decision, by_measure: Mapping[str, Decision]) -> list[Refusal]:
    passed, target = [decision.measure], by_measure.get(decision.merges_into)
    while target is not None and target.fate is Fate.MERGE and target.measure not in passed:
        passed.append(target.measure)
        target = by_measure.get(target.merges_into)
    if target is None:
        return [Refusal(Contradiction.MERGED_INTO_NOTHING, decision.measure)]
    refused = {
        Fate.MERGE: Contradiction.MERGED_IN_A_CIRCLE,
        Fate.ABOLISH: Contradiction.MERGED_INTO_ABOLISHED,
        Fate.SPLIT: Contradiction.MERGED_INTO_SPLIT,
    }
    return [Refusal(refused[target.fate], decision.measure)] if target.fate in refused else []


def _class_refusals(successor: Successor, node: PlanNode | None, classes: Sequence[MeasureClass]) -> list[Refusal]:
    """A class may stay, be given for the first time or taken away, and else move only where the plan lets it."""
    known = {c.code: c for c in classes}
    if successor.measure_class and successor.measure_class not in known:
        return [Refusal(Contradiction.UNKNOWN_CLASS, successor.code)]
    before = known.get(node.measure_class) if node else None
    if before is None or successor.measure_class in ("", before.code, *before.moves_to):
        return []
    return [Refusal(Contradiction.CLASS_DOES_NOT_MOVE_THERE, successor.code)]


def _place_refusals(before: Edition, revision: Revision, reported: frozenset[str]) -> list[Refusal]:
    coming = [s for d in revision.decisions for s in d.successors] + [n.measure for n in revision.new_measures]
    found = [Refusal(Contradiction.CODE_MISSING, one.title) for one in coming if not one.code.strip()]
    found += [Refusal(Contradiction.TITLE_MISSING, one.code) for one in coming if not one.title.strip()]
    staying = _staying(before, revision, reported)
    codes = Counter([*(s.code for s in coming), *(n.code for n in staying)])
    found += [Refusal(Contradiction.CODE_TWICE, code) for code, n in codes.items() if n > 1]
    if not found:
        nodes = [PlanNode(s.code, "", s.title, parent=s.parent) for s in coming]
        placed = {n.code for n in _in_order(staying, nodes)}
        found += [Refusal(Contradiction.UNKNOWN_PARENT, n.code) for n in nodes if n.code not in placed]
    return found


def next_edition(
    before: Edition,
    revision: Revision,
    reported: frozenset[str],
    *,
    code: str,
    name: Bilingual,
    decided: str,
    effective_on: date,
    reason: Bilingual = _NONE,
) -> Edition:
    """The edition that the decisions make, its measures in the order of their codes under each parent.

    The decisions must have no `refusals`. What stands above the measures stays as it is; what stands below one
    without being reported on goes with it.
    """
    measures = {n.code: n for n in before.nodes if n.level in reported}
    coming = [
        _node(successor, measures[d.measure].level, measures[d.measure])
        for d in revision.decisions
        for successor in d.successors
    ]
    coming += [_node(new.measure, new.level, None) for new in revision.new_measures]
    return Edition(
        code=code,
        name=name,
        decided=decided,
        effective_on=effective_on,
        nodes=_in_order(_staying(before, revision, reported), coming),
        lineage=_links(measures, revision),
        reason=reason,
        source=before.source,
    )


def correction(before: Edition, corrected: Mapping[str, Successor], reported: frozenset[str], reason: str) -> Revision:
    """正誤 as decisions: everything continues, and what is named by its code reads as it should have read.

    A title that is put right is the same name (`keeps_name`).
    """
    decisions = []
    for node in before.nodes:
        if node.level not in reported:
            continue
        as_printed = Successor(
            node.code, node.title, node.parent, title_en=node.title_en, measure_class=node.measure_class
        )
        right = corrected.get(node.code)
        why = Bilingual(reason) if right else _NONE
        decisions.append(Decision(node.code, Fate.CONTINUE, (right or as_printed,), "", right is not None, why))
    return Revision(tuple(decisions))


def _staying(before: Edition, revision: Revision, reported: frozenset[str]) -> list[PlanNode]:
    """The nodes that nobody decides of: those above the measures, and those below one that lives on in some way."""
    by_measure = {d.measure: d for d in revision.decisions}
    level = {n.code: n.level for n in before.nodes}
    kept: dict[str, PlanNode] = {}
    for node in before.nodes:
        if node.level in reported:
            continue
        if level.get(node.parent) in reported:
            decision = by_measure.get(node.parent)
            heirs = heirs_of(decision, by_measure) if decision else ()
            if heirs:
                kept[node.code] = replace(node, parent=heirs[0].code)
        elif not node.parent or node.parent in kept:
            kept[node.code] = node
    return list(kept.values())


def _node(said: Successor, level: str, before: PlanNode | None) -> PlanNode:
    """The measure as decided; what the decision does not speak of goes on, but for what was said of the old one."""
    base = before or PlanNode(said.code, level, said.title)
    return replace(
        base,
        code=said.code,
        level=level,
        title=said.title,
        title_en=said.title_en,
        parent=said.parent,
        measure_class=said.measure_class,
        texts={**base.texts, **said.texts},
        note=_NONE,
    )


def _in_order(staying: Sequence[PlanNode], coming: Sequence[PlanNode]) -> tuple[PlanNode, ...]:
    """The tree from its top: under each node the measures by code as people count (2 before 10), then what stays."""
    children: dict[str, list[PlanNode]] = defaultdict(list)
    for node in (*sorted(coming, key=lambda n: _counted(n.code)), *staying):
        children[node.parent].append(node)

    def below(code: str) -> Iterator[PlanNode]:
        for node in children.pop(code, ()):
            yield node
            yield from below(node.code)

    return tuple(below(""))


def _counted(code: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", code)]


def _links(measures: Mapping[str, PlanNode], revision: Revision) -> tuple[LineageLink, ...]:
    by_measure = {d.measure: d for d in revision.decisions}
    links = []
    for decision in revision.decisions:
        after = tuple(s.code for s in heirs_of(decision, by_measure))
        kind = kind_of(measures[decision.measure], decision)
        links.append(LineageLink(kind, (decision.measure,), after, decision.reason))
    new = (LineageLink(LineageKind.NEW, (), (n.measure.code,), n.reason) for n in revision.new_measures)
    return (*links, *new)


def heirs_of(decision: Decision, by_measure: Mapping[str, Decision]) -> tuple[Successor, ...]:
    """The successors of a measure, or of the one that in the end takes it up; none where that leads nowhere."""
    passed: set[str] = set()
    while decision.fate is Fate.MERGE:
        target = by_measure.get(decision.merges_into)
        if target is None or decision.measure in passed:
            return ()
        passed.add(decision.measure)
        decision = target
    return decision.successors


def kind_of(measure: PlanNode, decision: Decision) -> LineageKind:
    """What a decision makes of a measure's lineage; one that continues must have its one successor."""
    if decision.fate is not Fate.CONTINUE:
        return {
            Fate.MERGE: LineageKind.MERGED,
            Fate.SPLIT: LineageKind.SPLIT,
            Fate.ABOLISH: LineageKind.ABOLISHED,
        }[decision.fate]
    (heir,) = decision.successors
    if heir.title != measure.title and not decision.keeps_name:
        return LineageKind.RENAMED
    return LineageKind.RENUMBERED if heir.code != measure.code else LineageKind.CONTINUED
