"""付議事項: raising a matter, a body's answer, and the way up of what nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import TypeAdapter
from sqlmodel import Session, col, func, select

from db import tables as t
from domain import matter as rules_of_matters
from domain.calendar import BusinessCalendar
from domain.identifiers import matter_id
from domain.inquiry import InquiryKind
from domain.key_project import KeyProjectRules, RouteStep
from domain.matter import ANSWERS, MatterOutcome, MatterState, StageOrigin, next_body, state_after
from domain.orders import MatterOrder
from domain.project_rights import ProjectRights
from domain.roles import Actor
from records import audit, inquiries, key_projects, outbox, people, plans, route, secretariats
from records.change import Change, Conflict, NotAllowed, NotFound

_STEP = TypeAdapter(RouteStep)


def raise_matter(
    session: Session,
    change: Change,
    rights: ProjectRights,
    plan: t.Plan,
    title: str,
    question: str,
    papers: str,
    wanted_by: date,
    today: date,
    calendar: BusinessCalendar,
    *,
    project: t.KeyProject | None = None,
    proposal: RouteStep | None = None,
    check_in: t.CheckIn | None = None,
) -> t.Matter:
    """Lay a question before the first body of the line. `proposal`: the route decision that an approval takes.

    Raises `NotAllowed`, and `Conflict`: `no_key_projects`, `matter_title_missing`, `matter_question_missing`,
    `wanted_by_passed`, or a `RouteProblem`'s code.
    """
    rules = key_projects.rules_of(plan)
    if not rights.may_decide:
        raise NotAllowed("raise a matter")
    if not title.strip():
        raise Conflict("matter_title_missing")
    if not question.strip():
        raise Conflict("matter_question_missing")
    if wanted_by <= today:
        raise Conflict("wanted_by_passed")
    if project is not None and proposal is not None:
        route.check(session, project, proposal)
    number = (session.exec(select(func.max(t.Matter.number)).where(t.Matter.plan_id == plan.id)).one() or 0) + 1
    municipality = people.municipality_code(session, plan.municipality_id)
    matter = t.Matter(
        plan_id=plan.id,
        project_id=project.id if project else None,
        check_in_id=check_in.id if check_in else None,
        number=number,
        title=title,
        question=question,
        papers=papers,
        proposal=None if proposal is None else _STEP.dump_python(proposal, mode="json"),
        wanted_by=wanted_by,
        body=rules.matter.line[0],
        workflow_id=matter_id(municipality, plan.code, number),
        raised_on=today,
        raised_by_id=change.user,
    )
    session.add(matter)
    session.flush()
    _bring_before(session, matter, plan, rules.matter.line[0], StageOrigin.RAISED, today, calendar)
    order = MatterOrder(plan.municipality_id, matter.id, plans.clock_of(plan, change.at))
    outbox.start_matter(session, change, matter.workflow_id, order)
    audit.write(session, change, "matter.raised", matter.workflow_id, title=title, body=matter.body)
    return matter


def answer(
    session: Session,
    change: Change,
    actor: Actor,
    matter: t.Matter,
    outcome: MatterOutcome,
    comment: str,
    minutes: str,
    decided_on: date,
    today: date,
    calendar: BusinessCalendar,
    *,
    instead: RouteStep | None = None,
    meeting: t.Meeting | None = None,
) -> None:
    """What the body that has the matter decided. `instead`: the route decision it takes in place of the proposed one.

    Raises `NotAllowed`, and `Conflict`: `matter_closed`, `not_an_answer`, `matter_comment_missing`,
    `decision_ahead`, `decided_before_arrival`, `no_body_above`, `body_may_not_decide`, or a `RouteProblem`'s code.
    """
    plan = session.get_one(t.Plan, matter.plan_id)
    stage = waiting_stage(session, matter)
    if not secretariats.is_of(session, plan, stage.body, actor, today):
        raise NotAllowed("answer a matter")
    if outcome not in ANSWERS:
        raise Conflict("not_an_answer")
    if outcome is not MatterOutcome.APPROVED and not comment.strip():
        raise Conflict("matter_comment_missing")
    if decided_on > today:
        raise Conflict("decision_ahead")
    if decided_on < stage.arrived_on:
        raise Conflict("decided_before_arrival")
    rules = key_projects.rules_of(plan)
    if outcome is MatterOutcome.SENT_UP and not next_body(rules.matter.line, stage.body):
        raise Conflict("no_body_above")
    _take_route(session, change, rules, matter, stage, outcome, instead, decided_on)
    stage.comment, stage.minutes, stage.meeting_id = comment.strip(), minutes.strip(), meeting.id if meeting else None
    _end_stage(session, change, matter, stage, outcome, decided_on, today)
    if outcome is MatterOutcome.SENT_UP:
        above = next_body(rules.matter.line, stage.body)
        _bring_before(session, matter, plan, above, StageOrigin.SENT_UP, today, calendar)
        outbox.tell_process(session, change, matter.workflow_id, today)


def withdraw(
    session: Session, change: Change, rights: ProjectRights, matter: t.Matter, reason: str, today: date
) -> None:
    """取下げ by who raised it. Raises `NotAllowed`, `Conflict`: `matter_closed`, `reason_missing`."""
    if not rights.may_decide:
        raise NotAllowed("withdraw a matter")
    if not reason.strip():
        raise Conflict("reason_missing")
    stage = waiting_stage(session, matter)
    stage.comment = reason.strip()
    _end_stage(session, change, matter, stage, MatterOutcome.WITHDRAWN, today, today)


def want_by(
    session: Session,
    change: Change,
    rights: ProjectRights,
    matter: t.Matter,
    wanted_by: date,
    today: date,
    calendar: BusinessCalendar,
) -> None:
    """Another day by which the answer is wanted.

    Raises `NotAllowed`, `Conflict`: `matter_closed`, `wanted_by_passed`.
    """
    if not rights.may_decide:
        raise NotAllowed("change a matter")
    if wanted_by <= today:
        raise Conflict("wanted_by_passed")
    stage = waiting_stage(session, matter)
    rules = key_projects.rules_of(session.get_one(t.Plan, matter.plan_id))
    matter.wanted_by = wanted_by
    stage.due_on = rules_of_matters.due_on(rules.matter, stage.arrived_on, wanted_by, calendar)
    session.add(matter)
    session.add(stage)
    inquiry = inquiries.about(session, InquiryKind.MATTER, stage.id)
    assert inquiry is not None
    inquiries.move_due(session, change, inquiry, stage.due_on, today)
    audit.write(session, change, "matter.wanted_by", matter.workflow_id, wanted_by=wanted_by.isoformat())


def goes_up_on(session: Session, matter: t.Matter, calendar: BusinessCalendar) -> date | None:
    """The business day on which the matter goes to the next body if nobody answers; None: never, or it is closed."""
    if matter.state is not MatterState.PENDING:
        return None
    stage = waiting_stage(session, matter)
    rules = key_projects.rules_of(session.get_one(t.Plan, matter.plan_id))
    return rules_of_matters.goes_up_on(rules.matter, stage.due_on, stage.body, calendar)


def go_up(session: Session, change: Change, matter: t.Matter, today: date, calendar: BusinessCalendar) -> bool:
    """Nobody answered in time: on to the next body. Repeating changes nothing; False where its day has not come."""
    on = goes_up_on(session, matter, calendar)
    if on is None or today < on:
        return False
    plan = session.get_one(t.Plan, matter.plan_id)
    stage = waiting_stage(session, matter)
    _end_stage(session, change, matter, stage, MatterOutcome.UNANSWERED, today, today)
    above = next_body(key_projects.rules_of(plan).matter.line, stage.body)
    _bring_before(session, matter, plan, above, StageOrigin.UNANSWERED, today, calendar)
    return True


def find(session: Session, matter_id: int, *, lock: bool = False) -> t.Matter:
    matter = session.get(t.Matter, matter_id, with_for_update=lock or None)
    if matter is None:
        raise NotFound(f"matter {matter_id}")
    return matter


def stages_of(session: Session, matter: t.Matter) -> Sequence[t.MatterStage]:
    """Every body's turn, the first one first."""
    query = select(t.MatterStage).where(t.MatterStage.matter_id == matter.id)
    return session.exec(query.order_by(col(t.MatterStage.position))).all()


def waiting_stage(session: Session, matter: t.Matter) -> t.MatterStage:
    """The turn of the body that has the matter now. Raises `Conflict("matter_closed")`."""
    stage = next((s for s in stages_of(session, matter) if s.outcome is None), None)
    if stage is None:
        raise Conflict("matter_closed")
    return stage


def of_plan(session: Session, plan: t.Plan) -> Sequence[t.Matter]:
    """Every matter of a plan, the latest first."""
    query = select(t.Matter).where(t.Matter.plan_id == plan.id)
    return session.exec(query.order_by(col(t.Matter.number).desc())).all()


def of_project(session: Session, project: t.KeyProject) -> Sequence[t.Matter]:
    """The matters a project raised, the oldest first."""
    query = select(t.Matter).where(t.Matter.project_id == project.id)
    return session.exec(query.order_by(col(t.Matter.number))).all()


def waiting_before(session: Session, plan: t.Plan, body: str) -> Sequence[tuple[t.Matter, t.MatterStage]]:
    """What waits before a body, the most urgent first: its next agenda."""
    query = (
        select(t.Matter, t.MatterStage)
        .join(t.MatterStage, col(t.MatterStage.matter_id) == col(t.Matter.id))
        .where(t.Matter.plan_id == plan.id, t.MatterStage.body == body, col(t.MatterStage.outcome).is_(None))
        .order_by(col(t.MatterStage.due_on), col(t.Matter.number))
    )
    return session.exec(query).all()


def proposal_of(matter: t.Matter) -> RouteStep | None:
    """The route decision that is asked for, if any."""
    return None if matter.proposal is None else _STEP.validate_python(matter.proposal)


def _take_route(
    session: Session,
    change: Change,
    rules: KeyProjectRules,
    matter: t.Matter,
    stage: t.MatterStage,
    outcome: MatterOutcome,
    instead: RouteStep | None,
    decided_on: date,
) -> None:
    """An approval takes the route decision that was proposed, a decision otherwise another one, if it names one."""
    steps = {MatterOutcome.APPROVED: proposal_of(matter), MatterOutcome.DECIDED_OTHERWISE: instead}
    step = steps.get(outcome)
    if step is None or matter.project_id is None:
        return
    if not rules_of_matters.may_decide(rules, stage.body, step.outcome):
        raise Conflict("body_may_not_decide")
    project = key_projects.find(session, matter.project_id, lock=True)
    route.take(session, change, project, step, decided_on, by=stage.body, matter=matter)


def _bring_before(
    session: Session,
    matter: t.Matter,
    plan: t.Plan,
    body: str,
    origin: StageOrigin,
    today: date,
    calendar: BusinessCalendar,
) -> None:
    definition = plans.definition_of(plan)
    rules = key_projects.rules_of(plan)
    name = next((b.name.ja for b in definition.bodies if b.code == body), body)
    stage = t.MatterStage(
        matter_id=matter.id,
        position=len(stages_of(session, matter)),
        body=body,
        body_name=name,
        origin=origin,
        arrived_on=today,
        due_on=rules_of_matters.due_on(rules.matter, today, matter.wanted_by, calendar),
    )
    matter.body = body
    session.add(matter)
    session.add(stage)
    session.flush()
    inquiries.open_inquiry(
        session, plan, InquiryKind.MATTER, matter.workflow_id, today, stage.due_on, stage_id=stage.id
    )


def _end_stage(
    session: Session,
    change: Change,
    matter: t.Matter,
    stage: t.MatterStage,
    outcome: MatterOutcome,
    decided_on: date,
    today: date,
) -> None:
    stage.outcome, stage.decided_on = outcome, decided_on
    stage.recorded_at, stage.recorded_by_id = change.at, change.user
    matter.state = state_after(outcome)
    matter.closed_on = None if matter.state is MatterState.PENDING else today
    session.add(stage)
    session.add(matter)
    session.flush()
    waiting = inquiries.about(session, InquiryKind.MATTER, stage.id)
    if waiting is not None:
        inquiries.settle(session, change, waiting, today)
    audit.write(session, change, "matter.turn_ended", f"{matter.workflow_id}/{stage.body}", outcome=outcome.value)
