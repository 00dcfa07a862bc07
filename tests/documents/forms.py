"""Word templates as a city might send them, and as somebody might who means harm."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx

RELATIONSHIPS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
_RELATIONSHIP_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def form(*paragraphs: str) -> bytes:
    """A form with a line of marks, and what is given."""
    file = docx.Document()
    for text in ("{{ marks_line }}", *paragraphs):
        file.add_paragraph(text)
    written = BytesIO()
    file.save(written)
    return written.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The file with parts added or replaced."""
    written = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return written.getvalue()


def part(content: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(name)


def related(content: bytes, kind: str, target: str, *, outside: bool = True) -> bytes:
    """The file with a relationship of its document to something."""
    mode = ' TargetMode="External"' if outside else ""
    entry = f'<Relationship Id="rIdX" Type="{_RELATIONSHIP_TYPES}/{kind}" Target="{target}"{mode}/></Relationships>'
    rels = part(content, RELATIONSHIPS).replace(b"</Relationships>", entry.encode())
    return with_parts(content, {RELATIONSHIPS: rels})


def in_body(content: bytes, xml: str) -> bytes:
    """The file with something more in its body."""
    body = part(content, "word/document.xml").replace(b"<w:sectPr", xml.encode() + b"<w:sectPr", 1)
    return with_parts(content, {"word/document.xml": body})


def field(*runs: str) -> str:
    """A field whose instruction is spread over runs."""
    said = "".join(f'<w:r><w:instrText xml:space="preserve">{run}</w:instrText></w:r>' for run in runs)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{what}"/></w:r>' for what in ("begin", "end"))
    return f"<w:p>{begin}{said}{end}</w:p>"
