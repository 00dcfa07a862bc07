"""Report once (ワンスオンリー): work that stands in several plans is reported in one and read in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db import tables as t
from domain.fiscal_year import FiscalYear
from domain.plan import LinkKind
from records import plans


@dataclass(frozen=True)
class LinkedReport:
    """A report made in another plan on work that a node is linked to; `node` is the one it was made for there."""

    kind: LinkKind
    plan: t.Plan
    node: t.Node
    cycle: t.AnnualCycle
    round: t.CollectionRound
    report: t.ProgressReport
    department: t.Department | None


def reported_elsewhere(session: Session, nodes: Iterable[t.Node], fiscal_year: int) -> frozenset[int]:
    """The nodes whose work is reported in another plan in that year, and so must not be asked for here.

    Where that plan has ended, or its edition in force knows the work no more, the node is asked for here again.
    """
    by_origin = {n.origin_id: n.id for n in nodes}
    mine, other = aliased(t.Node), aliased(t.Node)
    links = session.exec(
        select(mine.origin_id, other.origin_id, t.Plan)
        .select_from(t.NodeLink)
        .join(mine, col(mine.id) == col(t.NodeLink.node_id))
        .join(other, col(other.id) == col(t.NodeLink.other_id))
        .join(t.Edition, col(t.Edition.id) == col(other.edition_id))
        .join(t.Plan, col(t.Plan.id) == col(t.Edition.plan_id))
        .where(t.NodeLink.kind == LinkKind.REPORTED_IN, col(mine.origin_id).in_(by_origin))
    ).all()
    asked = {plan.id: _asked_in(session, plan, fiscal_year) for _, _, plan in links}
    return frozenset(by_origin[origin] for origin, there, plan in links if there in asked[plan.id])


def _asked_in(session: Session, plan: t.Plan, fiscal_year: int) -> frozenset[int | None]:
    """The origins of what a plan asks for in a year."""
    if not plans.definition_of(plan).runs_in(fiscal_year):
        return frozenset()
    edition = plans.edition_in_force(session, plan, FiscalYear(fiscal_year).first_day)
    return frozenset(n.origin_id for n in plans.measures_of(session, edition.id))


def of_nodes(
    session: Session, nodes: Sequence[t.Node], fiscal_year: int | None = None
) -> Mapping[int, tuple[LinkedReport, ...]]:
    """Node → what was reported on it elsewhere, the latest year first: its own work, then what contributes to it."""
    far = _far_ends(session, {n.origin_id for n in nodes if n.origin_id is not None})
    rows = _reports(session, {origin for ends in far.values() for _, origin in ends}, fiscal_year)
    found: dict[int, tuple[LinkedReport, ...]] = {}
    for node in nodes:
        ends = far.get(node.origin_id or 0, ())
        linked = [
            LinkedReport(kind, plan, reported, cycle, round_, report, department)
            for kind, origin in ends
            for plan, reported, cycle, round_, report, department in rows.get(origin, ())
        ]
        if linked:
            found[node.id] = tuple(linked)
    return found


def _far_ends(session: Session, origins: Collection[int]) -> dict[int, list[tuple[LinkKind, int]]]:
    """Origin → what it is linked to, as kind and origin."""
    near, other = aliased(t.Node), aliased(t.Node)
    own = (
        select(near.origin_id, t.NodeLink.kind, other.origin_id)
        .select_from(t.NodeLink)
        .join(near, col(near.id) == col(t.NodeLink.node_id))
        .join(other, col(other.id) == col(t.NodeLink.other_id))
        .where(t.NodeLink.kind == LinkKind.REPORTED_IN, col(near.origin_id).in_(origins))
    )
    contributing = (
        select(near.origin_id, t.NodeLink.kind, other.origin_id)
        .select_from(t.NodeLink)
        .join(near, col(near.id) == col(t.NodeLink.other_id))
        .join(other, col(other.id) == col(t.NodeLink.node_id))
        .where(t.NodeLink.kind == LinkKind.CONTRIBUTES_TO, col(near.origin_id).in_(origins))
    )
    found: dict[int, list[tuple[LinkKind, int]]] = defaultdict(list)
    for query in (own, contributing):
        for mine, kind, far in session.exec(query.order_by(col(t.NodeLink.plan_id), col(t.NodeLink.position))):
            if mine is not None and far is not None:
                found[mine].append((LinkKind(kind), far))
    return found


_Row = tuple[t.Plan, t.Node, t.AnnualCycle, t.CollectionRound, t.ProgressReport, t.Department | None]


def _reports(session: Session, origins: Collection[int], fiscal_year: int | None) -> dict[int, list[_Row]]:
    query = (
        sqlalchemy.select(t.ProgressReport, t.CollectionRound, t.AnnualCycle, t.Plan, t.Node, t.Department)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.CollectionRound.cycle_id))
        .join(t.Plan, col(t.Plan.id) == col(t.AnnualCycle.plan_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(col(t.Node.origin_id).in_(origins))
        .order_by(col(t.AnnualCycle.fiscal_year).desc(), col(t.CollectionRound.id).desc())
    )
    if fiscal_year is not None:
        query = query.where(col(t.AnnualCycle.fiscal_year) == fiscal_year)
    found: dict[int, list[_Row]] = defaultdict(list)
    for report, round_, cycle, plan, node, department in session.execute(query) if origins else ():
        found[node.origin_id].append((plan, node, cycle, round_, report, department))
    return found
