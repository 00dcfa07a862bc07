"""評価 that stands for a year: of several stages that judged a measure, the last one's.

Meguru's own: a later stage judges with the earlier ones before it, so what it says is what the city says. Until it has
judged, the earlier stage's evaluation stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy
from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from db import tables as t
from domain.evaluation import Stage

_ORDER = {stage: position for position, stage in enumerate(Stage)}


def standing(session: Session, *which: ColumnElement[bool]) -> Mapping[tuple[int, int | None], t.Evaluation]:
    """Cycle and origin of a measure → the evaluation that stands. `which` narrows cycles, nodes or evaluations."""
    rows = session.execute(
        sqlalchemy.select(t.Evaluation, col(t.Node.origin_id))
        .join(t.Node, col(t.Node.id) == col(t.Evaluation.node_id))
        .join(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.Evaluation.cycle_id))
        .where(*which)
    )
    latest_last = sorted(rows, key=lambda row: _ORDER[row[0].stage])
    return {(evaluation.cycle_id, origin): evaluation for evaluation, origin in latest_last}


def by_node(evaluations: Iterable[t.Evaluation]) -> Mapping[int, t.Evaluation]:
    """Node → the evaluation of a cycle that stands."""
    return {e.node_id: e for e in sorted(evaluations, key=lambda e: _ORDER[e.stage])}
