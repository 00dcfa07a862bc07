"""A cell of somebody's own table, read as a text, a code or several texts; what is wrong is added to the findings."""

from __future__ import annotations

import re

from domain.text import half_width
from exchange import table_wording, typed, wording
from exchange.characters import with_kanji
from exchange.grid import Broken, Value, as_text
from exchange.plain_sheet import PlainRow, PlainSheet
from exchange.tables import Findings

_BLANKS = " \t\n\r\u3000\u200b\ufeff"
_LINE_BREAK = re.compile(r"[ \t\u3000]*\n[ \t\u3000]*")
_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z0-9,.])\s*\n\s*(?=[A-Za-z0-9])")
_BETWEEN = re.compile(r"[、,，;；\n／/]")


def unbroken(value: Value) -> Value:
    """The value. Raises `typed.Unreadable` for a formula without a result."""
    if isinstance(value, Broken):
        raise (
            typed.Unreadable(wording.BROKEN, error=value.error) if value.error else typed.Unreadable(wording.UNCOMPUTED)
        )
    return value


def text_of(sheet: PlainSheet, row: PlainRow, column: str, findings: Findings, *, is_title: bool = False) -> str:
    """A text as it is meant, "" for none: kanji for radicals, blanks trimmed; a title without breaks, no number."""
    value = sheet.value(row, column) if column else None
    if value is None:
        return ""
    place = sheet.place(row.row, column)
    try:
        text, changes = with_kanji(as_text(unbroken(value)).replace("\u00a0", " ").strip(_BLANKS))
    except typed.Unreadable as mistake:
        findings.mistakes.append(mistake.wording.at(place, **mistake.values))
        return ""
    if is_title and (not isinstance(value, str) or half_width(text).isdecimal()):
        findings.mistakes.append(table_wording.TITLE_IS_A_NUMBER.at(place, typed=text))
        return ""
    remarks = [wording.RADICALS.at(place, changes="、".join(changes))] if changes else []
    if is_title and "\n" in text:
        text = _LINE_BREAK.sub("", _BETWEEN_WORDS.sub(" ", text))
        remarks.append(table_wording.JOINED_LINES.at(place, text=text))
    if not sheet.is_repeated(row, column):
        findings.warnings += remarks
    return text


def code_of(sheet: PlainSheet, row: PlainRow, column: str, findings: Findings) -> str:
    """A code as it is meant, "" for none."""
    value = sheet.value(row, column) if column else None
    if value is None:
        return ""
    place = sheet.place(row.row, column)
    try:
        read = typed.code(unbroken(value))
    except typed.Unreadable as mistake:
        findings.mistakes.append(mistake.wording.at(place, **mistake.values))
        return ""
    if not sheet.is_repeated(row, column):
        findings.warnings += [said.at(place, **about) for said, about in read.notes]
    return str(read.value)


def parts_of(text: str) -> list[str]:
    """What stands in one cell beside each other: 企画課、財政課. A 「・」 may be part of a name and parts nothing."""
    return [part for part in (p.strip(_BLANKS) for p in _BETWEEN.split(text)) if part]
