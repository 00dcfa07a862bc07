"""Storing a plan definition: what the whole plan needs goes into `Plan.definition`, the rest into rows of its own.

A file is the whole truth about a plan, but for what was asked already: an edition that a cycle was opened on keeps its
tree, and no stored edition disappears; and what departments reported of an indicator stays in its series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, or_, select

import plan_files
from db import tables as t
from domain import lineage
from domain.indicator import Indicator
from domain.mistakes import Key, Mistake
from domain.plan import Achievement, Edition, LinkKind, NodeAddress, NodeLink, PlanDefinition, PlanNode
from records import report_figures
from records.change import DoesNotFit

_Ids = Mapping[NodeAddress, int]


def write(session: Session, plan: t.Plan, definition: PlanDefinition) -> None:
    """Bring the rows of a plan to what the definition says.

    Raises `DoesNotFit` where a stored edition is left out, where one would change its tree though a cycle was
    opened on it, and where a link leads to nothing. The transaction must then not be committed.
    """
    bare = replace(definition, editions=(), indicators=(), achievements=(), links=())
    plan.name, plan.name_en = definition.name.ja, definition.name.en
    plan.definition = plan_files.to_json(bare)
    session.add(plan)
    session.flush()
    of_reports = report_figures.reported(session, plan)
    _forget_what_is_told_anew(session, plan)
    ids: dict[NodeAddress, int] = {}
    found = _left_out(session, plan, definition) + _rounds_left_out(session, plan, definition)
    for i, edition in enumerate(definition.editions):
        row = _bring_edition(session, plan, edition)
        brought, mistakes = _bring_nodes(session, row, edition, definition.reported_levels, ("editions", i, "nodes"))
        ids |= brought
        found += mistakes
    if found:
        raise DoesNotFit(found)
    _bring_lineage(session, plan, definition, ids)
    _bring_origins(session, definition, ids)
    _bring_indicators(session, plan, definition.indicators, ids)
    report_figures.bring_back(session, plan, of_reports)
    _add_achievements(session, plan, definition.achievements, ids)
    _add_links(session, plan, definition.links, ids)


def _forget_what_is_told_anew(session: Session, plan: t.Plan) -> None:
    """Rows that nothing else refers to are written anew each time."""
    editions = select(t.Edition.id).where(t.Edition.plan_id == plan.id)
    links = select(t.Lineage.id).where(col(t.Lineage.edition_id).in_(editions))
    indicators = select(t.Indicator.id).where(t.Indicator.plan_id == plan.id)
    session.execute(delete(t.LineageEnd).where(col(t.LineageEnd.lineage_id).in_(links)))
    session.execute(delete(t.Lineage).where(col(t.Lineage.edition_id).in_(editions)))
    session.execute(delete(t.IndicatorValue).where(col(t.IndicatorValue.indicator_id).in_(indicators)))
    session.execute(delete(t.Achievement).where(col(t.Achievement.plan_id) == plan.id))
    session.execute(delete(t.NodeLink).where(col(t.NodeLink.plan_id) == plan.id))


def _left_out(session: Session, plan: t.Plan, definition: PlanDefinition) -> list[Mistake]:
    stored = session.exec(select(t.Edition.code).where(t.Edition.plan_id == plan.id)).all()
    known = {e.code for e in definition.editions}
    return [
        Mistake(("editions",), f"edition {code!r} is stored and missing here") for code in stored if code not in known
    ]


def _rounds_left_out(session: Session, plan: t.Plan, definition: PlanDefinition) -> list[Mistake]:
    """A round that was opened is looked up by its code for as long as its year is looked at."""
    opened = session.exec(
        select(t.CollectionRound.code)
        .where(t.CollectionRound.plan_id == plan.id, col(t.CollectionRound.cycle_id).is_not(None))
        .distinct()
    ).all()
    known = {r.code for r in definition.rounds}
    return [
        Mistake(("rounds",), f"round {code!r} was opened and is missing here") for code in opened if code not in known
    ]


def _bring_edition(session: Session, plan: t.Plan, edition: Edition) -> t.Edition:
    row = session.exec(select(t.Edition).where(t.Edition.plan_id == plan.id, t.Edition.code == edition.code)).first()
    if row is None:
        row = t.Edition(plan_id=plan.id, code=edition.code, name="", decided="", effective_on=edition.effective_on)
    row.name, row.name_en, row.decided = edition.name.ja, edition.name.en, edition.decided
    row.effective_on, row.is_draft = edition.effective_on, edition.is_draft
    row.details = _rest(edition, "code", "name", "decided", "effective_on", "is_draft", "nodes", "lineage")
    session.add(row)
    session.flush()
    return row


def _bring_nodes(
    session: Session, edition: t.Edition, said: Edition, reported: frozenset[str], at: Key
) -> tuple[dict[NodeAddress, int], list[Mistake]]:
    stored = {n.code: n for n in session.exec(select(t.Node).where(t.Node.edition_id == edition.id))}
    here = {n.code for n in said.nodes}
    found = _changed_tree(stored, said, reported, at) if stored and _is_used(session, edition) else []
    found += _linked_from_elsewhere(session, [n for code, n in stored.items() if code not in here], at)
    if found:
        return {NodeAddress(said.code, code): n.id for code, n in stored.items()}, found
    _forget_nodes(session, [n for code, n in stored.items() if code not in here])
    rows = {n.code: stored.get(n.code) or _new_node(edition, n) for n in said.nodes}
    for position, node in enumerate(said.nodes):
        row = rows[node.code]
        row.level, row.is_reported, row.position = node.level, node.level in reported, position
        row.title, row.title_en, row.measure_class = node.title, node.title_en, node.measure_class or None
        row.details = _rest(node, "code", "level", "title", "title_en", "parent", "measure_class")
    session.add_all(rows.values())
    session.flush()
    for node in said.nodes:
        rows[node.code].parent_id = rows[node.parent].id if node.parent else None
    return {NodeAddress(said.code, code): row.id for code, row in rows.items()}, []


def _new_node(edition: t.Edition, said: PlanNode) -> t.Node:
    return t.Node(edition_id=edition.id, code=said.code, level=said.level, title=said.title, position=0)


def _is_used(session: Session, edition: t.Edition) -> bool:
    """Whether departments were asked about it, or it was made by a review, which its documents tell of."""
    asked = select(t.AnnualCycle.id).where(t.AnnualCycle.edition_id == edition.id)
    reviewed = select(t.PhaseReview.id).where(
        or_(t.PhaseReview.edition_id == edition.id, t.PhaseReview.made_edition_id == edition.id)
    )
    return any(session.exec(query).first() is not None for query in (asked, reviewed))


def _changed_tree(stored: Mapping[str, t.Node], said: Edition, reported: frozenset[str], at: Key) -> list[Mistake]:
    """What may not change once departments were asked about an edition: codes, titles, levels, places, who is asked."""
    codes: dict[int | None, str] = {n.id: n.code for n in stored.values()}
    found = []
    for j, node in enumerate(said.nodes):
        row = stored.get(node.code)
        if row is None:
            found.append(Mistake((*at, j), f"edition {said.code!r} has been used: {node.code!r} cannot be added"))
            continue
        if row.is_reported != (node.level in reported):
            found.append(
                Mistake((*at, j, "level"), f"edition {said.code!r} has been used: {node.code!r} stays as asked")
            )
        was = (row.level, row.title, codes.get(row.parent_id, ""))
        for key, before, after in zip(
            ("level", "title", "parent"), was, (node.level, node.title, node.parent), strict=True
        ):
            if before != after:
                found.append(
                    Mistake((*at, j, key), f"edition {said.code!r} has been used: {before!r} cannot become {after!r}")
                )
    here = {n.code for n in said.nodes}
    gone = [code for code in stored if code not in here]
    return found + [Mistake(at, f"edition {said.code!r} has been used: {code!r} cannot be left out") for code in gone]


def _linked_from_elsewhere(session: Session, gone: Sequence[t.Node], at: Key) -> list[Mistake]:
    rows = session.exec(
        select(t.Node.code, t.Plan.code)
        .join(t.NodeLink, col(t.NodeLink.other_id) == col(t.Node.id))
        .join(t.Plan, col(t.Plan.id) == col(t.NodeLink.plan_id))
        .where(col(t.Node.id).in_([n.id for n in gone]))
    )
    return [Mistake(at, f"{code!r} cannot be left out: plan {plan!r} links to it") for code, plan in rows]


def _forget_nodes(session: Session, gone: Sequence[t.Node]) -> None:
    """Nodes of an edition that no cycle has used, with who would have answered for them; opinions on them stay."""
    ids = [n.id for n in gone]
    session.execute(delete(t.Responsibility).where(col(t.Responsibility.node_id).in_(ids)))
    session.execute(delete(t.OpinionNode).where(col(t.OpinionNode.node_id).in_(ids)))
    lost = select(t.Node).where(col(t.Node.origin_id).in_(ids) | col(t.Node.parent_id).in_(ids))
    for row in session.exec(lost):  # both are told anew for every node that stays
        row.origin_id = row.parent_id = None
        session.add(row)
    for indicator in session.exec(select(t.Indicator).where(col(t.Indicator.node_id).in_(ids))):
        indicator.node_id = None
        session.add(indicator)
    session.flush()
    for row in gone:
        session.delete(row)
    session.flush()


def _bring_lineage(session: Session, plan: t.Plan, definition: PlanDefinition, ids: _Ids) -> None:
    editions = {
        code: row
        for row, code in session.exec(select(t.Edition.id, t.Edition.code).where(t.Edition.plan_id == plan.id))
    }
    told = []
    for before, edition in pairwise((None, *definition.editions)):
        assert edition is not None
        for position, link in enumerate(edition.lineage):
            row = t.Lineage(
                edition_id=editions[edition.code],
                position=position,
                kind=link.kind,
                details=_rest(link, "kind", "before", "after"),
            )
            ends = [(t.Side.BEFORE, before.code, c) for c in link.before] if before else []
            ends += [(t.Side.AFTER, edition.code, c) for c in link.after]
            told.append((row, ends))
    session.add_all(row for row, _ in told)
    session.flush()
    session.add_all(
        t.LineageEnd(lineage_id=row.id, node_id=ids[NodeAddress(edition_code, code)], side=side)
        for row, ends in told
        for side, edition_code, code in ends
    )


def _bring_origins(session: Session, definition: PlanDefinition, ids: _Ids) -> None:
    """Give each node the first node of its life; who answers for a life follows it to its new beginning."""
    origins: dict[NodeAddress, int] = {}
    before: Edition | None = None
    for edition in definition.editions:
        same = lineage.same_as_before(before.nodes, edition.nodes, edition.lineage) if before else {}
        for node in edition.nodes:
            address = NodeAddress(edition.code, node.code)
            earlier = NodeAddress(before.code, same[node.code]) if before and node.code in same else None
            origins[address] = origins[earlier] if earlier else ids[address]
        before = edition
    moved: dict[int, int] = {}
    rows = {n.id: n for n in session.exec(select(t.Node).where(col(t.Node.id).in_(ids.values())))}
    for address, origin in origins.items():
        row = rows[ids[address]]
        if row.origin_id not in (None, origin):
            moved[row.origin_id or 0] = origin
        row.origin_id = origin
        session.add(row)
    for held in session.exec(select(t.Responsibility).where(col(t.Responsibility.node_id).in_(moved))):
        held.node_id = moved[held.node_id]
        session.add(held)


def _bring_indicators(session: Session, plan: t.Plan, said: Sequence[Indicator], ids: _Ids) -> None:
    stored = {i.code: i for i in session.exec(select(t.Indicator).where(t.Indicator.plan_id == plan.id))}
    here = {i.code for i in said}
    for code, row in stored.items():
        if code not in here:
            session.delete(row)
    rows = []
    for position, one in enumerate(said):
        row = stored.get(one.code) or t.Indicator(
            plan_id=plan.id, code=one.code, name="", kind=one.kind, direction=one.direction, position=position
        )
        row.name, row.name_en, row.kind, row.direction = one.name.ja, one.name.en, one.kind, one.direction
        row.node_id = ids[NodeAddress(one.edition, one.node)] if one.node else None
        row.position = position
        row.details = _rest(one, "code", "name", "kind", "direction", "edition", "node", "values")
        rows.append(row)
    session.add_all(rows)
    session.flush()
    session.add_all(
        t.IndicatorValue(
            indicator_id=row.id,
            position=position,
            type=value.type,
            value=value.value,
            upper=value.upper,
            at=value.at,
            fiscal_year=value.fiscal_year,
            details=_rest(value, "type", "value", "upper", "at", "fiscal_year"),
        )
        for row, one in zip(rows, said, strict=True)
        for position, value in enumerate(one.values)
    )


def _add_achievements(session: Session, plan: t.Plan, said: Sequence[Achievement], ids: _Ids) -> None:
    session.add_all(
        t.Achievement(
            plan_id=plan.id,
            node_id=ids[one.node] if one.node else None,
            position=position,
            term=one.term,
            fiscal_year=one.fiscal_year,
            stage=one.stage,
            details=_rest(one, "node", "term", "fiscal_year", "stage"),
        )
        for position, one in enumerate(said)
    )


def _add_links(session: Session, plan: t.Plan, said: Sequence[NodeLink], ids: _Ids) -> None:
    found = []
    for position, link in enumerate(said):
        other = _node_at(session, link)
        if other is None:
            at: Key = ("links", position, "other")
            found.append(Mistake(at, f"plan {link.plan!r} has no node {link.other.code!r} in {link.other.edition!r}"))
            continue
        if link.kind is LinkKind.REPORTED_IN and _is_reported_elsewhere(session, other):
            found.append(
                Mistake(("links", position), f"{link.other.code!r} of {link.plan!r} is itself reported elsewhere")
            )
        session.add(
            t.NodeLink(
                plan_id=plan.id,
                node_id=ids[link.node],
                other_id=other,
                kind=link.kind,
                position=position,
                details=_rest(link, "node", "kind", "plan", "other"),
            )
        )
    if found:
        raise DoesNotFit(found)
    session.flush()


def _is_reported_elsewhere(session: Session, node: int) -> bool:
    """Two plans that each leave a report to the other would ask nobody."""
    mine, far = aliased(t.Node), session.get_one(t.Node, node)
    links = (
        select(t.NodeLink.id)
        .join(mine, col(mine.id) == col(t.NodeLink.node_id))
        .where(mine.origin_id == far.origin_id, t.NodeLink.kind == LinkKind.REPORTED_IN)
    )
    return session.exec(links).first() is not None


def _node_at(session: Session, link: NodeLink) -> int | None:
    return session.exec(
        select(t.Node.id)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .join(t.Plan, col(t.Plan.id) == col(t.Edition.plan_id))
        .where(t.Plan.code == link.plan, t.Edition.code == link.other.edition, t.Node.code == link.other.code)
    ).first()


def _rest(value: object, *columns: str) -> dict[str, Any]:
    """What a value says beyond its columns, as JSON."""
    return {key: told for key, told in plan_files.to_json(value).items() if key not in columns}
