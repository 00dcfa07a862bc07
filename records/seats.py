"""Seats of bodies and teams: who sits where from when until when, in what role, and who follows.

A team's seats are taken with the team (`records/teams.py`); ending one and naming a successor is the same for all.
What a transfer (人事異動) makes of seats is in `records/successors.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.body import LEADING, SeatBasis, SeatRole
from domain.inquiry import InquiryKind
from domain.organisation import address, is_address
from domain.reference import Body, BodyKind
from domain.roles import Actor
from records import audit, inquiries, plans, secretariats
from records.change import Change, Conflict, NotFound

_DAY = timedelta(days=1)
_IN_ORDER = (SeatRole.CHAIR, SeatRole.LEADER, SeatRole.SUB_LEADER, SeatRole.MEMBER)


@dataclass(frozen=True)
class Sitter:
    """Who sits: somebody with an account (`user`), or a name alone, with an address where mails shall go to.

    `post` is what they are called (職名); empty for somebody with an account: whatever they are appointed to.
    """

    user: int | None = None
    name: str = ""
    email: str = ""
    post: str = ""


def body_of(plan: t.Plan, code: str) -> Body:
    """A body as its plan says it. Raises `NotFound`."""
    found = next((body for body in plans.definition_of(plan).bodies if body.code == code), None)
    if found is None:
        raise NotFound(f"body {code} of plan {plan.code}")
    return found


def find(session: Session, seat_id: int, *, lock: bool = False) -> t.Seat:
    seat = session.get(t.Seat, seat_id, with_for_update=lock or None)
    if seat is None:
        raise NotFound(f"seat {seat_id}")
    return seat


def seats_of(session: Session, plan: t.Plan, body: str, day: date) -> list[t.Seat]:
    """The seats of a body that are held on a day, the chair first, then in the order they were taken."""
    query = select(t.Seat).where(t.Seat.plan_id == plan.id, t.Seat.body == body, col(t.Seat.team_id).is_(None))
    return in_order([seat for seat in session.exec(query) if is_held(seat, day)])


def in_order(seats: Sequence[t.Seat]) -> list[t.Seat]:
    return sorted(seats, key=lambda seat: (_IN_ORDER.index(seat.role), seat.valid_from, seat.id))


def is_held(seat: t.Seat, day: date) -> bool:
    return seat.valid_from <= day and (seat.valid_until is None or day <= seat.valid_until)


def wants_successor(seat: t.Seat) -> bool:
    """Whether somebody must still say who follows, or that nobody does; the holder may sit on meanwhile."""
    return seat.successor_wanted_on is not None and seat.replaced_by_id is None and not seat.left_reason


def may_settle(session: Session, seat: t.Seat, actor: Actor, day: date) -> bool:
    """Whether the person may say who follows: the body's secretariat, the coordinating section, a team's leaders."""
    plan = session.get_one(t.Plan, seat.plan_id)
    rules = plans.definition_of(plan).key_projects
    bodies = (seat.body, rules.coordinator) if rules else (seat.body,)
    if any(secretariats.is_of(session, plan, body, actor, day) for body in bodies):
        return True
    if seat.team_id is None:
        return False
    mine = select(t.Seat).where(t.Seat.team_id == seat.team_id, t.Seat.user_id == actor.user)
    return any(is_held(one, day) and one.role in LEADING for one in session.exec(mine))


def take(
    session: Session,
    change: Change,
    plan: t.Plan,
    body: str,
    sitter: Sitter,
    valid_from: date,
    *,
    role: SeatRole = SeatRole.MEMBER,
    basis: SeatBasis = SeatBasis.NOMINATION,
    department: t.Department | None = None,
) -> t.Seat:
    """Somebody sits in a body from a day on; `department` is for whom, as DX推進リーダー do.

    Who sits there in another role goes on in this one, and a new chair lets the old one be a member. Raises
    `NotFound`, `Conflict`: `seats_of_teams`, `sitter_missing`, `address_not_readable`, `seat_department_missing`,
    `seat_twice`.
    """
    if body_of(plan, body).kind is BodyKind.TEAM:
        raise Conflict("seats_of_teams")
    _check(sitter)
    rules = plans.definition_of(plan).key_projects
    if rules is not None and body == rules.leaders and department is None:
        raise Conflict("seat_department_missing")
    seat = t.Seat(
        plan_id=plan.id,
        body=body,
        department_id=department.id if department else None,
        role=role,
        basis=basis,
        valid_from=valid_from,
    )
    _seat(seat, sitter)
    return _sit(session, change, seat)


def give_role(session: Session, change: Change, seat: t.Seat, role: SeatRole, on: date) -> t.Seat:
    """The holder of a seat goes on in another role from the day `on`; the seat in which they do.

    Raises `Conflict`: `seat_ended`, `seat_not_begun`.
    """
    if seat.role is role:
        return seat
    _still_open(seat)
    if on < seat.valid_from:
        raise Conflict("seat_not_begun")
    if not is_held(seat, on):
        raise Conflict("seat_ended")
    return _sit(session, change, _copy(seat, on, role=role))


def end(session: Session, change: Change, seat: t.Seat, on: date, reason: str) -> None:
    """A seat ends: `on` is its last day, and nobody is looked for. Before its first day: it was never taken.

    Raises `Conflict`: `reason_missing`, `seat_ended`.
    """
    if not reason.strip():
        raise Conflict("reason_missing")
    _still_open(seat)
    _close(session, seat, on)
    seat.left_reason = reason.strip()
    session.add(seat)
    _settle(session, change, seat)
    _write(session, change, "seat.ended", seat, on=on.isoformat(), reason=seat.left_reason)


def replace(session: Session, change: Change, seat: t.Seat, successor: Sitter, on: date) -> t.Seat:
    """Somebody follows in a seat, with its role: `on` is their first day, the day before the last of the holder.

    Raises `Conflict`: `sitter_missing`, `address_not_readable`, `seat_ended`, `seat_not_begun`,
    `successor_is_holder`, `seat_twice`, `team_dissolved`.
    """
    _check(successor)
    _still_open(seat)
    if on < seat.valid_from:
        raise Conflict("seat_not_begun")
    next_seat = _copy(seat, on)
    _seat(next_seat, successor)
    if _is_same_person(next_seat, seat):
        raise Conflict("successor_is_holder")
    if seat.team_id is not None and session.get_one(t.ProjectTeam, seat.team_id).dissolved_on is not None:
        raise Conflict("team_dissolved")
    _close(session, seat, on - _DAY)
    next_seat = _sit(session, change, next_seat)
    _follow(session, change, seat, next_seat)
    _write(session, change, "seat.replaced", seat, by=next_seat.id, on=on.isoformat())
    return next_seat


def leave_vacant(session: Session, change: Change, seat: t.Seat, reason: str, today: date) -> None:
    """Nobody follows: a seat that is still held ends today. Raises `Conflict`: `reason_missing`, `seat_ended`."""
    if not reason.strip():
        raise Conflict("reason_missing")
    _still_open(seat)
    _close(session, seat, today)
    seat.left_reason = reason.strip()
    session.add(seat)
    _settle(session, change, seat)
    _write(session, change, "seat.left_vacant", seat, reason=seat.left_reason)


def stay(session: Session, change: Change, seat: t.Seat, reason: str, today: date) -> None:
    """The holder goes on in spite of the transfer, and nobody is looked for any more.

    Raises `Conflict`: `reason_missing`, `seat_ended`, `no_successor_wanted`.
    """
    if not reason.strip():
        raise Conflict("reason_missing")
    _still_open(seat)
    if not wants_successor(seat):
        raise Conflict("no_successor_wanted")
    if seat.valid_until is not None and seat.valid_until < today:
        raise Conflict("seat_ended")
    seat.successor_wanted_on = None
    session.add(seat)
    _settle(session, change, seat)
    _write(session, change, "seat.goes_on", seat, reason=reason.strip())


def _sit(session: Session, change: Change, seat: t.Seat) -> t.Seat:
    """Store a seat; another one of the same person there ends the day before and goes on in it."""
    others = _others(session, seat)
    own = [other for other in others if _is_same_person(other, seat) and other.department_id == seat.department_id]
    if any(other.role is seat.role for other in own):
        raise Conflict("seat_twice")
    session.add(seat)
    session.flush()
    for other in own:
        _follow(session, change, other, seat)
    _write(session, change, "seat.taken", seat, role=seat.role.value, who=seat.user_id or seat.name)
    if seat.role is SeatRole.CHAIR:
        for other in others:
            if other.role is SeatRole.CHAIR and other not in own:
                _let_chair_go(session, change, other, seat)
    return seat


def _let_chair_go(session: Session, change: Change, before: t.Seat, chair: t.Seat) -> None:
    """Who led so far is a member from then on, or gone where a successor was looked for."""
    if wants_successor(before):
        _follow(session, change, before, chair)
    else:
        give_role(session, change, before, SeatRole.MEMBER, max(chair.valid_from, before.valid_from))


def _follow(session: Session, change: Change, seat: t.Seat, by: t.Seat) -> None:
    _close(session, seat, by.valid_from - _DAY)
    seat.replaced_by_id = by.id
    session.add(seat)
    session.flush()
    _settle(session, change, seat)


def _others(session: Session, seat: t.Seat) -> list[t.Seat]:
    """The seats of the same body or team that are held when this one begins or later."""
    query = select(t.Seat).where(
        t.Seat.plan_id == seat.plan_id,
        t.Seat.body == seat.body,
        col(t.Seat.team_id).is_(None) if seat.team_id is None else col(t.Seat.team_id) == seat.team_id,
        or_(col(t.Seat.valid_until).is_(None), col(t.Seat.valid_until) >= seat.valid_from),
    )
    return [other for other in session.exec(query.order_by(col(t.Seat.id))) if other.id != seat.id]


def _copy(seat: t.Seat, on: date, **different: object) -> t.Seat:
    kept = seat.model_dump(
        include={*t.Seat.model_fields} - {"id", "municipality_id", "left_reason", "successor_wanted_on"}
    )
    return t.Seat(**{**kept, "valid_from": on, "valid_until": None, "replaced_by_id": None, **different})


def _seat(seat: t.Seat, sitter: Sitter) -> None:
    """Who has an account is named by it alone."""
    has_account = sitter.user is not None
    seat.user_id, seat.post = sitter.user, sitter.post.strip()
    seat.name, seat.email = ("", "") if has_account else (sitter.name.strip(), address(sitter.email))


def _check(sitter: Sitter) -> None:
    if sitter.user is None and not sitter.name.strip():
        raise Conflict("sitter_missing")
    if sitter.user is None and sitter.email.strip() and not is_address(sitter.email):
        raise Conflict("address_not_readable")


def _still_open(seat: t.Seat) -> None:
    if seat.replaced_by_id is not None or seat.left_reason:
        raise Conflict("seat_ended")


def _close(session: Session, seat: t.Seat, last_day: date) -> None:
    """One that ended already stays as it ended."""
    ends = max(last_day, seat.valid_from - _DAY)
    seat.valid_until = ends if seat.valid_until is None else min(seat.valid_until, ends)
    session.add(seat)
    session.flush()


def _settle(session: Session, change: Change, seat: t.Seat) -> None:
    wanted = inquiries.about(session, InquiryKind.SUCCESSOR, seat.id)
    if wanted is not None:
        clock = plans.clock_of(session.get_one(t.Plan, seat.plan_id), change.at)
        inquiries.settle(session, change, wanted, clock.today(change.at))


def _is_same_person(one: t.Seat, other: t.Seat) -> bool:
    return (one.user_id, one.name, one.email) == (other.user_id, other.name, other.email)


def _write(session: Session, change: Change, action: str, seat: t.Seat, **detail: object) -> None:
    plan = session.get_one(t.Plan, seat.plan_id)
    audit.write(session, change, action, f"plan/{plan.code}", body=seat.body, seat=seat.id, **detail)
