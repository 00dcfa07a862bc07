"""What the pages of matters show: one matter with its way up, and what waits before which body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.key_project import ProjectState, RouteStep
from domain.matter import ANSWERS, MatterOutcome, MatterState, goes_up_on, may_decide, next_body
from domain.meeting import MeetingState
from domain.plan import PlanDefinition
from domain.project_rights import ProjectRights
from domain.roles import Actor
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import key_projects, matters, plans, secretariats, teams


@dataclass(frozen=True)
class SeenTurn:
    """A body's turn, with the meeting in which it ended, or on whose agenda it is."""

    stage: t.MatterStage
    body: Bilingual
    meeting: t.Meeting | None


@dataclass(frozen=True)
class SeenMatter:
    """A matter with what belongs to it. `above` is the body to which it goes next, if there is one.

    `outcomes` are what the body that has it may answer; `may_take`: whether it may take the proposed decision itself.
    """

    matter: t.Matter
    plan: t.Plan
    definition: PlanDefinition
    project: t.KeyProject | None
    proposal: RouteStep | None
    merges_into: t.KeyProject | None
    raised_by: t.User | None
    check_in: t.CheckIn | None
    turns: tuple[SeenTurn, ...]
    above: Bilingual | None
    goes_up_on: date | None
    outcomes: tuple[MatterOutcome, ...]
    may_take: bool
    may_answer: bool
    may_change: bool

    @property
    def waiting(self) -> SeenTurn | None:
        return next((turn for turn in self.turns if turn.stage.outcome is None), None)


@dataclass(frozen=True)
class ListedMatter:
    """A matter in a list, with the turn it waits for or ended with. `goes_up_on` None: it stays, or is closed."""

    matter: t.Matter
    stage: t.MatterStage
    body: Bilingual
    project: t.KeyProject | None
    is_late: bool
    goes_up_on: date | None


def seen(session: Session, matter: t.Matter, actor: Actor, today: date, calendar: BusinessCalendar) -> SeenMatter:
    """One matter as a person sees it."""
    plan = session.get_one(t.Plan, matter.plan_id)
    definition, rules = plans.definition_of(plan), key_projects.rules_of(plan)
    names = _names(definition)
    project = key_projects.find(session, matter.project_id) if matter.project_id else None
    proposal = matters.proposal_of(matter)
    stages = matters.stages_of(session, matter)
    on_agendas = _meetings(session, stages)
    waiting = next((stage for stage in stages if stage.outcome is None), None)
    above = next_body(rules.matter.line, waiting.body) if waiting else ""
    answers = tuple(outcome for outcome in ANSWERS if outcome is not MatterOutcome.SENT_UP or above)
    return SeenMatter(
        matter=matter,
        plan=plan,
        definition=definition,
        project=project,
        proposal=proposal,
        merges_into=key_projects.find(session, proposal.merged_into) if proposal and proposal.merged_into else None,
        raised_by=session.get(t.User, matter.raised_by_id) if matter.raised_by_id else None,
        check_in=session.get(t.CheckIn, matter.check_in_id) if matter.check_in_id else None,
        turns=tuple(SeenTurn(s, names.get(s.body, Bilingual(s.body_name)), on_agendas.get(s.id)) for s in stages),
        above=names.get(above),
        goes_up_on=matters.goes_up_on(session, matter, calendar),
        outcomes=answers if waiting else (),
        may_take=waiting is None or proposal is None or may_decide(rules, waiting.body, proposal.outcome),
        may_answer=waiting is not None and secretariats.is_of(session, plan, waiting.body, actor, today),
        may_change=waiting is not None and rights_in(session, matter, actor, today).may_decide,
    )


def rights_in(session: Session, matter: t.Matter, actor: Actor, today: date) -> ProjectRights:
    """What a person may do with a matter as who raised it: as in its project, else as the coordinating section."""
    if matter.project_id is None:
        return ProjectRights(frozenset(), actor.is_planning)
    return teams.rights_of(session, key_projects.find(session, matter.project_id), actor, today)


def of_plan(
    session: Session, plan: t.Plan, today: date, calendar: BusinessCalendar, *, body: str = "", state: str = ""
) -> list[ListedMatter]:
    """The matters of a plan: what waits first, the most urgent on top, then the rest, the latest on top.

    `body`: only those that it has or had last; `state`: only those that stand so.
    """
    found = [
        one
        for one in _listed(session, plan, matters.of_plan(session, plan), today, calendar)
        if (not body or one.stage.body == body) and (not state or one.matter.state.value == state)
    ]
    return sorted(found, key=_urgency)


def waiting_of_municipality(session: Session, at: datetime) -> dict[int, list[ListedMatter]]:
    """Plan → the matters that wait in it, the overdue ones first."""
    by_plan: dict[int, list[t.Matter]] = defaultdict(list)
    for matter in session.exec(select(t.Matter).where(t.Matter.state == MatterState.PENDING)):
        by_plan[matter.plan_id].append(matter)
    found: dict[int, list[ListedMatter]] = defaultdict(list)
    for plan_id, several in by_plan.items():
        plan = session.get_one(t.Plan, plan_id)
        today = plans.clock_of(plan, at).today(at)
        calendar = business_calendar(range(today.year - 1, today.year + 3))
        found[plan_id] = sorted(_listed(session, plan, several, today, calendar), key=_urgency)
    return found


def waiting_for(session: Session, actor: Actor, at: datetime) -> list[ListedMatter]:
    """The matters that wait before bodies whose secretariat the person belongs to, the overdue ones first.

    The planning division has all of them on its desk.
    """
    if actor.is_planning or not actor.departments:
        return []
    found = []
    for plan_id, waiting in waiting_of_municipality(session, at).items():
        plan = session.get_one(t.Plan, plan_id)
        keepers = secretariats.of_plan(session, plan, plans.clock_of(plan, at).today(at))
        kept = {body for body, department in keepers.items() if department.id in actor.departments}
        found += [one for one in waiting if one.stage.body in kept]
    return found


def other_projects(session: Session, plan: t.Plan, project: t.KeyProject | None) -> list[t.KeyProject]:
    """The projects that could take another one's work over."""
    running = [one for one in key_projects.of_plan(session, plan) if one.state is ProjectState.RUNNING]
    return [one for one in running if project is None or one.id != project.id]


def _listed(
    session: Session, plan: t.Plan, several: Iterable[t.Matter], today: date, calendar: BusinessCalendar
) -> list[ListedMatter]:
    rules, names = key_projects.rules_of(plan), _names(plans.definition_of(plan))
    stages: dict[int, t.MatterStage] = {}
    of_plan_ = (
        select(t.MatterStage)
        .join(t.Matter, col(t.Matter.id) == col(t.MatterStage.matter_id))
        .where(t.Matter.plan_id == plan.id)
    )
    for stage in session.exec(of_plan_.order_by(col(t.MatterStage.position))):
        stages[stage.matter_id] = stage  # the last one stays
    projects = {project.id: project for project in key_projects.of_plan(session, plan)}
    found = []
    for matter in several:
        stage = stages[matter.id]
        waits = stage.outcome is None
        found.append(
            ListedMatter(
                matter,
                stage,
                names.get(stage.body, Bilingual(stage.body_name)),
                projects.get(matter.project_id or 0),
                waits and stage.due_on < today,
                goes_up_on(rules.matter, stage.due_on, stage.body, calendar) if waits else None,
            )
        )
    return found


def _urgency(one: ListedMatter) -> tuple[bool, int, int]:
    is_over = one.stage.outcome is not None
    return is_over, -one.matter.number if is_over else one.stage.due_on.toordinal(), one.matter.number


def _names(definition: PlanDefinition) -> dict[str, Bilingual]:
    return {body.code: body.name for body in definition.bodies}


def _meetings(session: Session, stages: Sequence[t.MatterStage]) -> dict[int, t.Meeting]:
    """Stage → the meeting that ended it, else the planned one whose agenda it is on."""
    query = (
        select(t.MeetingItem.stage_id, t.Meeting)
        .join(t.Meeting, col(t.Meeting.id) == col(t.MeetingItem.meeting_id))
        .where(col(t.MeetingItem.stage_id).in_([stage.id for stage in stages]))
        .order_by(col(t.Meeting.held_on))
    )
    ended_in = {stage.id: stage.meeting_id for stage in stages}
    return {
        stage_id: meeting
        for stage_id, meeting in session.exec(query)
        if stage_id is not None
        and (meeting.id == ended_in[stage_id] or (ended_in[stage_id] is None and meeting.state is MeetingState.PLANNED))
    }
