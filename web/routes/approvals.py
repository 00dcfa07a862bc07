"""承認と差戻し: what a section head reads, approves or sends back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.progress_report import ReportState
from domain.questions import QuestionSet
from domain.roles import Role
from domain.text import typed_text
from records import approvals, attachments, plans, reporting, requests
from records.approvals import ApprovedTogether, Chosen
from records.change import Conflict, NotAllowed, NotFound
from records.reporting import ReportInHand
from records.requests import SubmittedReport
from web.approval_words import not_approved_in_words
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, plan_day
from web.forms.posted import Posted
from web.forms.report_form import AnsweredQuestion, answered_questions, posted_remarks
from web.labels import problem_in_words
from web.mine import mine_of
from web.pages import page
from web.paths import RowId

router = APIRouter()

_MOST_AT_ONCE = 200  # Meguru's own: more than any department has


@dataclass(frozen=True)
class ToApprove:
    """A submitted report as the page shows it. `is_chosen`: its box is ticked."""

    submitted: SubmittedReport
    answered: tuple[AnsweredQuestion, ...]
    is_chosen: bool

    @property
    def held(self) -> ReportInHand:
        return self.submitted.held


@dataclass(frozen=True)
class WaitingRequest:
    """What waits of one request: one department in one round."""

    department: t.Department | None
    reports: tuple[ToApprove, ...]

    @property
    def first(self) -> ReportInHand:
        return self.reports[0].held

    @property
    def to_approve(self) -> tuple[ReportInHand, ...]:
        """Without an approved report that was to go back and is shown for its comment."""
        return tuple(each.held for each in self.reports if each.held.report.state is ReportState.SUBMITTED)


@dataclass(frozen=True)
class RefusedReturn:
    """A return that lacks something; what was typed stays."""

    report_id: int
    error: str
    comment: str
    remarks: Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """What the person just did: the reports that were dealt with, and what could not be, in words."""

    approved: Sequence[ReportInHand] = ()
    returned: ReportInHand | None = None
    refused: Sequence[str] = ()
    is_nothing_chosen: bool = False


@router.get("/approvals")
def show_approvals(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    approved: Annotated[Sequence[str], Query()] = (),
    returned: str = "",
    asked: Annotated[str, Query(alias="request")] = "",
) -> Response:
    """What waits. The mail that asks for an approval names its `request`: that comes first, with its boxes ticked."""
    if not person.actor.is_planning and Role.SECTION_HEAD not in person.actor.roles:
        if asked:  # who reads the department's mailbox, and approves nothing, sees the request
            return _to(f"/requests/{_number(asked)}")
        raise NotAllowed("approve")
    done = Done(
        _reports_in(session, person, approved, ReportState.APPROVED),
        next(iter(_reports_in(session, person, (returned,), ReportState.RETURNED)), None),
    )
    return _list(request, person, session, done=done, asked=_number(asked))


@router.post("/approvals")
def approve_chosen(request: Request, person: ChangingPerson, session: Writing, posted: Posted) -> Response:
    """Approve all reports that were ticked, or those of one department by its own button."""
    chosen = _chosen(str(value) for value in posted.getlist("report"))
    if not chosen:
        return _list(request, person, session, 422, done=Done(is_nothing_chosen=True))
    together = approvals.approve_all(
        session, person.change, person.actor, chosen, lambda plan: plan_day(plan, person.at).today
    )
    if together.refused:
        return _list(request, person, session, 409, done=_done(together, language_of(request)))
    return _to("/approvals?" + "&".join(f"approved={held.report.id}" for held in together.approved))


@router.post("/reports/{report_id}/approve")
def approve(person: ChangingPerson, session: Writing, report_id: RowId) -> Response:
    held = reporting.find(session, report_id, person.actor, lock=True)
    reporting.approve(session, person.change, person.actor, report_id, plan_day(held.plan, person.at).today)
    return _to(f"/approvals?approved={report_id}")


@router.post("/reports/{report_id}/return")
def return_(request: Request, person: ChangingPerson, session: Writing, report_id: RowId, posted: Posted) -> Response:
    held = reporting.find(session, report_id, person.actor, lock=True)
    day = plan_day(held.plan, person.at)
    definition = plans.definition_of(held.plan)
    comment = typed_text(str(posted.get("comment", "")))
    remarks = posted_remarks(reporting.questions_of(session, held), posted)
    try:
        reporting.return_(
            session, person.change, person.actor, report_id, comment, day.today, day.calendar, definition, remarks
        )
    except Conflict as conflict:
        if not reporting.may_return(held, person.actor):
            raise
        error = problem_in_words(conflict.reason, language_of(request))
        return _list(request, person, session, 422, refused=RefusedReturn(report_id, error, comment, remarks))
    return _to(f"/approvals?returned={report_id}")


def _list(
    request: Request,
    person: Person,
    session: Session,
    status: int = 200,
    *,
    done: Done | None = None,
    refused: RefusedReturn | None = None,
    asked: int = 0,
) -> Response:
    language = language_of(request)
    waiting = list(requests.awaiting_approval(session, person.actor))
    if refused and refused.report_id not in {w.held.report.id for w in waiting}:
        # An approved report that was to go back: it is on no list, but its comment must not be lost.
        waiting.insert(0, requests.submitted(session, reporting.find(session, refused.report_id, person.actor)))
    questions = reporting.questions_of_each(session, [w.held for w in waiting])
    shown = [
        ToApprove(w, _answered(w, questions[w.held.report.id], language), w.held.request.id == asked) for w in waiting
    ]
    return page(
        request,
        "approvals/list.html",
        status,
        waiting=_by_request(shown, asked),
        total=len(shown),
        attached=attachments.of_reports(session, [w.held.report.id for w in waiting]),
        done=done or Done(),
        refused=refused,
        mine=mine_of(session, person),
    )


def _by_request(shown: Sequence[ToApprove], asked: int) -> list[WaitingRequest]:
    """What waits, by request in the order of submission; the one that was asked for first."""
    ids = list(dict.fromkeys(each.held.request.id for each in shown))
    ids.sort(key=lambda id_: id_ != asked)
    grouped = [tuple(each for each in shown if each.held.request.id == id_) for id_ in ids]
    return [WaitingRequest(reports[0].submitted.department, reports) for reports in grouped]


def _answered(submitted: SubmittedReport, asked: QuestionSet, language: str) -> tuple[AnsweredQuestion, ...]:
    held = submitted.held
    measure_class, remarks = held.node.measure_class or "", reporting.remarks_of(held.report)
    return answered_questions(asked, held.report.answers, measure_class, language, submitted.last_year, remarks)


def _chosen(values: Iterable[str]) -> list[Chosen]:
    """The ticked boxes: each says its report and the revision that was shown."""
    found = []
    for value in values:
        report, _, revision = value.partition(".")
        if _number(report) and _is_number(revision):
            found.append(Chosen(int(report), int(revision)))
    return found[:_MOST_AT_ONCE]


def _done(together: ApprovedTogether, language: str) -> Done:
    return Done(together.approved, None, [not_approved_in_words(each, language) for each in together.refused])


def _reports_in(session: Session, person: Person, reports: Sequence[str], state: ReportState) -> Sequence[ReportInHand]:
    """The reports that were just dealt with, as far as they are the person's to see and in that state."""
    found = []
    for report_id in dict.fromkeys(map(_number, reports[:_MOST_AT_ONCE])):
        try:
            held = reporting.find(session, report_id, person.actor)
        except NotFound:
            continue
        if held.report.state is state:
            found.append(held)
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _number(text: str) -> int:
    """A row's number; 0, which no row has, where it is none."""
    return int(text) if _is_number(text) else 0


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
