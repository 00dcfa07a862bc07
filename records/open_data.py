"""Open data of the plans that a city shows: four tables for each, as `exchange/open_data.py` writes them.

What is in them is what the public pages show (`records/public_site.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from db import tables as t
from documents.series import value_type_labels
from domain.text import Bilingual
from exchange.open_data import COLUMNS, Cell, DataPlan, Table, TableName
from records import annual_report, indicators, plans, public_site
from records.plan_pages import PlanFrame
from records.words import direction_labels


def plan_of(session: Session, frame: PlanFrame) -> DataPlan:
    """A plan that is shown, as the catalogue names it."""
    plan = frame.plan
    name, mark = Bilingual(plan.name, plan.name_en), Bilingual(plan.mark, plan.mark_en)
    return DataPlan(plan.code, name, mark, public_site.modified_on(session, frame))


def table(session: Session, frame: PlanFrame, name: TableName) -> Table:
    """One table of a plan that is shown (`public_site.frame`)."""
    gathered = _Gathered(session, frame)
    rows = {
        TableName.MEASURES: gathered.measures,
        TableName.REPORTS: gathered.reports,
        TableName.INDICATORS: gathered.indicators,
        TableName.EVALUATIONS: gathered.evaluations,
    }[name]
    mark = frame.plan.mark
    return Table(name, COLUMNS[name], tuple((*row, mark or None) for row in rows()), mark)


class _Gathered:
    """What the tables of one plan are made of."""

    def __init__(self, session: Session, frame: PlanFrame) -> None:
        self.session, self.frame = session, frame
        self.nodes = {e.id: plans.nodes_of(session, e.id) for e in frame.editions}
        self.codes = {e.id: e.code for e in frame.editions}
        self.by_id = {n.id: n for nodes in self.nodes.values() for n in nodes}
        origins = {n.origin_id for n in self.by_id.values()} - set(self.by_id)
        # A life may have begun in a draft, which has no other part in these tables.
        begun = select(t.Node, t.Edition.code).join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        self.lives = {n.id: f"{code}/{n.code}" for n, code in session.exec(begun.where(col(t.Node.id).in_(origins)))}
        self.lives |= {n.id: f"{self.codes[n.edition_id]}/{n.code}" for n in self.by_id.values()}

    def measures(self) -> Iterator[tuple[Cell, ...]]:
        definition, in_force = self.frame.definition, self.frame.in_force
        owners = plans.owners_on(self.session, in_force.id, self.frame.today)
        for edition in self.frame.editions:
            for node in self.nodes[edition.id]:
                parent, kind = self.by_id.get(node.parent_id or 0), definition.class_of(node.measure_class or "")
                owner = owners.get(node.id)
                yield (
                    *self._measure(node),
                    definition.label_of(node.level).ja,
                    parent.code if parent else None,
                    kind.label.ja if kind else None,
                    owner.name if owner else None,
                    edition.effective_on,
                    int(edition.id == in_force.id),
                )

    def reports(self) -> Iterator[tuple[Cell, ...]]:
        for node, year in self._years():
            report = year.report
            if report is None:
                continue
            yield (
                year.cycle.fiscal_year,
                *self._measure(node),
                report.department.name if report.department else None,
                report.report.answers.get(annual_report.PROGRESS_QUESTION),
                public_site.progress_in_words(year, node, "ja"),
                public_site.done_in_words(year, node, "ja"),
            )

    def evaluations(self) -> Iterator[tuple[Cell, ...]]:
        directions = direction_labels("ja")
        grades = {grade.code: grade.label.ja for grade in self.frame.definition.grades}
        for node, year in self._years():
            made = year.evaluation
            if made is not None:
                grade, direction = (made.grade, grades.get(made.grade)), (made.direction, directions[made.direction])
                yield year.cycle.fiscal_year, *self._measure(node), *grade, direction[0].value, direction[1]

    def indicators(self) -> Iterator[tuple[Cell, ...]]:
        types = value_type_labels("ja")
        rows = indicators.listed(self.session, self.frame.plan)
        for series in indicators.of_rows(self.session, rows):
            said, node = series.indicator, series.node
            if node is not None and node.id not in self.by_id:
                continue
            for value in said.values:
                yield (
                    *(said.code, said.name.ja, said.name.en, said.unit.ja),
                    self.codes[node.edition_id] if node else None,
                    node.code if node else None,
                    types[value.type],
                    *(value.fiscal_year, value.at, value.value, value.upper, value.printed, value.break_reason.ja),
                )

    def _years(self) -> Iterator[tuple[t.Node, public_site.PublishedYear]]:
        """Every measure of every closed year, as the edition of that year called it; the latest year first."""
        reported = [n for n in self.by_id.values() if n.is_reported]
        known = public_site.years_of(self.session, self.frame, reported)
        for cycle in public_site.closed_cycles(self.session, self.frame.plan):
            for node in self.nodes.get(cycle.edition_id, ()):
                if (node.origin_id, cycle.fiscal_year) in known:
                    yield node, known[node.origin_id, cycle.fiscal_year]

    def _measure(self, node: t.Node) -> tuple[Cell, ...]:
        code, title = self.codes[node.edition_id], node.title
        return code, node.code, title, node.title_en, self.lives[node.origin_id or node.id]
