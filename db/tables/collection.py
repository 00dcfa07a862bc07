"""A year's cycle: its rounds, the requests to departments, their reports and the evaluations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime, coded
from domain.evaluation import CycleState, Direction, Stage
from domain.progress_report import ReportState


class AnnualCycle(Scoped, table=True):
    """One plan, one fiscal year. Opened once, whoever asks: `UNIQUE(plan, fiscal year)`."""

    __table_args__ = (UniqueConstraint("plan_id", "fiscal_year"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    fiscal_year: int
    edition_id: int = Field(foreign_key="edition.id")
    workflow_id: str = Field(unique=True)
    state: CycleState = Field(default=CycleState.OPENING, sa_type=coded(CycleState))
    opened_on: date
    opened_by: str
    closed_on: date | None = None


class CycleMeasure(Scoped, table=True):
    """The owners as frozen when the cycle opened (None: nobody was responsible)."""

    __table_args__ = (UniqueConstraint("cycle_id", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="annualcycle.id")
    node_id: int = Field(foreign_key="node.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")


class CollectionRound(Scoped, table=True):
    """A collection round of a year's cycle (`cycle_id`) or of a review (`review_id`): one of the two.

    `question_set` is the version it started with, `rules` its `domain/plan.py::RoundDefinition` of that day (None: it
    was opened before rounds kept their rules).
    """

    __table_args__ = (UniqueConstraint("cycle_id", "code"), UniqueConstraint("review_id", "code"))

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    fiscal_year: int
    cycle_id: int | None = Field(default=None, foreign_key="annualcycle.id")
    review_id: int | None = Field(default=None, foreign_key="phasereview.id")
    code: str
    workflow_id: str = Field(unique=True)
    opened_on: date
    due_on: date
    closed_on: date | None = None
    question_set: dict[str, Any] = Field(sa_type=JSON)
    rules: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class UpdateRequest(Scoped, table=True):
    """依頼 to one department in one round (department None: nobody is responsible yet).

    `withdrawn_on`: the planning division took it back (取下げ); what was still open of it is exempted since.
    """

    __table_args__ = (UniqueConstraint("round_id", "department_id"),)

    id: int = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="collectionround.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    opened_on: date
    withdrawn_on: date | None = None


class ProgressReport(Scoped, table=True):
    """進捗報告 for one measure in one round.

    `revision` grows with every save, so that two people in one form notice each other. `since_on` is
    the plan day of the last change of state, `due_on` the day it is owed. `return_remarks`: what to mend, answer by
    answer (question, the answer as it read then, remark), beside the comment on the whole.
    """

    __table_args__ = (UniqueConstraint("round_id", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="collectionround.id")
    request_id: int = Field(foreign_key="updaterequest.id", index=True)
    node_id: int = Field(foreign_key="node.id", index=True)
    state: ReportState = Field(default=ReportState.DRAFT, sa_type=coded(ReportState))
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    revision: int = 0
    due_on: date
    since_on: date
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    edited_by_id: int | None = Field(default=None, foreign_key="user.id")
    submitted_on: date | None = None
    return_comment: str = ""
    return_remarks: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    returns: int = 0
    exempted_reason: str = ""
    is_exempted: bool = False


class Submission(Scoped, table=True):
    """What was submitted, each time it was; never changed afterwards."""

    __table_args__ = (UniqueConstraint("report_id", "revision"),)

    id: int = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="progressreport.id")
    revision: int
    answers: dict[str, Any] = Field(sa_type=JSON)
    submitted_on: date
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    submitted_by_id: int = Field(foreign_key="user.id")


class Evaluation(Scoped, table=True):
    """評価 of one measure in one cycle at one stage.

    `revision` grows with every save, so that two evaluators notice each other.
    """

    __table_args__ = (UniqueConstraint("cycle_id", "node_id", "stage"),)

    id: int = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="annualcycle.id")
    node_id: int = Field(foreign_key="node.id")
    stage: Stage = Field(default=Stage.PRIMARY, sa_type=coded(Stage))
    grade: str = ""
    direction: Direction = Field(sa_type=coded(Direction))
    comment: str = ""
    evaluated_on: date
    evaluated_by_id: int = Field(foreign_key="user.id")
    revision: int = 0
