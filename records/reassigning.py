"""Another department takes over an open report: its request, its due date, and what the round's process is told."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.collection import RoundEvent, RoundEventKind, due_after_handover
from domain.progress_report import EDITABLE
from records import outbox, plans, rounds
from records.change import Change
from records.round_state import rules_of


def move(
    session: Session,
    change: Change,
    report: t.ProgressReport,
    department_id: int | None,
    today: date,
    calendar: BusinessCalendar,
) -> None:
    """The report goes to the department's request of its round, with what was typed; the request is made if missing.

    The new department hears of it, and has at least as long as after a return: nobody inherits a delay.
    `department_id` None: nobody answers, the planning division sees to it.
    """
    round_ = session.get_one(t.CollectionRound, report.round_id)
    request = _request_of(session, round_, department_id, today)
    report.request_id = request.id
    if report.state in EDITABLE:
        report.due_on = due_after_move(session, report, round_, today, calendar)
        report.since_on = today
    session.add(report)
    event = RoundEvent(
        0, RoundEventKind.REASSIGNED, today, measure=report.node_id, request=request.id, due_on=report.due_on
    )
    outbox.tell_round(session, change, round_.workflow_id, event)


def due_after_move(
    session: Session, report: t.ProgressReport, round_: t.CollectionRound, today: date, calendar: BusinessCalendar
) -> date:
    """The day on which the report is owed when another department takes it over today."""
    if report.state not in EDITABLE:
        return report.due_on
    rules = rules_of(round_, plans.definition_of(rounds.plan_of(session, round_)))
    return due_after_handover(report.due_on, today, rules.return_due_days, calendar)


def _request_of(session: Session, round_: t.CollectionRound, department_id: int | None, today: date) -> t.UpdateRequest:
    known = select(t.UpdateRequest).where(
        t.UpdateRequest.round_id == round_.id, t.UpdateRequest.department_id == department_id
    )
    request = session.exec(known).first()
    if request is None:
        request = t.UpdateRequest(round_id=round_.id, department_id=department_id, opened_on=today)
    request.withdrawn_on = None  # a request that was taken back asks again
    session.add(request)
    session.flush()
    return request
