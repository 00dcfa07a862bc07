"""Plans out and in: take a plan along as a workbook, bring it back, see first what would change."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.plan import PlanDefinition
from domain.text import Bilingual
from exchange import files
from exchange.files import Format, Read
from exchange.remarks import WrongTable
from exchange.sheets import BY_CODE
from records import people, plan_reading, plans, uploads
from records.change import DoesNotFit, NotFound
from web.attempts import RENDERING
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing
from web.pages import page
from web.paths import RowId

router = APIRouter()

_MOST_SHOWN = 500
"""Lines of a comparison that a page shows; the rest is counted."""


@router.get("/desk/plans/exchange")
def show_exchange(request: Request, person: PlanningPerson, session: Reading, done: str = "") -> Response:
    return _exchange(request, session, done=done)


@router.get("/desk/plans/{code}/export", dependencies=[RENDERING])
def export_plan(
    person: PlanningPerson, session: Reading, code: str, format: Literal["xlsx", "yaml", "csv"] = "xlsx"
) -> Response:
    definition = plan_reading.read(session, plans.find(session, code))
    wanted = Format(format)
    name = f"{definition.code}{wanted.suffix}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(files.write(definition, wanted), media_type=wanted.media_type, headers=headers)


@router.post("/desk/plans/uploads")
def upload_plan(
    request: Request, person: ChangingPlanningPerson, session: Writing, file: Annotated[UploadFile, File()]
) -> Response:
    """Read a file and show what it would change; nothing of the plan is changed yet."""
    name = file.filename or ""
    content = file.file.read(files.LARGEST + 1)
    try:
        found = _read(session, person, name, content)
    except WrongTable as wrong:
        return _exchange(request, session, wrong=wrong, name=name, status=422)
    upload = uploads.keep(session, person.change, name, content)
    session.flush()
    return _preview(request, session, person, upload, found)


@router.post("/desk/plans/uploads/{upload_id}")
def take_over(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    upload_id: RowId,
    action: Annotated[str, Form()] = "",
) -> Response:
    """Store what was shown, or put it away."""
    try:
        upload = uploads.find(session, person.change, upload_id)
    except NotFound:
        return _exchange(request, session, done="gone", status=409)
    uploads.put_away(session, person.change)
    if action != "import":
        return RedirectResponse("/desk/plans/exchange?done=put_away", status_code=303)
    try:
        found = _read(session, person, upload.file_name, upload.content)
        plan = plans.import_definition(session, person.change, found.definition, Bilingual(""))
    except WrongTable as wrong:
        session.rollback()
        return _exchange(request, session, wrong=wrong, name=upload.file_name, status=409)
    except DoesNotFit as refused:
        session.rollback()
        located = files.located(upload.file_name, upload.content, refused.mistakes)
        return _exchange(request, session, wrong=located, name=upload.file_name, status=409)
    return RedirectResponse(f"/plans/{plan.code}?done=imported", status_code=303)


def _read(session: Session, person: Person, name: str, content: bytes) -> Read:
    """The plan in a file, of the person's own municipality. Raises `WrongTable`."""
    found = files.read(name, content)
    own = people.municipality_code(session, person.municipality)
    if found.definition.municipality.code != own:
        raise files.of_another_municipality(found.definition.municipality.code, own)
    return found


def _preview(request: Request, session: Session, person: Person, upload: t.Upload, found: Read) -> Response:
    definition: PlanDefinition = found.definition
    changes = plans.changes_of(session, definition)
    with session.begin_nested() as trial:  # what the record would refuse shows before anybody decides
        try:
            plans.import_definition(session, person.change, definition, Bilingual(""))
            refused = None
        except DoesNotFit as error:
            refused = files.located(upload.file_name, upload.content, error.mistakes)
        trial.rollback()
    if refused is not None:
        uploads.put_away(session, person.change)
        return _exchange(request, session, wrong=refused, name=upload.file_name, status=422)
    return page(
        request,
        "desk/plan_preview.html",
        upload_id=upload.id,
        file_name=upload.file_name,
        definition=definition,
        warnings=found.warnings,
        changes=changes[:_MOST_SHOWN],
        hidden=max(0, len(changes) - _MOST_SHOWN),
        total=len(changes),
        sheet_name=_sheet_name,
    )


def _sheet_name(section: str) -> Bilingual:
    return BY_CODE[section].name if section in BY_CODE else Bilingual(section)


def _exchange(
    request: Request,
    session: Session,
    *,
    wrong: WrongTable | None = None,
    name: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    return page(
        request,
        "desk/plan_exchange.html",
        status,
        plans=plans.every(session),
        wrong=wrong,
        file_name=name,
        done=done,
        formats=tuple(Format),
    )
