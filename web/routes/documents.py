"""The documents of cycles and reviews: to read in the browser or to keep."""

from __future__ import annotations

from fastapi import APIRouter, Response

from records import document_archive
from web.context import Reading, SignedInPerson
from web.downloads import document_response
from web.paths import RowId

router = APIRouter()


@router.get("/documents/{document_id}")
def show_document(person: SignedInPerson, session: Reading, document_id: RowId, download: str = "") -> Response:
    found = document_archive.find(session, document_id, person.actor)
    return document_response(found.content, found.media_type, found.file_name, keep=bool(download), digest=found.digest)
