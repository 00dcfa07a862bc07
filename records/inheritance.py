"""What a measure took over: last year's reports of the measures merged into it, and of the one it was split from.

The measure's own reports follow its life (`Node.origin_id`); these belong to other lives and are told apart from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db import tables as t
from domain.lineage import LineageKind
from records import reporting
from records.reporting import ReportInHand
from records.requests import LastYear
from records.round_state import question_set_of

_TAKING_OVER = (LineageKind.MERGED, LineageKind.SPLIT)


@dataclass(frozen=True)
class Inherited:
    """A measure of the edition before that the one in hand took over, with its answers of last year."""

    node: t.Node
    kind: LineageKind
    last_year: LastYear


def of_report(session: Session, held: ReportInHand) -> tuple[Inherited, ...]:
    """What the measure of a yearly report took over and was reported last year, in the order of the plan.

    So nothing is left of it from the second year of an edition on: by then its own report speaks.
    """
    kinds = {} if held.is_proposal else _taken_over(session, held.node)
    found = []
    for report, node in reporting.of_last_year(session, held, kinds) if kinds else ():
        asked_in = session.get_one(t.CollectionRound, report.round_id)
        last_year = LastYear(asked_in.fiscal_year, report.answers, question_set_of(asked_in))
        found.append(Inherited(node, kinds[node.origin_id or 0], last_year))
    return tuple(found)


def _taken_over(session: Session, node: t.Node) -> dict[int, LineageKind]:
    """Origin → how it came into the measure's life, in whatever edition."""
    heir, before, after = aliased(t.Node), aliased(t.LineageEnd), aliased(t.LineageEnd)
    query = (
        select(t.Node.origin_id, t.Lineage.kind)
        .join(before, (col(before.node_id) == col(t.Node.id)) & (col(before.side) == t.Side.BEFORE))
        .join(t.Lineage, col(t.Lineage.id) == col(before.lineage_id))
        .join(after, (col(after.lineage_id) == col(t.Lineage.id)) & (col(after.side) == t.Side.AFTER))
        .join(heir, col(heir.id) == col(after.node_id))
        .where(col(heir.origin_id) == node.origin_id, col(t.Lineage.kind).in_(_TAKING_OVER))
    )
    return {origin: LineageKind(kind) for origin, kind in session.exec(query) if origin not in (None, node.origin_id)}
