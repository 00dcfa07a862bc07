"""進捗報告: the form that prompts, its drafts, and what was reported."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

import i18n
from db import tables as t
from domain import draft, proposal
from domain.pause import counted_day
from domain.progress_report import NotPossible
from domain.questions import AnswerProblem, Answers
from domain.soft_warnings import SoftWarning
from domain.text import named
from i18n import N_
from records import attachments, inheritance, plan_reading, plans, report_figures, reporting, requests, term_of_measure
from records.change import Conflict
from records.reporting import ReportInHand
from records.round_state import question_set_of
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, plan_day
from web.forms.report_form import (
    answered_questions,
    posted_answers,
    posted_draft,
    posted_revision,
    posted_seen,
    report_form,
)
from web.labels import label, problem_in_words
from web.pages import page
from web.paths import RowId

router = APIRouter()


@dataclass(frozen=True)
class Meanwhile:
    """Somebody else saved what this person changed too."""

    editor: t.User | None


async def _posted(request: Request) -> FormData:
    return await request.form()


async def _posted_body(request: Request) -> bytes:
    return await request.body()


Posted = Annotated[FormData, Depends(_posted)]
PostedBody = Annotated[bytes, Depends(_posted_body)]


@router.get("/reports/{report_id}")
def show_report(
    request: Request, person: SignedInPerson, session: Reading, report_id: RowId, saved: str = "", look: str = ""
) -> Response:
    held = reporting.find(session, report_id, person.actor)
    if not reporting.may_write(held, person.actor):
        return _reading_page(request, person, session, held)
    return _form_page(request, person, session, held, held.report.answers, saved=saved, look=look)


@router.post("/reports/{report_id}")
def write_report(
    request: Request, person: ChangingPerson, session: Writing, report_id: RowId, posted: Posted
) -> Response:
    """Keep a draft or submit. Whatever refuses it, the answer shows everything that was typed.

    What is worth a second look holds a submission back once: "submit_anyway" goes on. So does what somebody else
    saved meanwhile: nobody submits what they have not read.
    """
    held = reporting.find(session, report_id, person.actor, lock=True)
    typed, action = posted_answers(reporting.questions_of(session, held), posted), posted.get("action")
    seen = posted_seen(posted) or reporting.seen_at(held.report, posted_revision(posted))
    found, editor = draft.merged(held.report.answers, typed, seen), requests.editor_of(session, held)
    answers = {**found.answers, **{q: typed.get(q, "") for q in found.conflicts}}
    problems: tuple[AnswerProblem, ...] = ()
    is_held_back = False
    try:
        if action in ("submit", "submit_anyway"):
            _, problems = reporting.checked(session, held, answers)
            is_held_back = bool(found.taken) or (action == "submit" and bool(_second_look(session, held, answers)))
            if not problems and not is_held_back and not found.conflicts:
                today, revision = plan_day(held.plan, person.at).today, held.report.revision
                reporting.submit(session, person.change, person.actor, report_id, answers, revision, today)
                return _to(f"/requests/{held.request.id}?submitted={report_id}#next")
        reporting.merge_draft(session, person.change, person.actor, report_id, typed, seen)
    except (Conflict, NotPossible) as refusal:
        return _reading_page(request, person, session, held, 409, typed=typed, refusal=refusal)
    if found.conflicts:
        return _form_page(request, person, session, held, answers, 409, problems=problems, meanwhile=Meanwhile(editor))
    if problems:
        return _form_page(request, person, session, held, answers, 422, problems=problems)
    return _to(f"/reports/{report_id}?{'look' if is_held_back else 'saved'}={'joined' if found.taken else 1}")


@router.get("/reports/{report_id}/draft")
def look_at_draft(
    request: Request, person: SignedInPerson, session: Reading, report_id: RowId, since: int = -1
) -> JSONResponse:
    """What an open form asks now and then: whether somebody else saved since, and what."""
    held = reporting.find(session, report_id, person.actor)
    if not reporting.may_write(held, person.actor):
        return JSONResponse({"error": "closed"}, status_code=410)
    if held.report.revision == since:
        return JSONResponse({"revision": since})
    return JSONResponse(_as_it_is(request, held, requests.editor_of(session, held), held.report.edited_at))


@router.put("/reports/{report_id}/draft")
def autosave(
    request: Request, person: ChangingPerson, session: Writing, report_id: RowId, body: PostedBody
) -> JSONResponse:
    """The draft as it is typed; the answer says what is stored now. 409: what both changed was not taken."""
    held = reporting.find(session, report_id, person.actor, lock=True)
    try:
        sent = posted_draft(reporting.questions_of(session, held), json.loads(body))
    except ValueError:
        sent = None
    if sent is None:
        return JSONResponse({"error": "draft"}, status_code=422)
    editor, edited_at = requests.editor_of(session, held), held.report.edited_at
    seen = sent.seen or reporting.seen_at(held.report, sent.revision)
    try:
        found = reporting.merge_draft(session, person.change, person.actor, report_id, sent.answers, seen)
    except (Conflict, NotPossible):
        return JSONResponse({"error": "closed"}, status_code=410)
    now = {**_as_it_is(request, held, editor, edited_at), "saved_at": person.at.isoformat()}
    return JSONResponse(now, status_code=409 if found.conflicts else 200)


def _as_it_is(request: Request, held: ReportInHand, editor: t.User | None, at: datetime | None) -> dict[str, object]:
    """A draft for the script of the page: what is stored, its marks, and who else saved it when."""
    return {
        "revision": held.report.revision,
        "editor": named(editor, language_of(request)) if editor else "",
        "editor_saved_at": at.isoformat() if at else "",
        "answers": held.report.answers,
        "seen": draft.marks(held.report.answers),
    }


def _form_page(
    request: Request,
    person: Person,
    session: Session,
    held: ReportInHand,
    answers: Answers,
    status: int = 200,
    *,
    problems: Iterable[AnswerProblem] = (),
    meanwhile: Meanwhile | None = None,
    saved: str = "",
    look: str = "",
) -> Response:
    """`saved`, `look`: a draft was saved, a submission held back; "joined": what somebody else saved came in."""
    last_year, definition = requests.last_year(session, held), plans.definition_of(held.plan)
    language = language_of(request)
    figures = report_figures.asked(session, held.round, held.node)
    is_looked_at = bool(saved or look) or status == 422
    form = report_form(
        report_figures.with_figures(question_set_of(held.round), figures),
        answers,
        held.node.measure_class or "",
        language,
        last_year,
        problems,
        held.report.answers if meanwhile else None,
        inheritance.of_report(session, held),
        proposal.as_it_reads(plan_reading.told(held.node), definition) if held.is_proposal else {},
        _second_look(session, held, answers) if is_looked_at else (),
        figures,
        held.report.answers,
        reporting.remarks_of(held.report),
    )
    return page(
        request,
        "reports/form.html",
        status,
        held=held,
        attached=attachments.of_report(session, held.report),
        form=form,
        meanwhile=meanwhile,
        saved=saved,
        is_joined="joined" in (saved, look),
        editor=requests.editor_of(session, held),
        is_late=reporting.is_late(held, counted_day(person.paused_since, plan_day(held.plan, person.at).today)),
        place=requests.place_in_plan(session, held.node),
        definition=definition,
        term=term_of_measure.of_proposal(session, held, language),
        department=requests.department_of(session, held),
        last_year=last_year,
        among=requests.place_in_request(session, held),
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
    question_set, measure_class = reporting.questions_of(session, held), held.node.measure_class or ""
    return page(
        request,
        "reports/read.html",
        status,
        held=held,
        attached=attachments.of_report(session, held.report),
        submitted=submitted,
        answered=answered_questions(
            question_set,
            held.report.answers,
            measure_class,
            language,
            submitted.last_year,
            reporting.remarks_of(held.report),
        ),
        typed=answered_questions(question_set, typed, measure_class, language, None) if typed else (),
        refusal=_in_words(refusal, language),
        place=requests.place_in_plan(session, held.node),
        definition=plans.definition_of(held.plan),
        term=term_of_measure.of_proposal(session, held, language),
        may_approve=reporting.may_approve(held, person.actor),
        may_return=reporting.may_return(held, person.actor),
        among=requests.place_in_request(session, held),
    )


def _second_look(session: Session, held: ReportInHand, answers: Answers) -> tuple[SoftWarning, ...]:
    last_year = requests.last_year(session, held)
    said = last_year.answers if last_year else {}
    return report_figures.second_look(session, held.round, held.node, answers, said)


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
