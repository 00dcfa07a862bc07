"""機構改革: entering what becomes of departments, and letting it take effect on its day.

Until its day an entry changes nothing and can be withdrawn. On its day the department ends, responsibilities of every
plan of the city, open reports and appointments pass on (`records/succession.py` says which); what is closed stays
with the old department. Taking effect twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from db import tables as t
from domain.clock import jst_day
from domain.reorganisation import Span
from japan_calendar import business_calendar
from records import audit, department_tree, plans, reassigning
from records.change import Change, Conflict, NotFound
from records.succession import Heir, Moves, MovingAppointment, MovingMeasure, Succession, is_held_from, moves_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recorded:
    """A succession as it was entered; `done_at` None: its day has not come. `id` is that of its first row."""

    id: int
    succession: Succession
    done_at: datetime | None


def city_day(session: Session, at: datetime) -> date:
    """What day it is in the city: that of its slowest plan, so that nothing moves before its day in any of them."""
    return min((plans.clock_of(plan, at).today(at) for plan in plans.every(session)), default=jst_day(at))


def recorded(session: Session, department_id: int | None = None) -> tuple[Recorded, ...]:
    """What was entered, of one department or of all, by day."""
    query = select(t.DepartmentSuccession).order_by(
        col(t.DepartmentSuccession.begins_on), col(t.DepartmentSuccession.id)
    )
    if department_id is not None:
        query = query.where(t.DepartmentSuccession.department_id == department_id)
    grouped: dict[tuple[int, date], list[t.DepartmentSuccession]] = defaultdict(list)
    for row in session.exec(query):
        grouped[row.department_id, row.begins_on].append(row)
    return tuple(_recorded(session, rows) for rows in grouped.values())


def last_days(session: Session) -> dict[int, frozenset[date]]:
    """Department → the last days before successions that have taken effect: what ended then was passed on."""
    days: dict[int, set[date]] = defaultdict(set)
    for row in session.exec(select(t.DepartmentSuccession).where(col(t.DepartmentSuccession.done_at).is_not(None))):
        days[row.department_id].add(row.begins_on - _DAY)
    return {department: frozenset(found) for department, found in days.items()}


def enter(session: Session, change: Change, succession: Succession) -> bool:
    """Record what becomes of a department; departments that are new are stored with it.

    It takes effect at once where its day has come. False: it was recorded so before, nothing changes. Raises
    `Conflict` with `succession_recorded` or `succession_pending`. The rules of `domain.reorganisation` are the
    caller's to ask, who knows where the mistakes stand.
    """
    if not is_news(session, succession):
        return False
    for heir in succession.heirs:
        _store(session, change, heir.department)
    heirs: list[tuple[int | None, list[int]]] = [(h.department.id, sorted(h.measures)) for h in succession.heirs]
    for successor, measures in heirs or [(None, [])]:
        session.add(
            t.DepartmentSuccession(
                department_id=succession.department.id,
                successor_id=successor,
                kind=succession.kind,
                begins_on=succession.on,
                reason=succession.reason,
                measures=measures,
            )
        )
    session.flush()
    audit.write(session, change, "reorganisation.entered", _subject(succession), **_told(succession))
    take_effect_due(session, change)
    return True


def is_news(session: Session, succession: Succession) -> bool:
    """Whether it has not been entered so already. Raises what `enter` does."""
    for known in recorded(session, succession.department.id) if succession.department.id else ():
        if is_same(known.succession, succession):
            return False
        if known.succession.on == succession.on:
            raise Conflict("succession_recorded")
        if known.done_at is None:
            raise Conflict("succession_pending")
    return True


def spans(session: Session, but: t.Department) -> dict[str, Span]:
    """The days of every department by code, as they will be when what was entered for others has taken effect."""
    ends = {
        r.succession.department.id: r.succession.last_day
        for r in recorded(session)
        if not r.succession.lives_on and r.succession.department is not but
    }
    departments = session.exec(select(t.Department).order_by(t.Department.code))
    return {d.code: (d.valid_from, d.valid_until or ends.get(d.id)) for d in departments}


def is_same(one: Succession, other: Succession) -> bool:
    """Whether both say the same, in whatever order they name the heirs."""

    def said(succession: Succession) -> tuple[object, ...]:
        heirs = {heir.department.id: heir.measures for heir in succession.heirs}
        return succession.department.id, succession.on, succession.kind, succession.reason, heirs

    return said(one) == said(other)


def withdraw(session: Session, change: Change, succession_id: int) -> Succession:
    """Take back what has not taken effect yet. Raises `NotFound`, `Conflict("succession_done")`."""
    row = session.get(t.DepartmentSuccession, succession_id, with_for_update=True)
    if row is None:
        raise NotFound(f"succession {succession_id}")
    known = next(r for r in recorded(session, row.department_id) if r.succession.on == row.begins_on)
    if known.done_at is not None:
        raise Conflict("succession_done")
    for one in _rows(session, known.succession):
        session.delete(one)
    session.flush()
    audit.write(session, change, "reorganisation.withdrawn", _subject(known.succession), **_told(known.succession))
    return known.succession


def take_effect_due(session: Session, change: Change) -> list[str]:
    """Let everything take effect whose day has come in the city; the departments that it concerned, by code."""
    today = city_day(session, change.at)
    # Of several who look at once, the others wait here and then find it done.
    query = select(t.DepartmentSuccession.id).where(
        col(t.DepartmentSuccession.done_at).is_(None), t.DepartmentSuccession.begins_on <= today
    )
    if not session.exec(query.with_for_update()).all():
        return []
    due = [r.succession for r in recorded(session) if r.done_at is None and r.succession.on <= today]
    for succession in due:
        _take_effect(session, change, succession)
    return [succession.department.code for succession in due]


def _take_effect(session: Session, change: Change, succession: Succession) -> None:
    moves = moves_of(session, succession, lock=True)
    for measure in moves.measures:
        _pass_on_measure(session, measure, succession)
    for appointment in moves.appointments:
        _pass_on_appointment(session, change, appointment, succession)
    _pass_on_reports(session, change, moves, succession)
    department_tree.pass_on(session, succession)
    if not succession.lives_on:
        succession.department.valid_until = succession.last_day
        session.add(succession.department)
    for row in _rows(session, succession):
        row.done_at = change.at
        session.add(row)
    session.flush()
    audit.write(
        session,
        change,
        "reorganisation.took_effect",
        _subject(succession),
        **_told(succession),
        measures={f"{m.plan.code}/{m.node.code}": _code(m.heir) for m in moves.measures},
        appointments=[f"{a.user.email} {a.appointment.rank.value} → {_code(a.heir)}" for a in moves.appointments],
    )


def _pass_on_measure(session: Session, moving: MovingMeasure, succession: Succession) -> None:
    held = moving.responsibility
    begins, ends = max(held.valid_from, succession.on), held.valid_until
    held.valid_until = succession.last_day
    session.add(held)
    if moving.heir is not None and not _answers_already(session, held.node_id, begins, ends):
        session.add(
            t.Responsibility(node_id=held.node_id, department_id=moving.heir.id, valid_from=begins, valid_until=ends)
        )
    session.flush()


def _answers_already(session: Session, origin: int, begins: date, ends: date | None) -> bool:
    """Whether somebody is recorded to answer for the measure then: a decision of its own goes first."""
    rows = session.exec(select(t.Responsibility).where(t.Responsibility.node_id == origin))
    return any(
        r.valid_from <= (ends or date.max) and begins <= (r.valid_until or date.max)
        for r in rows
        if r.valid_until is None or r.valid_from <= r.valid_until
    )


def _pass_on_appointment(session: Session, change: Change, moving: MovingAppointment, succession: Succession) -> None:
    """With an heir the person goes on as before: what they are signed in with stays."""
    held = moving.appointment
    begins, ends = max(held.valid_from, succession.on), held.valid_until
    held.valid_until = succession.last_day
    if moving.heir is not None:
        held.left_at = change.at
        query = select(t.Appointment).where(
            t.Appointment.user_id == held.user_id,
            t.Appointment.department_id == moving.heir.id,
            t.Appointment.rank == held.rank,
        )
        if not any(is_held_from(a, begins) and a.valid_from <= (ends or date.max) for a in session.exec(query)):
            session.add(
                t.Appointment(
                    user_id=held.user_id,
                    department_id=moving.heir.id,
                    rank=held.rank,
                    valid_from=begins,
                    valid_until=ends,
                )
            )
    session.add(held)
    session.flush()


def _pass_on_reports(session: Session, change: Change, moves: Moves, succession: Succession) -> None:
    for moving in moves.reports:
        today = plans.clock_of(moving.plan, change.at).today(change.at)
        calendar = business_calendar(range(today.year - 1, today.year + 3))
        heir = moving.heir
        reassigning.move(session, change, moving.report, heir.id if heir else None, today, calendar)
        audit.write(
            session,
            change,
            "report.reassigned",
            f"{moving.round.workflow_id}/{succession.department.id}",
            node=moving.report.node_id,
            to=_code(heir),
            reason=succession.reason,
        )


def _store(session: Session, change: Change, department: t.Department) -> None:
    if department.id is not None:
        return
    session.add(department)
    session.flush()
    audit.write(
        session,
        change,
        "department.created",
        f"department/{department.code}",
        name=department.name,
        valid_from=department.valid_from.isoformat(),
    )


def _rows(session: Session, succession: Succession) -> Sequence[t.DepartmentSuccession]:
    return session.exec(
        select(t.DepartmentSuccession)
        .where(
            t.DepartmentSuccession.department_id == succession.department.id,
            t.DepartmentSuccession.begins_on == succession.on,
        )
        .order_by(col(t.DepartmentSuccession.id))
    ).all()


def _recorded(session: Session, rows: Sequence[t.DepartmentSuccession]) -> Recorded:
    first = rows[0]
    heirs = tuple(
        Heir(session.get_one(t.Department, row.successor_id), frozenset(row.measures))
        for row in rows
        if row.successor_id is not None
    )
    department = session.get_one(t.Department, first.department_id)
    return Recorded(first.id, Succession(department, first.begins_on, first.kind, heirs, first.reason), first.done_at)


def _told(succession: Succession) -> dict[str, object]:
    return {
        "on": succession.on.isoformat(),
        "kind": succession.kind.value,
        "successors": [heir.department.code for heir in succession.heirs],
        "reason": succession.reason,
    }


def _subject(succession: Succession) -> str:
    return f"department/{succession.department.code}"


def _code(department: t.Department | None) -> str | None:
    return department.code if department else None
