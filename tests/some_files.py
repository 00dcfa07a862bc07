"""Small files of the types that may be attached, made by hand: real to whoever looks at their bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

PDF = b"%PDF-1.7\n%%EOF\n"
TEXT = "利用者の声をまとめました。\n".encode()
SHIFT_JIS = "施設名,件数\n中央公民館,12\n".encode("cp932")
OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def png(width: int = 2, height: int = 1) -> bytes:
    """A picture in one colour; a very large one only says in its header that it is."""
    rows = (b"\0" + b"\x40\x80\xc0" * width) * height if width * height < 1_000_000 else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def jpeg(width: int = 2, height: int = 1, frame: int = 0xC0) -> bytes:
    """Only the head of a JPEG, with a comment before the frame; nothing to draw."""
    comment = b"\xff\xfe" + struct.pack(">H", 5) + b"abc"
    return (
        b"\xff\xd8" + comment + b"\xff\xff" + bytes([frame]) + struct.pack(">HBHHB", 11, 8, height, width, 1) + bytes(3)
    )


def packed(parts: Mapping[str, bytes]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return content.getvalue()


def office(main_part: str, **more: bytes) -> bytes:
    """A Word, Excel or PowerPoint file, by its main part; `more` parts by name."""
    return packed({"[Content_Types].xml": b"<Types/>", main_part: b"<document/>", **more})


def open_document(media_type: str) -> bytes:
    return packed({"mimetype": media_type.encode(), "content.xml": b"<document/>"})


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
PPTX = office("ppt/presentation.xml")
ODT = open_document("application/vnd.oasis.opendocument.text")
ODS = open_document("application/vnd.oasis.opendocument.spreadsheet")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
