"""添付ファイル: attaching and removing them on the page they belong to, and downloading them.

What is typed in a report's form travels along and is kept like a draft: nothing typed is lost by attaching.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from db import tables as t
from domain.attachment import LARGEST
from domain.project_rights import ProjectRights
from records import attachments, matter_pages, matters, reporting
from records.attachments import Received, ReceivedFile
from web.attachment_words import refused_in_words
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of, plan_day
from web.downloads import attachment_response
from web.forms.posted import Posted
from web.paths import RowId
from web.routes import matters as matter_routes
from web.routes import reports as report_routes

router = APIRouter()


@router.post("/reports/{report_id}/attachments")
def attach_to_report(
    request: Request, person: ChangingPerson, session: Writing, report_id: RowId, posted: Posted
) -> Response:
    """Attach what fits, and keep the draft that came along; a report that is closed shows what was typed."""
    held = reporting.find(session, report_id, person.actor, lock=True)
    received = Received()
    if reporting.may_write(held, person.actor):
        files = _files(posted)
        received = attachments.attach_to_report(session, person.change, person.actor, report_id, files)
    _tell(request, received)
    kept = report_routes.write_report(request, person, session, report_id, posted)
    if kept.status_code != 303:
        return kept
    if received.refused or not received.stored:
        shown = report_routes.show_report(request, person, session, report_id)
        shown.status_code = 422
        return shown
    return _to(f"{kept.headers['location']}&attached=1#attachments")


@router.post("/reports/{report_id}/attachments/{attachment_id}/remove")
def remove_from_report(
    request: Request,
    person: ChangingPerson,
    session: Writing,
    report_id: RowId,
    attachment_id: RowId,
    posted: Posted,
) -> Response:
    held = reporting.find(session, report_id, person.actor, lock=True)
    if reporting.may_write(held, person.actor):
        attachments.remove_from_report(session, person.change, person.actor, report_id, attachment_id)
    kept = report_routes.write_report(request, person, session, report_id, posted)
    return kept if kept.status_code != 303 else _to(f"{kept.headers['location']}&removed=1#attachments")


@router.post("/matters/{matter_id}/attachments")
def attach_to_matter(
    request: Request, person: ChangingPerson, session: Writing, matter_id: RowId, posted: Posted
) -> Response:
    matter, rights = _matter(session, person, matter_id)
    received = attachments.attach_to_matter(session, person.change, rights, matter, _files(posted))
    if received.refused or not received.stored:
        _tell(request, received)
        shown = matter_routes.show_matter(request, person, session, matter_id)
        shown.status_code = 422
        return shown
    return _to(f"/matters/{matter_id}?attached=1#attachments")


@router.post("/matters/{matter_id}/attachments/{attachment_id}/remove")
def remove_from_matter(person: ChangingPerson, session: Writing, matter_id: RowId, attachment_id: RowId) -> Response:
    matter, rights = _matter(session, person, matter_id)
    attachments.remove_from_matter(session, person.change, rights, matter, attachment_id)
    return _to(f"/matters/{matter_id}?removed=1#attachments")


@router.get("/attachments/{attachment_id}")
def download(
    request: Request, person: SignedInPerson, session: Reading, attachment_id: RowId, show: str = ""
) -> Response:
    """The file itself: to keep; pictures also to be shown."""
    found = attachments.find(session, attachment_id, person.actor)
    return attachment_response(request, found, lambda: attachments.content(session, found), show=bool(show))


def _files(posted: FormData) -> list[ReceivedFile]:
    """What was chosen, at most a little more than may be kept of each; a field without a file names none."""
    chosen = (file for file in posted.getlist("files") if isinstance(file, UploadFile) and file.filename)
    return [ReceivedFile(file.filename or "", file.file.read(LARGEST + 1)) for file in chosen]


def _tell(request: Request, received: Received) -> None:
    """For the page that is shown again: `attachments/_parts.html` says what was not attached, and why."""
    if received.refused or not received.stored:
        request.state.files_refused = refused_in_words(received.refused, language_of(request))
        request.state.files_stored = len(received.stored)


def _matter(session: Session, person: Person, matter_id: int) -> tuple[t.Matter, ProjectRights]:
    matter = matters.find(session, matter_id, lock=True)
    today = plan_day(session.get_one(t.Plan, matter.plan_id), person.at).today
    return matter, matter_pages.rights_in(session, matter, person.actor, today)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
