"""Papers for a meeting (会議資料): its agenda, and of each item what the body needs in order to decide.

Texts are already in the reader's language; what nobody said already reads 「記載なし」.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from documents.formats import Format
from documents.labels import date_text, marks_line
from documents.pages import TEMPLATES, page
from documents.phase_review_rows import Fact
from documents.typesetting import counted, typeset
from documents.word_form import Properties, WordTemplate, fill, ready
from documents.writable import writable
from i18n import translate

KIND = "meeting-papers"
"""How the papers of a meeting are named in the record."""
FORMATS = (Format.HTML, Format.DOCX, Format.PDF)
WORD_TEMPLATE = TEMPLATES / "meeting_papers.docx"
TYPST_TEMPLATE = TEMPLATES / "meeting_papers.typ"


@dataclass(frozen=True)
class Column:
    """A column of a table; `share` is its part of the width."""

    name: str
    share: int = 1


@dataclass(frozen=True)
class PaperTable:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Block:
    """A part of an item under a heading: a text, facts by name, a table, or several of them in this order."""

    heading: str
    text: str = ""
    facts: tuple[Fact, ...] = ()
    table: PaperTable | None = None


@dataclass(frozen=True)
class PaperItem:
    """An item of the agenda; `kind` says what it is, such as 「付議第3号」. Without blocks it has no pages."""

    number: int
    title: str
    kind: str
    note: str = ""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class MeetingPapers:
    """The papers of one meeting. `facts` are its day, time and place; `marks` must stand on every format."""

    language: str
    municipality: str
    plan: str
    body: str
    held_on: date
    issued_on: date
    facts: tuple[Fact, ...]
    items: tuple[PaperItem, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class PapersContent:
    """Papers ready to be laid out."""

    language: str
    labels: dict[str, str]
    document_title: str
    running_title: str
    municipality: str
    plan: str
    body: str
    issued: date
    facts: tuple[Fact, ...]
    items: tuple[PaperItem, ...]
    marks: tuple[str, ...]
    marks_line: str


def render(papers: MeetingPapers, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The papers as a file, in one of `FORMATS`. `word_template` is the city's own form, if it has one."""
    content = content_of(papers)
    match format:
        case Format.HTML:
            return page("meeting_papers.html", papers=content, labels=content.labels).encode()
        case Format.DOCX:
            properties = Properties(content.document_title, content.municipality, content.language, content.issued)
            # Word counts the pages itself when it opens the file; where it may not, it shows those of the PDF.
            pages = counted(TYPST_TEMPLATE, "papers", _as_json(content), "begins-on")
            return fill(word_template, {**ready(content), "pages": pages}, properties)
        case Format.PDF:
            return typeset(TYPST_TEMPLATE, "papers", _as_json(content), content.issued)
        case _:
            raise ValueError(f"papers for a meeting are no {format.value}")


def content_of(papers: MeetingPapers) -> PapersContent:
    """Adds the fixed words; characters no document can hold are dropped."""
    papers = writable(papers)
    language = papers.language
    labels = {
        "title": translate(language, "会議資料"),
        "agenda": translate(language, "議題"),
        "number": "No.",
        "item": translate(language, "件名"),
        "kind": translate(language, "種別"),
        "page": translate(language, "ページ"),
        "no_items": translate(language, "議題はまだありません。"),
    }
    day = date_text(language, papers.held_on)
    return PapersContent(
        language=language,
        labels=labels,
        document_title=" ".join((papers.body, day, labels["title"])),
        running_title=" ".join((papers.body, day)),
        municipality=papers.municipality,
        plan=papers.plan,
        body=papers.body,
        issued=papers.issued_on,
        facts=(*papers.facts, Fact(translate(language, "作成日"), date_text(language, papers.issued_on))),
        items=papers.items,
        marks=papers.marks,
        marks_line=marks_line(papers.marks),
    )


def _as_json(content: PapersContent) -> dict[str, Any]:
    return {**asdict(content), "issued": content.issued.isoformat()}
