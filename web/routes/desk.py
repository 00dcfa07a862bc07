"""The desk of the planning division: open a cycle, see who is stuck, extend, exempt, reassign, close the collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.evaluation import CycleState
from domain.text import half_width, typed_day, typed_text
from records import board, cycles, desk, document_archive, evaluation_sheet, mails, overview, people, plans, reporting
from records.board import Show
from records.change import Conflict
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing, language_of, plan_day
from web.labels import problem_in_words
from web.pages import page
from web.paths import RowId

router = APIRouter()

Typed = Annotated[str, Form()]


@dataclass(frozen=True)
class Refused:
    """A form that was refused: `form` and `subject` say which, `problems` by field ("" for the whole form)."""

    form: str
    subject: int | str
    problems: Mapping[str, str]
    typed: Mapping[str, str] = field(default_factory=dict)

    def concerns(self, form: str, subject: int | str) -> bool:
        return (self.form, self.subject) == (form, subject)


_FIELD_OF = {"due_date_not_in_future": "due_on", "reason_missing": "reason", "same_department": "department_id"}
_FIELD_OF |= {"department_dissolved": "department_id", "outside_plan_period": "fiscal_year"}


@router.get("/desk")
def show_desk(request: Request, person: PlanningPerson, session: Reading) -> Response:
    return _desk(request, person, session)


@router.post("/desk/plans/{code}/cycles")
def open_cycle(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    code: str,
    fiscal_year: Typed = "",
    collect: Typed = "calendar",
) -> Response:
    plan = plans.find(session, code)
    typed = {"fiscal_year": fiscal_year, "collect": collect}
    year = half_width(fiscal_year)
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        problems = {"fiscal_year": _say(request, "fiscal_year_not_readable")}
        return _desk(request, person, session, Refused("open", code, problems, typed), 422)
    clock = plans.clock_of(plan, person.at)
    try:
        cycle, is_new = cycles.open_cycle(session, person.change, plan, int(year), clock, collect_now=collect == "now")
    except Conflict as conflict:
        return _desk(request, person, session, _refused(request, session, conflict, "open", code, typed), 409)
    return _to_board(cycle.id, "opened" if is_new else "already_open")


@router.get("/desk/cycles/{cycle_id}")
def show_board(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    cycle_id: RowId,
    show: str = "",
    done: str = "",
    open: str = "",
) -> Response:
    opened = int(open) if open.isascii() and open.isdigit() else 0
    return _board(request, person, session, cycles.find(session, cycle_id), show=show, done=done, opened=opened)


@router.get("/desk/cycles/{cycle_id}/close-collection")
def confirm_closing_collection(request: Request, person: PlanningPerson, session: Reading, cycle_id: RowId) -> Response:
    cycle = cycles.find(session, cycle_id)
    return page(request, "desk/close_collection.html", **_boards(person, session, cycle), problem="")


@router.post("/desk/cycles/{cycle_id}/close-collection")
def close_collection(request: Request, person: ChangingPlanningPerson, session: Writing, cycle_id: RowId) -> Response:
    cycle = cycles.find(session, cycle_id)
    today = plan_day(cycles.plan_of(session, cycle), person.at).today
    try:
        cycles.begin_evaluation(session, person.change, cycle, today)
    except Conflict as conflict:
        problem = _say(request, conflict.reason)
        values = _boards(person, session, cycle)
        return page(request, "desk/close_collection.html", 409, **values, problem=problem)
    return RedirectResponse(f"/desk/cycles/{cycle_id}/evaluation?done=collection_closed", status_code=303)


@router.post("/desk/requests/{request_id}/extend")
def extend(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    request_id: RowId,
    due_on: Typed = "",
    reason: Typed = "",
) -> Response:
    _, round_ = desk.find_request(session, request_id)
    cycle = cycles.find(session, round_.cycle_id)
    day = plan_day(cycles.plan_of(session, cycle), person.at)
    typed = {"due_on": due_on, "reason": reason}
    new_due_on = typed_day(due_on)
    problems = _without_reason(request, reason)
    if new_due_on is None:
        problems["due_on"] = _say(request, "day_not_readable")
    if new_due_on is None or problems:
        refused = Refused("extend", request_id, problems, typed)
        return _board(request, person, session, cycle, refused=refused, opened=request_id, status=422)
    try:
        desk.extend(session, person.change, request_id, new_due_on, typed_text(reason), day.today, day.calendar)
    except Conflict as conflict:
        refused = _refused(request, session, conflict, "extend", request_id, typed)
        return _board(request, person, session, cycle, refused=refused, opened=request_id, status=409)
    return _to_board(round_.cycle_id, "extended", request_id)


@router.get("/desk/reports/{report_id}")
def show_report(request: Request, person: PlanningPerson, session: Reading, report_id: RowId) -> Response:
    return _report(request, person, session, report_id)


@router.post("/desk/reports/{report_id}/exempt")
def exempt(
    request: Request, person: ChangingPlanningPerson, session: Writing, report_id: RowId, reason: Typed = ""
) -> Response:
    held = reporting.find(session, report_id, person.actor)
    problems = _without_reason(request, reason)
    typed = {"reason": reason}
    if problems:
        return _report(request, person, session, report_id, Refused("exempt", report_id, problems, typed), 422)
    today = plan_day(held.plan, person.at).today
    try:
        report = desk.exempt(session, person.change, report_id, typed_text(reason), today)
    except Conflict as conflict:
        refused = _refused(request, session, conflict, "exempt", report_id, typed)
        return _report(request, person, session, report_id, refused, 409)
    return _to_board(held.cycle.id, "exempted", report.request_id)


@router.post("/desk/reports/{report_id}/reassign")
def reassign(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    report_id: RowId,
    department_id: Typed = "",
    reason: Typed = "",
) -> Response:
    held = reporting.find(session, report_id, person.actor)
    day = plan_day(held.plan, person.at)
    problems = _without_reason(request, reason)
    known = {str(d.id): d.id for d in people.departments_on(session, day.today)}
    department = known.get(department_id)
    if department is None:
        problems["department_id"] = _say(request, "department_missing")
    typed = {"department_id": department_id, "reason": reason}
    if department is None or problems:
        return _report(request, person, session, report_id, Refused("reassign", report_id, problems, typed), 422)
    try:
        report = desk.reassign(
            session, person.change, report_id, department, typed_text(reason), day.today, day.calendar
        )
    except Conflict as conflict:
        refused = _refused(request, session, conflict, "reassign", report_id, typed)
        return _report(request, person, session, report_id, refused, 409)
    return _to_board(held.cycle.id, "reassigned", report.request_id)


@router.get("/desk/mails/{mail_id}")
def show_mail(request: Request, person: PlanningPerson, session: Reading, mail_id: RowId) -> Response:
    return page(request, "desk/mail.html", hand=mails.find(session, mail_id, language_of(request)))


def _desk(
    request: Request, person: Person, session: Session, refused: Refused | None = None, status: int = 200
) -> Response:
    found = overview.of_municipality(session, person.at)
    return page(request, "desk/desk.html", status, plans=found, refused=refused)


def _board(
    request: Request,
    person: Person,
    session: Session,
    cycle: t.AnnualCycle,
    *,
    show: str = "",
    done: str = "",
    opened: int = 0,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    shown = Show(show) if show in set(Show) else Show.ALL
    plan = cycles.plan_of(session, cycle)
    definition = plans.definition_of(plan)
    day = plan_day(plan, person.at)
    measures = evaluation_sheet.of_cycle(session, cycle, definition, language_of(request))
    return page(
        request,
        "desk/board.html",
        status,
        **_boards(person, session, cycle),
        awaited=overview.awaited_rounds(session, cycle, definition, day.calendar),
        documents=document_archive.listed(session, cycle.id),
        evaluated=sum(m.evaluation is not None for m in measures),
        measures=len(measures),
        show=shown,
        done=done,
        opened=opened,
        refused=refused,
    )


def _boards(person: Person, session: Session, cycle: t.AnnualCycle) -> dict[str, Any]:
    """The rounds of a cycle, the latest first, each as its board."""
    plan = cycles.plan_of(session, cycle)
    day = plan_day(plan, person.at)
    rounds = reversed(cycles.rounds_of(session, cycle))
    return {
        "plan": plan,
        "definition": plans.definition_of(plan),
        "cycle": cycle,
        "is_collecting": cycle.state is CycleState.COLLECTING,
        "today": day.today,
        "boards": [board.of_round(session, round_, day.time, day.calendar) for round_ in rounds],
    }


def _report(
    request: Request,
    person: Person,
    session: Session,
    report_id: int,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    held = reporting.find(session, report_id, person.actor)
    today = plan_day(held.plan, person.at).today
    departments = people.departments_on(session, today)
    department_id = held.request.department_id
    return page(
        request,
        "desk/report.html",
        status,
        held=held,
        department=people.department(session, department_id) if department_id else None,
        departments=[d for d in departments if d.id != department_id],
        is_owed=reporting.is_still_owed(held),
        is_late=reporting.is_late(held, today),
        refused=refused,
    )


def _to_board(cycle_id: int, done: str, request_id: int = 0) -> Response:
    place = f"&open={request_id}#request-{request_id}" if request_id else ""
    return RedirectResponse(f"/desk/cycles/{cycle_id}?done={done}{place}", status_code=303)


def _refused(
    request: Request, session: Session, conflict: Conflict, form: str, subject: int | str, typed: Mapping[str, str]
) -> Refused:
    """What a conflict says about a form; nothing of the attempt stays, and the page shows the record as it is."""
    session.rollback()
    return Refused(form, subject, {_FIELD_OF.get(conflict.reason, ""): _say(request, conflict.reason)}, typed)


def _without_reason(request: Request, reason: str) -> dict[str, str]:
    return {} if reason.strip() else {"reason": _say(request, "reason_missing")}


def _say(request: Request, problem: str) -> str:
    return problem_in_words(problem, language_of(request))
