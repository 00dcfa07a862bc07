"""What the pages of bodies show: who sits where today and who did, what wants a successor, who has no leader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.body import LEADING
from domain.inquiry import InquiryKind
from domain.ladder import Rank
from domain.plan import PlanDefinition
from domain.reference import Body, BodyKind
from records import leaders, plans, seats, secretariats
from records.project_pages import Holder

_FROM_ABOVE = tuple(reversed(Rank))


@dataclass(frozen=True)
class TeamOfBody:
    """A project team with the project it works on."""

    team: t.ProjectTeam
    project: t.KeyProject
    sitting: tuple[Holder, ...]


@dataclass(frozen=True)
class SeenBody:
    """A body as its plan says it (`said`) and as it is filled on a day.

    `sitting` hold their seats on the day or will, `former` do no longer. `secretariat` None: the planning division.
    `departments` are those for which seats are held, by id.
    """

    said: Body
    assists: Body | None
    sitting: tuple[Holder, ...]
    former: tuple[Holder, ...]
    teams: tuple[TeamOfBody, ...]
    secretariat: t.Department | None
    departments: Mapping[int, t.Department]

    @property
    def has_seats(self) -> bool:
        """Whether people sit in it by name: a section is its department, teams and their leaders are the teams'."""
        return self.said.kind in (BodyKind.BODY, BodyKind.OFFICE) and not self.is_of_teams

    @property
    def is_of_teams(self) -> bool:
        """Whether its people are those of the project teams, all of them or who leads one."""
        return self.said.kind is BodyKind.TEAM or self.leads_teams

    @property
    def leads_teams(self) -> bool:
        return self.said.kind is BodyKind.OFFICE and any(rule.role in LEADING for rule in self.said.members)


@dataclass(frozen=True)
class WantedSeat:
    """A seat that may want a successor, with the day by which its ladder expects one (None: nothing reminds of it).

    `department` is the one for which it is held, if any.
    """

    holder: Holder
    body: Body
    team: TeamOfBody | None
    department: t.Department | None
    due_on: date | None


@dataclass(frozen=True)
class Vacancies:
    """What the desk is told of a plan's bodies."""

    wanted: tuple[WantedSeat, ...]
    without_leader: tuple[t.Department, ...]
    leaders: Body | None
    """The body in which each department has somebody, None where the plan asks for none."""


def of_plan(session: Session, plan: t.Plan, day: date) -> tuple[SeenBody, ...]:
    """The bodies of a plan in their order; the number of queries does not depend on theirs."""
    definition = plans.definition_of(plan)
    everybody = _holders(session, plan, day)
    teams = _teams(session, plan, everybody, day)
    keepers = secretariats.of_plan(session, plan, day)
    departments = _departments(session, (h.seat.department_id for h in everybody))
    by_body: dict[str, list[Holder]] = defaultdict(list)
    for holder in everybody:
        if holder.seat.team_id is None:
            by_body[holder.seat.body].append(holder)
    found = []
    for body in definition.bodies:
        mine = by_body[body.code]
        seen = SeenBody(
            said=body,
            assists=_body(definition, body.assists),
            sitting=tuple(h for h in mine if not _is_over(h.seat, day)),
            former=tuple(reversed([h for h in mine if _is_over(h.seat, day) and _was_taken(h.seat)])),
            teams=(),
            secretariat=keepers.get(body.code),
            departments=departments,
        )
        found.append(_with_teams(seen, teams) if seen.is_of_teams else seen)
    return tuple(found)


def seen_body(session: Session, plan: t.Plan, code: str, day: date) -> SeenBody:
    """One body of a plan. Raises `NotFound`."""
    seats.body_of(plan, code)
    return next(seen for seen in of_plan(session, plan, day) if seen.said.code == code)


def seen_seat(session: Session, seat: t.Seat, day: date) -> WantedSeat:
    """One seat with who holds it, whether it wants a successor or not."""
    plan = session.get_one(t.Plan, seat.plan_id)
    return _wanted(session, plan, [seat], day)[0]


def vacancies_of(session: Session, days: Iterable[tuple[t.Plan, date]]) -> dict[int, Vacancies]:
    """Plan → what its bodies lack on its day; most plans have no bodies of people, and cost no query."""
    wanting = set(session.exec(select(t.Seat.plan_id).where(col(t.Seat.successor_wanted_on).is_not(None)).distinct()))

    def may_lack(plan: t.Plan) -> bool:
        rules = plans.definition_of(plan).key_projects
        return plan.id in wanting or (rules is not None and bool(rules.leaders))

    none = Vacancies(wanted=(), without_leader=(), leaders=None)
    return {plan.id: vacancies(session, plan, day) if may_lack(plan) else none for plan, day in days}


def vacancies(session: Session, plan: t.Plan, day: date) -> Vacancies:
    """What the bodies of a plan lack on a day: successors, and leaders for departments."""
    wanted = session.exec(
        select(t.Seat)
        .where(t.Seat.plan_id == plan.id, col(t.Seat.successor_wanted_on).is_not(None))
        .order_by(col(t.Seat.successor_wanted_on), col(t.Seat.id))
    ).all()
    definition = plans.definition_of(plan)
    rules = definition.key_projects
    return Vacancies(
        wanted=tuple(_wanted(session, plan, [seat for seat in wanted if seats.wants_successor(seat)], day)),
        without_leader=tuple(leaders.departments_without(session, plan, day)),
        leaders=_body(definition, rules.leaders) if rules else None,
    )


def accounts(session: Session, day: date) -> list[tuple[t.User, tuple[tuple[Rank, t.Department], ...]]]:
    """Everybody who may sign in, with the posts of the day: from whom a seat is filled."""
    users = session.exec(select(t.User).where(col(t.User.is_active)).order_by(t.User.name, t.User.email)).all()
    posts = _posts(session, [user.id for user in users], day)
    return [(user, posts[user.id]) for user in users]


def account_ids(session: Session) -> frozenset[int]:
    """Who may sign in, by id."""
    return frozenset(session.exec(select(t.User.id).where(col(t.User.is_active))))


def _wanted(session: Session, plan: t.Plan, rows: Sequence[t.Seat], day: date) -> list[WantedSeat]:
    if not rows:
        return []
    definition = plans.definition_of(plan)
    holders = _of_seats(session, rows, day)
    teams = {one.team.id: one for one in _teams(session, plan, holders, day, every=True)}
    query = select(t.Inquiry).where(
        t.Inquiry.kind == InquiryKind.SUCCESSOR,
        col(t.Inquiry.seat_id).in_([seat.id for seat in rows]),
        col(t.Inquiry.settled_on).is_(None),
    )
    due = {inquiry.seat_id: inquiry.due_on for inquiry in session.exec(query)}
    departments = _departments(session, (seat.department_id for seat in rows))
    return [
        WantedSeat(
            holder,
            body,
            teams.get(holder.seat.team_id or 0),
            departments.get(holder.seat.department_id or 0),
            due.get(holder.seat.id),
        )
        for holder in holders
        if (body := _body(definition, holder.seat.body)) is not None
    ]


def _holders(session: Session, plan: t.Plan, day: date) -> list[Holder]:
    """Everybody who has or had a seat of the plan, in the order in which pages name them."""
    rows = session.exec(select(t.Seat).where(t.Seat.plan_id == plan.id).order_by(col(t.Seat.id))).all()
    return _of_seats(session, seats.in_order(rows), day)


def _of_seats(session: Session, rows: Sequence[t.Seat], day: date) -> list[Holder]:
    ids = {seat.user_id for seat in rows if seat.user_id is not None}
    users = {user.id: user for user in session.exec(select(t.User).where(col(t.User.id).in_(ids)))}
    posts = _posts(session, ids, day)
    return [
        Holder(seat, users.get(seat.user_id or 0), posts[seat.user_id] if seat.user_id is not None else ())
        for seat in rows
    ]


def _posts(session: Session, users: Iterable[int], day: date) -> dict[int, tuple[tuple[Rank, t.Department], ...]]:
    """User → the posts held on a day, the highest first."""
    query = (
        select(t.Appointment, t.Department)
        .join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
        .where(
            col(t.Appointment.user_id).in_(users),
            t.Appointment.valid_from <= day,
            or_(col(t.Appointment.valid_until).is_(None), col(t.Appointment.valid_until) >= day),
        )
        .order_by(t.Department.code)
    )
    found: dict[int, list[tuple[Rank, t.Department]]] = defaultdict(list)
    for appointment, department in session.exec(query):
        found[appointment.user_id].append((appointment.rank, department))
    held = {user: tuple(sorted(several, key=lambda p: _FROM_ABOVE.index(p[0]))) for user, several in found.items()}
    return defaultdict(tuple, held)


def _teams(
    session: Session, plan: t.Plan, everybody: Sequence[Holder], day: date, *, every: bool = False
) -> list[TeamOfBody]:
    """The teams that work on a day (or all), with who sits in them."""
    query = (
        select(t.ProjectTeam, t.KeyProject)
        .join(t.KeyProject, col(t.KeyProject.id) == col(t.ProjectTeam.project_id))
        .where(t.KeyProject.plan_id == plan.id)
        .order_by(t.KeyProject.code, col(t.ProjectTeam.id))
    )
    return [
        TeamOfBody(
            team, project, tuple(h for h in everybody if h.seat.team_id == team.id and not _is_over(h.seat, day))
        )
        for team, project in session.exec(query)
        if every or (team.founded_on <= day and (team.dissolved_on is None or day <= team.dissolved_on))
    ]


def _with_teams(seen: SeenBody, teams: Sequence[TeamOfBody]) -> SeenBody:
    """The body of those who lead teams shows them alone."""
    if seen.leads_teams:
        teams = [replace(x, sitting=tuple(h for h in x.sitting if h.seat.role in LEADING)) for x in teams]
    return replace(seen, teams=tuple(teams))


def _departments(session: Session, ids: Iterable[int | None]) -> dict[int, t.Department]:
    query = select(t.Department).where(col(t.Department.id).in_({i for i in ids if i is not None}))
    return {department.id: department for department in session.exec(query)}


def _body(definition: PlanDefinition, code: str) -> Body | None:
    return next((body for body in definition.bodies if body.code == code), None)


def _is_over(seat: t.Seat, day: date) -> bool:
    return seat.valid_until is not None and seat.valid_until < day


def _was_taken(seat: t.Seat) -> bool:
    return seat.valid_until is None or seat.valid_from <= seat.valid_until
