"""取下げ: the planning division takes a department's whole request back, because it was asked by mistake.

One measure is exempted (`records/desk.py::exempt`); this is for all that a department was asked in a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain.collection import SETTLED, RoundEvent, RoundEventKind
from records import audit, desk, outbox, round_state
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


def open_reports(session: Session, request: t.UpdateRequest) -> Sequence[t.ProgressReport]:
    """What a request still asks for: of its department, or of who approves."""
    query = select(t.ProgressReport).where(t.ProgressReport.request_id == request.id)
    found = session.exec(query.order_by(col(t.ProgressReport.id)).with_for_update()).all()
    return [report for report in found if round_state.obligation_of(report).state not in SETTLED]
