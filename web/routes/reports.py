"""進捗報告: the form that prompts, its drafts, and what was reported."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

import i18n
from domain import proposal
from domain.progress_report import NotPossible
from domain.questions import AnswerProblem, Answers
from i18n import N_
from records import inheritance, plan_reading, plans, reporting, requests, term_of_measure
from records.change import Conflict
from records.reporting import EditedMeanwhile, NotAnswered, ReportInHand
from records.round_state import question_set_of
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, plan_day
from web.forms.report_form import answered_questions, posted_answers, posted_draft, posted_revision, report_form
from web.labels import label, problem_in_words
from web.pages import page
from web.paths import RowId

router = APIRouter()


async def _posted(request: Request) -> FormData:
    return await request.form()


async def _posted_body(request: Request) -> bytes:
    return await request.body()


Posted = Annotated[FormData, Depends(_posted)]
PostedBody = Annotated[bytes, Depends(_posted_body)]


@router.get("/reports/{report_id}")
def show_report(
    request: Request, person: SignedInPerson, session: Reading, report_id: RowId, saved: str = ""
) -> Response:
    held = reporting.find(session, report_id, person.actor)
    if not reporting.may_write(held, person.actor):
        return _reading_page(request, person, session, held)
    return _form_page(request, person, session, held, held.report.answers, was_saved=bool(saved))


@router.post("/reports/{report_id}")
def write_report(
    request: Request, person: ChangingPerson, session: Writing, report_id: RowId, posted: Posted
) -> Response:
    """Keep a draft or submit. Whatever refuses it, the answer shows everything that was typed."""
    held = reporting.find(session, report_id, person.actor, lock=True)
    answers = posted_answers(question_set_of(held.round), posted)
    revision, today = posted_revision(posted), plan_day(held.plan, person.at).today
    problems: tuple[AnswerProblem, ...] = ()
    try:
        if posted.get("action") == "submit":
            try:
                reporting.submit(session, person.change, person.actor, report_id, answers, revision, today)
                return _to(f"/requests/{held.request.id}?submitted={report_id}")
            except NotAnswered as refused:
                problems = refused.problems
        reporting.save_draft(session, person.change, person.actor, report_id, answers, revision)
    except EditedMeanwhile as meanwhile:
        return _form_page(request, person, session, held, answers, 409, problems=problems, meanwhile=meanwhile)
    except (Conflict, NotPossible) as refusal:
        return _reading_page(request, person, session, held, 409, typed=answers, refusal=refusal)
    if problems:
        return _form_page(request, person, session, held, answers, 422, problems=problems)
    return _to(f"/reports/{report_id}?saved=1")


@router.put("/reports/{report_id}/draft")
def autosave(person: ChangingPerson, session: Writing, report_id: RowId, body: PostedBody) -> JSONResponse:
    """The draft as it is typed. 409 with the other's answers when somebody else saved meanwhile."""
    held = reporting.find(session, report_id, person.actor, lock=True)
    try:
        draft = posted_draft(question_set_of(held.round), json.loads(body))
    except ValueError:
        draft = None
    if draft is None:
        return JSONResponse({"error": "draft"}, status_code=422)
    try:
        report = reporting.save_draft(session, person.change, person.actor, report_id, draft.answers, draft.revision)
    except EditedMeanwhile as meanwhile:
        theirs = meanwhile.report
        return JSONResponse(
            {"editor": meanwhile.editor, "answers": theirs.answers, "revision": theirs.revision}, status_code=409
        )
    except (Conflict, NotPossible):
        return JSONResponse({"error": "closed"}, status_code=410)
    return JSONResponse({"revision": report.revision, "saved_at": person.at.isoformat()})


def _form_page(
    request: Request,
    person: Person,
    session: Session,
    held: ReportInHand,
    answers: Answers,
    status: int = 200,
    *,
    problems: Iterable[AnswerProblem] = (),
    meanwhile: EditedMeanwhile | None = None,
    was_saved: bool = False,
) -> Response:
    before, after = requests.neighbours(session, held)
    last_year, definition = requests.last_year(session, held), plans.definition_of(held.plan)
    language = language_of(request)
    form = report_form(
        question_set_of(held.round),
        answers,
        held.node.measure_class or "",
        language,
        last_year,
        problems,
        meanwhile.report.answers if meanwhile else None,
        inheritance.of_report(session, held),
        proposal.as_it_reads(plan_reading.told(held.node), definition) if held.is_proposal else {},
    )
    return page(
        request,
        "reports/form.html",
        status,
        held=held,
        form=form,
        meanwhile=meanwhile,
        was_saved=was_saved,
        editor=requests.editor_of(session, held),
        is_late=reporting.is_late(held, plan_day(held.plan, person.at).today),
        place=requests.place_in_plan(session, held.node),
        definition=definition,
        term=term_of_measure.of_proposal(session, held, language),
        department=requests.department_of(session, held),
        last_year=last_year,
        before=before,
        after=after,
    )


def _reading_page(
    request: Request,
    person: Person,
    session: Session,
    held: ReportInHand,
    status: int = 200,
    *,
    typed: Answers | None = None,
    refusal: Conflict | NotPossible | None = None,
) -> Response:
    """The report to read. `typed`: what could not be saved, so that it can be copied."""
    language = language_of(request)
    submitted = requests.submitted(session, held)
    before, after = requests.neighbours(session, held)
    question_set, measure_class = question_set_of(held.round), held.node.measure_class or ""
    return page(
        request,
        "reports/read.html",
        status,
        held=held,
        submitted=submitted,
        answered=answered_questions(question_set, held.report.answers, measure_class, language, submitted.last_year),
        typed=answered_questions(question_set, typed, measure_class, language, None) if typed else (),
        refusal=_in_words(refusal, language),
        place=requests.place_in_plan(session, held.node),
        definition=plans.definition_of(held.plan),
        term=term_of_measure.of_proposal(session, held, language),
        may_approve=reporting.may_approve(held, person.actor),
        may_return=reporting.may_return(held, person.actor),
        before=before,
        after=after,
    )


def _in_words(refusal: Conflict | NotPossible | None, language: str) -> str:
    match refusal:
        case Conflict():
            return problem_in_words(refusal.reason, language)
        case NotPossible():
            state = label(refusal.state, language)
            text = N_("この回答は「%(state)s」のため、変更できません。")
            return i18n.translate(language, text, state=state)
    return ""


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
