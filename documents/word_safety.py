"""Whether a Word file may be a form, or be handed out: looked at from outside. The limits are Meguru's own.

What a form of a city holds is Word's own text, pictures and fonts. It fetches nothing, runs nothing and carries
nothing packed in it. What comes out of it is looked at in the same way: a form could also write such things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from domain.attachment import MEGABYTE

MOST_UNPACKED = 20 * MEGABYTE
"""Bytes of all parts of a form; one with pictures in full size stays below it."""
MOST_PARTS = 500
LARGEST_DOCUMENT = 20 * MEGABYTE
"""Bytes of a document that was made with a form."""

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg")
_ENDINGS = (".xml", ".rels", ".odttf", *_PICTURES)
_RUNNING_TYPES = ("macroenabled", "vbaproject", "activex", "oleobject")
"""Parts of the names of content types of what can be run."""
_BRINGING = frozenset({"vbaproject", "control", "oleobject", "package", "afchunk", "subdocument", "attachedtemplate"})
"""Relationships to what can be run, or is a file of its own."""
_HYPERLINK = "hyperlink"
_LINKED = ("http://", "https://", "mailto:")
_FETCHES = re.compile(r"INCLUDE|IMPORT|DDE|DATABASE|MACROBUTTON|\bLINK\b|\bRD\b|AUTOTEXT", re.IGNORECASE)
"""Fields by which Word fetches something from elsewhere, or starts something."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACES = ("src", "href")


class TemplateProblem(StrEnum):
    """Why a form cannot be used."""

    NAME_UNFIT = "form_name_unfit"
    NOT_WORD = "form_not_word"
    LOCKED = "form_locked"
    TOO_LARGE = "form_too_large"
    TOO_LARGE_INSIDE = "form_too_large_inside"
    ODD_PARTS = "form_odd_parts"
    DECLARATION = "form_declaration"
    RUNS_SOMETHING = "form_runs_something"
    FETCHES_SOMETHING = "form_fetches_something"
    SYNTAX = "form_syntax"
    UNKNOWN_NAME = "form_unknown_name"
    FORBIDDEN = "form_forbidden"
    TOO_LONG = "form_too_long"
    TOO_MUCH = "form_too_much"
    MARKS_MISSING = "form_marks_missing"
    UNREADABLE = "form_unreadable"


class UnfitTemplate(Exception):
    """A form that cannot be used: `what` is the name it uses or the part that is wrong, `place` the text around it."""

    def __init__(self, problem: TemplateProblem, what: str = "", place: str = "") -> None:
        super().__init__(problem, what, place)  # what it is made from, so that it can travel as a pickle
        self.problem, self.what, self.place = problem, what, place


def check(content: bytes) -> None:
    """Raises `UnfitTemplate` for a Word file that is more than text, pictures and fonts."""
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnfitTemplate(TemplateProblem.NOT_WORD) from error
    _check_parts(archive)
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels")):
            _check_part(name, _parsed(archive, name))


def says(content: bytes, text: str) -> bool:
    """Whether a Word file shows a text, in the body, a header or a footer."""
    with ZipFile(BytesIO(content)) as archive:
        shown = [name for name in archive.namelist() if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name)]
        return any(text in "".join(_parsed(archive, name).itertext()) for name in shown)


def _check_parts(archive: ZipFile) -> None:
    """By the directory alone: `zipfile` never unpacks more of a part than it declares."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnfitTemplate(TemplateProblem.TOO_LARGE_INSIDE)
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        raise UnfitTemplate(TemplateProblem.NOT_WORD)
    for name in names:
        if name.lower().endswith((".bin", ".docm", ".exe", ".dll")):
            raise UnfitTemplate(TemplateProblem.RUNS_SOMETHING, name)
        is_odd = name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts
        if is_odd or not (name.endswith("/") or name.lower().endswith(_ENDINGS)):
            raise UnfitTemplate(TemplateProblem.ODD_PARTS, name)
    if len({name.lower() for name in names}) < len(names):
        raise UnfitTemplate(TemplateProblem.ODD_PARTS)


def _parsed(archive: ZipFile, name: str) -> Element:
    try:
        root: Element = fromstring(archive.read(name), forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnfitTemplate(TemplateProblem.DECLARATION, name) from error
    except ParseError as error:
        raise UnfitTemplate(TemplateProblem.UNREADABLE, name) from error
    except Exception as error:  # whatever a damaged archive makes zipfile and zlib raise
        raise UnfitTemplate(TemplateProblem.UNREADABLE, name) from error
    return root


def _check_part(name: str, root: Element) -> None:
    if name.lower().endswith(".rels"):
        for relationship in root:
            _check_relationship(relationship)
    elif name == "[Content_Types].xml":
        for declared in root:
            if any(word in declared.get("ContentType", "").lower() for word in _RUNNING_TYPES):
                raise UnfitTemplate(TemplateProblem.RUNS_SOMETHING, declared.get("PartName", ""))
    else:
        fields = "".join(_fields(root))
        if (found := _FETCHES.search(fields)) is not None:
            raise UnfitTemplate(TemplateProblem.FETCHES_SOMETHING, found.group())
        for element in root.iter():
            for attribute, value in element.attrib.items():
                if attribute.rpartition("}")[2] in _PLACES and (":" in value or value.startswith(("\\", "//"))):
                    raise UnfitTemplate(TemplateProblem.FETCHES_SOMETHING, value)


def _check_relationship(relationship: Element) -> None:
    kind, target = relationship.get("Type", "").lower().rpartition("/")[2], relationship.get("Target", "")
    if kind in _BRINGING:
        raise UnfitTemplate(TemplateProblem.RUNS_SOMETHING, target)
    is_link = kind == _HYPERLINK and target.lower().startswith(_LINKED)
    mode = relationship.get("TargetMode", "").lower()
    is_outside = mode == "external" or ":" in target or target.startswith(("//", "\\\\"))
    if is_outside and not is_link:
        raise UnfitTemplate(TemplateProblem.FETCHES_SOMETHING, target)


def _fields(root: Element) -> Iterator[str]:
    """What the fields say; one field may be spread over several runs."""
    for element in root.iter():
        if element.tag == f"{_WORD}instrText":
            yield element.text or ""
        elif element.tag == f"{_WORD}fldSimple":
            yield f"\n{element.get(f'{_WORD}instr', '')}\n"
        elif element.tag == f"{_WORD}fldChar":
            yield "\n"
