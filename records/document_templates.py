"""様式: a city's own Word templates, one per kind of document and language; without one Meguru's own is filled."""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session, select

from db import tables as t
from documents.city_template import CityTemplate
from documents.word_safety import TemplateProblem, UnfitTemplate
from domain import attachment
from domain.attachment import FileProblem, FileType, UnfitFile
from records import audit
from records.change import Change, Conflict

LANGUAGES = ("ja", "en")

_AS_FORM = {
    FileProblem.NAME_UNFIT: TemplateProblem.NAME_UNFIT,
    FileProblem.NAME_TOO_LONG: TemplateProblem.NAME_UNFIT,
    FileProblem.EMPTY: TemplateProblem.NOT_WORD,
    FileProblem.TOO_LARGE: TemplateProblem.TOO_LARGE,
    FileProblem.TYPE_NOT_TAKEN: TemplateProblem.NOT_WORD,
    FileProblem.OTHER_CONTENT: TemplateProblem.NOT_WORD,
    FileProblem.LOCKED: TemplateProblem.LOCKED,
    FileProblem.MACROS: TemplateProblem.RUNS_SOMETHING,
    FileProblem.UNSAFE: TemplateProblem.TOO_LARGE_INSIDE,
}


def own(session: Session, kind: str, language: str = "ja") -> CityTemplate | None:
    """The city's own template, to be filled; None: Meguru's own is used."""
    row = find(session, kind, language)
    return None if row is None else CityTemplate(row.content)


def find(session: Session, kind: str, language: str) -> t.DocumentTemplate | None:
    wanted = (t.DocumentTemplate.kind == kind, t.DocumentTemplate.language == language)
    return session.exec(select(t.DocumentTemplate).where(*wanted)).first()


def listed(session: Session) -> dict[tuple[str, str], t.DocumentTemplate]:
    """The city's own templates by kind and language, without their content."""
    content = defer(cast(QueryableAttribute[bytes], t.DocumentTemplate.content), raiseload=True)
    rows = session.exec(select(t.DocumentTemplate).options(content)).all()
    return {(row.kind, row.language): row for row in rows}


def examine(kind: str, language: str, name: str, content: bytes) -> None:
    """Look at a file and try it with a sample. Takes seconds, and no session. Raises `UnfitTemplate`."""
    from documents import word_kinds  # loads docxtpl: only who tries a form waits for it

    try:
        if attachment.examined(name, content) is not FileType.DOCX:
            raise UnfitTemplate(TemplateProblem.NOT_WORD)
    except UnfitFile as unfit:
        raise UnfitTemplate(_AS_FORM.get(unfit.problem, TemplateProblem.UNREADABLE)) from unfit
    word_kinds.examine(word_kinds.KINDS[kind], content, language)


def replace(
    session: Session, change: Change, kind: str, language: str, name: str, content: bytes
) -> t.DocumentTemplate:
    """Keep a template that was examined; from now on documents of its kind and language are made with it."""
    assert change.user is not None
    digest = attachment.digest_of(content)
    row = find(session, kind, language) or t.DocumentTemplate(
        kind=kind,
        language=language,
        name=name,
        content=content,
        digest=digest,
        uploaded_at=change.at,
        uploaded_by_id=change.user,
    )
    row.name, row.content, row.digest = name, content, digest
    row.uploaded_at, row.uploaded_by_id = change.at, change.user
    session.add(row)
    audit.write(session, change, "form.replaced", f"form/{kind}/{language}", file=name, digest=digest)
    return row


def take_out(session: Session, change: Change, kind: str, language: str) -> None:
    """Back to Meguru's own template. Raises `Conflict("form_not_there")`."""
    row = find(session, kind, language)
    if row is None:
        raise Conflict("form_not_there")
    session.delete(row)
    audit.write(session, change, "form.taken_out", f"form/{kind}/{language}", file=row.name, digest=row.digest)
