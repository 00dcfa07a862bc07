"""The measures of a cycle as the planning division evaluates them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlmodel import Session, col, select

from db import tables as t
from domain.plan import PlanDefinition
from domain.progress_report import ReportState
from records import annual_report, cycle_year


@dataclass(frozen=True)
class MeasureToEvaluate:
    """One measure. `progress` is the label of its progress answer, "" when there is none."""

    node: t.Node
    department: t.Department | None
    report: t.ProgressReport | None
    progress: str
    evaluation: t.Evaluation | None


def of_cycle(
    session: Session, cycle: t.AnnualCycle, definition: PlanDefinition, language: str
) -> tuple[MeasureToEvaluate, ...]:
    """The measures in the order of the plan; the number of queries does not depend on their number.

    The last round of the year speaks for a measure; before any round, the owner as frozen.
    """
    frozen = session.exec(
        select(t.Node, t.Department)
        .join(t.CycleMeasure, col(t.CycleMeasure.node_id) == col(t.Node.id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.CycleMeasure.department_id))
        .where(t.CycleMeasure.cycle_id == cycle.id)
        .order_by(col(t.Node.position))
    ).all()
    year = cycle_year.read(session, cycle)
    questions = annual_report.cycle_questions(session, cycle, definition)
    progress = next((q for q in questions if q.id == annual_report.PROGRESS_QUESTION), None)
    found = []
    for node, owner in frozen:
        report, department = year.reports.get(node.id), year.departments.get(node.id, owner)
        answers = {} if report is None or _says_nothing(report) else report.answers
        said = answers.get(annual_report.PROGRESS_QUESTION, "")
        label = progress.choice_label(said, language) if progress and said else ""
        found.append(MeasureToEvaluate(node, department, report, label, year.evaluations.get(node.id)))
    return tuple(found)


def after(measures: Sequence[MeasureToEvaluate], node_id: int) -> MeasureToEvaluate | None:
    """The measure that follows in the plan; None after the last."""
    return next((b for a, b in pairwise(measures) if a.node.id == node_id), None)


def before(measures: Sequence[MeasureToEvaluate], node_id: int) -> MeasureToEvaluate | None:
    return next((a for a, b in pairwise(measures) if b.node.id == node_id), None)


def _says_nothing(report: t.ProgressReport) -> bool:
    return report.is_exempted or report.state is ReportState.DRAFT
