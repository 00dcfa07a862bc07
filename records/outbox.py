"""The outbox: what Temporal must be told, written in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from db import tables as t
from domain.clock import PlanClock
from domain.collection import RoundEvent
from domain.identifiers import (
    ANNUAL_CYCLE,
    CHANGE_CLOCK,
    DIGEST,
    INQUIRY,
    KEY_PROJECT,
    MAIL,
    MATTER,
    PHASE_REVIEW,
    RECORD,
    mail_id,
)
from domain.mail_ledger import FINAL
from domain.orders import (
    CycleEvent,
    CycleOrder,
    DigestOrder,
    InquiryOrder,
    MailOrder,
    MatterOrder,
    ProcessEvent,
    ProjectOrder,
    ReviewOrder,
)
from domain.phase_review import ReviewEvent
from records import traces
from records.change import Change

_CYCLE_ORDER = TypeAdapter(CycleOrder)
_CLOCK = TypeAdapter(PlanClock)
_ROUND_EVENT = TypeAdapter(RoundEvent)
_CYCLE_EVENT = TypeAdapter(CycleEvent)
_REVIEW_ORDER = TypeAdapter(ReviewOrder)
_REVIEW_EVENT = TypeAdapter(ReviewEvent)
_PROJECT_ORDER = TypeAdapter(ProjectOrder)
_MATTER_ORDER = TypeAdapter(MatterOrder)
_INQUIRY_ORDER = TypeAdapter(InquiryOrder)
_DIGEST_ORDER = TypeAdapter(DigestOrder)
_MAIL_ORDER = TypeAdapter(MailOrder)
_PROCESS_EVENT = TypeAdapter(ProcessEvent)
# Built once: the relay asks it over and over.
_WAITING = (
    select(t.Outbox)
    .where(col(t.Outbox.relayed_at).is_(None), col(t.Outbox.id) > bindparam("after"))
    .order_by(col(t.Outbox.id))
    .limit(bindparam("limit"))
)

_INQUIRIES = select(t.Inquiry).where(t.Inquiry.workflow_id == bindparam("workflow_id"))


def start_cycle(session: Session, change: Change, workflow_id: str, order: CycleOrder) -> None:
    payload = _CYCLE_ORDER.dump_python(order, mode="json")
    session.add(_row(change, workflow_id, ANNUAL_CYCLE, payload, is_start=True))


def tell_round(session: Session, change: Change, workflow_id: str, event: RoundEvent) -> None:
    """Queue an event for a collection round; its id becomes the row's when it is relayed."""
    session.add(_row(change, workflow_id, RECORD, _ROUND_EVENT.dump_python(event, mode="json")))


def tell_cycle(session: Session, change: Change, workflow_id: str, event: CycleEvent) -> None:
    session.add(_row(change, workflow_id, RECORD, _CYCLE_EVENT.dump_python(event, mode="json")))


def start_review(session: Session, change: Change, workflow_id: str, order: ReviewOrder) -> None:
    payload = _REVIEW_ORDER.dump_python(order, mode="json")
    session.add(_row(change, workflow_id, PHASE_REVIEW, payload, is_start=True))


def tell_review(session: Session, change: Change, workflow_id: str, event: ReviewEvent) -> None:
    session.add(_row(change, workflow_id, RECORD, _REVIEW_EVENT.dump_python(event, mode="json")))


def start_project(session: Session, change: Change, workflow_id: str, order: ProjectOrder) -> None:
    payload = _PROJECT_ORDER.dump_python(order, mode="json")
    session.add(_row(change, workflow_id, KEY_PROJECT, payload, is_start=True))


def start_matter(session: Session, change: Change, workflow_id: str, order: MatterOrder) -> None:
    payload = _MATTER_ORDER.dump_python(order, mode="json")
    session.add(_row(change, workflow_id, MATTER, payload, is_start=True))


def start_inquiry(session: Session, change: Change, workflow_id: str, order: InquiryOrder) -> None:
    payload = _INQUIRY_ORDER.dump_python(order, mode="json")
    session.add(_row(change, workflow_id, INQUIRY, payload, is_start=True))


def start_digest(session: Session, change: Change, workflow_id: str, order: DigestOrder) -> None:
    payload = _DIGEST_ORDER.dump_python(order, mode="json")
    session.add(_row(change, workflow_id, DIGEST, payload, is_start=True))


def start_mail(session: Session, change: Change, order: MailOrder) -> None:
    payload = _MAIL_ORDER.dump_python(order, mode="json")
    session.add(_row(change, mail_id(order.mail), MAIL, payload, is_start=True))


def tell_process(session: Session, change: Change, workflow_id: str, today: date) -> None:
    """Let a key project, a matter or an inquiry look at the record again."""
    payload = _PROCESS_EVENT.dump_python(ProcessEvent(0, today), mode="json")
    session.add(_row(change, workflow_id, RECORD, payload))


def tell_clock(session: Session, change: Change, workflow_id: str, clock: PlanClock) -> None:
    session.add(_row(change, workflow_id, CHANGE_CLOCK, _CLOCK.dump_python(clock, mode="json")))


def waiting(session: Session, after: int, limit: int) -> list[t.Outbox]:
    """The rows not relayed yet, oldest first, from the row after the id `after`."""
    return list(session.exec(_WAITING, params={"after": after, "limit": limit}))


def last(session: Session) -> int:
    """The id of the newest row; 0: there is none."""
    return session.exec(select(func.max(t.Outbox.id))).one() or 0


def round_events(session: Session, workflow_ids: Collection[str], after: int) -> dict[str, list[RoundEvent]]:
    """What rounds are told by rows after the id `after`, by workflow and in order."""
    query = select(t.Outbox).where(col(t.Outbox.workflow_id).in_(workflow_ids), col(t.Outbox.id) > after)
    found: dict[str, list[RoundEvent]] = {}
    for row in session.exec(query.where(t.Outbox.name == RECORD).order_by(col(t.Outbox.id))):
        found.setdefault(row.workflow_id, []).append(_ROUND_EVENT.validate_python(argument(row)))
    return found


def told(session: Session, workflow_id: str) -> frozenset[int]:
    """The rows there are for a process, relayed or not: their effect is in the record."""
    return frozenset(session.exec(select(t.Outbox.id).where(t.Outbox.workflow_id == workflow_id)))


def process_has_ended(session: Session, workflow_id: str) -> bool:
    """Whether the record says that the process of this id is over."""
    for table in (t.AnnualCycle, t.PhaseReview, t.CollectionRound, t.KeyProject, t.Matter, t.Meeting):
        ended = select(col(table.closed_on).is_not(None)).where(table.workflow_id == workflow_id)
        found = session.exec(ended).first()
        if found is not None:
            return found
    digest = session.exec(select(t.Digest.state).where(t.Digest.workflow_id == workflow_id)).first()
    if digest is not None:
        return digest in FINAL
    open_still = [i.settled_on is None for i in session.exec(_INQUIRIES, params={"workflow_id": workflow_id})]
    return bool(open_still) and not any(open_still)


def argument(row: t.Outbox) -> dict[str, Any]:
    """The payload as it travels: an event carries its row's id, so that a repeated one is known."""
    return {**row.payload, "id": row.id} if row.name == RECORD else row.payload


def _row(change: Change, workflow_id: str, name: str, payload: dict[str, Any], *, is_start: bool = False) -> t.Outbox:
    return t.Outbox(
        workflow_id=workflow_id,
        name=name,
        payload=payload,
        is_start=is_start,
        created_at=change.at,
        trace=traces.current(),
    )
