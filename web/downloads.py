"""Documents and attachments as answers: to read in the browser or to keep."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from fastapi import Request, Response

from db import tables as t
from documents.formats import Format
from documents.gathered import GatheredDocument
from domain.attachment import PICTURES
from i18n import translate

# A document is a page of its own with its style inside: nothing may run in it or be fetched by it.
_DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_ATTACHMENT_POLICY = "default-src 'none'; sandbox"


def document_response(content: bytes, media_type: str, file_name: str, *, keep: bool, digest: str = "") -> Response:
    """A document under a policy of its own. Pages are shown, unless asked for to `keep`; other formats are kept."""
    is_page = media_type.startswith("text/html") and not keep
    headers = {
        "Content-Disposition": _disposition("inline" if is_page else "attachment", file_name),
        "Content-Security-Policy": _DOCUMENT_POLICY,
    }
    if digest:
        headers["ETag"] = f'"{digest}"'
    return Response(content, media_type=media_type, headers=headers)


def made_response(document: GatheredDocument, format: Format, name: str, language: str) -> Response:
    """A document made on demand; one that does not fit into the city's own form says so in its name."""
    made = document.set_in(format)
    told = f"{name}-{translate(language, '標準の様式')}" if made.problem else name
    return document_response(made.content, format.media_type, f"{told}{format.extension}", keep=False)


def attachment_response(
    request: Request, attachment: t.Attachment, content: Callable[[], bytes], *, show: bool
) -> Response:
    """An attachment to keep, or to `show` if it is a picture.

    What is shown may be kept by the browser, which must ask each time whether it still may.
    """
    is_shown = show and attachment.media_type in PICTURES
    headers = {
        "Content-Disposition": _disposition("inline" if is_shown else "attachment", attachment.name),
        "Content-Security-Policy": _ATTACHMENT_POLICY,
        "ETag": f'"{attachment.digest}"',
    }
    if is_shown:
        headers["Cache-Control"] = "private, no-cache"
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
    return Response(content(), media_type=attachment.media_type, headers=headers)


def _disposition(kind: str, file_name: str) -> str:
    """RFC 6266: a name for old browsers, and the whole name in UTF-8 (RFC 5987)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file_name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
