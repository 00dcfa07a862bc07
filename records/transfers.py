"""人事異動: appointments end and begin with dates, and what somebody is signed in with ends with the department.

Reports and drafts are the department's: whoever holds the rank next is reminded and writes on. Rights go by the day
in Japan; `take_effect` does on that day what dates alone cannot do, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.clock import jst_day
from domain.ladder import Rank
from domain.roles import Office
from domain.seat import HeldPost
from records import accounts, audit, people
from records.change import Change, Conflict
from records.succession import Moves, is_held_from, work_of
from records.successors import LeftSeat, left_seats, want_successors

_DAY = timedelta(days=1)


class Post(NamedTuple):
    """A rank in a department."""

    department: t.Department
    rank: Rank


@dataclass(frozen=True)
class LeftPost:
    """A post that somebody leaves, and who is there afterwards.

    `holders` hold the same rank; where they are none, `mails_go_to` says who is reminded instead (empty: nobody).
    `work` stays with the department.
    """

    post: Post
    holders: tuple[t.User, ...]
    mails_go_to: tuple[people.Recipient, ...]
    work: Moves


@dataclass(frozen=True)
class TakenPost:
    """A post that somebody takes; `work` is what awaits them there."""

    post: Post
    work: Moves


@dataclass(frozen=True)
class Preview:
    """What a transfer would bring: `gone_from` are the departments in which the person holds nothing any more.

    `seats` are those of bodies and teams in which the person does not go on.
    """

    leaves: tuple[LeftPost, ...]
    takes: tuple[TakenPost, ...]
    gone_from: tuple[t.Department, ...]
    closes_account: bool
    opens_account: bool
    seats: tuple[LeftSeat, ...] = ()


def transfer(
    session: Session,
    change: Change,
    user: t.User,
    leaves: Sequence[tuple[t.Department, Rank]],
    takes: Sequence[tuple[t.Department, Rank]],
    on: date,
) -> bool:
    """The person leaves and takes posts: `on` is the first day of what comes, the day before the last of what was.

    False: it is so already, nothing changes. Raises `Conflict` with `nothing_transferred`, `appointment_not_held`,
    `department_not_there` or `rank_of_no_department`.
    """
    left, taken = _checked(session, user, leaves, takes, on)
    ending = [a for a in left if a.valid_until != on - _DAY]
    beginning = [post for post in taken if not _holds(session, user, post, on)]
    if not ending and not beginning:
        return False
    for appointment in ending:
        appointment.valid_until, appointment.left_at = on - _DAY, None
        session.add(appointment)
    for department, rank in beginning:
        session.add(t.Appointment(user_id=user.id, department_id=department.id, rank=rank, valid_from=on))
    session.flush()
    audit.write(
        session,
        change,
        "user.transferred",
        f"user/{user.email}",
        on=on.isoformat(),
        leaves=[_said(*post) for post in leaves],
        takes=[_said(*post) for post in takes],
    )
    take_effect(session, change, jst_day(change.at))
    return True


def preview(
    session: Session,
    user: t.User,
    leaves: Sequence[tuple[t.Department, Rank]],
    takes: Sequence[tuple[t.Department, Rank]],
    on: date,
) -> Preview:
    """What `transfer` would bring, without doing it; raises the same."""
    left, taken = _checked(session, user, leaves, takes, on)
    ends = {a.id for a in left}
    kept = [a for a in _appointments(session, user) if a.id not in ends and is_held_from(a, on)]
    after = _posts(a for a in kept if a.valid_from <= on) | {HeldPost(p.department.id, p.rank) for p in taken}
    stays_in = {post.department for post in after}
    gone_from = {a.department_id: people.department(session, a.department_id) for a in left}
    before = _posts(a for a in _appointments(session, user) if a.valid_from < on and is_held_from(a, on - _DAY))
    is_gone = not kept and not taken and user.office is Office.NONE
    seats = left_seats(session, user, before, after, lambda _: on, leaves_altogether=is_gone) if left else []
    return Preview(
        leaves=tuple(_left(session, user, Post(*post), on) for post in leaves),
        takes=tuple(TakenPost(post, work_of(session, post.department, on)) for post in taken),
        gone_from=tuple(d for id_, d in gone_from.items() if id_ not in stays_in),
        closes_account=user.is_active and is_gone,
        opens_account=bool(taken) and not user.is_active and user.left_on is not None,
        seats=tuple(one for one in seats if one.seat.successor_wanted_on is None or one.ends),
    )


def take_effect(session: Session, change: Change, today: date) -> list[str]:
    """Act upon the appointments that have ended by a day; the addresses of the people whom it concerned.

    Who holds nothing in the department any more must sign in again, and their API tokens end. Who holds nothing
    anywhere, and will not, has their account closed; a new appointment opens it again. Seats of bodies and teams in
    which somebody does not go on want a successor.
    """
    returned = _open_accounts(session, change, today)
    ended = select(t.Appointment).where(col(t.Appointment.valid_until) < today, col(t.Appointment.left_at).is_(None))
    by_user: dict[int, list[t.Appointment]] = defaultdict(list)
    for appointment in session.exec(ended.order_by(col(t.Appointment.id)).with_for_update()):
        by_user[appointment.user_id].append(appointment)
    left = [user for user in by_user if _leave(session, change, session.get_one(t.User, user), by_user[user], today)]
    return [*returned, *(session.get_one(t.User, user).email for user in left)]


def _leave(session: Session, change: Change, user: t.User, ended: Sequence[t.Appointment], today: date) -> bool:
    held = [a for a in _appointments(session, user) if is_held_from(a, today)]
    present = {a.department_id for a in held if a.valid_from <= today}
    for appointment in ended:
        appointment.left_at = change.at
        session.add(appointment)
    is_gone = not held and user.office is Office.NONE
    really_left = [a for a in ended if _was_held(a)]
    want_successors(session, change, user, really_left, today, leaves_altogether=is_gone)
    gone = [a for a in really_left if a.department_id not in present]
    if not gone:
        return False
    tokens = accounts.end_access(session, user, change.at)
    departments = sorted({people.department(session, a.department_id).code for a in gone})
    closes = is_gone and user.is_active
    if closes:
        user.is_active, user.left_on = False, max(a.valid_until or today for a in gone) + _DAY
        session.add(user)
    audit.write(
        session, change, "user.left", f"user/{user.email}", departments=departments, tokens=tokens, closed=closes
    )
    return True


def _open_accounts(session: Session, change: Change, today: date) -> list[str]:
    """Who left and has an appointment again may sign in again."""
    appointed = select(t.Appointment.user_id).where(
        or_(col(t.Appointment.valid_until).is_(None), col(t.Appointment.valid_until) >= today)
    )
    query = select(t.User).where(col(t.User.left_on).is_not(None), col(t.User.id).in_(appointed))
    opened = []
    for user in session.exec(query.order_by(col(t.User.id))).all():
        user.is_active, user.left_on = True, None
        session.add(user)
        session.flush()
        audit.write(session, change, "user.returned", f"user/{user.email}")
        opened.append(user.email)
    return opened


def _checked(
    session: Session,
    user: t.User,
    leaves: Sequence[tuple[t.Department, Rank]],
    takes: Sequence[tuple[t.Department, Rank]],
    on: date,
) -> tuple[list[t.Appointment], list[Post]]:
    """The appointments that end and the posts that begin. Raises `Conflict`."""
    if not leaves and not takes:
        raise Conflict("nothing_transferred")
    for department, rank in takes:
        if rank is Rank.PLANNING:
            raise Conflict("rank_of_no_department")
        if department.valid_from > on or (department.valid_until is not None and department.valid_until < on):
            raise Conflict("department_not_there")
    held = [a for a in _appointments(session, user) if a.valid_from < on and is_held_from(a, on - _DAY)]
    found = []
    for department, rank in leaves:
        mine = [a for a in held if (a.department_id, a.rank) == (department.id, rank)]
        if not mine:
            raise Conflict("appointment_not_held")
        found += mine
    return found, [Post(*post) for post in takes]


def _left(session: Session, user: t.User, post: Post, on: date) -> LeftPost:
    query = (
        select(t.User, t.Appointment)
        .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
        .where(
            t.Appointment.department_id == post.department.id,
            t.Appointment.rank == post.rank,
            t.User.id != user.id,
            col(t.User.is_active),
        )
        .order_by(t.User.email)
    )
    holders = tuple(u for u, a in session.exec(query) if a.valid_from <= on and is_held_from(a, on))
    others = () if holders else tuple(people.instead_of_a_rank(session, post.department.id))
    return LeftPost(post, holders, others, work_of(session, post.department, on))


def _appointments(session: Session, user: t.User) -> Sequence[t.Appointment]:
    return session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).all()


def _holds(session: Session, user: t.User, post: Post, day: date) -> bool:
    return any(
        (a.department_id, a.rank) == (post.department.id, post.rank) and a.valid_from <= day and is_held_from(a, day)
        for a in _appointments(session, user)
    )


def _posts(appointments: Iterable[t.Appointment]) -> set[HeldPost]:
    return {HeldPost(a.department_id, a.rank) for a in appointments}


def _was_held(appointment: t.Appointment) -> bool:
    return appointment.valid_until is None or appointment.valid_from <= appointment.valid_until


def _said(department: t.Department, rank: Rank) -> str:
    return f"{department.code}/{rank.value}"
