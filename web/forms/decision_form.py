"""The forms of a review's decisions: what stands in the fields, and the decision that they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from db import tables as t
from domain import proposal
from domain.plan import Edition, MeasureClass, PlanDefinition, PlanNode
from domain.revision import Decision, Fate, NewMeasure, Successor
from domain.text import Bilingual, half_width, typed_text

PARTS = range(4)
"""How many parts a split may name on the page; rows that are left empty are not counted."""

_ONE = ("code", "title", "title_en", "parent", "measure_class", "department", "content")
_OF_A_PART = ("code", "title", "title_en", "parent")
FIELDS = (
    *("fate", "reason", "keeps_name", "merges_into", *_ONE),
    *(f"part_{i}_{name}" for i in PARTS for name in _OF_A_PART),
)
NEW_FIELDS = (*_ONE, "level", "reason")

Fields = dict[str, str]


@dataclass(frozen=True)
class Choices:
    """What may be chosen for a measure of the next edition."""

    definition: PlanDefinition
    edition: Edition
    departments: tuple[t.Department, ...]

    @property
    def parents(self) -> tuple[PlanNode, ...]:
        """The nodes under which measures stand: those of the levels that have some, whether this one has or not."""
        reported = self.definition.reported_levels
        levels = {n.code: n.level for n in self.edition.nodes}
        over = {levels.get(n.parent) for n in self.edition.nodes if n.level in reported} - reported
        return tuple(n for n in self.edition.nodes if n.level in over)

    @property
    def stands_alone(self) -> bool:
        """Whether a measure may stand under nothing, as some of the plan do."""
        return not self.parents or any(
            not n.parent for n in self.edition.nodes if n.level in self.definition.reported_levels
        )

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that a new measure may have."""
        return tuple(level.code for level in self.definition.levels if level.is_reported)

    def others(self, measure: PlanNode) -> tuple[PlanNode, ...]:
        """The measures into which one may be merged."""
        reported = self.definition.reported_levels
        return tuple(n for n in self.edition.nodes if n.level in reported and n.code != measure.code)

    def classes_for(self, measure: PlanNode | None) -> tuple[MeasureClass, ...]:
        """The classes that a measure may have then: its own and those that the plan lets it move to."""
        known = self.definition.class_of(measure.measure_class) if measure else None
        if known is None:
            return self.definition.classes
        return tuple(c for c in self.definition.classes if c.code in (known.code, *known.moves_to))


def typed_of(posted: FormData, names: Sequence[str]) -> Fields:
    def said(name: str) -> str:
        value = posted.get(name, "")
        return typed_text(value) if isinstance(value, str) else ""

    return {name: said(name) for name in names}


def fields_of(decision: Decision | None, measure: PlanNode, plan: PlanDefinition) -> Fields:
    """The fields as a decision fills them; without one, the measure as it is and nothing chosen."""
    found = dict.fromkeys(FIELDS, "") | _fields_of_one(proposal.as_it_is(measure), measure, plan)
    found |= {"part_0_code": measure.code, **{f"part_{i}_parent": measure.parent for i in PARTS}}
    if decision is None:
        return found
    found |= {"fate": decision.fate.value, "reason": decision.reason.ja, "merges_into": decision.merges_into}
    found["keeps_name"] = "yes" if decision.keeps_name else ""
    if decision.fate is Fate.CONTINUE and decision.successors:
        found |= _fields_of_one(decision.successors[0], measure, plan)
    if decision.fate is Fate.SPLIT:
        for i, part in zip(PARTS, decision.successors, strict=False):
            found |= {f"part_{i}_{name}": getattr(part, name) for name in _OF_A_PART}
    return found


def fields_of_new(new: NewMeasure, plan: PlanDefinition) -> Fields:
    as_node = PlanNode(new.measure.code, new.level, new.measure.title)
    return {**_fields_of_one(new.measure, as_node, plan), "level": new.level, "reason": new.reason.ja}


def _fields_of_one(one: Successor, measure: PlanNode, plan: PlanDefinition) -> Fields:
    found = {name: getattr(one, name) for name in _ONE if name != "content"}
    field = proposal.content_field(plan, measure.level)
    return {**found, "content": _joined(one.texts.get(field, measure.texts.get(field, ())))}


def understand(
    typed: Fields, measure: PlanNode, base: Decision, choices: Choices
) -> tuple[Decision | None, dict[str, str]]:
    """The decision that the fields say, or field → the code of what is wrong with it.

    What the page has no field for (English texts, other fields of the plan) is taken from `base`, which filled it.
    What contradicts other decisions is kept and told on the sheet.
    """
    if typed["fate"] not in set(Fate):
        return None, {"fate": "fate_missing"}
    fate = Fate(typed["fate"])
    reason = Bilingual(typed["reason"], base.reason.en if typed["reason"] == base.reason.ja else "")
    decided = Decision(measure.code, fate, reason=reason)
    problems: dict[str, str] = {}
    if (fate is not Fate.CONTINUE or typed["keeps_name"]) and not typed["reason"]:
        problems["reason"] = "reason_missing"
    match fate:
        case Fate.CONTINUE:
            before = (
                base.successors[0] if base.fate is Fate.CONTINUE and base.successors else proposal.as_it_is(measure)
            )
            one, wrong = _one_of(typed, measure, before, choices)
            problems |= wrong
            decided = replace(decided, successors=(one,), keeps_name=bool(typed["keeps_name"]))
        case Fate.MERGE:
            if typed["merges_into"] not in {n.code for n in choices.others(measure)}:
                problems["merges_into"] = "merge_target_missing"
            decided = replace(decided, merges_into=typed["merges_into"])
        case Fate.SPLIT:
            parts, wrong = _parts_of(typed, measure, base, choices)
            problems |= wrong
            decided = replace(decided, successors=parts)
        case Fate.ABOLISH:
            pass
    return (None if problems else decided), problems


def understand_new(
    typed: Fields, base: NewMeasure | None, choices: Choices
) -> tuple[NewMeasure | None, dict[str, str]]:
    """The new measure that the fields say, or field → the code of what is wrong with it."""
    level = typed["level"] if len(choices.levels) > 1 else choices.levels[0]
    as_node = PlanNode(typed["code"], level, typed["title"])
    before = base.measure if base else proposal.as_it_is(as_node)
    one, problems = _one_of(typed, as_node, before, choices, is_new=True)
    if level not in choices.levels:
        problems["level"] = "level_missing"
    if not typed["reason"]:
        problems["reason"] = "reason_missing"
    reason_en = base.reason.en if base and base.reason.ja == typed["reason"] else ""
    new = NewMeasure(one, level, Bilingual(typed["reason"], reason_en))
    return (None if problems else new), problems


def _one_of(
    typed: Fields, measure: PlanNode, before: Successor, choices: Choices, *, is_new: bool = False
) -> tuple[Successor, dict[str, str]]:
    problems = {name: f"{name}_missing" for name in ("code", "title") if not typed[name]}
    if not _is_place(typed["parent"], choices):
        problems["parent"] = "parent_missing"
    classes = {c.code for c in choices.classes_for(None if is_new else measure)}
    if typed["measure_class"] not in ("", before.measure_class, *classes):
        problems["measure_class"] = "class_missing"
    if typed["department"] not in ("", before.department, *(d.code for d in choices.departments)):
        problems["department"] = "department_not_listed"
    texts = dict(before.texts)
    field = proposal.content_field(choices.definition, measure.level)
    if field:
        texts.pop(field, None)
        if typed["content"] != _joined(measure.texts.get(field, ())):
            known = (*measure.texts.get(field, ()), *before.texts.get(field, ()))
            texts[field] = _paragraphs(typed["content"], known)
    return Successor(
        code=_code(typed["code"], measure),
        title=typed["title"],
        parent=typed["parent"],
        title_en=typed["title_en"],
        measure_class=typed["measure_class"],
        texts=texts,
        department=typed["department"],
    ), problems


def _parts_of(
    typed: Fields, measure: PlanNode, base: Decision, choices: Choices
) -> tuple[tuple[Successor, ...], dict[str, str]]:
    known = base.successors if base.fate is Fate.SPLIT else ()
    parts: list[Successor] = []
    problems: dict[str, str] = {}
    for i in PARTS:
        said = {name: typed[f"part_{i}_{name}"] for name in _OF_A_PART}
        if not said["title"] and (not said["code"] or i == 0):
            continue
        problems |= {f"part_{i}_{name}": f"{name}_missing" for name in ("code", "title") if not said[name]}
        if not _is_place(said["parent"], choices):
            problems[f"part_{i}_parent"] = "parent_missing"
        before = known[i] if i < len(known) else replace(proposal.as_it_is(measure), title_en="")
        code, title, title_en, parent = (said[name] for name in _OF_A_PART)
        parts.append(replace(before, code=_code(code, measure), title=title, title_en=title_en, parent=parent))
    if len(parts) < 2 and not problems:
        problems["part_0_title"] = "parts_missing"
    return tuple(parts), problems


def _is_place(parent: str, choices: Choices) -> bool:
    return parent in {n.code for n in choices.parents} or (not parent and choices.stands_alone)


def _code(typed: str, measure: PlanNode) -> str:
    """Full-width digits are taken; a code that the plan prints in its own characters stays."""
    return typed if typed == measure.code else half_width(typed)


def _joined(texts: Sequence[Bilingual]) -> str:
    return "\n".join(text.ja for text in texts)


def _paragraphs(typed: str, known: Sequence[Bilingual]) -> tuple[Bilingual, ...]:
    """A paragraph per line; one that was there already keeps its English."""
    english: Mapping[str, str] = {text.ja: text.en for text in known}
    lines = (line.strip() for line in typed.splitlines())
    return tuple(Bilingual(line, english.get(line, "")) for line in lines if line)
