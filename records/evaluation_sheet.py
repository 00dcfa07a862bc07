"""The measures of a cycle as the planning division evaluates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlmodel import Session, col, select

from db import tables as t
from domain.evaluation import Stage, stages_before
from domain.plan import PlanDefinition
from domain.progress_report import ReportState
from records import annual_report, cycle_year


@dataclass(frozen=True)
class Judgement:
    """An evaluation with whoever wrote it (None: the account is gone)."""

    evaluation: t.Evaluation
    evaluator: t.User | None


@dataclass(frozen=True)
class MeasureToEvaluate:
    """One measure at one stage. `progress` is the label of its progress answer, "" when there is none.

    `judgement` is that of the stage, `earlier` those of the stages before it; `is_its_turn`: all of them are there.
    """

    node: t.Node
    department: t.Department | None
    report: t.ProgressReport | None
    progress: str
    judgement: Judgement | None
    earlier: tuple[Judgement, ...] = ()
    is_its_turn: bool = True

    @property
    def is_handed_in(self) -> bool:
        """Whether there is a report that says something."""
        return self.report is not None and not _says_nothing(self.report)

    @property
    def evaluation(self) -> t.Evaluation | None:
        return self.judgement.evaluation if self.judgement else None


def of_cycle(
    session: Session,
    cycle: t.AnnualCycle,
    definition: PlanDefinition,
    language: str,
    stage: Stage | None = None,
) -> tuple[MeasureToEvaluate, ...]:
    """The measures in the order of the plan, at a stage (None: the year's first).

    The number of queries does not depend on the number of measures. The last round of the year speaks for a measure;
    before any round, the owner as frozen.
    """
    stages = definition.evaluation_stages
    stage = stage or stages[0]
    before = stages_before(stages, stage)
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
    judged = _judgements(session, cycle)
    found = []
    for node, owner in frozen:
        report, department = year.reports.get(node.id), year.departments.get(node.id, owner)
        answers = {} if report is None or _says_nothing(report) else report.answers
        said = answers.get(annual_report.PROGRESS_QUESTION, "")
        label = progress.choice_label(said, language) if progress and said else ""
        earlier = tuple(told for one in before if (told := judged.get((node.id, one))) is not None)
        found.append(
            MeasureToEvaluate(
                node,
                department,
                report,
                label,
                judged.get((node.id, stage)),
                earlier,
                len(earlier) == len(before),
            )
        )
    return tuple(found)


def _judgements(session: Session, cycle: t.AnnualCycle) -> Mapping[tuple[int, Stage], Judgement]:
    query = (
        select(t.Evaluation, t.User)
        .outerjoin(t.User, col(t.User.id) == col(t.Evaluation.evaluated_by_id))
        .where(t.Evaluation.cycle_id == cycle.id)
    )
    return {(e.node_id, e.stage): Judgement(e, who) for e, who in session.exec(query)}


def after(measures: Sequence[MeasureToEvaluate], node_id: int) -> MeasureToEvaluate | None:
    """The measure that follows in the plan; None after the last."""
    return next((b for a, b in pairwise(measures) if a.node.id == node_id), None)


def before(measures: Sequence[MeasureToEvaluate], node_id: int) -> MeasureToEvaluate | None:
    return next((a for a, b in pairwise(measures) if b.node.id == node_id), None)


def _says_nothing(report: t.ProgressReport) -> bool:
    return report.is_exempted or report.state is ReportState.DRAFT
