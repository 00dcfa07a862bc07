"""A plan's definition as it is stored: its rows put together again, to the letter as they were imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain.plan import PlanDefinition, PlanNode

_NODE = TypeAdapter(PlanNode)


def read(session: Session, plan: t.Plan) -> PlanDefinition:
    """The whole definition as it is stored now."""
    editions = session.exec(
        select(t.Edition).where(t.Edition.plan_id == plan.id).order_by(col(t.Edition.effective_on))
    ).all()
    nodes = session.exec(
        select(t.Node)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Edition.plan_id == plan.id)
        .order_by(col(t.Node.edition_id), col(t.Node.position))
    ).all()
    places = _Places(editions, nodes)
    return plan_files.from_json(
        {
            **plan.definition,
            "editions": [_edition_json(session, e, places) for e in editions],
            "indicators": _indicators_json(session, plan, places),
            "achievements": _achievements_json(session, plan, places),
            "links": _links_json(session, plan, places),
        }
    )


def told(node: t.Node) -> PlanNode:
    """One node as the plan tells it, but for its place in the tree: `parent` is left out."""
    said = {"code": node.code, "level": node.level, "title": node.title, "title_en": node.title_en}
    return _NODE.validate_python({**said, "measure_class": node.measure_class or "", **node.details})


class _Places:
    """Where the nodes of a plan stand: by id, and by edition in the order of the page."""

    def __init__(self, editions: Iterable[t.Edition], nodes: Iterable[t.Node]) -> None:
        codes = {e.id: e.code for e in editions}
        self.of_edition: dict[int, list[t.Node]] = defaultdict(list)
        self.code: dict[int | None, str] = {None: ""}
        self.address: dict[int | None, dict[str, str]] = {}
        for node in nodes:
            self.of_edition[node.edition_id].append(node)
            self.code[node.id] = node.code
            self.address[node.id] = {"edition": codes[node.edition_id], "code": node.code}


def _edition_json(session: Session, edition: t.Edition, places: _Places) -> dict[str, Any]:
    return {
        "code": edition.code,
        "name": {"ja": edition.name, "en": edition.name_en},
        "decided": edition.decided,
        "effective_on": edition.effective_on,
        "is_draft": edition.is_draft,
        "nodes": [
            {
                "code": n.code,
                "level": n.level,
                "title": n.title,
                "title_en": n.title_en,
                "parent": places.code[n.parent_id],
                "measure_class": n.measure_class or "",
                **n.details,
            }
            for n in places.of_edition[edition.id]
        ],
        "lineage": _lineage_json(session, edition, places),
        **edition.details,
    }


def _lineage_json(session: Session, edition: t.Edition, places: _Places) -> list[dict[str, Any]]:
    rows = session.exec(
        select(t.Lineage, t.LineageEnd)
        .outerjoin(t.LineageEnd, col(t.LineageEnd.lineage_id) == col(t.Lineage.id))
        .where(t.Lineage.edition_id == edition.id)
        .order_by(col(t.Lineage.position), col(t.LineageEnd.id))
    )
    found: dict[int, dict[str, Any]] = {}
    for link, end in rows:
        told = found.setdefault(link.id, {"kind": link.kind, "before": [], "after": [], **link.details})
        if end is not None:
            told[end.side.value].append(places.code[end.node_id])
    return list(found.values())


def _indicators_json(session: Session, plan: t.Plan, places: _Places) -> list[dict[str, Any]]:
    rows = session.exec(
        select(t.Indicator).where(t.Indicator.plan_id == plan.id).order_by(col(t.Indicator.position))
    ).all()
    values: dict[int, list[dict[str, Any]]] = defaultdict(list)
    of_plan = (
        select(t.IndicatorValue)
        .join(t.Indicator, col(t.Indicator.id) == col(t.IndicatorValue.indicator_id))
        .where(t.Indicator.plan_id == plan.id)
        .order_by(col(t.IndicatorValue.indicator_id), col(t.IndicatorValue.position))
    )
    for v in session.exec(of_plan):
        values[v.indicator_id].append(
            {"type": v.type, "value": v.value, "upper": v.upper, "at": v.at, "fiscal_year": v.fiscal_year, **v.details}
        )
    found = []
    for i in rows:
        place = places.address.get(i.node_id, {"edition": "", "code": ""})
        found.append(
            {
                "code": i.code,
                "name": {"ja": i.name, "en": i.name_en},
                "kind": i.kind,
                "direction": i.direction,
                "edition": place["edition"],
                "node": place["code"],
                "values": values[i.id],
                **i.details,
            }
        )
    return found


def _achievements_json(session: Session, plan: t.Plan, places: _Places) -> list[dict[str, Any]]:
    rows = session.exec(
        select(t.Achievement).where(t.Achievement.plan_id == plan.id).order_by(col(t.Achievement.position))
    )
    return [
        {
            "node": places.address.get(a.node_id),
            "term": a.term,
            "fiscal_year": a.fiscal_year,
            "stage": a.stage,
            **a.details,
        }
        for a in rows
    ]


def _links_json(session: Session, plan: t.Plan, places: _Places) -> list[dict[str, Any]]:
    rows = session.exec(
        select(t.NodeLink, t.Node, t.Edition, t.Plan)
        .join(t.Node, col(t.Node.id) == col(t.NodeLink.other_id))
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .join(t.Plan, col(t.Plan.id) == col(t.Edition.plan_id))
        .where(t.NodeLink.plan_id == plan.id)
        .order_by(col(t.NodeLink.position))
    )
    return [
        {
            "node": places.address[link.node_id],
            "kind": link.kind,
            "plan": other_plan.code,
            "other": {"edition": edition.code, "code": other.code},
            **link.details,
        }
        for link, other, edition, other_plan in rows
    ]
