"""Where a person starts, and what their departments are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.progress_report import ReportState
from domain.roles import Role
from records import new_measures, requests, reviews
from records.requests import AskedMeasure, AskedRequest
from web.context import Person, Reading, SignedInPerson, plan_day
from web.mine import mine_of
from web.pages import page
from web.paths import RowId

router = APIRouter()


@router.get("/")
def start(person: SignedInPerson) -> Response:
    return RedirectResponse(_first_page(person.actor.roles), status_code=303)


@router.get("/requests")
def show_requests(request: Request, person: SignedInPerson, session: Reading) -> Response:
    asked = requests.open_for(session, person.actor, today_of(person))
    return page(request, "requests/list.html", requests=asked, mine=mine_of(session, person))


@router.get("/requests/{request_id}")
def show_request(
    request: Request, person: SignedInPerson, session: Reading, request_id: RowId, submitted: str = ""
) -> Response:
    asked = requests.find(session, request_id, person.actor, today_of(person))
    done = next((m for m in asked.measures if str(m.report.id) == submitted and _was_submitted(m)), None)
    return page(
        request,
        "requests/request.html",
        asked=asked,
        done=done,
        following=_following(asked, done),
        new_measures=_new_measures(session, asked),
    )


def today_of(person: Person) -> Callable[[t.Plan], date]:
    """What day it is for a plan at the moment of the request."""
    return lambda plan: plan_day(plan, person.at).today


def _first_page(roles: frozenset[Role]) -> str:
    """Where somebody's work most likely is."""
    if Role.PLANNING in roles:
        return "/desk"
    if Role.STAFF in roles:
        return "/requests"
    if Role.SECTION_HEAD in roles:
        return "/approvals"
    return "/admin/accounts" if Role.ADMINISTRATOR in roles else "/plans"


def _was_submitted(measure: AskedMeasure) -> bool:
    return measure.report.state is ReportState.SUBMITTED


def _new_measures(session: Session, asked: AskedRequest) -> Sequence[t.NewMeasureProposal] | None:
    """What the department proposes anew; None where it is not asked to."""
    if asked.round.review_id is None:
        return None
    review = reviews.find(session, asked.round.review_id)
    proposals = new_measures.of_department(session, review, asked.request.department_id)
    return [p for p in proposals if not p.is_withdrawn]


def _following(asked: AskedRequest, done: AskedMeasure | None) -> AskedMeasure | None:
    """What to answer after `done`: the next measure that is owed, from the top again after the last."""
    if done is None:
        return None
    place = asked.measures.index(done)
    return next((m for m in asked.measures[place:] + asked.measures[:place] if m.is_owed), None)
