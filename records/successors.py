"""後任: which seats want a successor when their holder is transferred or leaves (人事異動), and the search for one.

Who was nominated sits on until a successor is named or the seat is left vacant; who sits by office or rank, and
whoever leaves altogether, does not. All of it is Meguru's own default (`domain/seat.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.identifiers import successor_id
from domain.inquiry import InquiryKind
from domain.orders import InquiryOrder
from domain.reference import Body
from domain.seat import ENDS_AT_ONCE, HeldPost, goes_on
from japan_calendar import business_calendar
from records import audit, department_tree, inquiries, outbox, people, plans
from records.change import Change
from records.succession import is_held_from

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LeftSeat:
    """A seat that wants a successor; `ends`: its holder does not sit on until there is one."""

    seat: t.Seat
    plan: t.Plan
    body: Body
    team: t.ProjectTeam | None
    ends: bool


def left_seats(
    session: Session,
    user: t.User,
    before: Collection[HeldPost],
    after: Collection[HeldPost],
    day_of: Callable[[t.Plan], date],
    *,
    leaves_altogether: bool = False,
) -> list[LeftSeat]:
    """The seats in which a person does not go on, by the posts held before a transfer and after it.

    `day_of` gives the first day afterwards as a plan counts it.
    """
    found = []
    below: dict[int, frozenset[int]] = {}
    for seat in session.exec(select(t.Seat).where(t.Seat.user_id == user.id).order_by(col(t.Seat.id))).all():
        plan = session.get_one(t.Plan, seat.plan_id)
        day = day_of(plan)
        if seat.replaced_by_id is not None or seat.left_reason or not _lasts(seat, day):
            continue
        body = next((b for b in plans.definition_of(plan).bodies if b.code == seat.body), None)
        if body is None or (body.valid_until is not None and body.valid_until < day):
            continue
        below = below or department_tree.below(session)
        sits_for = below.get(seat.department_id, frozenset()) if seat.department_id is not None else frozenset()
        if leaves_altogether or not goes_on(seat.basis, frozenset(before), frozenset(after), sits_for):
            team = session.get_one(t.ProjectTeam, seat.team_id) if seat.team_id is not None else None
            found.append(LeftSeat(seat, plan, body, team, leaves_altogether or seat.basis in ENDS_AT_ONCE))
    return found


def want_successors(
    session: Session,
    change: Change,
    user: t.User,
    left: Sequence[t.Appointment],
    today: date,
    *,
    leaves_altogether: bool = False,
) -> list[t.Seat]:
    """Look for successors in the seats of somebody whose appointments `left` have ended; those newly looked for.

    A seat that wants one already is not asked for again; it ends where its holder leaves altogether. `today` is the
    real day, by which transfers go; each search runs by the days of its plan.
    """
    if not left:
        return []
    last_day = max(a.valid_until or today for a in left)
    held = session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).all()
    before = {_post(a) for a in held if a.valid_from <= last_day and is_held_from(a, last_day)}
    after = {_post(a) for a in held if a.valid_from <= today and is_held_from(a, today)}

    def day_of(plan: t.Plan) -> date:
        return plans.clock_of(plan, change.at).today(change.at)

    wanted = []
    for one in left_seats(session, user, before, after, day_of, leaves_altogether=leaves_altogether):
        if one.ends:
            last = max(min(last_day, day_of(one.plan) - _DAY), one.seat.valid_from - _DAY)
            one.seat.valid_until = last if one.seat.valid_until is None else min(last, one.seat.valid_until)
            session.add(one.seat)
        if one.seat.successor_wanted_on is None:
            _look_for_successor(session, change, one, day_of(one.plan))
            wanted.append(one.seat)
    session.flush()
    return wanted


def obvious(session: Session, seat: t.Seat, day: date) -> list[t.User]:
    """Who holds today the posts that the holder of a seat left last: the first to think of as successors."""
    ended = (
        select(t.Appointment)
        .where(t.Appointment.user_id == seat.user_id, col(t.Appointment.valid_until) < day)
        .order_by(col(t.Appointment.valid_until).desc())
    )
    posts = list(session.exec(ended)) if seat.user_id is not None else []
    query = select(t.User).join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
    found: dict[int, t.User] = {}
    for post in (p for p in posts if p.valid_until == posts[0].valid_until):
        there = query.where(
            t.Appointment.department_id == post.department_id,
            t.Appointment.rank == post.rank,
            t.Appointment.valid_from <= day,
            or_(col(t.Appointment.valid_until).is_(None), col(t.Appointment.valid_until) >= day),
            t.User.id != seat.user_id,
            col(t.User.is_active),
        )
        found |= {user.id: user for user in session.exec(there.order_by(t.User.email))}
    return list(found.values())


def _look_for_successor(session: Session, change: Change, left: LeftSeat, today: date) -> None:
    seat, plan = left.seat, left.plan
    seat.successor_wanted_on = today
    session.add(seat)
    detail = {"body": seat.body, "seat": seat.id, "until": seat.valid_until.isoformat() if seat.valid_until else None}
    audit.write(session, change, "seat.successor_wanted", f"plan/{plan.code}", **detail)
    rules = plans.definition_of(plan).key_projects
    if rules is None:  # no ladder to remind by: it is shown on the pages alone
        return
    workflow_id = successor_id(people.municipality_code(session, plan.municipality_id), plan.code, seat.id, today)
    calendar = business_calendar(range(today.year - 1, today.year + 3))
    due_on = calendar.shift(today, rules.successor.due_after_days)
    inquiries.open_inquiry(session, plan, InquiryKind.SUCCESSOR, workflow_id, today, due_on, seat_id=seat.id)
    order = InquiryOrder(plan.municipality_id, workflow_id, plans.clock_of(plan, change.at))
    outbox.start_inquiry(session, change, workflow_id, order)


def _lasts(seat: t.Seat, day: date) -> bool:
    """Whether a seat is held on a day or will be; one that ends before it begins was never taken."""
    return seat.valid_until is None or (seat.valid_until >= day and seat.valid_until >= seat.valid_from)


def _post(appointment: t.Appointment) -> HeldPost:
    return HeldPost(appointment.department_id, appointment.rank)
