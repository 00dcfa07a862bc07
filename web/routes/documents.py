"""The documents of a cycle: to read in the browser or to keep."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Response

from records import document_archive
from web.context import Reading, SignedInPerson
from web.paths import RowId

router = APIRouter()

# A document is a page of its own with its style inside: nothing may run in it or be fetched by it.
_DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@router.get("/documents/{document_id}")
def show_document(person: SignedInPerson, session: Reading, document_id: RowId, download: str = "") -> Response:
    document = document_archive.find(session, document_id)
    is_page = document.media_type.startswith("text/html") and not download
    headers = {
        "Content-Disposition": _disposition("inline" if is_page else "attachment", document.file_name),
        "Content-Security-Policy": _DOCUMENT_POLICY,
        "ETag": f'"{document.digest}"',
    }
    return Response(document.content, media_type=document.media_type, headers=headers)


def _disposition(kind: str, file_name: str) -> str:
    """RFC 6266: a name for old browsers, and the whole name in UTF-8 (RFC 5987)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
