"""期限内の提出 as the record has it: what was asked of whom, until when, and when it first came.

What it comes to is told by `domain/punctuality.py`. The proposals of a review are not among it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from db import tables as t
from domain.punctuality import Asked, Extension


@dataclass(frozen=True)
class Asking:
    """One report that was asked for; `department` None: nobody was responsible."""

    report: t.ProgressReport
    request: t.UpdateRequest
    round: t.CollectionRound
    department: t.Department | None
    asked: Asked


def of_plan(session: Session, plan: t.Plan) -> tuple[Asking, ...]:
    """What was asked in the plan's years."""
    return _of(session, col(t.CollectionRound.plan_id) == plan.id)


def of_measure(session: Session, cycle: t.AnnualCycle, node: t.Node) -> tuple[Asking, ...]:
    """What was asked about a measure in a year, the first round first."""
    return _of(session, col(t.CollectionRound.cycle_id) == cycle.id, col(t.ProgressReport.node_id) == node.id)


def _of(session: Session, *which: ColumnElement[bool]) -> tuple[Asking, ...]:
    submitted = session.execute(
        sqlalchemy.select(
            col(t.Submission.report_id), func.min(t.Submission.submitted_on), func.min(t.Submission.submitted_at)
        )
        .join(t.ProgressReport, col(t.ProgressReport.id) == col(t.Submission.report_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .where(*which)
        .group_by(col(t.Submission.report_id))
    )
    first = {report: (on, at) for report, on, at in submitted}
    extensions = _extensions(session)
    rows = session.execute(
        sqlalchemy.select(t.ProgressReport, t.UpdateRequest, t.CollectionRound, t.Department)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(*which, col(t.CollectionRound.cycle_id).is_not(None))
        .order_by(col(t.ProgressReport.id))
    )
    return tuple(
        Asking(
            report,
            request,
            round_,
            department,
            Asked(
                asked_on=request.opened_on,
                round_due_on=round_.due_on,
                due_on=report.due_on,
                # A year brought in from elsewhere tells only when its reports were handed in.
                first_on=first[report.id][0] if report.id in first else report.submitted_on,
                first_at=first[report.id][1] if report.id in first else None,
                returns=report.returns,
                is_exempted=report.is_exempted,
                is_round_closed=round_.closed_on is not None,
                extensions=tuple(extensions.get(f"{round_.workflow_id}/{request.department_id or 'unassigned'}", ())),
            ),
        )
        for report, request, round_, department in rows
    )


def _extensions(session: Session) -> Mapping[str, Sequence[Extension]]:
    """Round and department → the extensions that were granted. The reports themselves keep only the last due date."""
    found: dict[str, list[Extension]] = defaultdict(list)
    for entry in session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "request.extended")):
        found[entry.subject].append(Extension(entry.at, date.fromisoformat(entry.detail["due_on"])))
    return found
