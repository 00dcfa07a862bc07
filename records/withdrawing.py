"""取下げ: the planning division takes a request back, or a whole round, because it was asked by mistake.

One measure is exempted (`records/desk.py::exempt`); this is for all that a department was asked in a round, or all
departments were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain.collection import SETTLED, Round, RoundEvent, RoundEventKind
from records import audit, desk, outbox, round_state, rounds
from records.change import Change, Conflict


def withdraw(session: Session, change: Change, request_id: int, reason: str, today: date) -> int:
    """Nothing of the request is owed any more, drafts stay readable; how many measures that concerns.

    What was approved stays as it is. Raises `NotFound`, `Conflict`: `round_closed`, `reason_missing`,
    `nothing_to_withdraw`.
    """
    request, round_ = desk.find_request(session, request_id)
    if round_.closed_on is not None:
        raise Conflict("round_closed")
    if not reason.strip():
        raise Conflict("reason_missing")
    reports = open_reports(session, request)
    if not reports:
        raise Conflict("nothing_to_withdraw")
    for report in reports:
        report.is_exempted, report.exempted_reason, report.since_on = True, reason.strip(), today
        session.add(report)
        event = RoundEvent(0, RoundEventKind.EXEMPTED, today, measure=report.node_id)
        outbox.tell_round(session, change, round_.workflow_id, event)
    request.withdrawn_on = today
    session.add(request)
    subject = f"{round_.workflow_id}/{request.department_id or 'unassigned'}"
    audit.write(session, change, "request.withdrawn", subject, measures=len(reports), reason=reason.strip())
    return len(reports)


def withdraw_round(session: Session, change: Change, round_: t.CollectionRound, reason: str, today: date) -> int:
    """Take every request of a round back and close it, so that its process ends; how many measures that concerns.

    The year, or the review, goes on without the round. Raises `Conflict`: `round_closed`, `reason_missing`,
    `nothing_to_withdraw_of_round`.
    """
    if round_.closed_on is not None:
        raise Conflict("round_closed")
    if not reason.strip():
        raise Conflict("reason_missing")
    requests = session.exec(select(t.UpdateRequest).where(t.UpdateRequest.round_id == round_.id)).all()
    asking = [request for request in requests if open_reports(session, request)]
    if not asking:
        raise Conflict("nothing_to_withdraw_of_round")
    measures = sum(withdraw(session, change, request.id, reason, today) for request in asking)
    rounds.close(session, change, round_, today)
    details = {"requests": len(asking), "measures": measures, "reason": reason.strip()}
    audit.write(session, change, "round.withdrawn", round_.workflow_id, **details)
    return measures


def withdrawn_events(state: Round, today: date, request: int | None = None) -> list[RoundEvent]:
    """What the process of a round is told when a request is taken back; None: when the whole round is."""
    open_ = [o for o in state.obligations if o.state not in SETTLED and request in (None, o.request)]
    told = [RoundEvent(-n, RoundEventKind.EXEMPTED, today, measure=o.measure) for n, o in enumerate(open_, 1)]
    return told if request is not None else [*told, RoundEvent(0, RoundEventKind.CLOSED, today)]


def open_reports(session: Session, request: t.UpdateRequest) -> Sequence[t.ProgressReport]:
    """What a request still asks for: of its department, or of who approves."""
    query = select(t.ProgressReport).where(t.ProgressReport.request_id == request.id)
    found = session.exec(query.order_by(col(t.ProgressReport.id)).with_for_update()).all()
    return [report for report in found if round_state.obligation_of(report).state not in SETTLED]
