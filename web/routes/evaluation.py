"""点検・評価 at the desk: the measures of a year, one page for each with its evidence, and the end of the year."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from domain import evaluation as rules
from domain.evaluation import Direction
from domain.fiscal_year import FiscalYear
from domain.opinion import source_label
from domain.rating import formula_of
from domain.text import typed_text
from records import attachments, cycles, desk, evaluation_sheet, measure_evidence, measure_history
from records.change import Conflict
from records.desk import EvaluatedMeanwhile
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing, language_of, plan_day
from web.evaluation_frame import EvaluationFrame, frame_of, unexplained
from web.forms import evaluation_form
from web.forms.evaluation_form import Written
from web.labels import problem_in_words
from web.pages import page
from web.paths import RowId
from web.refused import Typed
from web.series_view import series_views

router = APIRouter()

_LIST = "/desk/cycles/{cycle_id}/evaluation"
_OF_MEASURE = "/desk/cycles/{cycle_id}/evaluation/{node_id}"


@router.get(_LIST)
def show_sheet(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    cycle_id: RowId,
    stage: str = "",
    done: str = "",
    unexplained: int = 0,
) -> Response:
    return _sheet(request, session, frame_of(request, session, cycle_id, stage), done=done, judged=unexplained)


@router.post("/desk/cycles/{cycle_id}/finish")
def finish(request: Request, person: ChangingPlanningPerson, session: Writing, cycle_id: RowId) -> Response:
    cycle = cycles.find(session, cycle_id)
    today = plan_day(cycles.plan_of(session, cycle), person.at).today
    try:
        cycles.finish_evaluation(session, person.change, cycle, today)
    except Conflict as conflict:
        session.rollback()
        problem = problem_in_words(conflict.reason, language_of(request))
        return _sheet(request, session, _first_unfinished(request, session, cycle_id), problem=problem)
    return RedirectResponse(f"/desk/cycles/{cycle_id}?done=evaluation_finished", status_code=303)


@router.get(_OF_MEASURE)
def show_measure(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    cycle_id: RowId,
    node_id: RowId,
    stage: str = "",
    done: str = "",
    use: str = "",
    unexplained: int = 0,
) -> Response:
    """`use`: the suggested grade is filled in, as somebody asked for it; it is not stored."""
    frame = frame_of(request, session, cycle_id, stage)
    return _measure(request, person, session, frame, node_id, done=done, use=bool(use), judged=unexplained)


@router.post(_OF_MEASURE)
def evaluate(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    cycle_id: RowId,
    node_id: RowId,
    stage: str = "",
    grade: Typed = "",
    direction: Typed = "",
    comment: Typed = "",
    revision: Annotated[int | None, Form()] = None,
    then: Typed = "next",
) -> Response:
    language = language_of(request)
    frame = frame_of(request, session, cycle_id, stage)
    typed = Written(grade, direction, typed_text(comment))
    found = rules.check(grade, direction, list(frame.grades))
    if found:
        problems = {p.value.removesuffix("_missing"): problem_in_words(p.value, language) for p in found}
        return _measure(
            request, person, session, frame, node_id, typed=typed, revision=revision, problems=problems, status=422
        )
    today = plan_day(frame.plan, person.at).today
    try:
        desk.evaluate(
            session,
            person.change,
            person.actor.user,
            cycle_id,
            node_id,
            grade,
            Direction(direction),
            typed.comment,
            today,
            frame.stage,
            revision,
        )
    except (Conflict, EvaluatedMeanwhile) as refused:
        session.rollback()
        reason = refused.reason if isinstance(refused, Conflict) else "evaluated_meanwhile"
        problems = {"": problem_in_words(reason, language)}
        is_meanwhile = isinstance(refused, EvaluatedMeanwhile)
        frame = frame_of(request, session, cycle_id, stage)
        return _measure(
            request,
            person,
            session,
            frame,
            node_id,
            typed=typed,
            problems=problems,
            status=409,
            is_meanwhile=is_meanwhile,
        )
    frame = frame_of(request, session, cycle_id, stage)
    wanting = str(node_id) if unexplained(session, frame, node_id) else ""
    following = evaluation_sheet.after(frame.measures, node_id)
    if then == "next" and following is not None:
        return RedirectResponse(frame.measure_at(following.node.id, done="saved", unexplained=wanting), status_code=303)
    return RedirectResponse(frame.list_at(done="saved", unexplained=wanting), status_code=303)


def _first_unfinished(request: Request, session: Session, cycle_id: int) -> EvaluationFrame:
    """The first stage at which something is missing, else the last."""
    frame = frame_of(request, session, cycle_id, "")
    for stage in frame.stages:
        frame = frame_of(request, session, cycle_id, stage.value)
        if frame.missing:
            break
    return frame


def _sheet(
    request: Request,
    session: Session,
    frame: EvaluationFrame,
    *,
    done: str = "",
    problem: str = "",
    judged: int = 0,
) -> Response:
    return page(
        request,
        "evaluation/sheet.html",
        409 if problem else 200,
        frame=frame,
        unexplained=unexplained(session, frame, judged),
        done=done,
        problem=problem,
    )


def _measure(
    request: Request,
    person: Person,
    session: Session,
    frame: EvaluationFrame,
    node_id: int,
    *,
    typed: Written | None = None,
    revision: int | None = None,
    problems: dict[str, str] | None = None,
    done: str = "",
    use: bool = False,
    judged: int = 0,
    is_meanwhile: bool = False,
    status: int = 200,
) -> Response:
    language, measure, cycle = language_of(request), frame.measure(node_id), frame.cycle
    day = plan_day(frame.plan, person.at)
    evidence = measure_evidence.of_measure(session, cycle, frame.definition, measure, day.today, day.calendar)
    years = measure_history.years_of(session, measure.node)
    this = measure_history.report_of(years, cycle)
    last = measure_history.last_handed_in(years, cycle.fiscal_year - 1)
    typed = typed or evaluation_form.stored(measure.evaluation)
    if use and evidence.suggestion.grade:
        typed = Written(evidence.suggestion.grade, typed.direction, typed.comment)
    return page(
        request,
        "evaluation/measure.html",
        status,
        frame=frame,
        measure=measure,
        number=frame.measures.index(measure) + 1,
        previous=evaluation_sheet.before(frame.measures, node_id),
        following=evaluation_sheet.after(frame.measures, node_id),
        this=this,
        attached=attachments.handed_in(session, measure.report),
        last=last,
        compared=measure_history.compared(
            this.said(measure.node, language) if this else (), last.said(measure.node, language) if last else ()
        ),
        contributions=[
            (y, y.said(measure.node, language)) for y in measure_history.contributions(years, cycle.fiscal_year)
        ],
        evidence=evidence,
        series=series_views(evidence.series, frame.definition, FiscalYear(cycle.fiscal_year).last_day),
        formula_of=formula_of,
        opinion_source=source_label,
        directions=list(Direction),
        revision=evaluation_form.revision_of(measure.evaluation) if revision is None else revision,
        meanwhile=measure.judgement if is_meanwhile else None,
        unexplained=unexplained(session, frame, judged),
        typed=typed,
        problems=problems or {},
        done=done,
    )
