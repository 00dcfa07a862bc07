"""The documents of cycles and reviews."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from records import document_archive, listing
from web.api import schemas, shapes
from web.api.access import Caller, Reading
from web.api.problems import documented

router = APIRouter(tags=["documents"])

_ANY_FILE = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


@router.get("/documents", responses=documented(401, 422))
def list_documents(
    session: Reading, person: Caller, query: Annotated[schemas.CycleQuery, Query()]
) -> schemas.ListOf[schemas.Document]:
    """The documents that were rendered, in the order they first were."""
    page = listing.documents(session, query.span, query.plan, query.fiscal_year, person.actor)
    return shapes.list_of(page, query, shapes.document)


@router.get("/documents/{id}", responses=documented(401, 404, 422))
def get_document(session: Reading, person: Caller, id: schemas.Id) -> schemas.Document:
    """What is known of one document."""
    return shapes.document(listing.place_document(session, document_archive.find(session, id, person.actor)))


@router.get(
    "/documents/{id}/content",
    response_class=Response,
    responses={
        200: {"description": "The file in its own media type.", "content": _ANY_FILE},
        **documented(401, 404, 422),
    },
)
def get_document_content(session: Reading, person: Caller, id: schemas.Id) -> Response:
    """The file itself."""
    document = document_archive.find(session, id, person.actor)
    disposition = f"attachment; filename*=UTF-8''{quote(document.file_name)}"
    return Response(document.content, media_type=document.media_type, headers={"Content-Disposition": disposition})
