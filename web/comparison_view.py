"""新旧対照表 as a page shows it: each row with its titles in the reader's language, links and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.comparison import ComparisonRow, Span
from domain.lineage import LineageKind, Station
from domain.source import Source
from domain.text import Bilingual
from records.comparison_table import spans_in
from records.lineage import PlanLineage


@dataclass(frozen=True)
class TitleCell:
    """A node in one of the two columns: its title in pieces, marked where the other differs."""

    station: Station
    node_id: int
    title: tuple[Span, ...]


@dataclass(frozen=True)
class ComparedRow:
    level: str
    before: TitleCell | None
    after: TitleCell | None
    kinds: tuple[LineageKind, ...]
    reasons: tuple[Bilingual, ...]
    source: Source | None
    is_changed: bool


def comparison_rows(
    rows: Sequence[ComparisonRow], lineage: PlanLineage, before: str, after: str, language: str
) -> list[ComparedRow]:
    """English titles stand for the Japanese ones where the plan has them; then their words are compared."""
    sources = _sources(lineage, before, after)
    return [_row(row, lineage, sources, language) for row in rows]


def _sources(lineage: PlanLineage, before: str, after: str) -> Mapping[tuple[str, str], Source]:
    """Where the links between two neighbouring editions stand, by edition and code; over several no one place does."""
    codes = [e.code for e in lineage.editions]
    if codes.index(after) - codes.index(before) != 1:
        return {}
    told = [(link, link.source) for link in lineage.edition(after).lineage if link.source]
    found = {(after, code): source for link, source in told if not link.before for code in link.after}
    return found | {(before, code): source for link, source in told for code in link.before}


def _row(
    row: ComparisonRow, lineage: PlanLineage, sources: Mapping[tuple[str, str], Source], language: str
) -> ComparedRow:
    before, after = spans_in(row, lineage, language)
    told_of = row.before or row.after
    return ComparedRow(
        row.level,
        TitleCell(row.before, lineage.id_of(row.before), before) if row.before else None,
        TitleCell(row.after, lineage.id_of(row.after), after) if row.after else None,
        row.kinds,
        row.reasons,
        sources.get((told_of.edition, told_of.code)) if told_of else None,
        row.is_changed,
    )
