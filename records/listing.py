"""What a municipality has, a page at a time and always in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db import tables as t
from domain.roles import Actor
from records import cycles, document_archive, plans
from records import rounds as rounds_
from records.board import Board, BoardRow
from records.change import NotFound

T = TypeVar("T")


@dataclass(frozen=True)
class Span:
    """Which part of a list is wanted."""

    offset: int
    limit: int

    def of(self, items: Sequence[T]) -> Page[T]:
        return Page(tuple(items[self.offset : self.offset + self.limit]), len(items))


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list, and how many there are in all."""

    items: tuple[T, ...]
    total: int


@dataclass(frozen=True)
class PlacedMeasure:
    """A measure with what stands above it, the topmost first, and the department that answers for it."""

    node: t.Node
    above: tuple[t.Node, ...]
    department: t.Department | None


@dataclass(frozen=True)
class PlacedRound:
    """`cycle` None: the round of a review."""

    round: t.CollectionRound
    cycle: t.AnnualCycle | None
    plan: t.Plan


@dataclass(frozen=True)
class PlacedDocument:
    """A document of a cycle or of a review, with the fiscal year of either."""

    document: t.Document
    fiscal_year: int
    plan: t.Plan


def all_plans(session: Session, span: Span) -> Page[t.Plan]:
    return _page(session, select(t.Plan).order_by(t.Plan.code), span)


def editions(session: Session, plan: t.Plan) -> list[t.Edition]:
    """The editions of a plan, the oldest first."""
    query = select(t.Edition).where(t.Edition.plan_id == plan.id)
    return list(session.exec(query.order_by(col(t.Edition.effective_on), col(t.Edition.id))))


def measures(session: Session, edition_id: int, day: date) -> list[PlacedMeasure]:
    """The measures of an edition in the order of the page, with who is responsible on a day."""
    nodes: dict[int | None, t.Node] = {n.id: n for n in plans.nodes_of(session, edition_id)}
    departments = plans.owners_on(session, edition_id, day)
    return [
        PlacedMeasure(
            node,
            _above(nodes, node),
            departments.get(node.id),
        )
        for node in nodes.values()
        if node.is_reported
    ]


def rounds(session: Session, span: Span, plan: str | None, fiscal_year: int | None) -> Page[PlacedRound]:
    """The rounds in the order they were opened, of one plan or year where it is given."""
    query = select(t.CollectionRound).order_by(col(t.CollectionRound.id))
    if plan is not None:
        query = query.join(t.Plan, col(t.Plan.id) == col(t.CollectionRound.plan_id)).where(t.Plan.code == plan)
    if fiscal_year is not None:
        query = query.where(t.CollectionRound.fiscal_year == fiscal_year)
    page = _page(session, query, span)
    return Page(tuple(_placed(session, round_) for round_ in page.items), page.total)


def find_round(session: Session, round_id: int) -> PlacedRound:
    round_ = session.get(t.CollectionRound, round_id)
    if round_ is None:
        raise NotFound(f"round {round_id}")
    return _placed(session, round_)


def visible_rows(board: Board, actor: Actor) -> list[BoardRow]:
    """The requests of a round that the actor may see: a department its own, the planning division all."""
    return [
        row
        for row in board.rows
        if actor.is_planning or (row.request.department_id is not None and actor.may_see(row.request.department_id))
    ]


def report_of_measure(session: Session, round_id: int, measure_code: str) -> int:
    """The id of a round's report for a measure. Whether it may be seen is for `reporting` to say."""
    found = session.exec(
        select(t.ProgressReport.id)
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(t.ProgressReport.round_id == round_id, t.Node.code == measure_code)
    ).first()
    if found is None:
        raise NotFound(f"report of measure {measure_code} in round {round_id}")
    return found


def documents(
    session: Session, span: Span, plan: str | None, fiscal_year: int | None, actor: Actor
) -> Page[PlacedDocument]:
    """The documents that the actor may read, without their content, in the order they were first rendered."""
    year, of_plan = (
        func.coalesce(of_cycle, of_review)
        for of_cycle, of_review in (
            (col(t.AnnualCycle.fiscal_year), col(t.PhaseReview.fiscal_year)),
            (col(t.AnnualCycle.plan_id), col(t.PhaseReview.plan_id)),
        )
    )
    query = (
        select(t.Document)
        .outerjoin(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.Document.cycle_id))
        .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.Document.review_id))
        .join(t.Plan, col(t.Plan.id) == of_plan)
        .order_by(col(t.Document.id))
    )
    if not actor.is_planning:
        query = query.where(document_archive.is_for_everybody())
    if plan is not None:
        query = query.where(t.Plan.code == plan)
    if fiscal_year is not None:
        query = query.where(year == fiscal_year)
    without_content = defer(t.Document.content)  # type: ignore[arg-type]  # SQLModel types a column as its value
    page = _page(session, query.options(without_content), span)
    return Page(tuple(place_document(session, document) for document in page.items), page.total)


def place_document(session: Session, document: t.Document) -> PlacedDocument:
    cycle = session.get(t.AnnualCycle, document.cycle_id) if document.cycle_id else None
    process = cycle or session.get_one(t.PhaseReview, document.review_id)
    return PlacedDocument(document, process.fiscal_year, session.get_one(t.Plan, process.plan_id))


def _page(session: Session, query: SelectOfScalar[T], span: Span) -> Page[T]:
    total = session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()
    return Page(tuple(session.exec(query.offset(span.offset).limit(span.limit))), total)


def _placed(session: Session, round_: t.CollectionRound) -> PlacedRound:
    cycle = cycles.find(session, round_.cycle_id) if round_.cycle_id else None
    return PlacedRound(round_, cycle, rounds_.plan_of(session, round_))


def _above(nodes: dict[int | None, t.Node], node: t.Node) -> tuple[t.Node, ...]:
    """The nodes above one, the topmost first."""
    found: list[t.Node] = []
    above = nodes.get(node.parent_id)
    while above is not None:
        found.insert(0, above)
        above = nodes.get(above.parent_id)
    return tuple(found)
