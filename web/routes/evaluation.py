"""点検・評価 at the desk: the measures of a year, one page for each, and the end of the year."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain import evaluation as rules
from domain.evaluation import Direction, may_evaluate
from domain.plan import PlanDefinition
from domain.text import typed_text
from records import cycles, desk, evaluation_sheet, measure_history, plans
from records.change import Conflict, NotFound
from records.evaluation_sheet import MeasureToEvaluate
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing, language_of, plan_day
from web.labels import problem_in_words
from web.pages import page
from web.paths import RowId

router = APIRouter()

Typed = Annotated[str, Form()]


@router.get("/desk/cycles/{cycle_id}/evaluation")
def show_sheet(request: Request, person: PlanningPerson, session: Reading, cycle_id: RowId, done: str = "") -> Response:
    return _sheet(request, session, cycles.find(session, cycle_id), done=done)


@router.post("/desk/cycles/{cycle_id}/finish")
def finish(request: Request, person: ChangingPlanningPerson, session: Writing, cycle_id: RowId) -> Response:
    cycle = cycles.find(session, cycle_id)
    today = plan_day(cycles.plan_of(session, cycle), person.at).today
    try:
        cycles.finish_evaluation(session, person.change, cycle, today)
    except Conflict as conflict:
        session.rollback()
        return _sheet(request, session, cycle, problem=problem_in_words(conflict.reason, language_of(request)))
    return RedirectResponse(f"/desk/cycles/{cycle_id}?done=evaluation_finished", status_code=303)


@router.get("/desk/cycles/{cycle_id}/evaluation/{node_id}")
def show_measure(
    request: Request, person: PlanningPerson, session: Reading, cycle_id: RowId, node_id: RowId, done: str = ""
) -> Response:
    return _measure(request, session, cycles.find(session, cycle_id), node_id, done=done)


@router.post("/desk/cycles/{cycle_id}/evaluation/{node_id}")
def evaluate(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    cycle_id: RowId,
    node_id: RowId,
    grade: Typed = "",
    direction: Typed = "",
    comment: Typed = "",
    then: Typed = "next",
) -> Response:
    language = language_of(request)
    cycle = cycles.find(session, cycle_id)
    plan = cycles.plan_of(session, cycle)
    definition = plans.definition_of(plan)
    typed = {"grade": grade, "direction": direction, "comment": comment}
    found = rules.check(grade, direction, [g.code for g in definition.grades])
    if found:
        problems = {p.value.removesuffix("_missing"): problem_in_words(p.value, language) for p in found}
        return _measure(request, session, cycle, node_id, typed=typed, problems=problems, status=422)
    today = plan_day(plan, person.at).today
    try:
        desk.evaluate(
            session,
            person.change,
            person.actor.user,
            cycle_id,
            node_id,
            grade,
            Direction(direction),
            typed_text(comment),
            today,
        )
    except Conflict as conflict:
        session.rollback()
        problems = {"": problem_in_words(conflict.reason, language)}
        return _measure(request, session, cycle, node_id, typed=typed, problems=problems, status=409)
    following = evaluation_sheet.after(evaluation_sheet.of_cycle(session, cycle, definition, language), node_id)
    sheet = f"/desk/cycles/{cycle_id}/evaluation"
    if then == "next" and following is not None:
        return RedirectResponse(f"{sheet}/{following.node.id}?done=saved", status_code=303)
    return RedirectResponse(f"{sheet}?done=saved", status_code=303)


def _sheet(request: Request, session: Session, cycle: t.AnnualCycle, *, done: str = "", problem: str = "") -> Response:
    plan, definition, measures = _measures(request, session, cycle)
    return page(
        request,
        "evaluation/sheet.html",
        409 if problem else 200,
        plan=plan,
        definition=definition,
        cycle=cycle,
        measures=measures,
        missing=[m for m in measures if m.evaluation is None],
        grades={g.code: g for g in definition.grades},
        may_evaluate=may_evaluate(cycle.state),
        done=done,
        problem=problem,
    )


def _measure(
    request: Request,
    session: Session,
    cycle: t.AnnualCycle,
    node_id: int,
    *,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    language = language_of(request)
    plan, definition, measures = _measures(request, session, cycle)
    measure = next((m for m in measures if m.node.id == node_id), None)
    if measure is None:
        raise NotFound(f"measure {node_id} of cycle {cycle.id}")
    years = measure_history.years_of(session, measure.node)
    this = measure_history.report_of(years, cycle)
    last = measure_history.last_handed_in(years, cycle.fiscal_year - 1)
    return page(
        request,
        "evaluation/measure.html",
        status,
        plan=plan,
        definition=definition,
        cycle=cycle,
        measure=measure,
        number=measures.index(measure) + 1,
        total=len(measures),
        previous=evaluation_sheet.before(measures, node_id),
        following=evaluation_sheet.after(measures, node_id),
        this=this,
        last=last,
        compared=measure_history.compared(
            this.said(measure.node, language) if this else (), last.said(measure.node, language) if last else ()
        ),
        contributions=[
            (y, y.said(measure.node, language)) for y in measure_history.contributions(years, cycle.fiscal_year)
        ],
        directions=list(Direction),
        grades={g.code: g for g in definition.grades},
        may_evaluate=may_evaluate(cycle.state),
        typed=typed or _stored(measure.evaluation),
        problems=problems or {},
        done=done,
    )


def _measures(
    request: Request, session: Session, cycle: t.AnnualCycle
) -> tuple[t.Plan, PlanDefinition, tuple[MeasureToEvaluate, ...]]:
    plan = cycles.plan_of(session, cycle)
    definition = plans.definition_of(plan)
    return plan, definition, evaluation_sheet.of_cycle(session, cycle, definition, language_of(request))


def _stored(evaluation: t.Evaluation | None) -> dict[str, str]:
    if evaluation is None:
        return {"grade": "", "direction": "", "comment": ""}
    return {"grade": evaluation.grade, "direction": evaluation.direction.value, "comment": evaluation.comment}
