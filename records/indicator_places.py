"""Where the series of a plan stand in the tree of an edition: by topmost node (章), then by node (節) or heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlmodel import Session, col, select

from db import tables as t
from domain.indicator import Indicator
from domain.indicator_state import IndicatorState, Trend, state_of
from domain.plan import PlanDefinition
from domain.text import Bilingual
from records import indicators, plan_pages
from records.indicators import Series
from records.plan_pages import Placed


@dataclass(frozen=True)
class SeriesOn:
    """A series with its state on a day."""

    series: Series
    state: IndicatorState

    @property
    def indicator(self) -> Indicator:
        return self.series.indicator


@dataclass(frozen=True)
class IndicatorGroup:
    """Series that stand together: at one node of the edition, or (`node` None) under one heading of the source."""

    node: t.Node | None
    heading: Bilingual
    series: tuple[SeriesOn, ...]


@dataclass(frozen=True)
class IndicatorBranch:
    """A topmost node with the series in and under it; `top` None: what the plan places nowhere (記載なし).

    `reported` counts the nodes under it that departments report on, `covered` those of them that have a series.
    """

    top: t.Node | None
    groups: tuple[IndicatorGroup, ...]
    reported: int = 0
    covered: int = 0

    @property
    def series(self) -> tuple[SeriesOn, ...]:
        return tuple(one for group in self.groups for one in group.series)

    @property
    def targets(self) -> int:
        return sum(one.state.target is not None for one in self.series)

    def moved(self, trend: Trend) -> int:
        """How many of its series moved so."""
        return sum(one.state.trend is trend for one in self.series)


def branches(
    session: Session, plan: t.Plan, definition: PlanDefinition, tree: Sequence[Placed], day: date
) -> tuple[IndicatorBranch, ...]:
    """All series of a plan by the tree of an edition, in its order; what is placed nowhere comes last.

    A series stands where its node lives on in that edition (`origin_id`). Every topmost node is there, also without.
    """
    found = indicators.of_rows(session, indicators.listed(session, plan))
    others = {one.indicator.code: one.indicator for one in found}
    as_of = {d.code: d.as_of for d in definition.documents}
    told = [
        SeriesOn(one, state_of(one.indicator, day, rating=definition.rating, as_of=as_of, others=others))
        for one in found
    ]
    here = {p.row.origin_id: p.row.id for p in plan_pages.everything(tree)}
    by_node: dict[int | None, list[SeriesOn]] = {}
    for one in told:
        by_node.setdefault(here.get(one.series.node.origin_id) if one.series.node else None, []).append(one)
    grown = tuple(_branch(top, by_node) for top in tree)
    nowhere = by_node.get(None, [])
    return (*grown, IndicatorBranch(None, _by_heading(nowhere))) if nowhere else grown


def _branch(top: Placed, by_node: Mapping[int | None, Sequence[SeriesOn]]) -> IndicatorBranch:
    nodes = plan_pages.everything((top,))
    groups = tuple(IndicatorGroup(p.row, Bilingual(""), tuple(by_node[p.row.id])) for p in nodes if p.row.id in by_node)
    reported = [p for p in nodes if p.row.is_reported]
    covered = sum(any(below.row.id in by_node for below in plan_pages.everything((p,))) for p in reported)
    return IndicatorBranch(top.row, groups, len(reported), covered)


def _by_heading(series: Sequence[SeriesOn]) -> tuple[IndicatorGroup, ...]:
    several = groupby(series, key=lambda one: one.indicator.group)
    return tuple(IndicatorGroup(None, heading, tuple(same)) for heading, same in several)


def of_edition(
    session: Session, plan: t.Plan, definition: PlanDefinition, edition_id: int, day: date
) -> tuple[IndicatorBranch, ...]:
    """`branches` by the tree of an edition; none where the plan has no series at all."""
    if session.exec(select(t.Indicator.id).where(col(t.Indicator.plan_id) == plan.id).limit(1)).first() is None:
        return ()
    return branches(session, plan, definition, plan_pages.tree(session, edition_id), day)
