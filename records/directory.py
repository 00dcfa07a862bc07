"""Departments and people as they are on a day: who holds which post, who answers for how much, what becomes of whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain.ladder import Rank
from domain.roles import Office
from records import people, plans, reorganisation
from records.reorganisation import Recorded
from records.succession import is_held_from

_BY_RANK = tuple(reversed(Rank))
"""The head of the department first."""

AnsweredMeasure = tuple[t.Plan, t.Node]


@dataclass(frozen=True)
class Holder:
    """Somebody in a post."""

    user: t.User
    appointment: t.Appointment


@dataclass(frozen=True)
class ListedDepartment:
    """A department on a day. `comes_from` and `becomes` are what was entered, whether it has taken effect or not."""

    department: t.Department
    holders: tuple[Holder, ...]
    measures: int
    comes_from: tuple[Recorded, ...]
    becomes: tuple[Recorded, ...]


@dataclass(frozen=True)
class HeldPost:
    """A post in somebody's career, past, present or to come."""

    department: t.Department
    appointment: t.Appointment


def departments_on(session: Session, day: date) -> tuple[ListedDepartment, ...]:
    """The departments of a day, by code; the number of queries does not depend on theirs."""
    holders = _holders(session, day)
    answered = Counter(owner for owner, _ in _measures(session, day))
    recorded = reorganisation.recorded(session)
    return tuple(
        ListedDepartment(
            department,
            tuple(holders[department.id]),
            answered[department.id],
            tuple(r for r in recorded if department in _heirs(r) and r.succession.department is not department),
            tuple(r for r in recorded if r.succession.department is department),
        )
        for department in people.departments_on(session, day)
    )


def history_of(session: Session, department: t.Department) -> tuple[tuple[Recorded, ...], tuple[Recorded, ...]]:
    """What a department came from, and what became or becomes of it."""
    recorded = reorganisation.recorded(session)
    before = tuple(r for r in recorded if department in _heirs(r) and r.succession.department is not department)
    return before, tuple(r for r in recorded if r.succession.department is department)


def holders_ever(session: Session, department: t.Department) -> tuple[Holder, ...]:
    """Everybody who held or will hold a post in the department, the latest first."""
    query = (
        select(t.User, t.Appointment)
        .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
        .where(t.Appointment.department_id == department.id)
        .order_by(col(t.Appointment.valid_from).desc(), col(t.Appointment.id))
    )
    return tuple(Holder(user, a) for user, a in session.exec(query) if is_held_from(a, a.valid_from))


def measures_of(session: Session, department: t.Department, day: date) -> tuple[AnsweredMeasure, ...]:
    """What the department answers for on a day, plan by plan."""
    return tuple(measure for owner, measure in _measures(session, day) if owner == department.id)


def left_alone(session: Session, day: date) -> tuple[AnsweredMeasure, ...]:
    """The measures that had a department once and have none on a day: what a reorganisation left to be decided."""
    once = set(session.exec(select(t.Responsibility.node_id).where(t.Responsibility.valid_from <= day)))
    return tuple((plan, n) for owner, (plan, n) in _measures(session, day) if owner is None and n.origin_id in once)


def people_without_post(session: Session, day: date) -> tuple[t.User, ...]:
    """Who has an account but neither a post on the day nor an office for the whole city, by address."""
    holding = {holder.user.id for holders in _holders(session, day).values() for holder in holders}
    everybody = session.exec(select(t.User).where(t.User.office == Office.NONE).order_by(t.User.email))
    return tuple(user for user in everybody if user.id not in holding)


def posts_of(session: Session, user: t.User) -> tuple[HeldPost, ...]:
    """A person's posts, the latest first; one that was cancelled before it began is left out."""
    query = (
        select(t.Department, t.Appointment)
        .join(t.Appointment, col(t.Appointment.department_id) == col(t.Department.id))
        .where(t.Appointment.user_id == user.id)
        .order_by(col(t.Appointment.valid_from).desc(), col(t.Appointment.id).desc())
    )
    return tuple(HeldPost(d, a) for d, a in session.exec(query) if is_held_from(a, a.valid_from))


def _heirs(recorded: Recorded) -> list[t.Department]:
    return [heir.department for heir in recorded.succession.heirs]


def _holders(session: Session, day: date) -> dict[int, list[Holder]]:
    """Department → who holds a post there on a day, the head first."""
    query = select(t.User, t.Appointment).join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
    found: dict[int, list[Holder]] = defaultdict(list)
    for user, appointment in session.exec(query.order_by(t.User.email)):
        if appointment.valid_from <= day and is_held_from(appointment, day):
            found[appointment.department_id].append(Holder(user, appointment))
    for holders in found.values():
        holders.sort(key=lambda holder: _BY_RANK.index(holder.appointment.rank))
    return found


def _measures(session: Session, day: date) -> list[tuple[int | None, AnsweredMeasure]]:
    """Every measure in force on a day with the department that answers for it, in the order of the pages."""
    found: list[tuple[int | None, AnsweredMeasure]] = []
    for plan in plans.every(session):
        edition = plans.edition_in_force(session, plan, day)
        owners = {node: d.id for node, d in plans.owners_on(session, edition.id, day).items()}
        found += [(owners.get(n.id), (plan, n)) for n in plans.measures_of(session, edition.id)]
    return found
