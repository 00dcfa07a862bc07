"""様式: the city's own Word templates: which are in use, what they may name, upload, and back to Meguru's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from documents.formats import Format
from documents.word_safety import UnfitTemplate
from domain.attachment import LARGEST, file_name
from i18n import translate
from records import document_templates as templates
from records.change import Conflict, NotFound
from web.attempts import RENDERING
from web.context import Reading, Writing, language_of, parts_of
from web.downloads import document_response
from web.form_words import unfit_in_words
from web.pages import page
from web.refused import say
from web.routes.organisation import ChangingOrganisingPerson, OrganisingPerson

if TYPE_CHECKING:
    from documents.word_kinds import WordKind

router = APIRouter(prefix="/forms")


@router.get("")
def show_forms(request: Request, person: OrganisingPerson, session: Reading) -> Response:
    from documents.word_kinds import KINDS  # loads docxtpl: only who asks for forms waits for it

    return page(
        request,
        "forms/list.html",
        kinds=KINDS.values(),
        languages=templates.LANGUAGES,
        own=templates.listed(session),
    )


@router.get("/{kind}/{language}")
def show_form(
    request: Request, person: OrganisingPerson, session: Reading, kind: str, language: str, done: str = ""
) -> Response:
    return _form(request, session, _kind(kind, language), language, done=done)


@router.get("/{kind}/{language}/file")
def download(
    request: Request, person: OrganisingPerson, session: Reading, kind: str, language: str, standard: str = ""
) -> Response:
    """The template in use, to start from; `standard`: Meguru's own, whatever is in use."""
    wanted = _kind(kind, language)
    row = None if standard else templates.find(session, kind, language)
    if row is not None:
        return document_response(row.content, Format.DOCX.media_type, row.name, keep=True, digest=row.digest)
    name = f"{translate(language_of(request), wanted.title)}-{language}{Format.DOCX.extension}"
    return document_response(wanted.template.read_bytes(), Format.DOCX.media_type, name, keep=True)


@router.get("/{kind}/{language}/sample", dependencies=[RENDERING])
def show_sample(request: Request, person: OrganisingPerson, session: Reading, kind: str, language: str) -> Response:
    """The form in use, with a sample filled in."""
    from documents.word_kinds import tried

    wanted = _kind(kind, language)
    own = templates.own(session, kind, language)
    try:
        content = tried(wanted, own or wanted.template, language)
    except UnfitTemplate as unfit:
        return _form(request, session, wanted, language, problems=_said(request, unfit), status=409)
    name = f"{kind}-{language}-sample{Format.DOCX.extension}"
    return document_response(content, Format.DOCX.media_type, name, keep=True)


@router.post("/{kind}/{language}", dependencies=[RENDERING])
def replace(
    request: Request,
    person: ChangingOrganisingPerson,
    kind: str,
    language: str,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Examine and try a file; keep it only when everything went well. Nobody else waits for the trial."""
    wanted, parts = _kind(kind, language), parts_of(request)
    name = file_name(file.filename or "") if file else ""
    problems = [] if name else [say(request, "form_file_missing")]
    content = file.file.read(LARGEST + 1) if file else b""
    if not problems:
        try:
            templates.examine(kind, language, name, content)
        except UnfitTemplate as unfit:
            problems = _said(request, unfit)
    if problems:
        with parts.database.reading(person.municipality) as session:
            return _form(request, session, wanted, language, problems=problems, name=name, status=422)
    with parts.database.writing(person.municipality) as session:
        templates.replace(session, person.change, kind, language, name, content)
    return RedirectResponse(f"/forms/{kind}/{language}?done=replaced", status_code=303)


@router.post("/{kind}/{language}/take-out")
def take_out(
    request: Request, person: ChangingOrganisingPerson, session: Writing, kind: str, language: str
) -> Response:
    wanted = _kind(kind, language)
    try:
        templates.take_out(session, person.change, kind, language)
    except Conflict as conflict:
        session.rollback()
        return _form(request, session, wanted, language, problems=[say(request, conflict.reason)], status=409)
    return RedirectResponse(f"/forms/{kind}/{language}?done=taken_out", status_code=303)


def _kind(kind: str, language: str) -> WordKind:
    from documents.word_kinds import KINDS

    if kind not in KINDS or language not in templates.LANGUAGES:
        raise NotFound(f"form {kind} in {language}")
    return KINDS[kind]


def _said(request: Request, unfit: UnfitTemplate) -> list[str]:
    return unfit_in_words(unfit, language_of(request))


def _form(
    request: Request,
    session: Session,
    kind: WordKind,
    language: str,
    *,
    problems: list[str] | None = None,
    name: str = "",
    status: int = 200,
    done: str = "",
) -> Response:
    from documents import word_names

    row = templates.find(session, kind.code, language)
    shown: dict[str, Any] = {
        "kind": kind,
        "of": language,
        "own": row,
        "by": session.get(t.User, row.uploaded_by_id) if row else None,
        "names": word_names.names_of(kind, language_of(request)),
        "words": word_names.words_of(kind, language),
    }
    return page(request, "forms/form.html", status, **shown, problems=problems or [], file_name=name, done=done)
