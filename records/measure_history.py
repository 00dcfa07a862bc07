"""What one measure has been reported and judged to be, year by year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy
from sqlmodel import Session, col, select

from db import tables as t
from domain.evaluation import CycleState
from domain.plan import LinkKind
from domain.progress_report import ReportState
from domain.questions import shown
from domain.roles import Actor
from records import annual_report, evaluations, linked_reports
from records.change import NotFound
from records.linked_reports import LinkedReport
from records.round_state import question_set_of

_HANDED_IN = (ReportState.SUBMITTED, ReportState.APPROVED, ReportState.CONFIRMED)
_DECIDED = (CycleState.CLOSING, CycleState.CLOSED)


@dataclass(frozen=True)
class Said:
    """One question as it was asked, with its answer in words ("" not answered)."""

    question_id: str
    question: str
    answer: str


@dataclass(frozen=True)
class YearOfMeasure:
    """One report of the measure with its year; `evaluation` is the one that stands.

    `elsewhere` is set when the report was made in another plan, on work that this measure is linked to.
    """

    cycle: t.AnnualCycle
    round: t.CollectionRound
    report: t.ProgressReport
    department: t.Department | None
    evaluation: t.Evaluation | None
    elsewhere: LinkedReport | None = None

    @property
    def is_of_the_same_work(self) -> bool:
        """Whether the report speaks for the measure, and not only for something that contributes to it."""
        return self.elsewhere is None or self.elsewhere.kind is LinkKind.REPORTED_IN

    @property
    def is_handed_in(self) -> bool:
        return self.report.state in _HANDED_IN and not self.report.is_exempted

    def said(self, node: t.Node, language: str) -> tuple[Said, ...]:
        """The answers as people read them; nothing of a draft, which is nobody's word yet."""
        if self.report.state is ReportState.DRAFT or self.report.is_exempted:
            return ()
        answers = self.report.answers
        asked_of = self.elsewhere.node if self.elsewhere else node
        asked = shown(question_set_of(self.round), answers, asked_of.measure_class or "")
        in_words = ((q, annual_report.answered(q, answers.get(q.id, ""), language)) for q in asked)
        return tuple(Said(q.id, a.question, a.answer) for q, a in in_words)


@dataclass(frozen=True)
class Compared:
    """One question with this year's and last year's answer ("" not answered, None not asked)."""

    question: str
    this_year: str | None
    last_year: str | None


def find_node(session: Session, plan: t.Plan, node_id: int) -> t.Node:
    """A node of any level and edition of the plan. Raises `NotFound`."""
    query = (
        select(t.Node)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Node.id == node_id, t.Edition.plan_id == plan.id)
    )
    node = session.exec(query).first()
    if node is None:
        raise NotFound(f"node {node_id} of plan {plan.code}")
    return node


def years_of(session: Session, node: t.Node) -> tuple[YearOfMeasure, ...]:
    """Every report of the measure over all editions, the latest first."""
    return years_of_each(session, [node])[node.id]


def years_of_each(session: Session, nodes: Sequence[t.Node]) -> dict[int, tuple[YearOfMeasure, ...]]:
    """Node → every report of the measure over all editions, the latest first; the same few queries for many."""
    origins = {n.origin_id for n in nodes}
    own: dict[int | None, list[YearOfMeasure]] = defaultdict(list)
    judged = evaluations.standing(session, col(t.Node.origin_id).in_(origins))
    rows = session.execute(
        sqlalchemy.select(t.ProgressReport, t.CollectionRound, t.AnnualCycle, t.Department, col(t.Node.origin_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.CollectionRound.cycle_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(col(t.Node.origin_id).in_(origins))
        .order_by(col(t.AnnualCycle.fiscal_year).desc(), col(t.CollectionRound.id).desc())
    )
    for report, round_, cycle, department, origin in rows:
        evaluation = judged.get((cycle.id, origin))
        own[origin].append(YearOfMeasure(cycle, round_, report, department, evaluation))
    linked = linked_reports.of_nodes(session, nodes)
    return {
        node.id: tuple(
            sorted(
                (
                    *own[node.origin_id],
                    *(
                        YearOfMeasure(one.cycle, one.round, one.report, one.department, None, one)
                        for one in linked.get(node.id, ())
                    ),
                ),
                key=lambda year: year.cycle.fiscal_year,
                reverse=True,
            )
        )
        for node in nodes
    }


def visible_to(actor: Actor, years: Sequence[YearOfMeasure]) -> tuple[YearOfMeasure, ...]:
    """The years a person may read: a department only its own, the planning division all."""
    return tuple(y for y in years if actor.is_planning or (y.department and actor.may_see(y.department.id)))


def may_see_evaluation(actor: Actor, year: YearOfMeasure) -> bool:
    """An evaluation is the planning division's draft until the year's evaluation is finished."""
    return year.evaluation is not None and (actor.is_planning or is_evaluation_decided(year))


def is_evaluation_decided(year: YearOfMeasure) -> bool:
    return year.cycle.state in _DECIDED


def report_of(years: Sequence[YearOfMeasure], cycle: t.AnnualCycle) -> YearOfMeasure | None:
    """The report that speaks for the measure in a cycle: its own, else the same work's in another plan that year."""
    own = next((y for y in years if y.cycle.id == cycle.id), None)
    same = (y for y in years if y.cycle.fiscal_year == cycle.fiscal_year and y.is_of_the_same_work)
    return own or next(same, None)


def contributions(years: Sequence[YearOfMeasure], fiscal_year: int) -> tuple[YearOfMeasure, ...]:
    """What initiatives of other plans that are linked into the measure handed in for a year."""
    return tuple(
        y for y in years if y.cycle.fiscal_year == fiscal_year and not y.is_of_the_same_work and y.is_handed_in
    )


def last_handed_in(years: Sequence[YearOfMeasure], fiscal_year: int) -> YearOfMeasure | None:
    """The year's latest report of the measure that was handed in."""
    same = (y for y in years if y.cycle.fiscal_year == fiscal_year and y.is_of_the_same_work)
    return next((y for y in same if y.is_handed_in), None)


def compared(this: Sequence[Said], last: Sequence[Said]) -> tuple[Compared, ...]:
    """This year's questions with last year's answers beside them; then what only last year asked."""
    before, now = {s.question_id: s for s in last}, {s.question_id for s in this}
    beside = [Compared(s.question, s.answer, _answer(before.get(s.question_id))) for s in this]
    return (*beside, *(Compared(s.question, None, s.answer) for s in last if s.question_id not in now))


def _answer(said: Said | None) -> str | None:
    return said.answer if said else None
