"""What the pages of key projects show: a plan's projects at a glance, whose turn it is, and one project's parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain import inquiry
from domain.body import LEADING, SeatRole
from domain.calendar import BusinessCalendar
from domain.inquiry import InquiryKind, NextInquiryStep
from domain.key_project import CheckInState, KeyProjectRules, RouteOutcome, TrialResult
from domain.ladder import Rank
from domain.matter import MatterState
from records import check_ins, inquiries, key_projects, matters, plan_pages, route, seats, teams, trials
from records.check_ins import Call
from records.plan_pages import Placed

STATE, DECISION_WANTED = "state", "decision_wanted"
"""Questions by which a check-in says where the project stands and what it wants decided; a set without them says less.

The choices of the second are those of `RouteOutcome`.
"""


@dataclass(frozen=True)
class Holder:
    """Who sits in a team: an account with the posts of the day, or a name alone."""

    seat: t.Seat
    user: t.User | None
    posts: tuple[tuple[Rank, t.Department], ...]

    @property
    def wants_successor(self) -> bool:
        return seats.wants_successor(self.seat)

    def has_rank(self, rank: Rank | None) -> bool:
        """Whether the holder has the rank that a rule names (None: any); of a name alone nobody knows."""
        return rank is None or self.user is None or any(held is rank for held, _ in self.posts)


@dataclass(frozen=True)
class Glance:
    """A project in a list. `latest` is the check-in answered last, `asked` the one that is open.

    `trials` counts by result (None: still running); `before` are the matters that wait, with the turn they wait for.
    """

    project: t.KeyProject
    states: tuple[t.Node, ...]
    team: t.ProjectTeam | None
    leaders: tuple[Holder, ...]
    vacant: tuple[Holder, ...]
    latest: t.CheckIn | None
    asked: t.CheckIn | None
    next_call: Call | None
    trials: Mapping[TrialResult | None, int]
    before: tuple[tuple[t.Matter, t.MatterStage], ...]
    today: date

    @property
    def is_late(self) -> bool:
        return self.asked is not None and self.asked.due_on < self.today

    @property
    def trials_ended(self) -> int:
        return sum(n for result, n in self.trials.items() if result is not None)

    def state_in_words(self, language: str) -> str:
        """Where the project stands by its last check-in, "" where none says it."""
        return "" if self.latest is None else said(self.latest, STATE, language)


@dataclass(frozen=True)
class OfTheme:
    """The projects that serve a theme or a state below it, and the states that no project serves yet."""

    theme: Placed
    projects: tuple[Glance, ...]
    unserved: tuple[Placed, ...]


@dataclass(frozen=True)
class Turn:
    """What a project waits for, with the next step of its ladder (None: no more mail)."""

    row: t.Inquiry
    next: NextInquiryStep | None


@dataclass(frozen=True)
class OfPerson:
    """A project in whose team somebody sits, with the check-in that waits for them."""

    project: t.KeyProject
    plan: t.Plan
    asked: t.CheckIn | None
    is_late: bool


@dataclass(frozen=True)
class FollowUp:
    """What a check-in wants decided, and what came of it: a decision, a matter, or nothing yet."""

    wanted: RouteOutcome
    decision: t.RouteDecision | None
    matter: t.Matter | None

    @property
    def is_open(self) -> bool:
        return self.decision is None and self.matter is None


@dataclass(frozen=True)
class TeamTold:
    """A team with everybody who sits or sat in it."""

    team: t.ProjectTeam
    sitting: tuple[Holder, ...]
    left: tuple[Holder, ...]

    @property
    def leader(self) -> Holder | None:
        return next((holder for holder in self.sitting if holder.seat.role is SeatRole.LEADER), None)


@dataclass(frozen=True)
class MeasuredBy:
    """An indicator of a project with its values, the oldest first."""

    indicator: t.ProjectIndicator
    figures: tuple[t.ProjectFigure, ...]


@dataclass(frozen=True)
class GoalHeld:
    """A goal and the days it held; `until` None: it is the goal of now, or was when the project ended."""

    goal: str
    since: date
    until: date | None


def glance(session: Session, project: t.KeyProject, today: date, calendar: BusinessCalendar) -> Glance:
    answered = [c for c in check_ins.of_project(session, project) if c.state is CheckInState.SUBMITTED]
    team = teams.of_day(session, project, today)
    sitting = holders(session, teams.seats_on(session, team, today), today) if team else ()
    return Glance(
        project=project,
        states=tuple(key_projects.served_by(session, project, today)),
        team=team,
        leaders=tuple(holder for holder in sitting if holder.seat.role in LEADING),
        vacant=vacant(session, team, today) if team else (),
        latest=answered[-1] if answered else None,
        asked=check_ins.open_of(session, project),
        next_call=check_ins.next_call(session, project, calendar),
        trials=Counter(trial.result for trial in trials.of_project(session, project)),
        before=tuple(
            (matter, matters.waiting_stage(session, matter))
            for matter in matters.of_project(session, project)
            if matter.state is MatterState.PENDING
        ),
        today=today,
    )


def of_plan(session: Session, plan: t.Plan, today: date, calendar: BusinessCalendar) -> tuple[Glance, ...]:
    """The projects of a plan, by code."""
    return tuple(glance(session, project, today, calendar) for project in key_projects.of_plan(session, plan))


def by_theme(tree: Sequence[Placed], glances: Sequence[Glance]) -> tuple[OfTheme, ...]:
    """The projects under each theme; one that serves two themes stands under both."""
    served = {node.id for one in glances for node in one.states}
    found = []
    for theme in tree:
        under = plan_pages.everything([theme])
        ids = {placed.row.id for placed in under}
        found.append(
            OfTheme(
                theme,
                tuple(one for one in glances if ids & {node.id for node in one.states}),
                tuple(p for p in under if p.row.is_reported and p.row.id not in served),
            )
        )
    return tuple(found)


def turns(session: Session, one: Glance, rules: KeyProjectRules, calendar: BusinessCalendar) -> tuple[Turn, ...]:
    """What a project waits for: its check-in, its matters, successors; each with the next step of its ladder."""
    about = [(InquiryKind.CHECK_IN, one.asked.id)] if one.asked is not None else []
    about += [(InquiryKind.MATTER, stage.id) for _, stage in one.before]
    about += [(InquiryKind.SUCCESSOR, holder.seat.id) for holder in one.vacant]
    rows = (inquiries.about(session, kind, subject) for kind, subject in about)
    return tuple(
        Turn(row, inquiry.next_step(inquiries.value_of(row), rules.ladders, calendar))
        for row in rows
        if row is not None and row.settled_on is None
    )


def of_person(session: Session, user: int, day_of: Callable[[t.Plan], date]) -> tuple[OfPerson, ...]:
    """The projects in whose teams somebody sits, those that wait for an answer first."""
    found = []
    for plan in teams.plans_of(session, user):
        today = day_of(plan)
        for project in teams.projects_of(session, user, today):
            if project.plan_id == plan.id:
                asked = check_ins.open_of(session, project)
                found.append(OfPerson(project, plan, asked, asked is not None and asked.due_on < today))
    return tuple(sorted(found, key=lambda one: one.asked.due_on if one.asked else date.max))


def holders(session: Session, held: Sequence[t.Seat], day: date) -> tuple[Holder, ...]:
    """Who sits in seats, with the posts that they hold on a day."""
    return tuple(Holder(seat, *_account(session, seat.user_id, day)) for seat in held)


def vacant(session: Session, team: t.ProjectTeam, day: date) -> tuple[Holder, ...]:
    """The seats of a team for which somebody must still say who follows."""
    return holders(session, [seat for seat in teams.seats_of(session, team) if seats.wants_successor(seat)], day)


def teams_of(session: Session, project: t.KeyProject, day: date) -> tuple[TeamTold, ...]:
    """The teams of a project, the latest first; of one that was dissolved everybody has left."""
    found = []
    for team in teams.of_project(session, project):
        told = holders(session, teams.seats_of(session, team), day)
        is_over = team.dissolved_on is not None and team.dissolved_on < day
        left = tuple(h for h in told if is_over or not _is_still_to_end(h.seat, day))
        found.append(TeamTold(team, tuple(h for h in told if h not in left), left))
    return tuple(found)


def indicators_of(session: Session, project: t.KeyProject) -> tuple[MeasuredBy, ...]:
    figures = key_projects.figures_of(session, project)
    return tuple(
        MeasuredBy(one, tuple(figure for figure in figures if figure.indicator_id == one.id))
        for one in key_projects.indicators_of(session, project)
    )


def follow_up(session: Session, check_in: t.CheckIn) -> FollowUp | None:
    """What a check-in that was answered wants decided; None where the team goes on as before."""
    answer = check_in.answers.get(DECISION_WANTED, "")
    if check_in.state is not CheckInState.SUBMITTED or answer not in set(RouteOutcome) - {RouteOutcome.CONTINUE}:
        return None
    decided = select(t.RouteDecision).where(t.RouteDecision.check_in_id == check_in.id)
    raised = select(t.Matter).where(t.Matter.check_in_id == check_in.id)
    return FollowUp(
        RouteOutcome(answer),
        session.exec(decided.order_by(col(t.RouteDecision.id).desc())).first(),
        session.exec(raised.order_by(col(t.Matter.id).desc())).first(),
    )


def goals_of(session: Session, project: t.KeyProject) -> tuple[GoalHeld, ...]:
    """Every goal that a project had, the first one first."""
    changed = [(project.first_goal, project.opened_on)]
    for decision in route.of_project(session, project):
        if decision.goal != changed[-1][0]:
            changed.append((decision.goal, decision.decided_on))
    ends = [since for _, since in changed[1:]]
    return tuple(GoalHeld(goal, since, until) for (goal, since), until in zip(changed, [*ends, None], strict=True))


def said(check_in: t.CheckIn, question_id: str, language: str) -> str:
    """An answer in words: the label of a choice; "" where it was not asked or not answered."""
    answer = str(check_in.answers.get(question_id, ""))
    asked = (q for q in check_ins.questions_of(check_in).questions if q.id == question_id)
    return next((q.choice_label(answer, language) if answer else "" for q in asked), "")


def accounts(session: Session) -> Sequence[t.User]:
    """Everybody who could sit in a team, by name."""
    return session.exec(select(t.User).where(col(t.User.is_active)).order_by(t.User.name, t.User.email)).all()


def _is_still_to_end(seat: t.Seat, day: date) -> bool:
    return seat.valid_until is None or day <= seat.valid_until


def _account(
    session: Session, user_id: int | None, day: date
) -> tuple[t.User | None, tuple[tuple[Rank, t.Department], ...]]:
    if user_id is None:
        return None, ()
    query = (
        select(t.Appointment, t.Department)
        .join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
        .where(
            t.Appointment.user_id == user_id,
            t.Appointment.valid_from <= day,
            or_(col(t.Appointment.valid_until).is_(None), col(t.Appointment.valid_until) >= day),
        )
        .order_by(col(t.Appointment.id))
    )
    held = session.exec(query).all()
    return session.get_one(t.User, user_id), tuple((appointment.rank, department) for appointment, department in held)
