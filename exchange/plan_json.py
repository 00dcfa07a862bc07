"""A plan as JSON for programs: `meguru plan show PLAN --json`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import plan_files
from domain import lineage
from domain.comparison import ComparisonRow
from domain.indicator import Indicator, IndicatorValue
from domain.lineage import Station
from domain.plan import Edition, PlanDefinition
from domain.source import Source
from domain.text import Bilingual


def of_plan(definition: PlanDefinition) -> dict[str, Any]:
    """Names and titles are Japanese, with the English beside them under `…_en`; null is 記載なし.

    An edition's `date` is the month in which it was decided. A node's `id` is its edition and code; `life` is the id
    of the first node of its life, the same in every edition. What is not listed here one by one stands under its
    name of the plan file.
    """
    lives = _lives(definition.editions)
    told = plan_files.to_json(definition)
    listed = ("code", "name", "editions", "indicators")
    return {
        "code": definition.code,
        **_text("name", definition.name),
        "editions": [_edition(edition, lives) for edition in definition.editions],
        "lineage": [entry for edition in definition.editions for entry in _lineage(edition)],
        "indicators": [_indicator(indicator, definition) for indicator in definition.indicators],
        **{key: value for key, value in told.items() if key not in listed},
    }


def of_comparison(rows: Iterable[ComparisonRow]) -> list[dict[str, Any]]:
    """Two editions compared: `meguru plan diff PLAN EDITION EDITION --json`."""
    return [
        {
            "before": _station(row.before),
            "after": _station(row.after),
            "kinds": [kind.value for kind in row.kinds],
            "reasons": [reason.ja for reason in row.reasons if reason.ja],
        }
        for row in rows
    ]


def _station(station: Station | None) -> dict[str, str] | None:
    return {"code": station.code, "title": station.title} if station else None


def _edition(edition: Edition, lives: dict[tuple[str, str], str]) -> dict[str, Any]:
    return {
        "code": edition.code,
        "date": edition.decided or None,
        **_text("name", edition.name),
        "effective_on": edition.effective_on.isoformat(),
        "is_draft": edition.is_draft,
        **_text("reason", edition.reason),
        "nodes": [
            {
                "id": f"{edition.code}/{node.code}",
                "life": lives[edition.code, node.code],
                "code": node.code,
                "level": node.level,
                "title": node.title,
                "title_en": node.title_en or None,
                "parent": node.parent or None,
                **{k: v for k, v in plan_files.to_json(node).items() if k not in _NODE_KEYS},
            }
            for node in edition.nodes
        ],
    }


_NODE_KEYS = ("code", "level", "title", "title_en", "parent")


def _lives(editions: tuple[Edition, ...]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    before: Edition | None = None
    for edition in editions:
        same = lineage.same_as_before(before.nodes, edition.nodes, edition.lineage) if before else {}
        for node in edition.nodes:
            kept = found[before.code, same[node.code]] if before and node.code in same else None
            found[edition.code, node.code] = kept or f"{edition.code}/{node.code}"
        before = edition
    return found


def _lineage(edition: Edition) -> list[dict[str, Any]]:
    """`kind` is the main one; `kinds` has RENUMBERED beside RENAMED where both happened."""
    return [
        {
            "edition": edition.code,
            "kind": link.kind.value,
            "kinds": [kind.value for kind in lineage.kinds_of(link)],
            "before": list(link.before),
            "after": list(link.after),
            **_text("reason", link.reason),
        }
        for link in edition.lineage
    ]


def _indicator(indicator: Indicator, definition: PlanDefinition) -> dict[str, Any]:
    listed = ("code", "name", "unit", "values")
    return {
        "id": indicator.code,
        **_text("name", indicator.name),
        **_text("unit", indicator.unit),
        **{k: v for k, v in plan_files.to_json(indicator).items() if k not in listed},
        "values": [_value(value, indicator, definition) for value in indicator.values],
    }


def _value(value: IndicatorValue, indicator: Indicator, definition: PlanDefinition) -> dict[str, Any]:
    """`at` is a day (2021-04-01), a fiscal year (FY2020) or null: 記載なし."""
    year = None if value.fiscal_year is None else f"FY{value.fiscal_year}"
    rest = {k: v for k, v in plan_files.to_json(value).items() if k not in ("at", "value", "type", "source", "upper")}
    return {
        "at": value.at.isoformat() if value.at else year,
        "value": _number(value.value),
        "type": value.type.value,
        "source": _source(value.source or indicator.source or definition.source, definition),
        **({} if value.upper is None else {"upper": _number(value.upper)}),
        **rest,
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _source(source: Source, definition: PlanDefinition) -> str:
    document = definition.document_of(source)
    return " — ".join(filter(None, (document.name.ja if document else "", source.heading.ja)))


def _text(key: str, text: Bilingual) -> dict[str, str | None]:
    return {key: text.ja or None, f"{key}_en": text.en or None}
