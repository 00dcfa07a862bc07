"""回答用Excel: take a request along as a workbook, bring it back, see first what would be saved and submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.progress_report import NotPossible
from exchange import answer_workbook
from exchange.answer_workbook_reading import LARGEST
from exchange.remarks import WrongTable
from records import answer_workbooks, requests, returned_workbooks, uploads
from records.change import Conflict, NotAllowed, NotFound
from records.reporting import EditedMeanwhile, NotAnswered
from records.requests import AskedRequest
from records.returned_workbooks import MovedOn, ReturnedWorkbook
from web.attempts import RENDERING
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, parts_of, plan_day
from web.downloads import document_response
from web.pages import page
from web.paths import RowId
from web.workbook_words import CHOICES, choice_name, seen_name, shown

router = APIRouter()


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


@dataclass(frozen=True)
class _Word:
    """What the person said of a preview. `chosen`: the field of each conflict, and what was chosen there."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()
    moved_on: bool = False


@router.get("/requests/{request_id}/workbook", dependencies=[RENDERING])
def take_along(request: Request, person: SignedInPerson, session: Reading, request_id: RowId) -> Response:
    _asked(session, person, request_id)
    link = f"{str(parts_of(request).settings.base_url).rstrip('/')}/requests/{request_id}"
    workbook = answer_workbooks.of_request(session, request_id, language_of(request), link)
    content = answer_workbook.write(workbook)
    return document_response(content, answer_workbook.MEDIA_TYPE, workbook.file_name, keep=True)


@router.post("/requests/{request_id}/workbook")
def bring_back(
    request: Request,
    person: ChangingPerson,
    session: Writing,
    request_id: RowId,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Read a workbook and show what it would change; nothing is saved yet."""
    asked, name = _own(session, person, request_id), file.filename or ""
    content = file.file.read(LARGEST + 1)
    try:
        found = returned_workbooks.read(session, person.actor, request_id, content)
    except WrongTable as wrong:
        return _page(request, asked, wrong=wrong, name=name, status=422)
    upload = uploads.keep(session, person.change, name, content, request_id)
    return _preview(request, asked, upload, found)


@router.post("/requests/{request_id}/workbook/{upload_id}")
def take_over(
    request: Request, person: ChangingPerson, session: Writing, request_id: RowId, upload_id: RowId, posted: Posted
) -> Response:
    """Save what was shown, or save and submit it, or put it away."""
    asked, back = _own(session, person, request_id), f"/requests/{request_id}"
    try:
        upload = uploads.find(session, person.change, upload_id, request_id)
        found = returned_workbooks.read(session, person.actor, request_id, upload.content)
    except NotFound:
        return _page(request, asked, is_gone=True, status=409)
    except WrongTable as wrong:  # the request has become another since
        return _page(request, asked, wrong=wrong, name=upload.file_name, status=409)
    action = posted.get("action")
    if action not in ("save", "submit"):
        uploads.put_away(session, person.change, request_id)
        return RedirectResponse(f"{back}?workbook=put_away#workbook", status_code=303)
    chosen = {key: str(posted.get(choice_name(*key), "")) for key in found.conflicts}
    undecided = tuple(choice_name(*key) for key, word in sorted(chosen.items()) if word not in CHOICES)
    word = _Word({choice_name(*key): word for key, word in chosen.items()}, undecided)
    if undecided:
        return _preview(request, asked, upload, found, word, 422)
    seen = {m.held.report.id: str(posted.get(seen_name(m), "")) for m in found.measures}
    keeps = {key for key, word in chosen.items() if word == "draft"}
    today = plan_day(asked.plan, person.at).today
    try:
        taken = returned_workbooks.take_over(
            session, person.change, person.actor, found, seen, keeps, today, submits=action == "submit"
        )
    except (MovedOn, EditedMeanwhile, NotAnswered, NotPossible, Conflict):
        session.rollback()
        found = returned_workbooks.read(session, person.actor, request_id, upload.content)
        return _preview(request, asked, upload, found, _Word(word.chosen, moved_on=True), 409)
    uploads.put_away(session, person.change, request_id)
    done = f"workbook=taken&saved={taken.saved}&submitted={taken.submitted}"
    return RedirectResponse(f"{back}?{done}#workbook", status_code=303)


def _asked(session: Session, person: Person, request_id: int) -> AskedRequest:
    return requests.find(session, request_id, person.actor, lambda plan: plan_day(plan, person.at).today)


def _own(session: Session, person: Person, request_id: int) -> AskedRequest:
    """A request that the person may answer."""
    asked = _asked(session, person, request_id)
    department = asked.request.department_id
    if department is None or not person.actor.may_write_for(department):
        raise NotAllowed("save")
    return asked


def _preview(
    request: Request,
    asked: AskedRequest,
    upload: t.Upload,
    found: ReturnedWorkbook,
    word: _Word | None = None,
    status: int = 200,
) -> Response:
    return _page(request, asked, upload=upload, found=found, word=word or _Word(), name=upload.file_name, status=status)


def _page(
    request: Request,
    asked: AskedRequest,
    *,
    upload: t.Upload | None = None,
    found: ReturnedWorkbook | None = None,
    word: _Word | None = None,
    wrong: WrongTable | None = None,
    name: str = "",
    is_gone: bool = False,
    status: int = 200,
) -> Response:
    language = language_of(request)
    return page(
        request,
        "requests/workbook.html",
        status,
        asked=asked,
        upload=upload,
        found=found,
        shown=[shown(measure, language) for measure in found.measures] if found else [],
        word=word or _Word(),
        wrong=wrong,
        file_name=name,
        is_gone=is_gone,
    )
