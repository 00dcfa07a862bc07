"""意見 as lists: for the planning division with filters and counts, for a measure's page without names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, and_, col, or_, select

from db import tables as t
from domain.opinion import Reflection
from records.listing import Page, Span
from records.opinions import Intake


@dataclass(frozen=True)
class Show:
    """Which opinions are wanted; what is left open does not narrow. `node_id`: a node in any edition's name of it."""

    source: str = ""
    reflection: Reflection | None = None
    is_unanswered: bool = False
    node_id: int | None = None


@dataclass(frozen=True)
class ListedOpinion:
    """An opinion with the nodes it is linked to, as they were called when it was linked."""

    opinion: t.Opinion
    nodes: tuple[t.Node, ...]


@dataclass(frozen=True)
class Counts:
    """How many opinions there are, over all filters."""

    total: int
    unanswered: int
    by_reflection: Mapping[Reflection, int]
    by_source: Mapping[str, int]


@dataclass(frozen=True)
class OpinionOfMeasure:
    """An answered opinion as everybody may read it: it has no author."""

    id: int
    plan_id: int
    source: str
    text: str
    received_on: date
    answer: str
    reflection: Reflection


def listed(session: Session, intake: Intake, show: Show, span: Span) -> Page[ListedOpinion]:
    """The opinions of a review or of the standing intake, the latest first."""
    query = select(t.Opinion).where(*_of(intake))
    if show.source:
        query = query.where(t.Opinion.source == show.source)
    if show.is_unanswered:
        query = query.where(col(t.Opinion.reflection).is_(None))
    if show.reflection is not None:
        query = query.where(t.Opinion.reflection == show.reflection)
    if show.node_id is not None:
        origin = select(t.Node.origin_id).where(t.Node.id == show.node_id).scalar_subquery()
        about = (
            select(t.OpinionNode.opinion_id)
            .join(t.Node, col(t.Node.id) == col(t.OpinionNode.node_id))
            .where(col(t.Node.origin_id) == origin)
        )
        query = query.where(col(t.Opinion.id).in_(about))
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    query = query.order_by(col(t.Opinion.received_on).desc(), col(t.Opinion.id).desc())
    rows = session.exec(query.offset(span.offset).limit(span.limit)).all()
    nodes = nodes_of(session, [o.id for o in rows])
    return Page(tuple(ListedOpinion(o, nodes.get(o.id, ())) for o in rows), total)


def counts(session: Session, intake: Intake) -> Counts:
    query = (
        select(t.Opinion.source, t.Opinion.reflection, func.count())
        .where(*_of(intake))
        .group_by(col(t.Opinion.source), col(t.Opinion.reflection))
    )
    by_reflection: dict[Reflection, int] = dict.fromkeys(Reflection, 0)
    by_source: dict[str, int] = defaultdict(int)
    unanswered = 0
    for source, reflection, n in session.exec(query):
        by_source[source] += n
        if reflection is None:
            unanswered += n
        else:
            by_reflection[Reflection(reflection)] += n
    return Counts(sum(by_source.values()), unanswered, by_reflection, by_source)


def of_measure(session: Session, node: t.Node) -> tuple[OpinionOfMeasure, ...]:
    """The answered opinions on a node in any edition in which it lived as itself, the latest first."""
    query = (
        select(t.Opinion)
        .join(t.OpinionNode, col(t.OpinionNode.opinion_id) == col(t.Opinion.id))
        .join(t.Node, col(t.Node.id) == col(t.OpinionNode.node_id))
        .where(t.Node.origin_id == node.origin_id, col(t.Opinion.reflection).is_not(None))
        .order_by(col(t.Opinion.received_on).desc(), col(t.Opinion.id).desc())
    )
    return tuple(
        OpinionOfMeasure(o.id, o.plan_id, o.source, o.text, o.received_on, o.answer, o.reflection)
        for o in session.exec(query)
        if o.reflection is not None
    )


def next_unanswered(session: Session, intake: Intake, after: t.Opinion) -> int | None:
    """The opinion to answer after one: the next older one, else the latest that waits."""
    latest_first = col(t.Opinion.received_on).desc(), col(t.Opinion.id).desc()
    waiting = (
        select(t.Opinion.id)
        .where(*_of(intake), col(t.Opinion.reflection).is_(None), t.Opinion.id != after.id)
        .order_by(*latest_first)
    )
    is_older = or_(
        col(t.Opinion.received_on) < after.received_on,
        and_(col(t.Opinion.received_on) == after.received_on, col(t.Opinion.id) < after.id),
    )
    return session.exec(waiting.where(is_older)).first() or session.exec(waiting).first()


def nodes_of(session: Session, opinion_ids: Sequence[int]) -> Mapping[int, tuple[t.Node, ...]]:
    """Opinion → the nodes it is linked to, in the order of the page."""
    query = (
        select(t.OpinionNode.opinion_id, t.Node)
        .join(t.Node, col(t.Node.id) == col(t.OpinionNode.node_id))
        .where(col(t.OpinionNode.opinion_id).in_(opinion_ids))
        .order_by(col(t.Node.edition_id), col(t.Node.position))
    )
    found: dict[int, list[t.Node]] = defaultdict(list)
    for opinion_id, node in session.exec(query):
        found[opinion_id].append(node)
    return {opinion_id: tuple(nodes) for opinion_id, nodes in found.items()}


def _of(intake: Intake) -> tuple[Any, ...]:
    review_id = intake.review.id if intake.review else None
    return t.Opinion.plan_id == intake.plan.id, col(t.Opinion.review_id) == review_id
