"""Which department belongs to which (課 to 部), and what a reorganisation (機構改革) makes of it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.reorganisation import SuccessionKind
from records.succession import Succession

_DAY = timedelta(days=1)
_PASSED_ON = (SuccessionKind.RENAMED, SuccessionKind.MERGED)


def above(session: Session, department: t.Department) -> tuple[t.Department, ...]:
    """The departments that one belongs to, the nearest first."""
    found: list[t.Department] = []
    parent = department.parent_id
    while parent is not None and all(parent != one.id for one in found):
        found.append(session.get_one(t.Department, parent))
        parent = found[-1].parent_id
    return tuple(found)


def below(session: Session) -> dict[int, frozenset[int]]:
    """Department → itself and all that belongs to it, by their ids."""
    parents = dict(session.exec(select(t.Department.id, t.Department.parent_id)).all())
    found: dict[int, set[int]] = {department: {department} for department in parents}
    for department in parents:
        parent, seen = parents[department], {department}
        while parent is not None and parent not in seen:
            found[parent].add(department)
            seen.add(parent)
            parent = parents[parent]
    return {department: frozenset(several) for department, several in found.items()}


def sections_of(session: Session, department: t.Department, day: date) -> list[t.Department]:
    """The departments that belong to one directly and exist on a day, by code."""
    query = select(t.Department).where(
        t.Department.parent_id == department.id,
        t.Department.valid_from <= day,
        or_(col(t.Department.valid_until).is_(None), col(t.Department.valid_until) >= day),
    )
    return list(session.exec(query.order_by(t.Department.code)))


def is_circular(session: Session, department: t.Department) -> bool:
    return department in above(session, department)


def pass_on(session: Session, succession: Succession) -> None:
    """On the day of a succession: its sections, the seats held for it and its secretariats go to who takes over.

    A new department stands where the old one stood. Of a split nobody knows who takes what of these: sections
    stand alone then, and bodies ask the planning division. Meguru's own rule, like that for people.
    """
    old = succession.department
    _place(session, succession)
    if succession.lives_on:
        return
    heir = succession.heirs[0].department if succession.kind in _PASSED_ON else None
    for section in sections_of(session, old, succession.on):
        if heir is not None and _would_circle(session, section, heir):
            section.parent_id = old.parent_id
        else:
            section.parent_id = heir.id if heir else None
        session.add(section)
        session.flush()
    for seat in session.exec(select(t.Seat).where(t.Seat.department_id == old.id)).all():
        if heir is not None and (seat.valid_until is None or seat.valid_until >= succession.on):
            seat.department_id = heir.id
            session.add(seat)
    for held in session.exec(select(t.Secretariat).where(t.Secretariat.department_id == old.id)).all():
        if held.valid_until is None or held.valid_until >= succession.on:
            _pass_on_papers(session, held, heir, succession)
    session.flush()


def _place(session: Session, succession: Succession) -> None:
    old = succession.department
    if old.parent_id is None:
        return
    parent = session.get_one(t.Department, old.parent_id)
    for heir in succession.heirs:
        is_new = heir.department.parent_id is None and heir.department.valid_from == succession.on
        if is_new and not _would_circle(session, heir.department, parent):
            heir.department.parent_id = parent.id
            session.add(heir.department)
    session.flush()


def _would_circle(session: Session, department: t.Department, parent: t.Department) -> bool:
    return department in (parent, *above(session, parent))


def _pass_on_papers(session: Session, held: t.Secretariat, heir: t.Department | None, succession: Succession) -> None:
    begins, ends = max(held.valid_from, succession.on), held.valid_until
    if begins == held.valid_from:
        session.delete(held)
    else:
        held.valid_until = succession.last_day
        session.add(held)
    session.flush()
    if heir is not None:
        session.add(
            t.Secretariat(
                plan_id=held.plan_id, body=held.body, department_id=heir.id, valid_from=begins, valid_until=ends
            )
        )
