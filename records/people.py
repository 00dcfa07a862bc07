"""People and departments as stored, and who a mail for a rank goes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from db import tables as t
from domain import roles
from domain.ladder import Rank
from domain.roles import Actor, Office
from domain.text import Bilingual, named
from records import audit
from records.change import Change, Conflict, NotFound

# Asked for every department of every batch of mails: put into words once.
_PLANNING = select(t.User).where(t.User.office == Office.PLANNING, col(t.User.is_active)).order_by(t.User.email)
_HOLDERS = (
    select(t.User)
    .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
    .where(
        t.Appointment.department_id == bindparam("department"),
        t.Appointment.rank == bindparam("rank"),
        t.Appointment.valid_from <= bindparam("day"),
        or_(col(t.Appointment.valid_until).is_(None), col(t.Appointment.valid_until) >= bindparam("day")),
        col(t.User.is_active),
    )
    .order_by(t.User.email)
)

# Asked at every request of a signed-in person or a program.
_APPOINTMENTS = select(
    col(t.Appointment.department_id),
    col(t.Appointment.rank),
    col(t.Appointment.valid_from),
    col(t.Appointment.valid_until),
).where(t.Appointment.user_id == bindparam("user"))
_DONE_SUCCESSIONS = select(
    col(t.DepartmentSuccession.department_id),
    col(t.DepartmentSuccession.successor_id),
    col(t.DepartmentSuccession.begins_on),
).where(
    t.DepartmentSuccession.municipality_id == bindparam("municipality"),
    col(t.DepartmentSuccession.done_at).is_not(None),
)


@dataclass(frozen=True)
class Recipient:
    """Who a mail reaches: `name` is in their own `language`, `known_as` in that of whoever reads about them."""

    email: str
    name: str
    language: str
    known_as: Bilingual = field(default=Bilingual(""), compare=False)


def actor_of(session: Session, user: t.User, day: date) -> Actor:
    """The person as the rules see them on a plan day."""
    appointments = session.exec(_APPOINTMENTS, params={"user": user.id})
    held = (roles.Appointment(*appointment) for appointment in appointments)
    valid = tuple(a for a in held if a.is_valid(day))
    predecessors = _predecessors(session, user.municipality_id, {a.department for a in valid}) if valid else frozenset()
    return Actor(user.id, user.municipality_id, user.office, valid, predecessors)


def _predecessors(session: Session, municipality: int, departments: set[int]) -> frozenset[int]:
    """The departments that these came from, however many reorganisations ago; one that lives on keeps to itself."""
    rows = session.exec(_DONE_SUCCESSIONS, params={"municipality": municipality}).all()
    live_on = {(before, day) for before, after, day in rows if before == after}
    ended = [(before, after) for before, after, day in rows if (before, day) not in live_on]
    found: set[int] = set()
    while more := {before for before, after in ended if after in departments | found} - found:
        found |= more
    return frozenset(found)


def municipality(session: Session, code: str) -> t.Municipality:
    found = session.exec(select(t.Municipality).where(t.Municipality.code == code)).first()
    if found is None:
        raise NotFound(f"municipality {code}")
    return found


def municipalities(session: Session) -> list[t.Municipality]:
    """All municipalities of the installation, by code."""
    return list(session.exec(select(t.Municipality).order_by(t.Municipality.code)))


def municipality_code(session: Session, municipality_id: int) -> str:
    return session.get_one(t.Municipality, municipality_id).code


def create_user(
    session: Session, change: Change, email: str, name: str, office: Office, password_hash: str | None
) -> t.User:
    """An account in the session's municipality. Raises `Conflict("user_exists")`."""
    email = email.strip().lower()
    if session.exec(select(t.User).where(t.User.email == email)).first() is not None:
        raise Conflict("user_exists")
    user = t.User(email=email, name=name, office=office, password_hash=password_hash)
    session.add(user)
    audit.write(session, change, "user.created", f"user/{email}", office=office.value)
    return user


def department(session: Session, department_id: int) -> t.Department:
    found = session.get(t.Department, department_id)
    if found is None:
        raise NotFound(f"department {department_id}")
    return found


def department_of_code(session: Session, code: str) -> t.Department:
    found = session.exec(select(t.Department).where(t.Department.code == code)).first()
    if found is None:
        raise NotFound(f"department {code}")
    return found


def municipalities_of_department(session: Session, code: str) -> dict[str, int]:
    """The municipalities that have a department of this code, by code; for a session of every municipality."""
    query = select(t.Municipality).join(t.Department, col(t.Department.municipality_id) == col(t.Municipality.id))
    return {city.code: city.id for city in session.exec(query.where(t.Department.code == code))}


def departments_on(session: Session, day: date) -> list[t.Department]:
    """The departments that exist on a day, by code."""
    query = select(t.Department).where(
        t.Department.valid_from <= day,
        or_(col(t.Department.valid_until).is_(None), col(t.Department.valid_until) >= day),
    )
    return list(session.exec(query.order_by(t.Department.code)))


def departments_from(session: Session, day: date) -> list[t.Department]:
    """The departments that exist on a day or will, by code."""
    query = select(t.Department).where(
        or_(col(t.Department.valid_until).is_(None), col(t.Department.valid_until) >= day)
    )
    return list(session.exec(query.order_by(t.Department.code)))


def recipients(session: Session, department_id: int | None, rank: Rank, day: date) -> list[Recipient]:
    """Who a mail to a rank of a department reaches on a day.

    Where nobody holds the rank, the mail goes to the shared mailbox of the department; a measure
    without a department is the planning division's to sort out. Empty only when there is nobody at all.
    """
    if rank is Rank.PLANNING or department_id is None:
        return planning(session)
    holders = session.exec(_HOLDERS, params={"department": department_id, "rank": rank, "day": day})
    found = [recipient(user) for user in holders.unique()]
    return found or instead_of_a_rank(session, department_id)


def instead_of_a_rank(session: Session, department_id: int) -> list[Recipient]:
    """Who gets the mails of a department where nobody holds the rank."""
    shared = department(session, department_id)
    if not shared.email:
        return planning(session)
    return [Recipient(shared.email, shared.name, "ja", Bilingual(shared.name, shared.name_en))]


def planning(session: Session) -> list[Recipient]:
    """Everybody of the planning division."""
    return [recipient(user) for user in session.exec(_PLANNING)]


def recipient(user: t.User) -> Recipient:
    """A person as mails reach them."""
    return Recipient(user.email, named(user, user.language), user.language, Bilingual(user.name, user.name_en))
