"""系譜 as stored: the editions of a plan with their nodes and what became of them, for the rules of the domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from db import tables as t
from domain.lineage import Life, LineageLink, Station, Turn, life_of
from domain.plan import Edition, NodeAddress, PlanNode

_EDITION, _LINK = TypeAdapter(Edition), TypeAdapter(LineageLink)


@dataclass(frozen=True)
class LifeStep:
    """What one edition did to a node. `station` None: it ended there; no `turn`: it stood in the first edition."""

    edition: Edition
    station: Station | None
    turn: Turn | None
    merged_in: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class PlanLineage:
    """All editions of a plan, their nodes without what stands on them, and the row of each node."""

    editions: tuple[Edition, ...]
    ids: Mapping[NodeAddress, int]

    def life_of(self, node: t.Node) -> Life:
        """The whole life of a node of the plan."""
        address = next(a for a, id_ in self.ids.items() if id_ == node.id)
        return life_of(self.editions, address.edition, address.code)

    def steps(self, life: Life) -> tuple[LifeStep, ...]:
        """A life edition by edition, with what became of the node in the end."""
        found = [
            LifeStep(
                self.edition(station.edition),
                station,
                turn,
                tuple(m for m in life.merged_in if m.edition == station.edition and m != turn),
            )
            for station, turn in zip(life.stations, (life.begin, *life.turns), strict=True)
        ]
        if life.end is not None:
            found.append(LifeStep(self.edition(life.end.edition), None, life.end))
        return tuple(found)

    def station(self, edition: str, code: str) -> Station:
        """A node of an edition. Raises `LookupError`."""
        title = {n.code: n.title for n in self.edition(edition).nodes}[code]
        return Station(edition, code, title)

    def edition(self, code: str) -> Edition:
        return next(e for e in self.editions if e.code == code)

    def node(self, station: Station) -> PlanNode:
        return next(n for n in self.edition(station.edition).nodes if n.code == station.code)

    def id_of(self, station: Station) -> int:
        return self.ids[NodeAddress(station.edition, station.code)]

    def namesakes(self, life: Life) -> tuple[Station, ...]:
        """Other nodes that bear, in another edition, a code of this life: the code alone misleads there."""
        own = {(s.edition, s.code) for s in life.stations}
        codes = {s.code for s in life.stations}
        return tuple(
            Station(edition.code, node.code, node.title)
            for edition in self.editions
            for node in edition.nodes
            if node.code in codes and (edition.code, node.code) not in own
        )


def read(session: Session, plan: t.Plan) -> PlanLineage:
    """The lineage of a plan in three queries, however many measures it has."""
    rows = session.exec(
        select(t.Edition).where(t.Edition.plan_id == plan.id).order_by(col(t.Edition.effective_on))
    ).all()
    nodes, codes, ids = _nodes(session, plan, {row.id: row.code for row in rows})
    links = _links(session, plan, codes)
    editions = tuple(replace(edition_of(row), nodes=tuple(nodes[row.id]), lineage=tuple(links[row.id])) for row in rows)
    return PlanLineage(editions, ids)


def edition_of(row: t.Edition) -> Edition:
    """An edition as the plan tells it, without its nodes and its lineage."""
    return _EDITION.validate_python(
        {
            "code": row.code,
            "name": {"ja": row.name, "en": row.name_en},
            "decided": row.decided,
            "effective_on": row.effective_on,
            "is_draft": row.is_draft,
            "nodes": [],
            **row.details,
        }
    )


def _nodes(
    session: Session, plan: t.Plan, editions: Mapping[int, str]
) -> tuple[dict[int, list[PlanNode]], dict[int | None, str], dict[NodeAddress, int]]:
    query = (
        select(t.Node)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Edition.plan_id == plan.id)
        .order_by(col(t.Node.edition_id), col(t.Node.position))
    )
    rows = session.exec(query).all()
    codes: dict[int | None, str] = {None: "", **{n.id: n.code for n in rows}}
    found: dict[int, list[PlanNode]] = defaultdict(list)
    for n in rows:
        found[n.edition_id].append(PlanNode(n.code, n.level, n.title, n.title_en, codes[n.parent_id]))
    return found, codes, {NodeAddress(editions[n.edition_id], n.code): n.id for n in rows}


def _links(session: Session, plan: t.Plan, codes: Mapping[int | None, str]) -> dict[int, list[LineageLink]]:
    query = (
        select(t.Lineage, t.LineageEnd)
        .join(t.Edition, col(t.Edition.id) == col(t.Lineage.edition_id))
        .outerjoin(t.LineageEnd, col(t.LineageEnd.lineage_id) == col(t.Lineage.id))
        .where(t.Edition.plan_id == plan.id)
        .order_by(col(t.Lineage.edition_id), col(t.Lineage.position), col(t.LineageEnd.id))
    )
    told: dict[int, tuple[int, dict[str, Any]]] = {}
    for link, end in session.exec(query):
        _, said = told.setdefault(
            link.id, (link.edition_id, {"kind": link.kind, "before": [], "after": [], **link.details})
        )
        if end is not None:
            said[end.side.value].append(codes[end.node_id])
    found: dict[int, list[LineageLink]] = defaultdict(list)
    for edition_id, said in told.values():
        found[edition_id].append(_LINK.validate_python(said))
    return found
