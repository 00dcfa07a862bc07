"""Several departments at once, after a disaster or a late change of the law: one reason, one entry each in the log.

All or nothing: what one of them is refused is refused for all. A department with nothing outstanding is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from db import tables as t
from domain.progress_report import EDITABLE
from japan_calendar import business_calendar
from records import desk, plans, rounds
from records.change import Change, Conflict


@dataclass(frozen=True)
class ChosenRequest:
    """A request that was chosen, with how many of its measures are still owed."""

    request: t.UpdateRequest
    department: t.Department | None
    round: t.CollectionRound
    plan: t.Plan
    outstanding: int


def chosen(session: Session, request_ids: Sequence[int]) -> tuple[ChosenRequest, ...]:
    """Raises `NotFound` for a request that is none of this municipality."""
    found = []
    for request_id in dict.fromkeys(request_ids):
        request, round_ = desk.find_request(session, request_id)
        department = session.get(t.Department, request.department_id) if request.department_id else None
        owed = len(_outstanding(session, request))
        found.append(ChosenRequest(request, department, round_, rounds.plan_of(session, round_), owed))
    return tuple(found)


def extend(session: Session, change: Change, several: Sequence[ChosenRequest], due_on: date, reason: str) -> int:
    """Move the due date of everything these departments still owe; of how many departments.

    Each plan has its own day and its own business days. Raises `Conflict` as `desk.extend`, and
    `nothing_outstanding_of_all`.
    """
    owing = _owing(several)
    for one in owing:
        time = _plan_time(one.plan, change.at)
        calendar = business_calendar(range(time.year - 1, time.year + 3))
        desk.extend(session, change, one.request.id, due_on, reason, time.date(), calendar)
    return len(owing)


def exempt(session: Session, change: Change, several: Sequence[ChosenRequest], reason: str) -> int:
    """Everything these departments still owe need not be reported this time; of how many departments.

    What was handed in is approved as usual. Raises `Conflict` as `desk.exempt`, and
    `nothing_outstanding_of_all`.
    """
    owing = _owing(several)
    for one in owing:
        today = _plan_time(one.plan, change.at).date()
        for report in _outstanding(session, one.request):
            desk.exempt(session, change, report.id, reason, today)
    return len(owing)


def _owing(several: Sequence[ChosenRequest]) -> list[ChosenRequest]:
    owing = [one for one in several if one.outstanding]
    if not owing:
        raise Conflict("nothing_outstanding_of_all")
    return owing


def _outstanding(session: Session, request: t.UpdateRequest) -> Sequence[t.ProgressReport]:
    query = select(t.ProgressReport).where(
        t.ProgressReport.request_id == request.id,
        col(t.ProgressReport.is_exempted).is_(False),
        col(t.ProgressReport.state).in_(EDITABLE),
    )
    return session.exec(query.order_by(col(t.ProgressReport.id))).all()


def _plan_time(plan: t.Plan, at: datetime) -> datetime:
    return plans.clock_of(plan, at).plan_time(at)
