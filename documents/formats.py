"""The formats of a document. Apart from the renderers, so that who only stores or serves one need not load them."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """The formats of a document."""

    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """The end of a file name, with its dot."""
        return f".{self.value}"


_MEDIA_TYPES = {
    Format.HTML: "text/html; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
