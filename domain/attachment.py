"""添付ファイル: what may lie beside a report or a matter, judged by its name and by its bytes.

Types and limits are Meguru's own. Nothing is unpacked or drawn to find out: pictures tell their size in their header,
packed files in their directory.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile

MEGABYTE = 1024 * 1024
LARGEST = 5 * MEGABYTE
"""Bytes of one file."""
LARGEST_TOGETHER = 20 * MEGABYTE
"""Bytes of all files of one report or matter."""
MOST = 10
"""Files of one report or matter."""
LONGEST_NAME = 200
"""Characters; as UTF-16 counts them, every file system takes so many."""
MOST_PIXELS = 40_000_000
"""A telephone's picture has 12 to 24 million; one with many more needs hundreds of megabytes to be shown."""

# Far above what office files have inside; as for the workbooks of plans (`exchange/archive.py`).
_MOST_PARTS = 2_000
_LARGEST_INSIDE = 100 * MEGABYTE
_DENSEST = 200
"""How many times larger a part may be than it is packed."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OLD_CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")


class FileType(StrEnum):
    """The types that are taken, each by the ending of its name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    TXT = "txt"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileType.XLSX: f"{_OFFICE}spreadsheetml.sheet",
    FileType.PPTX: f"{_OFFICE}presentationml.presentation",
    FileType.ODT: f"{_OPEN_DOCUMENT}text",
    FileType.ODS: f"{_OPEN_DOCUMENT}spreadsheet",
    FileType.TXT: "text/plain",
    FileType.CSV: "text/csv",
}
PICTURES = frozenset({FileType.PNG.media_type, FileType.JPEG.media_type})
"""Media types that a page shows; all others are kept. (Browsers show no PDF that is in a sandbox.)"""
_BY_ENDING = {**{f".{file_type}": file_type for file_type in FileType}, ".jpg": FileType.JPEG}
ENDINGS = tuple(_BY_ENDING)
"""What names may end with, in lower case."""

_MAIN_PARTS = {
    FileType.DOCX: "word/document.xml",
    FileType.XLSX: "xl/workbook.xml",
    FileType.PPTX: "ppt/presentation.xml",
    FileType.ODT: "content.xml",
    FileType.ODS: "content.xml",
}


class FileProblem(StrEnum):
    """Why a file is not attached."""

    NAME_UNFIT = "attachment_name_unfit"
    NAME_TOO_LONG = "attachment_name_too_long"
    EMPTY = "attachment_empty"
    TOO_LARGE = "attachment_too_large"
    TYPE_NOT_TAKEN = "attachment_type_not_taken"
    OTHER_CONTENT = "attachment_other_content"
    LOCKED = "attachment_locked"
    MACROS = "attachment_macros"
    UNSAFE = "attachment_unsafe"
    TOO_MANY_PIXELS = "attachment_too_many_pixels"
    ATTACHED_ALREADY = "attachment_attached_already"
    TOO_MANY = "attachment_too_many"
    TOO_LARGE_TOGETHER = "attachment_too_large_together"


class UnfitFile(Exception):
    """A file that is not taken."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Lying:
    """A file that is attached already: its size in bytes and its digest."""

    size: int
    digest: str


def digest_of(content: bytes) -> str:
    """SHA-256, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def file_name(sent: str) -> str:
    """The name of a file without the path that some browsers send, composed as Japanese is typed."""
    return unicodedata.normalize("NFC", sent.replace("\\", "/").rpartition("/")[2].strip())


def printable(name: str) -> str:
    """A name as a message may quote it: what would be invisible or turn the line around is a question mark."""
    short = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return "".join("?" if _is_unprintable(character) else character for character in short)


def type_of(name: str) -> FileType | None:
    """The type that a name promises; None where it is not taken."""
    stem, _, ending = name.lower().rpartition(".")
    return _BY_ENDING.get(f".{ending}") if stem else None


def examined(name: str, content: bytes, lying: Iterable[Lying] = ()) -> FileType:
    """The type of a file that may be attached beside those that lie there. Raises `UnfitFile`."""
    file_type = _named_type(name)
    if not content:
        raise UnfitFile(FileProblem.EMPTY)
    if len(content) > LARGEST:
        raise UnfitFile(FileProblem.TOO_LARGE)
    _check_content(file_type, content)
    there = list(lying)
    if digest_of(content) in {one.digest for one in there}:
        raise UnfitFile(FileProblem.ATTACHED_ALREADY)
    if len(there) >= MOST:
        raise UnfitFile(FileProblem.TOO_MANY)
    if sum(one.size for one in there) + len(content) > LARGEST_TOGETHER:
        raise UnfitFile(FileProblem.TOO_LARGE_TOGETHER)
    return file_type


def _named_type(name: str) -> FileType:
    if not name or any(_is_unprintable(character) for character in name):
        raise UnfitFile(FileProblem.NAME_UNFIT)
    if len(name.encode("utf-16-le")) > 2 * LONGEST_NAME:
        raise UnfitFile(FileProblem.NAME_TOO_LONG)
    file_type = type_of(name)
    if file_type is None:
        raise UnfitFile(FileProblem.TYPE_NOT_TAKEN)
    return file_type


def _is_unprintable(character: str) -> bool:
    """Control characters, and those that only steer: a right-to-left override makes `exe.txt` of `txt.exe`."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _check_content(file_type: FileType, content: bytes) -> None:
    match file_type:
        case FileType.PDF:
            fits = content.startswith(b"%PDF-")
        case FileType.PNG:
            fits = _check_pixels(_png_size(content))
        case FileType.JPEG:
            fits = _check_pixels(_jpeg_size(content))
        case FileType.TXT | FileType.CSV:
            fits = _is_text(content)
        case _:
            fits = _is_office_file(file_type, content)
    if not fits:
        raise UnfitFile(FileProblem.OTHER_CONTENT)


def _check_pixels(size: tuple[int, int] | None) -> bool:
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        raise UnfitFile(FileProblem.TOO_MANY_PIXELS)
    return size is not None and 0 not in size


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None where it is no PNG."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers after which a JPEG tells its size; the others of their row are tables."""


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None where it is no JPEG."""
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fills up
            at += 1
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        length = int(struct.unpack_from(">H", content, at + 2)[0])
        if marker == 0xDA or length < 2:  # the picture itself begins, and nothing said its size
            return None
        at += 2 + length
    return None


def _is_text(content: bytes) -> bool:
    """Whether it is text in a coding that Japanese offices use, and nothing but text."""
    codings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp932")
    for coding in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        return not any(character < " " and character not in "\t\n\r\f" for character in text)
    return False


def _is_office_file(file_type: FileType, content: bytes) -> bool:
    if content.startswith(_OLD_CONTAINER):  # of before 2007, or whatever has a password
        raise UnfitFile(FileProblem.LOCKED)
    if not content.startswith(b"PK"):
        return False
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _holds(archive, file_type)
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise UnfitFile(FileProblem.UNSAFE) from error


def _holds(archive: ZipFile, file_type: FileType) -> bool:
    """Whether the directory of a packed file is that of the type. Raises `UnfitFile` where it promises too much."""
    parts = {part.filename: part for part in archive.infolist()}
    if any(part.flag_bits & 1 for part in parts.values()):
        raise UnfitFile(FileProblem.LOCKED)
    too_much = sum(part.file_size for part in archive.infolist()) > _LARGEST_INSIDE
    too_dense = any(
        part.file_size > MEGABYTE and part.file_size > _DENSEST * max(part.compress_size, 1)
        for part in archive.infolist()
    )
    if len(archive.infolist()) > _MOST_PARTS or len(parts) < len(archive.infolist()) or too_much or too_dense:
        raise UnfitFile(FileProblem.UNSAFE)
    if any(name.lower().endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "Basic/")) for name in parts):
        raise UnfitFile(FileProblem.MACROS)
    return _MAIN_PARTS[file_type] in parts and _says(archive, parts, file_type)


def _says(archive: ZipFile, parts: Mapping[str, object], file_type: FileType) -> bool:
    """Office files list their parts, OpenDocument files name their type in a small part of its own."""
    if file_type not in (FileType.ODT, FileType.ODS):
        return "[Content_Types].xml" in parts
    if "mimetype" not in parts or archive.getinfo("mimetype").file_size > 100:
        return False
    try:
        said = archive.read("mimetype")
    except Exception as error:  # whatever a damaged archive makes zipfile and zlib raise
        raise UnfitFile(FileProblem.UNSAFE) from error
    return said.strip() == file_type.media_type.encode()
