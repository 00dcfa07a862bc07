"""承認と差戻し: what a section head reads, approves or sends back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from domain.progress_report import ReportState
from domain.roles import Role
from records import plans, reporting, requests
from records.change import Conflict, NotAllowed, NotFound
from records.reporting import ReportInHand
from records.requests import SubmittedReport
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, plan_day
from web.forms.report_form import AnsweredQuestion, answered_questions
from web.labels import problem_in_words
from web.mine import mine_of
from web.pages import page
from web.paths import RowId

router = APIRouter()


@dataclass(frozen=True)
class ToApprove:
    """A submitted report as the page shows it."""

    submitted: SubmittedReport
    answered: tuple[AnsweredQuestion, ...]

    @property
    def held(self) -> ReportInHand:
        return self.submitted.held


@dataclass(frozen=True)
class RefusedReturn:
    """A return that lacks something; the comment as it was typed."""

    report_id: int
    error: str
    comment: str


@router.get("/approvals")
def show_approvals(
    request: Request, person: SignedInPerson, session: Reading, approved: str = "", returned: str = ""
) -> Response:
    if not person.actor.is_planning and Role.SECTION_HEAD not in person.actor.roles:
        raise NotAllowed("approve")
    done = _report_in(session, person, approved, ReportState.APPROVED) or _report_in(
        session, person, returned, ReportState.RETURNED
    )
    return _list(request, person, session, done=done)


@router.post("/reports/{report_id}/approve")
def approve(person: ChangingPerson, session: Writing, report_id: RowId) -> Response:
    held = reporting.find(session, report_id, person.actor, lock=True)
    reporting.approve(session, person.change, person.actor, report_id, plan_day(held.plan, person.at).today)
    return _to(f"/approvals?approved={report_id}")


@router.post("/reports/{report_id}/return")
def return_(
    request: Request,
    person: ChangingPerson,
    session: Writing,
    report_id: RowId,
    comment: Annotated[str, Form()] = "",
) -> Response:
    held = reporting.find(session, report_id, person.actor, lock=True)
    day = plan_day(held.plan, person.at)
    definition = plans.definition_of(held.plan)
    try:
        reporting.return_(session, person.change, person.actor, report_id, comment, day.today, day.calendar, definition)
    except Conflict as conflict:
        if not reporting.may_return(held, person.actor):
            raise
        error = problem_in_words(conflict.reason, language_of(request))
        return _list(request, person, session, 422, refused=RefusedReturn(report_id, error, comment))
    return _to(f"/approvals?returned={report_id}")


def _list(
    request: Request,
    person: Person,
    session: Session,
    status: int = 200,
    *,
    done: ReportInHand | None = None,
    refused: RefusedReturn | None = None,
) -> Response:
    language = language_of(request)
    waiting = list(requests.awaiting_approval(session, person.actor))
    if refused and refused.report_id not in {w.held.report.id for w in waiting}:
        # An approved report that was to go back: it is on no list, but its comment must not be lost.
        waiting.insert(0, requests.submitted(session, reporting.find(session, refused.report_id, person.actor)))
    shown = [ToApprove(each, _answered(session, each, language)) for each in waiting]
    mine = mine_of(session, person)
    return page(request, "approvals/list.html", status, waiting=shown, done=done, refused=refused, mine=mine)


def _answered(session: Session, submitted: SubmittedReport, language: str) -> tuple[AnsweredQuestion, ...]:
    held = submitted.held
    question_set, measure_class = reporting.questions_of(session, held), held.node.measure_class or ""
    return answered_questions(question_set, held.report.answers, measure_class, language, submitted.last_year)


def _report_in(session: Session, person: Person, report_id: str, state: ReportState) -> ReportInHand | None:
    """The report that was just dealt with, if it is the person's to see and in that state."""
    if not (report_id.isascii() and report_id.isdigit() and len(report_id) < 10):
        return None
    try:
        held = reporting.find(session, int(report_id), person.actor)
    except NotFound:
        return None
    return held if held.report.state is state else None


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
