"""Departments and people as they are on a day: who holds which post, who answers for how much, what becomes of whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
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
    answered = Counter(placed.owner for placed in _placed(session, day))
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
    return _told(session, [one.node for one in _placed(session, day) if one.owner == department.id])


def left_alone(session: Session, day: date) -> tuple[AnsweredMeasure, ...]:
    """The measures that had a department once and have none on a day: what a reorganisation left to be decided."""
    once = set(session.exec(select(t.Responsibility.node_id).where(t.Responsibility.valid_from <= day)))
    return _told(session, [one.node for one in _placed(session, day) if one.owner is None and one.origin in once])


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


@dataclass(frozen=True)
class _Placed:
    """A measure in force, by its id and that of its life's origin, and the department that answers for it."""

    node: int
    origin: int | None
    owner: int | None


def _placed(session: Session, day: date) -> list[_Placed]:
    """Every measure in force on a day; ids only, for there may be thousands."""
    editions = [edition.id for edition in plans.editions_in_force(session, lambda _: day).values()]
    owners = plans.owners_in(session, editions, day)
    reported = select(t.Node.id, t.Node.origin_id).where(col(t.Node.edition_id).in_(editions), col(t.Node.is_reported))
    return [_Placed(id_, origin, owners[id_].id if id_ in owners else None) for id_, origin in session.exec(reported)]


def _told(session: Session, nodes: Sequence[int]) -> tuple[AnsweredMeasure, ...]:
    """Measures with their plans, in the order of the pages."""
    query = (
        select(t.Plan, t.Node)
        .join(t.Edition, col(t.Edition.plan_id) == col(t.Plan.id))
        .join(t.Node, col(t.Node.edition_id) == col(t.Edition.id))
        .where(col(t.Node.id).in_(nodes))
        .order_by(col(t.Plan.code), col(t.Node.position))
    )
    return tuple((plan, node) for plan, node in session.exec(query))
