"""What people do around one key project: each an act on an agenda. Who they are is the cast's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain.body import SeatRole
from domain.key_project import Cadence, EventKind, RouteStep
from domain.ladder import Rank
from domain.matter import MatterOutcome
from domain.project_rights import ProjectRights
from domain.trial import TrialTexts
from records import (
    check_ins,
    key_projects,
    matters,
    people,
    plans,
    route,
    seats,
    teams,
    transfers,
    trials,
    trigger_events,
)
from records.change import Change
from records.key_projects import ProjectTexts
from records.seats import Sitter
from records.teams import TeamDecision, TeamMember
from replay.agenda import Act, Moment


@dataclass(frozen=True)
class Cast:
    """Who plays, by mail address: the planning division, and the team with its leader first, then the sub-leader."""

    planner: str
    team: tuple[str, ...]

    @property
    def leader(self) -> str:
        return self.team[0]

    @property
    def writer(self) -> str:
        """Who writes for the team."""
        return self.team[-1]


@dataclass(frozen=True)
class ProjectActs:
    """The acts of one project of a plan, known by its code."""

    plan: str
    code: str
    cast: Cast

    def open(
        self,
        texts: ProjectTexts,
        goal: str,
        path: str,
        nodes: Sequence[str],
        cadence: Cadence,
        mark: str = "サンプル",
    ) -> Act:
        """The planning division writes the project down; `nodes` are codes of the edition in force."""

        def act(session: Session, moment: Moment) -> None:
            plan = self.plan_in(session)
            edition = plans.edition_in_force(session, plan, moment.today)
            served = [n.origin_id for n in plans.nodes_of(session, edition.id) if n.code in nodes and n.origin_id]
            change = moment.change(self.user(session, self.cast.planner))
            key_projects.open_project(
                session,
                change,
                plan,
                self.code,
                texts,
                goal,
                path,
                served,
                moment.today,
                cadence=cadence,
                mark=mark,
            )

        return act

    def found(self, name: str, decision: TeamDecision) -> Act:
        """The team of the cast is founded today."""

        def act(session: Session, moment: Moment) -> None:
            roles = (SeatRole.LEADER, SeatRole.SUB_LEADER, *([SeatRole.MEMBER] * len(self.cast.team)))
            members = [
                TeamMember(role, self.user(session, email).id)
                for role, email in zip(roles, self.cast.team, strict=False)
            ]
            change = moment.change(self.user(session, self.cast.planner))
            teams.found(session, change, self.project_in(session), name, members, decision, moment.today, moment.today)

        return act

    def answer(self, answers: Mapping[str, str]) -> Act:
        """The team answers the check-in that waits, if any."""

        def act(session: Session, moment: Moment) -> None:
            check_in = check_ins.open_of(session, self.project_in(session))
            if check_in is not None:
                change, rights = self.by(session, moment, self.cast.writer)
                check_ins.submit(session, change, rights, check_in, answers, check_in.revision, moment.today)

        return act

    def check_every(self, cadence: Cadence) -> Act:
        def act(session: Session, moment: Moment) -> None:
            change, _ = self.by(session, moment, self.cast.writer)
            key_projects.set_cadence(session, change, self.project_in(session), cadence, moment.today)

        return act

    def tried(self, texts: TrialTexts) -> Act:
        """A trial is written down."""

        def act(session: Session, moment: Moment) -> None:
            change, rights = self.by(session, moment, self.cast.writer)
            trials.record(session, change, rights, self.project_in(session), texts, moment.today)

        return act

    def decide(self, step: RouteStep) -> Act:
        """The team decides itself."""

        def act(session: Session, moment: Moment) -> None:
            change, rights = self.by(session, moment, self.cast.team[1])
            route.decide(session, change, rights, self.project_in(session), step, moment.today)

        return act

    def raise_matter(self, title: str, question: str, papers: str, step: RouteStep | None, wanted_by: date) -> Act:
        """The sub-leader raises a matter: leaders come and go."""

        def act(session: Session, moment: Moment) -> None:
            change, rights = self.by(session, moment, self.cast.team[1])
            matters.raise_matter(
                session,
                change,
                rights,
                self.plan_in(session),
                title,
                question,
                papers,
                wanted_by,
                moment.today,
                moment.calendar,
                project=self.project_in(session),
                proposal=step,
            )

        return act

    def body_answers(self, number: int, outcome: MatterOutcome, comment: str, minutes: str) -> Act:
        """Today's decision of the body that has the project's matter; `number` counts its matters from 1."""

        def act(session: Session, moment: Moment) -> None:
            matter = matters.of_project(session, self.project_in(session))[number - 1]
            change, _ = self.by(session, moment, self.cast.planner)
            actor = people.actor_of(session, self.user(session, self.cast.planner), moment.today)
            matters.answer(
                session, change, actor, matter, outcome, comment, minutes, moment.today, moment.today, moment.calendar
            )

        return act

    def happened(self, kind: EventKind, title: str, description: str, calls_on: date, *, here: bool = False) -> Act:
        """Something happened that calls for a check of the whole policy, or of this project alone (`here`)."""

        def act(session: Session, moment: Moment) -> None:
            change, _ = self.by(session, moment, self.cast.planner)
            trigger_events.register(
                session,
                change,
                self.plan_in(session),
                kind,
                title,
                description,
                moment.today,
                calls_on,
                moment.today,
                project=self.project_in(session) if here else None,
            )

        return act

    def transferred(self, email: str, here: str, there: str, rank: Rank) -> Act:
        """Somebody goes from one department to another today."""

        def act(session: Session, moment: Moment) -> None:
            change, _ = self.by(session, moment, self.cast.planner)
            left, taken = (people.department_of_code(session, code) for code in (here, there))
            person = self.user(session, email)
            transfers.transfer(session, change, person, [(left, rank)], [(taken, rank)], moment.today)

        return act

    def succeeded(self, email: str, successor: str) -> Act:
        """Somebody follows in a seat of the team today."""

        def act(session: Session, moment: Moment) -> None:
            change, _ = self.by(session, moment, self.cast.team[1])
            held = select(t.Seat).where(t.Seat.user_id == self.user(session, email).id)
            of_team = held.where(col(t.Seat.team_id).is_not(None), col(t.Seat.replaced_by_id).is_(None))
            follows = Sitter(user=self.user(session, successor).id)
            seats.replace(session, change, session.exec(of_team).one(), follows, moment.today)

        return act

    def dissolve(self, decision: TeamDecision) -> Act:
        def act(session: Session, moment: Moment) -> None:
            change, _ = self.by(session, moment, self.cast.planner)
            project = self.project_in(session)
            team = teams.of_project(session, project)[0]
            teams.dissolve(session, change, project, team, decision, moment.today, moment.today)

        return act

    def plan_in(self, session: Session) -> t.Plan:
        return plans.find(session, self.plan)

    def project_in(self, session: Session) -> t.KeyProject:
        return next(p for p in key_projects.of_plan(session, self.plan_in(session)) if p.code == self.code)

    def user(self, session: Session, email: str) -> t.User:
        return session.exec(select(t.User).where(t.User.email == email)).one()

    def by(self, session: Session, moment: Moment, email: str) -> tuple[Change, ProjectRights]:
        """A change by somebody, with the rights they have in the project that day."""
        person = self.user(session, email)
        actor = people.actor_of(session, person, moment.today)
        return moment.change(person), teams.rights_of(session, self.project_in(session), actor, moment.today)
