"""What the pages of meetings show: a plan's meetings, and one with its agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.key_project import RouteStep
from domain.matter import ANSWERS, MatterOutcome, MatterState, may_decide, next_body
from domain.meeting import MeetingState
from domain.phase_review import ConsultationOutcome
from domain.plan import PlanDefinition
from domain.reference import Body, BodyKind
from domain.roles import Actor
from records import agendas, document_archive, key_projects, matters, meetings, plans, secretariats
from records.agendas import Line, Topic


@dataclass(frozen=True)
class SeenLine:
    """An item of the agenda. `goes_up_on`: when a matter leaves by itself if nobody answers.

    `outcomes` are what the body may decide on it; `may_take`: whether it may take the proposed decision itself.
    """

    line: Line
    project: t.KeyProject | None = None
    proposal: RouteStep | None = None
    merges_into: t.KeyProject | None = None
    goes_up_on: date | None = None
    outcomes: tuple[MatterOutcome, ...] | tuple[ConsultationOutcome, ...] = ()
    may_take: bool = True

    @property
    def topic(self) -> Topic | None:
        return self.line.topic


@dataclass(frozen=True)
class SeenMeeting:
    """A meeting as a person sees it. `free` may still be taken in; `reminds`: the plan has letters for meetings."""

    meeting: t.Meeting
    plan: t.Plan
    definition: PlanDefinition
    lines: tuple[SeenLine, ...]
    free: tuple[Topic, ...]
    inquiry: t.Inquiry | None
    papers: Sequence[t.Document]
    secretariat: t.Department | None
    reminds: bool
    may_record: bool
    may_read_papers: bool

    @property
    def is_planned(self) -> bool:
        return self.meeting.state is MeetingState.PLANNED

    @property
    def leaves_before(self) -> list[SeenLine]:
        """What goes up by itself on the day of the meeting or before, so that the meeting comes too late for it."""
        return [one for one in self.lines if one.goes_up_on is not None and one.goes_up_on <= self.meeting.held_on]


@dataclass(frozen=True)
class MeetingsOfPlan:
    """The meetings of a plan. `keeps` are the bodies whose meetings the person keeps, with how much waits there."""

    planned: tuple[t.Meeting, ...]
    past: tuple[t.Meeting, ...]
    keeps: tuple[tuple[Body, int], ...]


def seen(session: Session, meeting: t.Meeting, actor: Actor, today: date, calendar: BusinessCalendar) -> SeenMeeting:
    plan = session.get_one(t.Plan, meeting.plan_id)
    definition = plans.definition_of(plan)
    planned = meeting.state is MeetingState.PLANNED
    may_record = meetings.may_record(session, meeting, actor, today)
    rules = definition.key_projects
    return SeenMeeting(
        meeting=meeting,
        plan=plan,
        definition=definition,
        lines=tuple(_line(session, plan, line, calendar) for line in agendas.of(session, meeting)),
        free=tuple(agendas.free_for(session, plan, meeting)) if planned and may_record else (),
        inquiry=meetings.inquiry_of(session, meeting),
        papers=document_archive.listed(session, meeting),
        secretariat=secretariats.of(session, plan, meeting.body, meeting.held_on),
        reminds=rules is not None and bool(rules.meeting.ladder.steps),
        may_record=may_record,
        may_read_papers=meetings.may_read_papers(session, meeting, actor),
    )


def of_plan(session: Session, plan: t.Plan, actor: Actor, today: date) -> MeetingsOfPlan:
    every = meetings.of_plan(session, plan)
    kept = [
        (body, len(agendas.waiting(session, plan, body.code)))
        for body in plans.definition_of(plan).bodies
        if body.kind is BodyKind.BODY and secretariats.is_of(session, plan, body.code, actor, today)
    ]
    return MeetingsOfPlan(
        planned=tuple(sorted((m for m in every if m.state is MeetingState.PLANNED), key=lambda m: (m.held_on, m.id))),
        past=tuple(m for m in every if m.state is not MeetingState.PLANNED),
        keeps=tuple(kept),
    )


def _line(session: Session, plan: t.Plan, line: Line, calendar: BusinessCalendar) -> SeenLine:
    topic = line.topic
    if topic is None:
        return SeenLine(line)
    if topic.matter is None or topic.stage is None:
        return SeenLine(line, outcomes=tuple(ConsultationOutcome))
    matter, stage, rules = topic.matter, topic.stage, key_projects.rules_of(plan)
    proposal = matters.proposal_of(matter)
    above = next_body(rules.matter.line, stage.body)
    waits = topic.is_open and matter.state is MatterState.PENDING
    return SeenLine(
        line,
        project=key_projects.find(session, matter.project_id) if matter.project_id else None,
        proposal=proposal,
        merges_into=key_projects.find(session, proposal.merged_into) if proposal and proposal.merged_into else None,
        goes_up_on=matters.goes_up_on(session, matter, calendar) if waits else None,
        outcomes=tuple(outcome for outcome in ANSWERS if outcome is not MatterOutcome.SENT_UP or above),
        may_take=proposal is None or may_decide(rules, stage.body, proposal.outcome),
    )
