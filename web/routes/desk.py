"""The desk of the planning division: open a cycle, see who is stuck, extend, exempt, reassign, close the collection."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.pause import counted_day
from domain.text import half_width, typed_day, typed_text
from records import (
    body_pages,
    cycles,
    desk,
    mail_changes,
    mail_troubles,
    matter_pages,
    overview,
    people,
    plans,
    reporting,
    review_pages,
    reviews,
    rounds,
)
from records.change import Conflict
from web.board_pages import board_of_round, boards_of, cycle_board, opened_request
from web.board_query import Asked
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing, plan_day
from web.foreseen_pages import (
    PREVIEW,
    considered_exemption,
    considered_extension,
    considered_reassignment,
    foreseen_page,
)
from web.pages import page
from web.paths import RowId, board_of
from web.refused import Refused, Typed, refused_by, say, without_reason
from web.review_frame import to_review

router = APIRouter()

# With more plans than these, the desk folds those in which nothing runs to one line each (Meguru's own).
UNFOLDED_AT_MOST = 3


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
        problems = {"fiscal_year": say(request, "fiscal_year_not_readable")}
        return _desk(request, person, session, Refused("open", code, problems, typed), 422)
    clock = plans.clock_of(plan, person.at)
    try:
        cycle, is_new = cycles.open_cycle(session, person.change, plan, int(year), clock, collect_now=collect == "now")
    except Conflict as conflict:
        return _desk(request, person, session, refused_by(request, session, conflict, "open", code, typed), 409)
    return _to(f"/desk/cycles/{cycle.id}", "opened" if is_new else "already_open")


@router.post("/desk/plans/{code}/reviews")
def open_review(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, term: Typed = ""
) -> Response:
    """Open the review of a term by hand."""
    plan = plans.find(session, code)
    try:
        clock = plans.clock_of(plan, person.at)
        review, is_new = reviews.open_review(session, person.change, plan, term, clock)
    except Conflict as conflict:
        return _desk(
            request, person, session, refused_by(request, session, conflict, "review", code, {"term": term}), 409
        )
    return to_review(review.id, done="opened" if is_new else "already_open")


@router.get("/desk/cycles/{cycle_id}")
def show_board(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    cycle_id: RowId,
    asked: Asked,
    done: str = "",
    open: str = "",
) -> Response:
    cycle = cycles.find(session, cycle_id)
    return cycle_board(request, person, session, cycle, asked=asked, done=done, opened=opened_request(open))


@router.get("/desk/cycles/{cycle_id}/close-collection")
def confirm_closing_collection(request: Request, person: PlanningPerson, session: Reading, cycle_id: RowId) -> Response:
    cycle = cycles.find(session, cycle_id)
    return page(request, "desk/close_collection.html", **boards_of(person, session, cycle), problem="")


@router.post("/desk/cycles/{cycle_id}/close-collection")
def close_collection(request: Request, person: ChangingPlanningPerson, session: Writing, cycle_id: RowId) -> Response:
    cycle = cycles.find(session, cycle_id)
    today = plan_day(cycles.plan_of(session, cycle), person.at).today
    try:
        cycles.begin_evaluation(session, person.change, cycle, today)
    except Conflict as conflict:
        problem = say(request, conflict.reason)
        values = boards_of(person, session, cycle)
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
    action: Typed = "",
) -> Response:
    """Move a department's due date; with `action=preview` it is only shown what that changes."""
    _, round_ = desk.find_request(session, request_id)
    day = plan_day(rounds.plan_of(session, round_), person.at)
    typed = {"due_on": due_on, "reason": reason}
    new_due_on = typed_day(due_on)
    problems = {} if new_due_on else {"due_on": say(request, "day_not_readable")}
    problems |= without_reason(request, reason)
    if new_due_on is None or problems:
        refused = Refused("extend", request_id, problems, typed)
        return board_of_round(request, person, session, round_, refused, 422)

    def act() -> object:
        return desk.extend(session, person.change, request_id, new_due_on, typed_text(reason), day.today, day.calendar)

    try:
        if action == PREVIEW:
            foreseen = mail_changes.of_act(session, (round_,), person.at, act)
            return foreseen_page(
                request, considered_extension(request, session, request_id, new_due_on, typed), foreseen
            )
        act()
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "extend", request_id, typed)
        return board_of_round(request, person, session, round_, refused, 409)
    return _to(board_of(round_), "extended", request_id)


@router.get("/desk/reports/{report_id}")
def show_report(request: Request, person: PlanningPerson, session: Reading, report_id: RowId) -> Response:
    return _report(request, person, session, report_id)


@router.post("/desk/reports/{report_id}/exempt")
def exempt(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    report_id: RowId,
    reason: Typed = "",
    action: Typed = "",
) -> Response:
    """Exempt one measure; with `action=preview` it is only shown what that changes."""
    held = reporting.find(session, report_id, person.actor)
    problems = without_reason(request, reason)
    typed = {"reason": reason}
    if problems:
        return _report(request, person, session, report_id, Refused("exempt", report_id, problems, typed), 422)
    today = plan_day(held.plan, person.at).today

    def act() -> t.ProgressReport:
        return desk.exempt(session, person.change, report_id, typed_text(reason), today)

    try:
        if action == PREVIEW:
            foreseen = mail_changes.of_act(session, (held.round,), person.at, act)
            return foreseen_page(request, considered_exemption(request, held, typed), foreseen)
        report = act()
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "exempt", report_id, typed)
        return _report(request, person, session, report_id, refused, 409)
    return _to(board_of(held.round), "exempted", report.request_id)


@router.post("/desk/reports/{report_id}/reassign")
def reassign(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    report_id: RowId,
    department_id: Typed = "",
    reason: Typed = "",
    action: Typed = "",
) -> Response:
    """Another department answers from now on; with `action=preview` it is only shown what that changes."""
    held = reporting.find(session, report_id, person.actor)
    day = plan_day(held.plan, person.at)
    known = {str(d.id): d.id for d in people.departments_on(session, day.today)}
    department = known.get(department_id)
    problems = {} if department else {"department_id": say(request, "department_missing")}
    problems |= without_reason(request, reason)
    typed = {"department_id": department_id, "reason": reason}
    if department is None or problems:
        return _report(request, person, session, report_id, Refused("reassign", report_id, problems, typed), 422)

    def act() -> t.ProgressReport:
        return desk.reassign(session, person.change, report_id, department, typed_text(reason), day.today, day.calendar)

    try:
        if action == PREVIEW:
            foreseen = mail_changes.of_act(session, (held.round,), person.at, act)
            return foreseen_page(request, considered_reassignment(request, session, held, department, typed), foreseen)
        report = act()
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "reassign", report_id, typed)
        return _report(request, person, session, report_id, refused, 409)
    return _to(board_of(held.round), "reassigned", report.request_id)


def _desk(
    request: Request, person: Person, session: Session, refused: Refused | None = None, status: int = 200
) -> Response:
    known = overview.of_municipality(session, person.at)
    vacancies = body_pages.vacancies_of(session, ((one.plan, one.today) for one in known))
    reviewed = review_pages.of_municipality(session, person.at)
    matters = matter_pages.waiting_of_municipality(session, person.at)
    undelivered = mail_troubles.by_plan(session, person.at)
    asking = {
        plan
        for one in known
        if (plan := one.plan.id) in undelivered
        or (one.running or reviewed[plan].running or matters.get(plan))
        or (vacancies[plan].wanted or vacancies[plan].without_leader)
    }
    return page(
        request,
        "desk/desk.html",
        status,
        plans=known,
        quiet={one.plan.id for one in known} - asking if len(known) > UNFOLDED_AT_MOST else set(),
        vacancies=vacancies,
        reviews=reviewed,
        matters=matters,
        undelivered=undelivered,
        not_reached_since=mail_troubles.not_reached_since(session),
        refused=refused,
    )


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
        is_late=reporting.is_late(held, counted_day(person.paused_since, today)),
        refused=refused,
    )


def _to(board: str, done: str, request_id: int = 0) -> Response:
    place = f"&open={request_id}#request-{request_id}" if request_id else ""
    return RedirectResponse(f"{board}?done={done}{place}", status_code=303)
