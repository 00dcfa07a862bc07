"""状況確認: the form that asks a team where it stands, its draft, and what follows from what was sent in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.key_project import CheckInState
from domain.questions import AnswerProblem, Answers
from records import check_in_figures, check_ins, project_pages
from records.change import Conflict
from records.check_ins import CheckInEditedMeanwhile, CheckInNotAnswered
from web.context import ChangingPerson, Reading, SignedInPerson, Writing, language_of
from web.forms import check_in_form, route_form
from web.forms.posted import Posted
from web.forms.report_form import answered_questions, posted_answers, posted_draft, posted_revision
from web.labels import problem_in_words
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, project_page

router = APIRouter()


async def _posted_body(request: Request) -> bytes:
    return await request.body()


PostedBody = Annotated[bytes, Depends(_posted_body)]


@router.get("/check-ins/{check_in_id}")
def show_check_in(
    request: Request, person: SignedInPerson, session: Reading, check_in_id: RowId, done: str = ""
) -> Response:
    check_in = check_ins.find(session, check_in_id)
    frame = frame_of(session, person, check_in.project_id)
    if check_in.state is CheckInState.ASKED and frame.may_write:
        return _form_page(request, session, frame, check_in, check_in.answers, done=done)
    return _reading_page(request, session, frame, check_in, done=done)


@router.post("/check-ins/{check_in_id}")
def write_check_in(
    request: Request, person: ChangingPerson, session: Writing, check_in_id: RowId, posted: Posted
) -> Response:
    """Keep a draft or send it in. Whatever refuses it, the answer shows everything that was typed."""
    check_in = check_ins.find(session, check_in_id, lock=True)
    frame = frame_of(session, person, check_in.project_id)
    answers = posted_answers(check_in_figures.form_of(session, check_in), posted)
    revision, rights = posted_revision(posted), frame.rights
    problems: tuple[AnswerProblem, ...] = ()
    try:
        if posted.get("action") == "submit":
            try:
                check_in_figures.submit(session, person.change, rights, check_in, answers, revision, frame.today)
                return _to(f"/check-ins/{check_in_id}?done=submitted")
            except CheckInNotAnswered as refused:
                problems = refused.problems
        check_ins.save_draft(session, person.change, rights, check_in, answers, revision)
    except CheckInEditedMeanwhile as meanwhile:
        return _form_page(request, session, frame, check_in, answers, 409, problems=problems, meanwhile=meanwhile)
    except Conflict as conflict:
        return _reading_page(request, session, frame, check_in, 409, typed=answers, refusal=conflict.reason)
    if problems:
        return _form_page(request, session, frame, check_in, answers, 422, problems=problems)
    return _to(f"/check-ins/{check_in_id}?done=saved")


@router.put("/check-ins/{check_in_id}/draft")
def autosave(person: ChangingPerson, session: Writing, check_in_id: RowId, body: PostedBody) -> JSONResponse:
    """The draft as it is typed. 409 with the other's answers when somebody else saved meanwhile."""
    check_in = check_ins.find(session, check_in_id, lock=True)
    frame = frame_of(session, person, check_in.project_id)
    try:
        draft = posted_draft(check_in_figures.form_of(session, check_in), json.loads(body))
    except ValueError:
        draft = None
    if draft is None:
        return JSONResponse({"error": "draft"}, status_code=422)
    try:
        check_ins.save_draft(session, person.change, frame.rights, check_in, draft.answers, draft.revision)
    except CheckInEditedMeanwhile as meanwhile:
        theirs = meanwhile.check_in
        found = {"editor": meanwhile.editor, "answers": theirs.answers, "revision": theirs.revision}
        return JSONResponse(found, status_code=409)
    except Conflict:
        return JSONResponse({"error": "closed"}, status_code=410)
    return JSONResponse({"revision": check_in.revision, "saved_at": person.at.isoformat()})


def _form_page(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    check_in: t.CheckIn,
    answers: Answers,
    status: int = 200,
    *,
    problems: Iterable[AnswerProblem] = (),
    meanwhile: CheckInEditedMeanwhile | None = None,
    done: str = "",
) -> Response:
    theirs = meanwhile.check_in.answers if meanwhile else None
    return project_page(
        request,
        "projects/check_in_form.html",
        frame,
        status,
        check_in=check_in,
        event=_event(session, check_in),
        form=check_in_form.check_in_form(session, check_in, answers, language_of(request), problems, theirs),
        last=check_in_form.last_of(session, check_in).check_in,
        meanwhile=meanwhile,
        editor=_user(session, check_in.edited_by_id),
        done=done,
    )


def _reading_page(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    check_in: t.CheckIn,
    status: int = 200,
    *,
    typed: Answers | None = None,
    refusal: str = "",
    done: str = "",
) -> Response:
    """The check-in to read, with what follows from it. `typed`: what could not be saved, so that it can be copied."""
    language, asked = language_of(request), check_in_figures.form_of(session, check_in)
    follow_up = project_pages.follow_up(session, check_in)
    decides = follow_up is not None and follow_up.is_open and frame.may_decide
    return project_page(
        request,
        "projects/check_in.html",
        frame,
        status,
        check_in=check_in,
        event=_event(session, check_in),
        answered=answered_questions(check_ins.questions_of(check_in), check_in.answers, "", language, None),
        typed=answered_questions(asked, typed, "", language, None) if typed else (),
        refusal=problem_in_words(refusal, language) if refusal else "",
        figures=check_in_figures.measured(session, check_in),
        submitted_by=_user(session, check_in.submitted_by_id),
        follow_up=follow_up,
        decider=route_form.decider(frame, follow_up.wanted) if follow_up else None,
        route=route_form.route_form(session, frame, follow_up.wanted, check_in, language)
        if follow_up and decides
        else None,
        glance=project_pages.glance(session, frame.project, frame.today, frame.day.calendar),
        done=done,
    )


def _event(session: Session, check_in: t.CheckIn) -> t.TriggerEvent | None:
    return session.get(t.TriggerEvent, check_in.event_id) if check_in.event_id else None


def _user(session: Session, user_id: int | None) -> t.User | None:
    return session.get(t.User, user_id) if user_id else None


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
