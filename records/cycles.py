"""The year's cycle in the database: opening, freezing owners, opening and closing rounds, closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

import plan_files
from db import tables as t
from domain.calendar import BusinessCalendar
from domain.clock import PlanClock
from domain.evaluation import CycleState, EvaluatedMeasure, unevaluated
from domain.fiscal_year import FiscalYear
from domain.identifiers import annual_cycle_id, collection_id
from domain.orders import CycleEvent, CycleOrder
from domain.progress_report import ReportState, confirmed
from records import audit, linked_reports, outbox, plans, report_figures, rounds
from records.change import Change, Conflict, NotFound


def find(session: Session, cycle_id: int) -> t.AnnualCycle:
    cycle = session.get(t.AnnualCycle, cycle_id)
    if cycle is None:
        raise NotFound(f"cycle {cycle_id}")
    return cycle


def plan_of(session: Session, cycle: t.AnnualCycle) -> t.Plan:
    plan = session.get(t.Plan, cycle.plan_id)
    if plan is None:
        raise NotFound(f"plan {cycle.plan_id}")
    return plan


def cycle_of(session: Session, plan: t.Plan, fiscal_year: int) -> t.AnnualCycle | None:
    query = select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id, t.AnnualCycle.fiscal_year == fiscal_year)
    return session.exec(query).first()


def rounds_of(session: Session, cycle: t.AnnualCycle) -> Sequence[t.CollectionRound]:
    query = select(t.CollectionRound).where(t.CollectionRound.cycle_id == cycle.id)
    return session.exec(query.order_by(col(t.CollectionRound.id))).all()


def open_cycle(
    session: Session, change: Change, plan: t.Plan, fiscal_year: int, clock: PlanClock, *, collect_now: bool = False
) -> tuple[t.AnnualCycle, bool]:
    """Open the cycle of a fiscal year, once: a second call finds the first one's cycle.

    Returns the cycle and whether it is new. Raises `Conflict("outside_plan_period")`.
    """
    session.refresh(plan, with_for_update=True)  # of several who open at once, the others wait and find it open
    known = cycle_of(session, plan, fiscal_year)
    if known is not None:
        return known, False
    definition = plans.definition_of(plan)
    if not definition.runs_in(fiscal_year):
        raise Conflict("outside_plan_period")
    today = clock.today(change.at)
    edition = plans.edition_in_force(session, plan, max(today, FiscalYear(fiscal_year).first_day))
    cycle = t.AnnualCycle(
        plan_id=plan.id,
        fiscal_year=fiscal_year,
        edition_id=edition.id,
        workflow_id=annual_cycle_id(plans.municipality_of(session, plan).code, plan.code, fiscal_year),
        opened_on=today,
        opened_by=change.by,
    )
    session.add(cycle)
    session.flush()
    order = CycleOrder(plan.municipality_id, cycle.id, clock, collect_now)
    outbox.start_cycle(session, change, cycle.workflow_id, order)
    audit.write(session, change, "cycle.opened", cycle.workflow_id, collect_now=collect_now)
    return cycle, True


def freeze_owners(session: Session, change: Change, cycle: t.AnnualCycle, day: date) -> None:
    """Plan: write down which department answers for each measure this year. Repeating changes nothing."""
    frozen = session.exec(select(t.CycleMeasure).where(t.CycleMeasure.cycle_id == cycle.id)).first()
    if frozen is not None:
        return
    owners = _owners(session, cycle.edition_id, day)
    for measure in plans.measures_of(session, cycle.edition_id):
        session.add(t.CycleMeasure(cycle_id=cycle.id, node_id=measure.id, department_id=owners.get(measure.id)))
    cycle.state = CycleState.COLLECTING
    session.add(cycle)
    audit.write(session, change, "cycle.owners_frozen", cycle.workflow_id, measures=len(owners))


def open_round(
    session: Session, change: Change, cycle: t.AnnualCycle, code: str, today: date, calendar: BusinessCalendar
) -> t.CollectionRound:
    """Do: one request per department, one report per measure. Repeating finds the round that is open.

    Work that is reported in another plan is not asked for again (`linked_reports`).
    A department that was dissolved since the owners were frozen is replaced by whoever is responsible
    today; where nobody is, the request stays with the planning division.
    """
    known = session.exec(
        select(t.CollectionRound).where(t.CollectionRound.cycle_id == cycle.id, t.CollectionRound.code == code)
    ).first()
    if known is not None:
        return known
    plan = plan_of(session, cycle)
    rules = plans.definition_of(plan).round_of(code)
    opened_on = calendar.on_or_after(today)
    round_ = t.CollectionRound(
        plan_id=plan.id,
        fiscal_year=cycle.fiscal_year,
        cycle_id=cycle.id,
        code=code,
        workflow_id=collection_id(plans.municipality_of(session, plan).code, plan.code, cycle.fiscal_year, code),
        opened_on=opened_on,
        due_on=calendar.shift(opened_on, rules.due_after_days),
        question_set=plan.definition["question_set"],
        rules=plan_files.to_json(rules),
    )
    session.add(round_)
    session.flush()
    measures = plans.measures_of(session, cycle.edition_id)
    elsewhere = linked_reports.reported_elsewhere(session, measures, cycle.fiscal_year)
    owners = [(m, d) for m, d in _owners_now(session, cycle, opened_on) if m not in elsewhere]
    requests = rounds.ask(session, round_, owners)
    audit.write(session, change, "round.opened", round_.workflow_id, requests=requests)
    return round_


def begin_evaluation(session: Session, change: Change, cycle: t.AnnualCycle, today: date) -> None:
    """Check: close the collection; what was not submitted is taken as it stands."""
    if cycle.state is not CycleState.COLLECTING:
        raise Conflict("cycle_not_collecting")
    opened = rounds_of(session, cycle)
    if not opened:  # the workflow would still open its round, in a cycle that is being evaluated
        raise Conflict("collection_not_opened")
    for round_ in opened:
        rounds.close(session, change, round_, today)
    cycle.state = CycleState.EVALUATING
    session.add(cycle)
    audit.write(session, change, "cycle.collection_closed", cycle.workflow_id)


def missing_evaluations(session: Session, cycle: t.AnnualCycle) -> tuple[int, ...]:
    """The measures that still need an evaluation at one of the year's stages."""
    measures = session.exec(select(t.CycleMeasure.node_id).where(t.CycleMeasure.cycle_id == cycle.id)).all()
    rows = session.exec(select(t.Evaluation).where(t.Evaluation.cycle_id == cycle.id)).all()
    stages = plans.definition_of(plan_of(session, cycle)).evaluation_stages
    return unevaluated(measures, [EvaluatedMeasure(e.node_id, e.stage, e.direction) for e in rows], stages)


def finish_evaluation(session: Session, change: Change, cycle: t.AnnualCycle, today: date) -> None:
    """Act: every measure is evaluated, the workflow may write the documents and close the cycle.

    Raises `Conflict` with `cycle_not_evaluating` or `measures_not_evaluated`.
    """
    if cycle.state is not CycleState.EVALUATING:
        raise Conflict("cycle_not_evaluating")
    if missing_evaluations(session, cycle):
        raise Conflict("measures_not_evaluated")
    cycle.state = CycleState.CLOSING
    session.add(cycle)
    outbox.tell_cycle(session, change, cycle.workflow_id, CycleEvent(0, today))
    audit.write(session, change, "cycle.evaluation_finished", cycle.workflow_id)


def close_cycle(session: Session, change: Change, cycle: t.AnnualCycle, today: date) -> None:
    """The year is over: its reports become the record. Repeating changes nothing."""
    if cycle.state is CycleState.CLOSED:
        return
    query = select(t.ProgressReport).join(
        t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id)
    )
    for report in session.exec(query.where(t.CollectionRound.cycle_id == cycle.id)):
        if report.state in (ReportState.SUBMITTED, ReportState.APPROVED):
            report.state = confirmed(report.state)
            session.add(report)
            report_figures.take_over(session, change, report)
    cycle.state, cycle.closed_on = CycleState.CLOSED, today
    session.add(cycle)
    audit.write(session, change, "cycle.closed", cycle.workflow_id)


def _owners(session: Session, edition_id: int, day: date) -> dict[int, int]:
    """Measure → the id of the department that answers for it on a day."""
    return {node: department.id for node, department in plans.owners_on(session, edition_id, day).items()}


def _owners_now(session: Session, cycle: t.AnnualCycle, day: date) -> list[tuple[int, int | None]]:
    today = _owners(session, cycle.edition_id, day)
    existing = set(
        session.exec(
            select(t.Department.id).where(
                or_(col(t.Department.valid_until).is_(None), col(t.Department.valid_until) >= day)
            )
        )
    )
    frozen = session.exec(
        select(t.CycleMeasure).where(t.CycleMeasure.cycle_id == cycle.id).order_by(col(t.CycleMeasure.id))
    )
    return [(m.node_id, m.department_id if m.department_id in existing else today.get(m.node_id)) for m in frozen]
