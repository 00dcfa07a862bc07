"""新しい施策の提案: the measures that a department would like to see in the next edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.new_measure import LIMITS
from records import new_measures
from records.change import Conflict
from records.new_measures import Asking, NotProposed
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of
from web.forms import new_measure_form
from web.labels import problem_in_words
from web.pages import page
from web.paths import RowId

router = APIRouter()


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]

_EMPTY: Mapping[str, str] = dict.fromkeys(new_measure_form.FIELDS, "")


@router.get("/requests/{request_id}/new-measures")
def show_list(
    request: Request, person: SignedInPerson, session: Reading, request_id: RowId, done: str = ""
) -> Response:
    where = new_measures.asking(session, request_id, person.actor)
    return _list(request, person, session, where, done=done)


@router.post("/requests/{request_id}/new-measures")
def propose(request: Request, person: ChangingPerson, session: Writing, request_id: RowId, posted: Posted) -> Response:
    where = new_measures.asking(session, request_id, person.actor)
    typed = new_measure_form.posted(posted)
    try:
        new_measures.propose(session, person.change, person.actor, where, new_measure_form.content_of(typed))
    except NotProposed as wrong:
        problems = new_measure_form.in_words(wrong.problems, typed, language_of(request))
        return _list(request, person, session, where, 422, typed=typed, problems=problems)
    except Conflict as conflict:
        problems = {"": problem_in_words(conflict.reason, language_of(request))}
        return _list(request, person, session, where, 409, typed=typed, problems=problems)
    return _to(f"/requests/{request_id}/new-measures?done=proposed")


@router.get("/new-measures/{proposal_id}")
def show(request: Request, person: SignedInPerson, session: Reading, proposal_id: RowId) -> Response:
    proposal, where = new_measures.find(session, proposal_id, person.actor)
    return _one(request, person, proposal, where)


@router.post("/new-measures/{proposal_id}")
def change(request: Request, person: ChangingPerson, session: Writing, proposal_id: RowId, posted: Posted) -> Response:
    proposal, where = new_measures.find(session, proposal_id, person.actor)
    typed, seen = new_measure_form.posted(posted), new_measure_form.seen_of(posted)
    content = new_measure_form.content_of(typed)
    try:
        new_measures.change_proposal(session, person.change, person.actor, proposal_id, content, seen)
    except NotProposed as wrong:
        problems = new_measure_form.in_words(wrong.problems, typed, language_of(request))
        return _one(request, person, proposal, where, 422, typed=typed, problems=problems)
    except Conflict as conflict:
        problems = {"": problem_in_words(conflict.reason, language_of(request))}
        return _one(request, person, proposal, where, 409, typed=typed, problems=problems, seen=str(posted.get("seen")))
    return _to(f"/requests/{where.request.id}/new-measures?done=changed")


@router.post("/new-measures/{proposal_id}/withdraw")
def withdraw(request: Request, person: ChangingPerson, session: Writing, proposal_id: RowId) -> Response:
    proposal, where = new_measures.find(session, proposal_id, person.actor)
    try:
        new_measures.withdraw(session, person.change, person.actor, proposal_id)
    except Conflict as conflict:
        problems = {"": problem_in_words(conflict.reason, language_of(request))}
        return _one(request, person, proposal, where, 409, problems=problems)
    return _to(f"/requests/{where.request.id}/new-measures?done=withdrawn")


def _list(
    request: Request,
    person: Person,
    session: Session,
    where: Asking,
    status: int = 200,
    *,
    typed: Mapping[str, str] = _EMPTY,
    problems: Mapping[str, str] = _EMPTY,
    done: str = "",
) -> Response:
    proposals = new_measures.of_department(session, where.review, where.request.department_id)
    return page(
        request,
        "requests/new_measures.html",
        status,
        where=where,
        proposals=proposals,
        may_write=where.may_write(person.actor),
        typed=typed,
        problems=problems,
        limits=LIMITS,
        done=done,
    )


def _one(
    request: Request,
    person: Person,
    proposal: t.NewMeasureProposal,
    where: Asking,
    status: int = 200,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] = _EMPTY,
    seen: str = "",
) -> Response:
    """The form, or what it says where it can be changed no more. What was typed and refused is shown all the same."""
    return page(
        request,
        "requests/new_measure.html",
        status,
        where=where,
        proposal=proposal,
        parent=next((n for n in where.parents if n.id == proposal.parent_id), None),
        may_write=where.may_write(person.actor) and not proposal.is_withdrawn,
        typed=typed or new_measure_form.as_proposed(proposal),
        seen=seen or proposal.proposed_at.isoformat(),
        was_typed=typed is not None,
        problems=problems,
        limits=LIMITS,
    )


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
