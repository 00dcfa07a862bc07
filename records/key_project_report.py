"""What the report of a key project and the picture of its route say, gathered from the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from sqlmodel import Session, col, select

from db import tables as t
from documents import key_project_render
from documents.annual_report import Answered
from documents.gathered import GatheredDocument
from documents.key_project_report import (
    HeldSeat,
    KeyProjectReport,
    ReportedCheckIn,
    ReportedDecision,
    ReportedEvent,
    ReportedFigure,
    ReportedMatter,
    ReportedStage,
    ReportedTeam,
    ReportedTrial,
)
from domain import questions
from domain.key_project import CheckInState
from domain.route import (
    AskedCheckIn,
    MadeTrial,
    Route,
    RouteEvent,
    RouteFacts,
    RouteTeam,
    TakenDecision,
    route_of,
    standing_of,
)
from domain.text import named, titled
from records import (
    check_ins,
    comparison_table,
    document_templates,
    key_projects,
    matters,
    plans,
    teams,
    trials,
    trigger_events,
)
from records import route as routes
from records.words import rank_labels

REPORT = "key-project-report"


def gather(session: Session, project: t.KeyProject, today: date, language: str = "ja") -> GatheredDocument:
    """The report as a document, to be set afterwards and kept or sent."""
    report = gather_report(session, project, today, language)
    own = document_templates.own(session, REPORT, language)
    return GatheredDocument(REPORT, key_project_render.FORMATS, partial(key_project_render.render, report), own)


def route(session: Session, project: t.KeyProject, today: date, language: str = "ja") -> Route:
    """The route of a project as it stands, for its picture."""
    return _Facts(session, project, today, language).route()


def gather_report(session: Session, project: t.KeyProject, today: date, language: str = "ja") -> KeyProjectReport:
    """The report of a project as the record stands."""
    facts = _Facts(session, project, today, language)
    served = key_projects.served_by(session, project, today)
    return KeyProjectReport(
        language=language,
        municipality=named(plans.municipality_of(session, facts.plan), language),
        plan=named(facts.plan, language),
        title=titled(project, language),
        state=project.state,
        issued_on=today,
        hypothesis=project.hypothesis,
        beneficiaries=project.beneficiaries,
        serves=tuple(f"{node.code} {titled(node, language)}" for node in served),
        opened_on=project.opened_on,
        closed_on=project.closed_on,
        cadence=project.cadence,
        first_goal=project.first_goal,
        first_path=project.first_path,
        goal=project.goal,
        path=project.path,
        route=facts.route(),
        decisions=tuple(facts.reported_decisions()),
        trials=tuple(facts.trial(trial) for trial in facts.trials),
        check_ins=tuple(facts.check_in(check_in) for check_in in facts.check_ins),
        events=tuple(facts.event(event, call) for event, call in facts.events),
        matters=tuple(facts.matter(matter) for matter in matters.of_project(session, project)),
        teams=tuple(facts.team(team) for team in facts.teams),
        figures=tuple(facts.figures()),
        merged_into=facts.project_named(project.merged_into_id),
        marks=tuple(dict.fromkeys(filter(None, (*comparison_table.marks_of(facts.plan, language), project.mark)))),
    )


class _Facts:
    """What the record knows of a project, its picture and its report alike."""

    def __init__(self, session: Session, project: t.KeyProject, today: date, language: str) -> None:
        self.session, self.project, self.today, self.language = session, project, today, language
        self.plan = key_projects.plan_of(session, project)
        self.bodies = {body.code: body.name for body in plans.definition_of(self.plan).bodies}
        self.decisions = routes.of_project(session, project)
        self.trials = trials.of_project(session, project)
        self.check_ins = check_ins.of_project(session, project)
        self.teams = list(reversed(teams.of_project(session, project)))
        self.events = sorted(self._events(), key=lambda found: (found[0].happened_on, found[0].id))
        self.matter_numbers = {m.id: m.number for m in matters.of_plan(session, self.plan)}

    def route(self) -> Route:
        project = self.project
        return route_of(
            RouteFacts(
                opened_on=project.opened_on,
                goal=project.first_goal,
                path=project.first_path,
                closed_on=project.closed_on,
                decisions=tuple(
                    TakenDecision(d.decided_on, d.outcome, d.goal, d.path, self.project_named(d.merged_into_id))
                    for d in self.decisions
                ),
                trials=tuple(MadeTrial(r.number, r.title, r.started_on, r.ended_on, r.result) for r in self.trials),
                check_ins=tuple(_asked(check_in) for check_in in self.check_ins),
                events=tuple(RouteEvent(event.happened_on, event.kind, event.title) for event, _ in self.events),
                teams=tuple(RouteTeam(team.name, team.founded_on, team.dissolved_on) for team in self.teams),
                mark=project.mark,
            ),
            self.today,
        )

    def reported_decisions(self) -> Iterator[ReportedDecision]:
        """The decisions, with goal and path only where they are new."""
        goal, path = self.project.first_goal, self.project.first_path
        for number, row in enumerate(self.decisions, 1):
            yield ReportedDecision(
                number=number,
                on=row.decided_on,
                outcome=row.outcome,
                reason=row.reason,
                decided_by=self._body(row.decided_by),
                matter=self._matter_number(row.matter_id),
                goal=row.goal if row.goal != goal else "",
                path=row.path if row.path != path else "",
                merged_into=self.project_named(row.merged_into_id),
            )
            goal, path = row.goal, row.path

    def trial(self, trial: t.Trial) -> ReportedTrial:
        return ReportedTrial(
            number=trial.number,
            title=trial.title,
            hypothesis=trial.hypothesis,
            started_on=trial.started_on,
            ended_on=trial.ended_on,
            done=trial.done,
            result=trial.result,
            learning=trial.learning,
            next=trial.next,
            abolishes=trial.abolishes,
        )

    def check_in(self, check_in: t.CheckIn) -> ReportedCheckIn:
        """A draft is the team's own: only what was sent in is told."""
        is_submitted = check_in.state is CheckInState.SUBMITTED
        return ReportedCheckIn(
            number=check_in.number,
            reason=check_in.reason,
            asked_on=check_in.asked_on,
            due_on=check_in.due_on,
            standing=standing_of(_asked(check_in), self.today),
            submitted_on=check_in.submitted_on if is_submitted else None,
            said=tuple(self._said(check_in)) if is_submitted else (),
        )

    def _said(self, check_in: t.CheckIn) -> Iterator[Answered]:
        asked = check_ins.questions_of(check_in)
        for question in questions.shown(asked, check_in.answers):
            answer = check_in.answers.get(question.id, "")
            if question.choices:
                answer = question.choice_label(answer, self.language)
            yield Answered(question.label.in_language(self.language), answer)

    def event(self, event: t.TriggerEvent, call: t.EventCall | None) -> ReportedEvent:
        numbers = {check_in.id: check_in.number for check_in in self.check_ins}
        number = numbers.get(call.check_in_id) if call else None
        return ReportedEvent(event.happened_on, event.kind, event.title, event.description, number)

    def matter(self, matter: t.Matter) -> ReportedMatter:
        return ReportedMatter(
            number=matter.number,
            title=matter.title,
            question=matter.question,
            raised_on=matter.raised_on,
            wanted_by=matter.wanted_by,
            state=matter.state,
            stages=tuple(
                ReportedStage(
                    body=self._body(stage.body, stage.body_name),
                    origin=stage.origin,
                    arrived_on=stage.arrived_on,
                    due_on=stage.due_on,
                    outcome=stage.outcome,
                    decided_on=stage.decided_on,
                    comment=stage.comment,
                )
                for stage in matters.stages_of(self.session, matter)
            ),
        )

    def team(self, team: t.ProjectTeam) -> ReportedTeam:
        seats = teams.seats_of(self.session, team)
        return ReportedTeam(
            name=team.name,
            founded_on=team.founded_on,
            founded_reason=team.founded_reason,
            founded_by=self._body(team.founded_by),
            seats=tuple(self._seat(seat, seats) for seat in seats),
            founded_matter=self._matter_number(team.founded_matter_id),
            dissolved_on=team.dissolved_on,
            dissolved_reason=team.dissolved_reason,
            dissolved_by=self._body(team.dissolved_by),
            dissolved_matter=self._matter_number(team.dissolved_matter_id),
        )

    def _seat(self, seat: t.Seat, seats: Sequence[t.Seat]) -> HeldSeat:
        successor = next((other for other in seats if other.id == seat.replaced_by_id), None)
        return HeldSeat(
            role=seat.role,
            name=self._holder(seat),
            post=seat.post or self._posts(seat),
            since=seat.valid_from,
            until=seat.valid_until,
            left_reason=seat.left_reason,
            successor=self._holder(successor) if successor else "",
            wanted_since=seat.successor_wanted_on,
        )

    def _holder(self, seat: t.Seat) -> str:
        user = self.session.get(t.User, seat.user_id) if seat.user_id else None
        return named(user, self.language) if user else seat.name

    def _posts(self, seat: t.Seat) -> str:
        """What somebody with an account was appointed to when they took their seat."""
        query = (
            select(t.Appointment, t.Department)
            .join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
            .where(t.Appointment.user_id == seat.user_id, col(t.Appointment.valid_from) <= seat.valid_from)
            .order_by(col(t.Appointment.valid_from), col(t.Appointment.id))
        )
        held = [
            f"{named(department, self.language)} {rank_labels(self.language)[appointment.rank]}"
            for appointment, department in self.session.exec(query)
            if appointment.valid_until is None or appointment.valid_until >= seat.valid_from
        ]
        return "\n".join(held)

    def figures(self) -> Iterator[ReportedFigure]:
        measured = key_projects.figures_of(self.session, self.project)
        for indicator in key_projects.indicators_of(self.session, self.project):
            values = [(f.measured_on, f.value) for f in measured if f.indicator_id == indicator.id]
            yield ReportedFigure(
                indicator.label, indicator.unit, indicator.target, tuple(sorted(values)), indicator.dropped_on
            )

    def project_named(self, project_id: int | None) -> str:
        other = self.session.get(t.KeyProject, project_id) if project_id is not None else None
        return titled(other, self.language) if other else ""

    def _events(self) -> Iterator[tuple[t.TriggerEvent, t.EventCall | None]]:
        """What concerned the project while it ran; after its end nothing calls for a check any more."""
        closed_on = self.project.closed_on
        for event, call in trigger_events.of_project(self.session, self.project):
            if call is not None or closed_on is None or event.calls_on <= closed_on:
                yield event, call

    def _body(self, code: str, then: str = "") -> str:
        """A body by its code; `then` as it was called at the time, in English where the plan still calls it so."""
        known = self.bodies.get(code)
        if known is None or (then and known.ja != then):
            return then or code
        return known.in_language(self.language)

    def _matter_number(self, matter_id: int | None) -> int | None:
        return self.matter_numbers.get(matter_id) if matter_id is not None else None


def _asked(check_in: t.CheckIn) -> AskedCheckIn:
    return AskedCheckIn(check_in.number, check_in.asked_on, check_in.due_on, check_in.state, check_in.submitted_on)
