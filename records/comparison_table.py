"""What a comparison table (新旧対照表) says, gathered from the stored editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from db import tables as t
from documents.comparison_table import ComparedNode, ComparedRow, ComparisonTable, EditionFacts, TitlePart
from domain.comparison import ComparisonRow, Span, changed_spans, compare
from domain.lineage import LineageKind, Station, Tally
from domain.plan import Edition, PlanDefinition, PlanNode
from domain.text import Bilingual, named
from i18n import translate
from records import lineage, plans
from records.lineage import PlanLineage


def gather(
    session: Session,
    plan: t.Plan,
    before: t.Edition,
    after: t.Edition,
    issued_on: date,
    language: str = "ja",
) -> ComparisonTable:
    """Two editions of a plan side by side. Raises `ValueError` when the second is not later."""
    told = lineage.read(session, plan)
    definition = plans.definition_of(plan)
    rows = compare(told.editions, before.code, after.code)
    older, newer = told.edition(before.code), told.edition(after.code)
    return ComparisonTable(
        language=language,
        municipality=named(plans.municipality_of(session, plan), language),
        plan=named(plan, language),
        measure_label=measure_label(definition, language),
        before=edition_facts(older, definition, language),
        after=edition_facts(newer, definition, language),
        reason=newer.reason.in_language(language),
        tally=tally_of(rows, definition),
        issued_on=issued_on,
        rows=tuple(_row(row, told, definition, language) for row in rows),
        marks=marks_of(plan, language),
    )


def edition_facts(edition: Edition, definition: PlanDefinition, language: str) -> EditionFacts:
    return EditionFacts(
        name=edition.name.in_language(language),
        decided=edition.decided,
        effective_on=edition.effective_on,
        is_draft=edition.is_draft,
        measures=sum(n.level in definition.reported_levels for n in edition.nodes),
    )


def measure_label(definition: PlanDefinition, language: str) -> str:
    """What departments report on, in the plan's own words."""
    labels = (level.label.in_language(language) for level in definition.levels if level.is_reported)
    return translate(language, "、").join(labels)


def marks_of(plan: t.Plan, language: str) -> tuple[str, ...]:
    """The marks that must stand on every document of a plan."""
    return tuple(filter(None, (Bilingual(plan.mark, plan.mark_en).in_language(language),)))


def tally_of(rows: Iterable[ComparisonRow], definition: PlanDefinition) -> Tally:
    """What became of the nodes that departments report on; counted as `domain.lineage.tally` counts links."""
    reported = [row for row in rows if row.level in definition.reported_levels]
    # A split node stands in several rows, and a node made by a merger beside the rows of those merged.
    alone = {(row.kinds[0], row.before or row.after) for row in reported if row.kinds and not _is_made_by_merger(row)}
    counted = Counter(kind for kind, _ in alone)
    counts = {kind: counted[kind] for kind in LineageKind}
    return Tally(counts, sum(LineageKind.RENUMBERED in row.kinds for row in reported))


def _is_made_by_merger(row: ComparisonRow) -> bool:
    return row.before is None and LineageKind.MERGED in row.kinds


def title_of(node: PlanNode, language: str) -> str:
    return Bilingual(node.title, node.title_en).in_language(language)


def spans_in(row: ComparisonRow, told: PlanLineage, language: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The titles of a row in pieces. Where the plan has English titles, those are compared for English readers."""
    if language != "en":
        return row.before_title, row.after_title
    old, new = (title_of(told.node(s), language) if s else "" for s in (row.before, row.after))
    if row.before and row.after and any(span.is_changed for span in (*row.before_title, *row.after_title)):
        return changed_spans(old, new)
    return (Span(old, False),), (Span(new, False),)


def _row(row: ComparisonRow, told: PlanLineage, definition: PlanDefinition, language: str) -> ComparedRow:
    before, after = spans_in(row, told, language)
    return ComparedRow(
        level=definition.label_of(row.level).in_language(language),
        is_reported=row.level in definition.reported_levels,
        before=_node(row.before, before),
        after=_node(row.after, after),
        kinds=row.kinds,
        reasons=tuple(reason.in_language(language) for reason in row.reasons),
        is_changed=row.is_changed,
    )


def _node(station: Station | None, title: Iterable[Span]) -> ComparedNode | None:
    if station is None:
        return None
    return ComparedNode(station.code, tuple(TitlePart(span.text, span.is_changed) for span in title))
