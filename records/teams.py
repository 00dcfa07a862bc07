"""プロジェクトチーム: founding and dissolving one, who is in it, and what that lets a person do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.inquiry import InquiryKind
from domain.key_project import ProjectState
from domain.orders import ProjectOrder
from domain.project_rights import ProjectRights
from domain.roles import Actor
from records import audit, inquiries, key_projects, outbox, plans
from records.change import Change, Conflict, NotFound


@dataclass(frozen=True)
class TeamMember:
    """Who is to sit in a team: somebody with an account, or a name (an expert from outside)."""

    role: SeatRole
    user: int | None = None
    name: str = ""
    email: str = ""
    post: str = ""


@dataclass(frozen=True)
class TeamDecision:
    """What stands behind founding or dissolving a team: the reason, the body that decided ("" none) and its matter."""

    reason: str
    body: str = ""
    matter: int | None = None


def found(
    session: Session,
    change: Change,
    project: t.KeyProject,
    name: str,
    members: Sequence[TeamMember],
    decision: TeamDecision,
    on: date,
    today: date,
) -> t.ProjectTeam:
    """Found the team of a project, which runs from then on.

    Raises `Conflict`: `project_ended`, `team_exists`, `team_name_missing`, `founding_ahead`, `reason_missing`,
    `leader_missing`.
    """
    if project.state is ProjectState.ENDED:
        raise Conflict("project_ended")
    if of_day(session, project, on) is not None:
        raise Conflict("team_exists")
    if not name.strip():
        raise Conflict("team_name_missing")
    if on > today:
        raise Conflict("founding_ahead")
    if not decision.reason.strip():
        raise Conflict("reason_missing")
    if not any(member.role is SeatRole.LEADER for member in members):
        raise Conflict("leader_missing")
    team = t.ProjectTeam(
        project_id=project.id,
        name=name,
        founded_on=on,
        founded_reason=decision.reason,
        founded_by=decision.body,
        founded_matter_id=decision.matter,
    )
    session.add(team)
    session.flush()
    for member in members:
        add(session, change, project, team, member, on)
    _run(session, change, project, on, today)
    audit.write(session, change, "team.founded", project.workflow_id, name=name, on=on.isoformat(), by=decision.body)
    return team


def dissolve(
    session: Session,
    change: Change,
    project: t.KeyProject,
    team: t.ProjectTeam,
    decision: TeamDecision,
    on: date,
    today: date,
) -> None:
    """Dissolve a team: `on` is its last day; its seats end, and nobody looks for successors any more.

    Raises `Conflict`: `team_dissolved`, `dissolution_ahead`, `dissolved_before_founding`, `reason_missing`.
    """
    if team.dissolved_on is not None:
        raise Conflict("team_dissolved")
    if on > today:
        raise Conflict("dissolution_ahead")
    if on < team.founded_on:
        raise Conflict("dissolved_before_founding")
    if not decision.reason.strip():
        raise Conflict("reason_missing")
    team.dissolved_on, team.dissolved_reason = on, decision.reason
    team.dissolved_by, team.dissolved_matter_id = decision.body, decision.matter
    session.add(team)
    for seat in seats_of(session, team):
        if seat.valid_until is None or seat.valid_until > on:
            seat.valid_until = on
        if seat.successor_wanted_on is not None and seat.replaced_by_id is None and not seat.left_reason:
            seat.left_reason = decision.reason
        session.add(seat)
        wanted = inquiries.about(session, InquiryKind.SUCCESSOR, seat.id)
        if wanted is not None:
            inquiries.settle(session, change, wanted, today)
    key_projects.tell(session, change, project, today)
    audit.write(session, change, "team.dissolved", project.workflow_id, name=team.name, on=on.isoformat())


def add(
    session: Session, change: Change, project: t.KeyProject, team: t.ProjectTeam, member: TeamMember, on: date
) -> t.Seat:
    """Somebody joins a team. Raises `Conflict`: `team_dissolved`, `member_missing`, `member_twice`, `leader_twice`."""
    if team.dissolved_on is not None:
        raise Conflict("team_dissolved")
    if member.user is None and not member.name.strip():
        raise Conflict("member_missing")
    there = seats_on(session, team, on)
    if member.user is not None and any(seat.user_id == member.user for seat in there):
        raise Conflict("member_twice")
    if member.role is SeatRole.LEADER and any(seat.role is SeatRole.LEADER for seat in there):
        raise Conflict("leader_twice")
    plan = key_projects.plan_of(session, project)
    seat = t.Seat(
        plan_id=plan.id,
        body=key_projects.rules_of(plan).team,
        team_id=team.id,
        user_id=member.user,
        name=member.name,
        email=member.email,
        post=member.post,
        role=member.role,
        basis=SeatBasis.NOMINATION,
        valid_from=on,
    )
    session.add(seat)
    session.flush()
    audit.write(session, change, "team.joined", project.workflow_id, seat=seat.id, role=member.role.value)
    return seat


def find(session: Session, team_id: int) -> t.ProjectTeam:
    team = session.get(t.ProjectTeam, team_id)
    if team is None:
        raise NotFound(f"team {team_id}")
    return team


def of_project(session: Session, project: t.KeyProject) -> Sequence[t.ProjectTeam]:
    """The teams of a project, the latest first."""
    query = select(t.ProjectTeam).where(t.ProjectTeam.project_id == project.id)
    return session.exec(query.order_by(col(t.ProjectTeam.founded_on).desc(), col(t.ProjectTeam.id).desc())).all()


def of_day(session: Session, project: t.KeyProject, day: date) -> t.ProjectTeam | None:
    """The team that works on a project on a day, if any."""
    return next(
        (
            team
            for team in of_project(session, project)
            if team.founded_on <= day and (team.dissolved_on is None or day <= team.dissolved_on)
        ),
        None,
    )


def seats_of(session: Session, team: t.ProjectTeam) -> Sequence[t.Seat]:
    """Every seat a team has or had: the leader first, then in the order they joined."""
    seats = session.exec(select(t.Seat).where(t.Seat.team_id == team.id).order_by(col(t.Seat.id))).all()
    return sorted(seats, key=lambda seat: _ORDER.index(seat.role))


def seats_on(session: Session, team: t.ProjectTeam, day: date) -> list[t.Seat]:
    """The seats that are held on a day."""
    return [
        seat
        for seat in seats_of(session, team)
        if seat.valid_from <= day and (seat.valid_until is None or day <= seat.valid_until)
    ]


def rights_of(session: Session, project: t.KeyProject, actor: Actor, day: date) -> ProjectRights:
    """What a person may do in a project on a day."""
    query = (
        select(t.Seat)
        .join(t.ProjectTeam, col(t.ProjectTeam.id) == col(t.Seat.team_id))
        .where(
            t.ProjectTeam.project_id == project.id,
            t.Seat.user_id == actor.user,
            t.Seat.valid_from <= day,
            or_(col(t.Seat.valid_until).is_(None), col(t.Seat.valid_until) >= day),
        )
    )
    return ProjectRights(frozenset(seat.role for seat in session.exec(query)), actor.is_planning)


def plans_of(session: Session, user: int) -> Sequence[t.Plan]:
    """The plans in whose teams a person has or had a seat, by code."""
    seated = select(t.Seat.plan_id).where(t.Seat.user_id == user, col(t.Seat.team_id).is_not(None))
    return session.exec(select(t.Plan).where(col(t.Plan.id).in_(seated)).order_by(col(t.Plan.code))).all()


def projects_of(session: Session, user: int, day: date) -> list[t.KeyProject]:
    """The projects in whose team a person sits on a day, by code."""
    query = (
        select(t.KeyProject)
        .join(t.ProjectTeam, col(t.ProjectTeam.project_id) == col(t.KeyProject.id))
        .join(t.Seat, col(t.Seat.team_id) == col(t.ProjectTeam.id))
        .where(
            t.Seat.user_id == user,
            t.Seat.valid_from <= day,
            or_(col(t.Seat.valid_until).is_(None), col(t.Seat.valid_until) >= day),
        )
        .order_by(col(t.KeyProject.code))
    )
    return list(session.exec(query.distinct()))


_ORDER = (SeatRole.CHAIR, SeatRole.LEADER, SeatRole.SUB_LEADER, SeatRole.MEMBER)


def _run(session: Session, change: Change, project: t.KeyProject, on: date, today: date) -> None:
    """The first team lets the project run; a later one takes it over."""
    if project.state is ProjectState.RUNNING:
        key_projects.tell(session, change, project, today)
        return
    project.state, project.begun_on, project.cadence_since = ProjectState.RUNNING, on, on
    session.add(project)
    plan = key_projects.plan_of(session, project)
    order = ProjectOrder(plan.municipality_id, project.id, plans.clock_of(plan, change.at))
    outbox.start_project(session, change, project.workflow_id, order)
