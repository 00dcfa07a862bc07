"""照会 in the record: what waits for an answer, and the process that reminds of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain import inquiry
from domain.inquiry import Inquiry, InquiryKind, Ladders
from records import outbox, plans
from records.change import Change, NotFound


def open_inquiry(
    session: Session,
    plan: t.Plan,
    kind: InquiryKind,
    workflow_id: str,
    opened_on: date,
    due_on: date,
    *,
    check_in_id: int | None = None,
    stage_id: int | None = None,
    seat_id: int | None = None,
    meeting_id: int | None = None,
) -> t.Inquiry:
    """Let something wait for an answer. The caller starts the process, or tells it if it runs already."""
    row = t.Inquiry(
        plan_id=plan.id,
        kind=kind,
        workflow_id=workflow_id,
        check_in_id=check_in_id,
        stage_id=stage_id,
        seat_id=seat_id,
        meeting_id=meeting_id,
        opened_on=opened_on,
        due_on=due_on,
    )
    session.add(row)
    session.flush()
    return row


def settle(session: Session, change: Change, row: t.Inquiry, today: date) -> None:
    """The answer is there (or nobody wants it any more): the process falls silent. Repeating changes nothing."""
    if row.settled_on is None:
        row.settled_on = today
        session.add(row)
        outbox.tell_process(session, change, row.workflow_id, today)


def move_due(session: Session, change: Change, row: t.Inquiry, due_on: date, today: date) -> None:
    """Another due date: what counts from it is owed again."""
    moved = inquiry.moved(value_of(row), due_on, ladders_of(session, row).get(row.kind, inquiry.InquiryLadder()))
    row.due_on, row.done = moved.due_on, list(moved.done)
    session.add(row)
    outbox.tell_process(session, change, row.workflow_id, today)


def open_of_process(session: Session, workflow_id: str, *, lock: bool = False) -> Sequence[t.Inquiry]:
    """What still waits under one process, the oldest first; `lock`: who answers right now is waited for."""
    query = select(t.Inquiry).where(t.Inquiry.workflow_id == workflow_id, col(t.Inquiry.settled_on).is_(None))
    query = query.order_by(col(t.Inquiry.id))
    return session.exec(query.with_for_update() if lock else query).all()


def find(session: Session, inquiry_id: int) -> t.Inquiry:
    row = session.get(t.Inquiry, inquiry_id)
    if row is None:
        raise NotFound(f"inquiry {inquiry_id}")
    return row


def about(session: Session, kind: InquiryKind, subject_id: int) -> t.Inquiry | None:
    """The newest inquiry about a check-in, a stage of a matter, a seat or a meeting."""
    column = {
        InquiryKind.CHECK_IN: t.Inquiry.check_in_id,
        InquiryKind.MATTER: t.Inquiry.stage_id,
        InquiryKind.SUCCESSOR: t.Inquiry.seat_id,
        InquiryKind.MEETING: t.Inquiry.meeting_id,
    }[kind]
    return session.exec(select(t.Inquiry).where(col(column) == subject_id).order_by(col(t.Inquiry.id).desc())).first()


def value_of(row: t.Inquiry) -> Inquiry:
    return Inquiry(row.id, row.kind, row.opened_on, row.due_on, tuple(row.done))


def ladders_of(session: Session, row: t.Inquiry) -> Ladders:
    """The ladders of the plan that an inquiry belongs to."""
    rules = plans.definition_of(session.get_one(t.Plan, row.plan_id)).key_projects
    return rules.ladders if rules is not None else {}
