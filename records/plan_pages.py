"""What the pages of a plan show beside its lineage and its series. Each read takes a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy
from pydantic import TypeAdapter
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, func, select

from db import tables as t
from domain import term_evaluation
from domain.plan import Achievement, LinkKind, NodeView, PlanDefinition, PlanNode, Term, View, ViewValue
from domain.text import Bilingual
from records import plan_reading, plans
from records.change import NotFound

_ACHIEVEMENT = TypeAdapter(Achievement)


@dataclass(frozen=True)
class PlanCard:
    """A plan in the list. `measures` counts what departments report on in the edition in force."""

    plan: t.Plan
    definition: PlanDefinition
    in_force: t.Edition
    editions: int
    measures: int


@dataclass(frozen=True)
class PlanFrame:
    """What every page of a plan needs: what the plan says as a whole, its editions, and which parts it has."""

    plan: t.Plan
    definition: PlanDefinition
    editions: Sequence[t.Edition]
    in_force: t.Edition
    today: date
    has_indicators: bool
    has_achievements: bool

    @property
    def term(self) -> Term | None:
        """The last term that has begun and is looked back upon theme by theme, else the first to come."""
        terms = term_evaluation.terms_of(self.definition)
        begun = [term for term in terms if term_evaluation.first_day(term) <= self.today]
        return max(begun, key=lambda term: term.first_fiscal_year, default=terms[0] if terms else None)

    def edition(self, code: str) -> t.Edition:
        """An edition by its code, "" the one in force. Raises `NotFound`."""
        if not code:
            return self.in_force
        found = next((e for e in self.editions if e.code == code), None)
        if found is None:
            raise NotFound(f"edition {code} of plan {self.plan.code}")
        return found


@dataclass(frozen=True)
class Placed:
    """A node as a row and as the plan tells it, with the nodes below it in their order."""

    row: t.Node
    said: PlanNode
    below: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class SeenIn:
    """A node's place in a view. `value` None: the plan leaves it empty; `lacks_activities`: so it does these."""

    view: View
    value: ViewValue | None
    activities: tuple[str, ...]
    lacks_activities: bool


@dataclass(frozen=True)
class Member:
    """A node with its place in the view at hand."""

    placed: Placed
    place: SeenIn


@dataclass(frozen=True)
class CrossRow:
    """A reported node, and by the code of each value ("": left empty) the nodes in or under it that stand there."""

    placed: Placed
    cells: dict[str, list[Placed]]


@dataclass(frozen=True)
class CrossTable:
    """A view across the tree; `members` by the code of their value, `incomplete` those with something left empty."""

    view: View
    rows: tuple[CrossRow, ...]
    members: Mapping[str, Sequence[Member]]
    incomplete: tuple[Member, ...]

    @property
    def has_members(self) -> bool:
        return any(self.members.values()) or bool(self.incomplete)


@dataclass(frozen=True)
class Achieved:
    """An achievement with the node it belongs to (None: the plan's) and the edition that names that node."""

    said: Achievement
    node: t.Node | None
    edition: t.Edition | None


@dataclass(frozen=True)
class LinkedNode:
    """A node of another plan that is linked to the node at hand; `is_outgoing`: this side told the link."""

    kind: LinkKind
    is_outgoing: bool
    plan: t.Plan
    edition: t.Edition
    node: t.Node
    note: Bilingual


def cards(session: Session, at: datetime) -> tuple[PlanCard, ...]:
    """The plans of the municipality, each with its edition in force at a moment."""
    editions: dict[int, list[t.Edition]] = defaultdict(list)
    for edition in session.exec(select(t.Edition).order_by(col(t.Edition.effective_on))):
        editions[edition.plan_id].append(edition)
    reported = select(t.Node.edition_id, func.count()).where(col(t.Node.is_reported)).group_by(col(t.Node.edition_id))
    counts: dict[int, int] = dict(session.exec(reported).all())
    found = []
    for plan in plans.every(session):
        own = editions[plan.id]
        in_force = _in_force(plan, own, plans.clock_of(plan, at).plan_time(at).date())
        definition = plans.definition_of(plan)
        found.append(PlanCard(plan, definition, in_force, len(own), counts.get(in_force.id, 0)))
    return tuple(found)


def frame(session: Session, code: str, at: datetime) -> PlanFrame:
    """Raises `NotFound`."""
    plan = plans.find(session, code)
    editions = plans.editions_of(session, plan)
    has_indicators, has_achievements = session.exec(
        select(
            exists().where(col(t.Indicator.plan_id) == plan.id), exists().where(col(t.Achievement.plan_id) == plan.id)
        )
    ).one()
    today = plans.clock_of(plan, at).plan_time(at).date()
    in_force = _in_force(plan, editions, today)
    definition = plans.definition_of(plan)
    return PlanFrame(plan, definition, editions, in_force, today, has_indicators, has_achievements)


def _in_force(plan: t.Plan, editions: Sequence[t.Edition], day: date) -> t.Edition:
    """As `plans.edition_in_force`, of editions that are read already."""
    if not editions:
        raise NotFound(f"edition of plan {plan.code}")
    decided = [e for e in editions if not e.is_draft] or editions
    return next((e for e in reversed(decided) if e.effective_on <= day), decided[0])


def tree(session: Session, edition_id: int) -> tuple[Placed, ...]:
    """The nodes of an edition as a tree of any depth."""
    return grown(plans.nodes_of(session, edition_id))


def grown(nodes: Sequence[t.Node]) -> tuple[Placed, ...]:
    """A tree out of the nodes of one edition."""
    children: dict[int | None, list[t.Node]] = defaultdict(list)
    for node in nodes:
        children[node.parent_id].append(node)

    def below(parent: int | None) -> tuple[Placed, ...]:
        return tuple(Placed(n, plan_reading.told(n), below(n.id)) for n in children[parent])

    return below(None)


def everything(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """The nodes of a tree in the order of the page."""
    return tuple(found for node in placed for found in (node, *everything(node.below)))


def above(edition: Sequence[Placed], node: t.Node) -> tuple[Placed, ...]:
    """The nodes above one in the tree of its edition, the topmost first."""
    by_id: dict[int | None, Placed] = {p.row.id: p for p in everything(edition)}
    found: list[Placed] = []
    parent = by_id.get(node.parent_id)
    while parent is not None:
        found.insert(0, parent)
        parent = by_id.get(parent.row.parent_id)
    return tuple(found)


def fields_in_use(session: Session, plan: t.Plan) -> frozenset[str]:
    """The fields that some node of the plan has a text for; where they are missing the plan does not say."""
    query = (
        select(t.Node.details)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Edition.plan_id == plan.id)
    )
    return frozenset(code for details in session.exec(query) for code in details.get("texts", {}))


def views_of(definition: PlanDefinition, edition: Sequence[Placed]) -> Mapping[int, tuple[SeenIn, ...]]:
    """Node → where it stands in the views, for all nodes of an edition.

    Activities are missing only in a view in which other nodes have some.
    """
    placed = everything(edition)
    with_activities = {v.view for p in placed for v in p.said.views if v.activities}
    views = {v.code: v for v in definition.views}
    return {p.row.id: tuple(_seen(views[v.view], v, v.view in with_activities) for v in p.said.views) for p in placed}


def _seen(view: View, place: NodeView, has_activities: bool) -> SeenIn:
    value = next((v for v in view.values if v.code == place.value), None)
    return SeenIn(view, value, place.activities, has_activities and not place.activities)


def crossed(definition: PlanDefinition, edition: Sequence[Placed]) -> tuple[CrossTable, ...]:
    """Each view crossed with what departments report on: a node counts for the reported node it is or stands under."""
    seen = views_of(definition, edition)
    return tuple(_crossed(view, edition, seen) for view in definition.views)


def _crossed(view: View, edition: Sequence[Placed], seen: Mapping[int, tuple[SeenIn, ...]]) -> CrossTable:
    rows: list[CrossRow] = []
    members: dict[str, list[Member]] = {value.code: [] for value in view.values}
    incomplete: list[Member] = []

    def add(placed: Placed, row: CrossRow | None) -> None:
        if row is None and (placed.row.is_reported or any(s.view.code == view.code for s in seen[placed.row.id])):
            row = CrossRow(placed, defaultdict(list))
            rows.append(row)
        for place in seen[placed.row.id]:
            if place.view.code != view.code:
                continue
            member = Member(placed, place)
            if place.value is None or place.lacks_activities:
                incomplete.append(member)
            if place.value is not None:
                members[place.value.code].append(member)
            if row is not None:
                row.cells[place.value.code if place.value else ""].append(placed)
        for below in placed.below:
            add(below, row)

    for placed in edition:
        add(placed, None)
    return CrossTable(view, tuple(rows), members, tuple(incomplete))


def achievements_of(session: Session, plan: t.Plan) -> tuple[Achieved, ...]:
    """What a plan says was done, in its order."""
    query = (
        select(t.Achievement, t.Node, t.Edition)
        .outerjoin(t.Node, col(t.Node.id) == col(t.Achievement.node_id))
        .outerjoin(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Achievement.plan_id == plan.id)
        .order_by(col(t.Achievement.position))
    )
    return tuple(_achieved(row, node, edition) for row, node, edition in session.exec(query))


def achievements_of_life(session: Session, node: t.Node) -> tuple[Achieved, ...]:
    """What was done of a node in any edition in which it lived as itself."""
    query = (
        select(t.Achievement, t.Node, t.Edition)
        .join(t.Node, col(t.Node.id) == col(t.Achievement.node_id))
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Node.origin_id == node.origin_id)
        .order_by(col(t.Achievement.position))
    )
    return tuple(_achieved(row, node, edition) for row, node, edition in session.exec(query))


def _achieved(row: t.Achievement, node: t.Node | None, edition: t.Edition | None) -> Achieved:
    said = {"term": row.term, "fiscal_year": row.fiscal_year, "stage": row.stage}
    return Achieved(_ACHIEVEMENT.validate_python({**said, **row.details}), node, edition)


def by_time(
    achieved: Sequence[Achieved], definition: PlanDefinition
) -> Mapping[tuple[str, int | None], Mapping[int | None, list[Achieved]]]:
    """Term and fiscal year ("" and None: 記載なし) → node → what was done, in the order of time."""
    found: dict[tuple[str, int | None], dict[int | None, list[Achieved]]] = defaultdict(lambda: defaultdict(list))
    for one in achieved:
        found[one.said.term, one.said.fiscal_year][one.node.id if one.node else None].append(one)
    first_years = {term.code: term.first_fiscal_year for term in definition.terms}

    def when(key: tuple[str, int | None]) -> tuple[bool, int]:
        term, fiscal_year = key
        year = fiscal_year if fiscal_year is not None else first_years.get(term)
        return year is None, year or 0

    return {key: found[key] for key in sorted(found, key=when)}


def links_of_life(session: Session, node: t.Node) -> tuple[LinkedNode, ...]:
    """The nodes of other plans that a node is linked to in any edition, first those it names itself."""
    near, far = aliased(t.Node), aliased(t.Node)
    ends = ((True, t.NodeLink.node_id, t.NodeLink.other_id), (False, t.NodeLink.other_id, t.NodeLink.node_id))
    found = []
    for is_outgoing, ours, theirs in ends:
        query = (
            sqlalchemy.select(t.NodeLink, far, t.Edition, t.Plan)
            .join(near, col(near.id) == col(ours))
            .join(far, col(far.id) == col(theirs))
            .join(t.Edition, col(t.Edition.id) == col(far.edition_id))
            .join(t.Plan, col(t.Plan.id) == col(t.Edition.plan_id))
            .where(col(near.origin_id) == node.origin_id)
            .order_by(col(t.NodeLink.plan_id), col(t.NodeLink.position))
        )
        for link, other, edition, plan in session.execute(query):
            note = Bilingual(**link.details.get("note", {"ja": ""}))
            found.append(LinkedNode(link.kind, is_outgoing, plan, edition, other, note))
    return tuple(found)
