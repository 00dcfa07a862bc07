"""What the planning division changes in a running cycle: extend, exempt, reassign, evaluate."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.collection import RoundEvent, RoundEventKind
from domain.evaluation import Direction, Stage, may_evaluate, stages_before
from domain.progress_report import EDITABLE
from records import audit, cycles, outbox, people, plans, reassigning
from records.change import Change, Conflict, NotFound


def find_request(session: Session, request_id: int) -> tuple[t.UpdateRequest, t.CollectionRound]:
    request = session.get(t.UpdateRequest, request_id)
    round_ = session.get(t.CollectionRound, request.round_id) if request else None
    if request is None or round_ is None:
        raise NotFound(f"request {request_id}")
    return request, round_


def extend(
    session: Session,
    change: Change,
    request_id: int,
    due_on: date,
    reason: str,
    today: date,
    calendar: BusinessCalendar,
) -> date:
    """Move the due date of everything the department still owes; returns the business day it became."""
    request, round_ = _open_request(session, request_id, reason)
    due_on = calendar.on_or_after(due_on)
    if due_on <= today:
        raise Conflict("due_date_not_in_future")
    reports = [r for r in _reports(session, request) if r.state in EDITABLE and not r.is_exempted]
    if not reports:
        raise Conflict("nothing_outstanding")
    for report in reports:
        report.due_on = due_on
        session.add(report)
        event = RoundEvent(0, RoundEventKind.EXTENDED, today, measure=report.node_id, due_on=due_on)
        outbox.tell_round(session, change, round_.workflow_id, event)
    audit.write(
        session, change, "request.extended", _subject(round_, request), due_on=due_on.isoformat(), reason=reason.strip()
    )
    return due_on


def exempt(session: Session, change: Change, report_id: int, reason: str, today: date) -> t.ProgressReport:
    """This measure need not be reported this time."""
    report, request, round_ = _open_report(session, report_id, reason)
    if report.is_exempted:
        raise Conflict("report_exempted")
    report.is_exempted, report.exempted_reason, report.since_on = True, reason.strip(), today
    session.add(report)
    outbox.tell_round(
        session, change, round_.workflow_id, RoundEvent(0, RoundEventKind.EXEMPTED, today, measure=report.node_id)
    )
    audit.write(
        session, change, "report.exempted", _subject(round_, request), node=report.node_id, reason=reason.strip()
    )
    return report


def reassign(
    session: Session,
    change: Change,
    report_id: int,
    department_id: int,
    reason: str,
    today: date,
    calendar: BusinessCalendar,
) -> t.ProgressReport:
    """Another department answers for this measure from now on; what was typed goes with it.

    The new department hears of it, and has at least as long as after a return: nobody inherits a delay.
    """
    report, request, round_ = _open_report(session, report_id, reason)
    if report.is_exempted:
        raise Conflict("report_exempted")
    department = people.department(session, department_id)
    if department.valid_until is not None and department.valid_until < today:
        raise Conflict("department_dissolved")
    if request.department_id == department_id:
        raise Conflict("same_department")
    reassigning.move(session, change, report, department_id, today, calendar)
    _hand_over_responsibility(session, report.node_id, department_id, today)
    audit.write(
        session,
        change,
        "report.reassigned",
        _subject(round_, request),
        node=report.node_id,
        to=department.code,
        reason=reason.strip(),
    )
    return report


class EvaluatedMeanwhile(Exception):
    """Somebody else evaluated the measure since the form was opened. Nothing was overwritten."""


def evaluate(
    session: Session,
    change: Change,
    evaluator: int,
    cycle_id: int,
    node_id: int,
    grade: str,
    direction: Direction,
    comment: str,
    today: date,
    stage: Stage = Stage.PRIMARY,
    revision: int | None = None,
) -> t.Evaluation:
    """Record the evaluation of one measure at a stage; writing it again replaces it until the cycle closes.

    `revision` is what the evaluator saw (0: no evaluation yet; None: whatever is there is replaced).
    Raises `Conflict` (`cycle_not_evaluating`, `earlier_stage_missing`), `NotFound`, `EvaluatedMeanwhile`.
    """
    cycle = cycles.find(session, cycle_id)
    if not may_evaluate(cycle.state):
        raise Conflict("cycle_not_evaluating")
    measure = session.exec(
        select(t.CycleMeasure)
        .where(t.CycleMeasure.cycle_id == cycle.id, t.CycleMeasure.node_id == node_id)
        .with_for_update()  # of two who evaluate at once, the second waits and finds what the first wrote
    ).first()
    stages = plans.definition_of(cycles.plan_of(session, cycle)).evaluation_stages
    if measure is None or stage not in stages:
        raise NotFound(f"measure {node_id} at the stage {stage}")
    known = {
        e.stage: e
        for e in session.exec(
            select(t.Evaluation).where(t.Evaluation.cycle_id == cycle.id, t.Evaluation.node_id == node_id)
        )
    }
    if any(before not in known for before in stages_before(stages, stage)):
        raise Conflict("earlier_stage_missing")
    stored = known.get(stage)
    if revision is not None and revision != (stored.revision if stored else 0):
        raise EvaluatedMeanwhile
    evaluation = stored or t.Evaluation(
        cycle_id=cycle_id,
        node_id=node_id,
        stage=stage,
        direction=direction,
        evaluated_on=today,
        evaluated_by_id=evaluator,
    )
    evaluation.grade, evaluation.direction, evaluation.comment = grade, direction, comment.strip()
    evaluation.evaluated_on, evaluation.evaluated_by_id = today, evaluator
    evaluation.revision += 1
    session.add(evaluation)
    audit.write(
        session,
        change,
        "measure.evaluated",
        f"{cycle.workflow_id}/{node_id}",
        grade=grade,
        direction=direction.value,
        **({} if stage is Stage.PRIMARY else {"stage": stage.value}),
    )
    return evaluation


def _open_request(session: Session, request_id: int, reason: str) -> tuple[t.UpdateRequest, t.CollectionRound]:
    request, round_ = find_request(session, request_id)
    if round_.closed_on is not None:
        raise Conflict("round_closed")
    if not reason.strip():
        raise Conflict("reason_missing")
    return request, round_


def _open_report(
    session: Session, report_id: int, reason: str
) -> tuple[t.ProgressReport, t.UpdateRequest, t.CollectionRound]:
    report = session.get(t.ProgressReport, report_id, with_for_update=True)
    if report is None:
        raise NotFound(f"report {report_id}")
    return report, *_open_request(session, report.request_id, reason)


def _reports(session: Session, request: t.UpdateRequest) -> list[t.ProgressReport]:
    query = select(t.ProgressReport).where(t.ProgressReport.request_id == request.id)
    return list(session.exec(query.order_by(col(t.ProgressReport.id)).with_for_update()))


def _hand_over_responsibility(session: Session, node_id: int, department_id: int, today: date) -> None:
    origin = session.get_one(t.Node, node_id).origin_id
    assert origin is not None
    for held in session.exec(
        select(t.Responsibility).where(t.Responsibility.node_id == origin, col(t.Responsibility.valid_until).is_(None))
    ):
        held.valid_until = today - timedelta(days=1)
        session.add(held)
    session.add(t.Responsibility(node_id=origin, department_id=department_id, valid_from=today))


def _subject(round_: t.CollectionRound, request: t.UpdateRequest) -> str:
    return f"{round_.workflow_id}/{request.department_id or 'unassigned'}"
