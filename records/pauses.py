"""停止（災害対応）: one switch of the planning division suspends every deadline of the city, and resuming shifts them.

While it is on, rounds and reviews, check-ins, matters, seats and meetings send nothing. On resuming every open due date
moves by the business days that were lost (`domain/pause.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain import collection, inquiry, pause
from domain.calendar import BusinessCalendar
from domain.collection import Obligation, RoundEvent, RoundEventKind
from domain.inquiry import Inquiry, InquiryKind
from records import audit, inquiries, outbox, round_state
from records.change import Change, Conflict


class Paused(Exception):
    """The city is paused: nothing may be sent now. Trying again later is right."""


@dataclass(frozen=True)
class MovedReport:
    """A report that is open, as it counts now and as it will after the pause."""

    report: t.ProgressReport
    before: Obligation
    after: Obligation


@dataclass(frozen=True)
class MovedInquiry:
    """What waits outside the rounds, as it counts now and as it will after the pause."""

    row: t.Inquiry
    before: Inquiry
    after: Inquiry


def current(session: Session) -> t.Pause | None:
    """The pause that lasts, if any."""
    return session.exec(select(t.Pause).where(col(t.Pause.ended_on).is_(None))).first()


def of_municipality(session: Session, municipality: int) -> t.Pause | None:
    """The pause that lasts in one municipality, for who looks at all of them."""
    lasting = select(t.Pause).where(col(t.Pause.ended_on).is_(None), t.Pause.municipality_id == municipality)
    return session.exec(lasting).first()


def days_lost(lasting: t.Pause, today: date, calendar: BusinessCalendar) -> int:
    """The business days that are lost if the pause ends today."""
    return pause.days_lost(lasting.begins_on, max(today, lasting.begins_on), calendar)


def ended(session: Session) -> Sequence[t.Pause]:
    """The pauses of before, the latest first."""
    query = select(t.Pause).where(col(t.Pause.ended_on).is_not(None))
    return session.exec(query.order_by(col(t.Pause.id).desc())).all()


def paused_since(session: Session) -> date | None:
    """The first day of the pause that lasts; None: nothing is paused."""
    lasting = current(session)
    return None if lasting is None else lasting.begins_on


def refuse_while_paused(session: Session) -> None:
    """Raises `Paused`."""
    if current(session) is not None:
        raise Paused("the city is paused")


def begin(session: Session, change: Change, reason: str, today: date) -> t.Pause:
    """Suspend everything. Raises `Conflict`: `reason_missing`, `paused_already`."""
    if not reason.strip():
        raise Conflict("reason_missing")
    if current(session) is not None:
        raise Conflict("paused_already")
    lasting = t.Pause(reason=reason.strip(), begins_on=today, begun_at=change.at, begun_by_id=change.user)
    session.add(lasting)
    session.flush()
    for round_ in _open_rounds(session):
        outbox.tell_round(session, change, round_.workflow_id, RoundEvent(0, RoundEventKind.PAUSED, today))
    # Processes that live by the record sleep until their next step; they need not hear of it before.
    audit.write(session, change, "city.paused", f"pause/{lasting.id}", reason=lasting.reason, on=today.isoformat())
    return lasting


def end(session: Session, change: Change, today: date, calendar: BusinessCalendar) -> int:
    """Resume on a day: move every open due date, tell every process; how many dates moved.

    Raises `Conflict("not_paused")`.
    """
    lasting = session.exec(select(t.Pause).where(col(t.Pause.ended_on).is_(None)).with_for_update()).first()
    if lasting is None:
        raise Conflict("not_paused")
    today = max(today, lasting.begins_on)
    dates = 0
    for report in moved_reports(session, lasting.begins_on, today, calendar):
        report.report.since_on, report.report.due_on = report.after.since, report.after.due_on
        session.add(report.report)
        dates += report.before.due_on != report.after.due_on
    for waiting in moved_inquiries(session, lasting.begins_on, today, calendar):
        _move(
            session,
            waiting,
            pause.days_lost(max(lasting.begins_on, waiting.before.opened_on), today, calendar),
            calendar,
        )
        dates += waiting.before.due_on != waiting.after.due_on
    lasting.ended_on, lasting.ended_at, lasting.ended_by_id = today, change.at, change.user
    session.add(lasting)
    session.flush()
    for round_ in _open_rounds(session):
        outbox.tell_round(session, change, round_.workflow_id, RoundEvent(0, RoundEventKind.RESUMED, today))
    for workflow_id in _processes(session, lasting.begins_on):
        outbox.tell_process(session, change, workflow_id, today)
    days = pause.days_lost(lasting.begins_on, today, calendar)
    audit.write(session, change, "city.resumed", f"pause/{lasting.id}", on=today.isoformat(), days=days, dates=dates)
    return dates


def moved_reports(session: Session, first: date, last: date, calendar: BusinessCalendar) -> Iterator[MovedReport]:
    """Every report that somebody still waits for, as a pause from `first` to `last` moves it."""
    query = (
        select(t.ProgressReport)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .where(col(t.CollectionRound.closed_on).is_(None))
        .order_by(col(t.ProgressReport.id))
    )
    for report in session.exec(query).all():
        before = round_state.obligation_of(report)
        if before.state not in collection.SETTLED:
            yield MovedReport(report, before, collection.resumed(before, first, last, calendar))


def moved_inquiries(session: Session, first: date, last: date, calendar: BusinessCalendar) -> Iterator[MovedInquiry]:
    """Everything outside the rounds that waits for an answer, as a pause from `first` to `last` moves it."""
    query = select(t.Inquiry).where(col(t.Inquiry.settled_on).is_(None)).order_by(col(t.Inquiry.id))
    for row in session.exec(query).all():
        before = inquiries.value_of(row)
        yield MovedInquiry(row, before, inquiry.resumed(before, first, last, calendar))


def _move(session: Session, waiting: MovedInquiry, days: int, calendar: BusinessCalendar) -> None:
    """The inquiry, and the date on what it is about."""
    row = waiting.row
    row.opened_on, row.due_on = waiting.after.opened_on, waiting.after.due_on
    session.add(row)
    match row.kind:
        case InquiryKind.CHECK_IN:
            check_in = session.get_one(t.CheckIn, row.check_in_id)
            check_in.due_on = row.due_on
            session.add(check_in)
        case InquiryKind.MATTER:
            stage = session.get_one(t.MatterStage, row.stage_id)
            matter = session.get_one(t.Matter, stage.matter_id)
            stage.due_on = row.due_on
            matter.wanted_by = pause.moved(matter.wanted_by, days, calendar)
            session.add(stage)
            session.add(matter)
        case InquiryKind.SUCCESSOR | InquiryKind.MEETING:
            pass


def _open_rounds(session: Session) -> Sequence[t.CollectionRound]:
    query = select(t.CollectionRound).where(col(t.CollectionRound.closed_on).is_(None))
    return session.exec(query.order_by(col(t.CollectionRound.id))).all()


def _processes(session: Session, first: date) -> list[str]:
    """What slept: whatever is under way, and whatever was answered or ended since the pause began.

    A project may end on a day before it was written down, so all that ever ran are told: one that is over ignores it.
    """
    asked = select(t.Inquiry.workflow_id).where(
        or_(col(t.Inquiry.settled_on).is_(None), col(t.Inquiry.settled_on) >= first)
    )
    projects = select(t.KeyProject.workflow_id).where(col(t.KeyProject.begun_on).is_not(None))
    found = [*session.exec(projects.order_by(col(t.KeyProject.id))), *session.exec(asked.order_by(col(t.Inquiry.id)))]
    return list(dict.fromkeys(found))
