"""What somebody's own table says of a plan, and how it goes onto a plan that is stored already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from domain import lineage
from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue
from domain.lineage import LineageKind, LineageLink
from domain.mistakes import Key, Mistake
from domain.organisation import OrganisationDefinition
from domain.plan import Edition, MeasureClass, NodeField, PlanDefinition, PlanNode
from domain.text import Bilingual
from exchange.plain_indicators import DIRECTION_BASES
from exchange.remarks import Place, Remark, WrongTable
from exchange.rule_wording import in_words

DOCUMENT = "table"
"""The code of the table among the plan's documents."""

Coded = TypeVar("Coded", bound=MeasureClass | NodeField)


@dataclass(frozen=True)
class PlainTable:
    """A plan with its one edition, who answers for it, and what was read otherwise than it is written.

    `places`: ("node", code), ("indicator", code[, number of the value]), ("organisation", name or address) → the cell.
    """

    definition: PlanDefinition
    organisation: OrganisationDefinition
    warnings: tuple[Remark, ...]
    places: Mapping[Key, Place]

    @property
    def edition(self) -> Edition:
        return self.definition.editions[0]

    def located(self, definition: PlanDefinition, mistakes: Iterable[Mistake]) -> WrongTable:
        """Mistakes of the definition that was to be stored, or of the organisation, with their places in the table."""
        said = (in_words(m.message, self._place(definition, m.path)) for m in mistakes)
        return WrongTable(tuple(dict.fromkeys(said)), self.warnings)

    def _place(self, definition: PlanDefinition, path: Key) -> Place:
        keys = _keys(definition, self.organisation, path)
        return next((self.places[key] for key in keys if key in self.places), Place())


def onto(stored: PlanDefinition | None, table: PlainTable) -> PlanDefinition:
    """The definition to store: of a plan that is there already, everything that the table does not say stays.

    The table decides which nodes its edition has, and which indicators they have. A further edition goes on with the
    nodes that keep code and title; what became of the others no table says, so that is then a mistake.
    """
    said = table.definition
    if stored is None:
        return said
    edition = table.edition
    known = stored.edition(edition.code)
    if known is not None:
        edition = replace(known, nodes=tuple(_node(known, now, said) for now in edition.nodes))
        editions = tuple(edition if e.code == edition.code else e for e in stored.editions)
    else:
        before = stored.editions[-1].nodes if stored.editions else ()
        edition = replace(edition, lineage=_continued(before, edition.nodes, said.reported_levels))
        editions = (*stored.editions, edition)
    levels = {level.code: level for level in stored.levels}
    told = {level.code for level in said.levels}
    return replace(
        stored,
        name=_worded(stored.name, said.name),
        first_fiscal_year=said.first_fiscal_year or stored.first_fiscal_year,
        last_fiscal_year=said.last_fiscal_year or stored.last_fiscal_year,
        documents=(*(d for d in stored.documents if d.code != DOCUMENT), *said.documents),
        levels=(*(lv for lv in stored.levels if lv.code not in told), *(levels.get(lv.code, lv) for lv in said.levels)),
        classes=_with(stored.classes, said.classes),
        node_fields=_with(stored.node_fields, said.node_fields),
        editions=editions,
        indicators=_indicators(stored, said, edition.code),
    )


def _worded(before: Bilingual, now: Bilingual) -> Bilingual:
    """The text; where it is the same, with the English that was written beside it."""
    return before if before.ja == now.ja and not now.en else now


def _with(stored: tuple[Coded, ...], said: tuple[Coded, ...]) -> tuple[Coded, ...]:
    """What is stored stays as it is there; what is new comes after it."""
    known = {one.code for one in stored}
    return (*stored, *(one for one in said if one.code not in known))


def _node(edition: Edition, now: PlanNode, said: PlanDefinition) -> PlanNode:
    """A node with what is stored of it beside what the table says."""
    before = edition.node(now.code)
    if before is None or before.title != now.title:
        return now
    told = {field.code for field in said.node_fields}
    texts = {code: text for code, text in before.texts.items() if code not in told}
    for code, paragraphs in now.texts.items():
        same = [p.ja for p in before.texts.get(code, ())] == [p.ja for p in paragraphs]
        texts[code] = before.texts[code] if same else paragraphs
    return replace(
        before,
        level=now.level,
        parent=now.parent,
        title_en=now.title_en or before.title_en,
        measure_class=now.measure_class if said.classes else before.measure_class,
        texts=texts,
    )


def _continued(
    before: Sequence[PlanNode], after: Sequence[PlanNode], reported: frozenset[str]
) -> tuple[LineageLink, ...]:
    same = lineage.same_as_before(before, after, ())
    kept = (n.code for n in after if n.code in same and n.level in reported)
    return tuple(LineageLink(LineageKind.CONTINUED, (code,), (code,)) for code in kept)


def _indicators(stored: PlanDefinition, said: PlanDefinition, edition: str) -> tuple[Indicator, ...]:
    """Those of other editions and of the plan as a whole stay, unless the table goes on with them."""
    known = {i.code: i for i in stored.indicators}
    others = {i.code: i for i in stored.indicators if i.edition != edition}
    told = []
    for now in said.indicators:
        before = known.get(now.code)
        if before is not None and before.name.ja == now.name.ja:
            others.pop(now.code, None)
            told.append(_going_on(before, now))
        else:
            told.append(replace(now, code=f"{edition}-{now.code}") if now.code in others else now)
    return (*others.values(), *told)


def _going_on(before: Indicator, now: Indicator) -> Indicator:
    """The series with what is only known from before; a direction that the table does not state stays as set."""
    is_set = before.direction is not IndicatorDirection.NONE and before.direction_basis not in DIRECTION_BASES
    is_stated = now.direction is not IndicatorDirection.NONE and now.direction_basis not in DIRECTION_BASES
    directed = before if is_set and not is_stated else now
    told = {(v.type, v.at, v.fiscal_year): v for v in now.values}
    kept = (_value(v, told.pop((v.type, v.at, v.fiscal_year), None)) for v in before.values)
    return replace(
        before,
        unit=_worded(before.unit, now.unit),
        kind=before.kind if now.kind is IndicatorKind.COUNT else now.kind,
        direction=directed.direction,
        direction_basis=directed.direction_basis,
        edition=now.edition,
        node=now.node,
        values=(*kept, *told.values()),
    )


def _value(before: IndicatorValue, now: IndicatorValue | None) -> IndicatorValue:
    return before if now is None else replace(before, value=now.value, printed=now.printed)


def _keys(definition: PlanDefinition, organisation: OrganisationDefinition, path: Key) -> Iterator[Key]:
    """By what a path of the definition, or of the organisation, is found in the table; the nearest first."""
    match path:
        case ("editions", int(i), "nodes", int(j), *_):
            yield "node", definition.editions[i].nodes[j].code
        case ("indicators", int(i), *rest):
            code = definition.indicators[i].code
            match rest:
                case ["values", int(j), *_]:
                    yield "indicator", code, j
            yield "indicator", code
        case ("responsibilities", int(i), *_):
            yield "node", organisation.responsibilities[i].measure
        case ("people", int(i), *_):
            yield "organisation", organisation.people[i].email
        case ("departments", int(i), *_):
            yield "organisation", organisation.departments[i].name.ja
