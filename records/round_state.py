"""A round as the rules see it, from its rows: what the workflow starts from and the board shows."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.collection import Obligation, ObligationState, Round
from domain.ladder import Ladder
from domain.plan import PlanDefinition, RoundDefinition
from domain.progress_report import ReportState
from domain.questions import QuestionSet

_QUESTION_SET = TypeAdapter(QuestionSet)
_RULES = TypeAdapter(RoundDefinition)
_STATES = {
    ReportState.DRAFT: ObligationState.OWED,
    ReportState.RETURNED: ObligationState.OWED,
    ReportState.SUBMITTED: ObligationState.AWAITING_APPROVAL,
    ReportState.APPROVED: ObligationState.APPROVED,
    ReportState.CONFIRMED: ObligationState.APPROVED,
}


def load(session: Session, round_: t.CollectionRound, ladder: Ladder, calendar: BusinessCalendar) -> Round:
    """The round now. Steps already taken are not known here: the ledger keeps them from being repeated."""
    reports = session.exec(
        select(t.ProgressReport).where(t.ProgressReport.round_id == round_.id).order_by(col(t.ProgressReport.id))
    )
    return Round(
        obligations=tuple(obligation_of(report) for report in reports),
        ladder=ladder,
        calendar=calendar,
        closed=round_.closed_on is not None,
    )


def obligation_of(report: t.ProgressReport) -> Obligation:
    return Obligation(
        measure=report.node_id,
        request=report.request_id,
        due_on=report.due_on,
        since=report.since_on,
        state=ObligationState.EXEMPTED if report.is_exempted else _STATES[report.state],
        returned=report.state is ReportState.RETURNED,
        returns=report.returns,
    )


def question_set_of(round_: t.CollectionRound) -> QuestionSet:
    """The questions the round started with."""
    return _QUESTION_SET.validate_python(round_.question_set)


def rules_of(round_: t.CollectionRound, definition: PlanDefinition) -> RoundDefinition:
    """How the round runs: by the rules it started with, whatever the plan says for the next one."""
    if round_.rules is None:
        return definition.round_of(round_.code)
    return _RULES.validate_python(round_.rules)
