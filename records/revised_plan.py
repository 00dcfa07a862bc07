"""What a revised plan list (改訂後の計画一覧) says, gathered from the stored editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlmodel import Session

from db import tables as t
from documents.revised_plan import Correction, LogEntry, PlannedNode, PlannedText, RevisedPlan
from domain.comparison import ComparisonRow, compare
from domain.lineage import LineageKind
from domain.plan import Edition, NodeField, PlanDefinition, PlanNode
from domain.text import named
from records import lineage, plan_pages, plans
from records.comparison_table import edition_facts, marks_of, measure_label, tally_of, title_of
from records.lineage import PlanLineage

_ENDED = frozenset({LineageKind.MERGED, LineageKind.ABOLISHED})


@dataclass(frozen=True)
class _Plan:
    """What is read once for the whole list. `fields` are those that some node of the plan has a text for."""

    definition: PlanDefinition
    told: PlanLineage
    fields: tuple[NodeField, ...]
    language: str


def gather(session: Session, edition: t.Edition, issued_on: date, language: str = "ja") -> RevisedPlan:
    """The list of one edition, with the departments that answer on its first day."""
    plan = session.get_one(t.Plan, edition.plan_id)
    definition = plans.definition_of(plan)
    in_use = plan_pages.fields_in_use(session, plan)
    fields = tuple(f for f in definition.node_fields if f.code in in_use)
    read = _Plan(definition, lineage.read(session, plan), fields, language)
    shown = read.told.edition(edition.code)
    owners = plans.owners_on(session, edition.id, edition.effective_on)
    made = {code: tuple(rows) for code, rows in _rows(read.told).items()}
    own = {row.after.code: row for row in made.get(edition.code, ()) if row.after and not _is_ended(row)}
    placed = plan_pages.everything(plan_pages.tree(session, edition.id))
    return RevisedPlan(
        language=language,
        municipality=named(plans.municipality_of(session, plan), language),
        plan=named(plan, language),
        measure_label=measure_label(definition, language),
        edition=edition_facts(shown, definition, language),
        is_first=edition.code not in made,
        has_classes=bool(definition.classes),
        issued_on=issued_on,
        nodes=tuple(
            _node(p.said, owners.get(p.row.id), own.get(p.said.code), made.get(edition.code, ()), read) for p in placed
        ),
        log=tuple(_entry(e, made.get(e.code), e is shown, read) for e in read.told.editions),
        marks=marks_of(plan, language),
    )


def _rows(told: PlanLineage) -> Mapping[str, Sequence[ComparisonRow]]:
    """Each edition but the first, compared with the one before it."""
    codes = [e.code for e in told.editions]
    return {new: compare(told.editions, old, new) for old, new in pairwise(codes)}


def _is_ended(row: ComparisonRow) -> bool:
    """Whether the node before ended: then the node after has a row of its own."""
    return row.before is not None and not _ENDED.isdisjoint(row.kinds)


def _node(
    said: PlanNode,
    owner: t.Department | None,
    row: ComparisonRow | None,
    made: Sequence[ComparisonRow],
    read: _Plan,
) -> PlannedNode:
    levels = [level.code for level in read.definition.levels]
    first_reported = min((levels.index(code) for code in read.definition.reported_levels), default=0)
    class_ = read.definition.class_of(said.measure_class)
    merged = [m for m in made if _is_ended(m) and m.after and m.after.code == said.code]
    return PlannedNode(
        level=read.definition.label_of(said.level).in_language(read.language),
        is_heading=levels.index(said.level) < first_reported,
        is_reported=said.level in read.definition.reported_levels,
        code=said.code,
        title=title_of(said, read.language),
        measure_class=class_.label.in_language(read.language) if class_ else said.measure_class,
        department=named(owner, read.language) if owner else "",
        kinds=row.kinds if row else None,
        was=_before(row, read) if row and row.is_changed else "",
        took_up=tuple(_before(m, read) for m in merged),
        texts=tuple(_texts(said, read)),
    )


def _texts(said: PlanNode, read: _Plan) -> Iterator[PlannedText]:
    for field in read.fields:
        if not field.levels or said.level in field.levels:
            paragraphs = (text.in_language(read.language) for text in said.texts.get(field.code, ()))
            yield PlannedText(field.label.in_language(read.language), tuple(paragraphs))


def _before(row: ComparisonRow, read: _Plan) -> str:
    """The node before as "code title"; "" where there was none."""
    return f"{row.before.code} {title_of(read.told.node(row.before), read.language)}" if row.before else ""


def _entry(edition: Edition, rows: Sequence[ComparisonRow] | None, is_shown: bool, read: _Plan) -> LogEntry:
    return LogEntry(
        edition=edition_facts(edition, read.definition, read.language),
        reason=edition.reason.in_language(read.language),
        tally=tally_of(rows, read.definition) if rows is not None else None,
        corrections=tuple(_corrections(rows or (), read)),
        is_shown=is_shown,
    )


def _corrections(rows: Sequence[ComparisonRow], read: _Plan) -> Iterator[Correction]:
    for row in rows:
        is_same = not {LineageKind.RENAMED, LineageKind.SPLIT, *_ENDED} & set(row.kinds)
        if row.before and row.after and is_same and row.before.title != row.after.title:
            old, new = (title_of(read.told.node(s), read.language) for s in (row.before, row.after))
            reason = "\n".join(reason.in_language(read.language) for reason in row.reasons)
            yield Correction(row.after.code, old, new, reason)
