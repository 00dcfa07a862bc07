"""Editions and what became of their nodes, in words: what comparison table and revised plan list have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from documents.comparison_table import EditionFacts
from documents.content import Count
from documents.labels import date_text, lineage_labels, month_text
from domain.lineage import LineageKind, Tally
from i18n import translate


@dataclass(frozen=True)
class EditionRow:
    name: str
    decided: str
    effective_on: str
    measures: int


def edition_row(facts: EditionFacts, language: str) -> EditionRow:
    return EditionRow(
        facts.name or translate(language, "記載なし"),
        _decided(facts, language),
        date_text(language, facts.effective_on),
        facts.measures,
    )


def edition_labels(language: str, measure_label: str) -> dict[str, str]:
    """The fixed words around editions, by name."""
    return {
        "plan": translate(language, "計画"),
        "edition": translate(language, "版"),
        "decided": translate(language, "策定・改訂"),
        "effective_on": translate(language, "適用開始"),
        "measures": translate(language, "%(level)sの数", level=measure_label),
        "issued_on": translate(language, "発行日"),
        "reason_of_revision": translate(language, "改訂の理由"),
        "counts": translate(language, "変化ごとの件数"),
        "kind": translate(language, "変化"),
        "count": translate(language, "件数"),
        "not_stated": translate(language, "記載なし"),
        "none": "—",
    }


def kinds_text(kinds: Iterable[LineageKind], language: str) -> str:
    """Everything that happened to a node; 「記載なし」 where nobody says."""
    labels = lineage_labels(language)
    said = translate(language, "、").join(labels[kind] for kind in kinds)
    return said or translate(language, "記載なし")


def kind_counts(tally: Tally, language: str) -> tuple[Count, ...]:
    """All kinds with their counts; one that was renamed and renumbered counts for both, and the words say so."""
    labels = lineage_labels(language)
    renumbered = translate(language, "番号変更（名称変更との重なりを含む）")
    return tuple(
        Count(renumbered, tally.renumbered_total)
        if kind is LineageKind.RENUMBERED
        else Count(labels[kind], tally.counts[kind])
        for kind in LineageKind
    )


def _decided(facts: EditionFacts, language: str) -> str:
    if facts.is_draft:
        return translate(language, "案（決定前）")
    if not facts.decided:
        return translate(language, "記載なし")
    year, month = facts.decided.split("-")
    return month_text(language, date(int(year), int(month), 1))
