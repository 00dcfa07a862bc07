"""指標 as stored: whole series, of a plan or of what one measure was over its editions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db import tables as t
from domain.indicator import Indicator
from records.change import NotFound

_INDICATOR = TypeAdapter(Indicator)

# Asked for every report that is shown or written.
_OF_LIFE = (
    select(t.Indicator)
    .join(t.Node, col(t.Node.id) == col(t.Indicator.node_id))
    .where(t.Node.origin_id == bindparam("origin"))
    .order_by(col(t.Indicator.position))
)


@dataclass(frozen=True)
class Series:
    """An indicator with all its values, and the node it was told for (None: the plan as a whole)."""

    indicator: Indicator
    node: t.Node | None


def listed(session: Session, plan: t.Plan) -> Sequence[t.Indicator]:
    """The indicators of a plan in their order, without their values."""
    query = select(t.Indicator).where(t.Indicator.plan_id == plan.id).order_by(col(t.Indicator.position))
    return session.exec(query).all()


def of_rows(session: Session, rows: Sequence[t.Indicator]) -> tuple[Series, ...]:
    """The series of some indicators, in two queries."""
    nodes = {
        n.id: n for n in session.exec(select(t.Node).where(col(t.Node.id).in_({r.node_id for r in rows if r.node_id})))
    }
    values = _values(session, rows)
    return tuple(Series(_told(row, values.get(row.id, ())), nodes.get(row.node_id or 0)) for row in rows)


def of_life(session: Session, node: t.Node) -> tuple[Series, ...]:
    """The series of a node: all that were told for it in any edition in which it lived as itself."""
    rows = session.exec(_OF_LIFE, params={"origin": node.origin_id}).all()
    return of_rows(session, rows) if rows else ()


def of_lives(session: Session, nodes: Sequence[t.Node]) -> Mapping[int, tuple[Series, ...]]:
    """Node → its series as `of_life` tells them; the same few queries for many nodes."""
    rows = session.exec(
        select(t.Indicator)
        .join(t.Node, col(t.Node.id) == col(t.Indicator.node_id))
        .where(col(t.Node.origin_id).in_({n.origin_id for n in nodes}))
        .order_by(col(t.Indicator.position))
    ).all()
    by_origin: dict[int | None, list[Series]] = defaultdict(list)
    for one in of_rows(session, rows) if rows else ():
        by_origin[one.node.origin_id if one.node else None].append(one)
    return {node.id: tuple(by_origin[node.origin_id]) for node in nodes}


def find(session: Session, plan: t.Plan, code: str) -> Series:
    """One series. Raises `NotFound`."""
    row = session.exec(select(t.Indicator).where(t.Indicator.plan_id == plan.id, t.Indicator.code == code)).first()
    if row is None:
        raise NotFound(f"indicator {code} of plan {plan.code}")
    return of_rows(session, [row])[0]


def _values(session: Session, rows: Sequence[t.Indicator]) -> Mapping[int, list[dict[str, Any]]]:
    query = (
        select(t.IndicatorValue)
        .where(col(t.IndicatorValue.indicator_id).in_([row.id for row in rows]))
        .order_by(col(t.IndicatorValue.indicator_id), col(t.IndicatorValue.position))
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for v in session.exec(query):
        told = {"type": v.type, "value": v.value, "upper": v.upper, "at": v.at, "fiscal_year": v.fiscal_year}
        found[v.indicator_id].append({**told, **v.details})
    return found


def _told(row: t.Indicator, values: Sequence[dict[str, Any]]) -> Indicator:
    return _INDICATOR.validate_python(
        {
            "code": row.code,
            "name": {"ja": row.name, "en": row.name_en},
            "kind": row.kind,
            "direction": row.direction,
            "values": values,
            **row.details,
        }
    )
