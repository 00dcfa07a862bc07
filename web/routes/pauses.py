"""停止（災害対応）と取下げ: one switch for the city, and taking back one department's request or a whole round."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.text import typed_text
from japan_calendar import business_calendar
from records import board, desk, mail_changes, pause_preview, pauses, plans, reorganisation, rounds, withdrawing
from records.change import Conflict, NotFound
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing, language_of, plan_day
from web.pages import page
from web.paths import RowId, board_of
from web.refused import Refused, Typed, refused_by, say, without_reason

router = APIRouter()


@router.get("/desk/pause")
def show_pause(request: Request, person: PlanningPerson, session: Reading, done: str = "") -> Response:
    return _pause(request, person, session, done=done)


@router.post("/desk/pause/begin")
def begin(
    request: Request, person: ChangingPlanningPerson, session: Writing, reason: Typed = "", confirmed: Typed = ""
) -> Response:
    typed = {"reason": reason, "confirmed": confirmed}
    problems = without_reason(request, reason)
    if not confirmed:
        problems["confirmed"] = say(request, "not_confirmed")
    if problems:
        return _pause(request, person, session, Refused("pause", "begin", problems, typed), 422)
    try:
        pauses.begin(session, person.change, typed_text(reason), reorganisation.city_day(session, person.at))
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "pause", "begin", typed)
        return _pause(request, person, session, refused, 409)
    return RedirectResponse("/desk/pause?done=begun", status_code=303)


@router.post("/desk/pause/end")
def end(request: Request, person: ChangingPlanningPerson, session: Writing) -> Response:
    today = reorganisation.city_day(session, person.at)
    calendar = business_calendar(range(today.year - 2, today.year + 3))
    try:
        pauses.end(session, person.change, today, calendar)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "pause", "end", {})
        return _pause(request, person, session, refused, 409)
    return RedirectResponse("/desk/pause?done=ended", status_code=303)


@router.get("/desk/requests/{request_id}/withdraw")
def show_withdrawal(request: Request, person: PlanningPerson, session: Reading, request_id: RowId) -> Response:
    return _withdrawal(request, person, session, request_id)


@router.post("/desk/requests/{request_id}/withdraw")
def withdraw(
    request: Request, person: ChangingPlanningPerson, session: Writing, request_id: RowId, reason: Typed = ""
) -> Response:
    _, round_ = desk.find_request(session, request_id)
    typed, problems = {"reason": reason}, without_reason(request, reason)
    if problems:
        return _withdrawal(request, person, session, request_id, Refused("withdraw", request_id, problems, typed), 422)
    today = plan_day(rounds.plan_of(session, round_), person.at).today
    try:
        withdrawing.withdraw(session, person.change, request_id, typed_text(reason), today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "withdraw", request_id, typed)
        return _withdrawal(request, person, session, request_id, refused, 409)
    place = f"?done=withdrawn&open={request_id}#request-{request_id}"
    return RedirectResponse(f"{board_of(round_)}{place}", status_code=303)


@router.get("/desk/rounds/{round_id}/withdraw")
def show_round_withdrawal(request: Request, person: PlanningPerson, session: Reading, round_id: RowId) -> Response:
    return _round_withdrawal(request, person, session, round_id)


@router.post("/desk/rounds/{round_id}/withdraw")
def withdraw_round(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    round_id: RowId,
    reason: Typed = "",
    confirmed: Typed = "",
) -> Response:
    """Take a whole round back that was opened by mistake."""
    round_ = rounds.find(session, round_id)
    typed, problems = {"reason": reason, "confirmed": confirmed}, without_reason(request, reason)
    if not confirmed:
        problems["confirmed"] = say(request, "not_confirmed")
    if problems:
        refused = Refused("withdraw_round", round_id, problems, typed)
        return _round_withdrawal(request, person, session, round_id, refused, 422)
    today = plan_day(rounds.plan_of(session, round_), person.at).today
    try:
        withdrawing.withdraw_round(session, person.change, round_, typed_text(reason), today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "withdraw_round", round_id, typed)
        return _round_withdrawal(request, person, session, round_id, refused, 409)
    return RedirectResponse(f"{board_of(round_)}?done=round_withdrawn#round-{round_id}", status_code=303)


def _pause(
    request: Request,
    person: Person,
    session: Session,
    refused: Refused | None = None,
    status: int = 200,
    done: str = "",
) -> Response:
    today = reorganisation.city_day(session, person.at)
    calendar = business_calendar(range(today.year - 2, today.year + 3))
    lasting = pauses.current(session)
    return page(
        request,
        "desk/pause.html",
        status,
        pause=lasting,
        begun_by=session.get(t.User, lasting.begun_by_id) if lasting and lasting.begun_by_id else None,
        lost=pauses.days_lost(lasting, today, calendar) if lasting else 0,
        held=pause_preview.of_city(session, person.at, today, calendar, language_of(request)),
        earlier=pauses.ended(session),
        today=today,
        refused=refused,
        done=done,
    )


def _withdrawal(
    request: Request,
    person: Person,
    session: Session,
    request_id: int,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    asked, round_ = desk.find_request(session, request_id)
    plan = rounds.plan_of(session, round_)
    day = plan_day(plan, person.at)
    shown = board.of_round(session, round_, day.time, day.calendar)
    row = next((row for row in shown.rows if row.request.id == asked.id), None)
    if row is None:  # all it asked went to other departments
        raise NotFound(f"request {request_id}")
    return page(
        request,
        "desk/withdraw.html",
        status,
        plan=plan,
        round=round_,
        definition=plans.definition_of(plan),
        row=row,
        foreseen=mail_changes.of_events(
            session, round_, person.at, lambda state: withdrawing.withdrawn_events(state, day.today, asked.id)
        ),
        refused=refused,
    )


def _round_withdrawal(
    request: Request,
    person: Person,
    session: Session,
    round_id: int,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    round_ = rounds.find(session, round_id)
    plan = rounds.plan_of(session, round_)
    day = plan_day(plan, person.at)
    return page(
        request,
        "desk/withdraw_round.html",
        status,
        plan=plan,
        round=round_,
        definition=plans.definition_of(plan),
        board=board.of_round(session, round_, day.time, day.calendar),
        foreseen=mail_changes.of_events(
            session, round_, person.at, lambda state: withdrawing.withdrawn_events(state, day.today)
        ),
        refused=refused,
    )
