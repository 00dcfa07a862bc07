"""Whether a packed file may be opened at all: looked at from outside, before anything in it is parsed."""

from __future__ import annotations

from io import BytesIO
from zipfile import BadZipFile, ZipFile

from exchange import wording
from exchange.remarks import Place, Wording, WrongTable

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE

# Meguru's own limits. The workbook of a plan with 2,000 indicators is far below them.
_LARGEST_INSIDE = 100 * MEGABYTE
_MOST_PARTS = 2_000
_DENSEST = 200
"""How many times larger a part may be than it is packed; sheets of real plans stay below 50."""
_SMALL_PART = MEGABYTE

_FILE = Place()
_OLD_CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")
_STARTS = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"<html": "HTML",
    b"<!doc": "HTML",
    b"<?xml": "XML",
}
_PARTS = {
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "content.xml": "OpenDocument",
    "xl/workbook.bin": "",
}


def refused(wording_: Wording, **values: object) -> WrongTable:
    """The refusal of a whole file."""
    return WrongTable([wording_.at(_FILE, **values)])


def opened_workbook(content: bytes) -> ZipFile:
    """The packed inside of a workbook. Raises `WrongTable` for what is none, or is not safe to read."""
    _check_size(content)
    if content.startswith(_OLD_CONTAINER):
        # In the directory of the old container the names stand in UTF-16.
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise refused(wording.ENCRYPTED if locked else wording.OLD_FORMAT)
    if not content.startswith(b"PK"):
        start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:5].lower()
        for mark, name in _STARTS.items():
            if start.startswith(mark.lower()):
                raise refused(wording.OTHER_FORMAT, format=name)
        raise refused(wording.NOT_A_WORKBOOK)
    archive = _opened(content, wording.NOT_A_WORKBOOK)
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise refused(wording.MACROS)
    if "xl/workbook.xml" not in names:
        for part, name in _PARTS.items():
            if part in names:
                raise refused(wording.OTHER_FORMAT, format=name) if name else refused(wording.BINARY_FORMAT)
        raise refused(wording.NOT_A_WORKBOOK)
    _refuse_declarations(archive)
    return archive


def opened_zip(content: bytes) -> ZipFile:
    """A zip of CSV files. Raises `WrongTable` for what is none, or is not safe to read."""
    _check_size(content)
    return _opened(content, wording.NOT_AN_ARCHIVE)


def _check_size(content: bytes) -> None:
    if not content:
        raise refused(wording.EMPTY)
    if len(content) > LARGEST_FILE:
        raise refused(wording.TOO_LARGE, limit=LARGEST_FILE // MEGABYTE)


def _opened(content: bytes, otherwise: Wording) -> ZipFile:
    """The archive, if its directory promises a sensible inside.

    `zipfile` never unpacks more of a part than the directory declares, so what is declared may be believed.
    """
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise refused(otherwise) from error
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refused(wording.ENCRYPTED)
    too_dense = any(
        part.file_size > _SMALL_PART and part.file_size > _DENSEST * max(part.compress_size, 1) for part in parts
    )
    too_much = len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_INSIDE
    doubled = len({part.filename for part in parts}) < len(parts)
    if too_dense or too_much or doubled:
        raise refused(wording.UNSAFE)
    return archive


def _refuse_declarations(archive: ZipFile) -> None:
    """No part of a workbook declares a document type: where entities would come from."""
    for part in archive.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        try:
            text = archive.read(part)
        except Exception as error:  # whatever a damaged archive makes zipfile and zlib raise
            raise refused(wording.DAMAGED) from error
        if text.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = text.decode("utf-16", "replace").encode()
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise refused(wording.UNSAFE)
