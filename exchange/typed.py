"""What people type into a cell, read as what it is: codes, numbers, days in 和暦, choices."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from domain.plan import CalendarDay
from domain.questions import number as typed_number
from domain.text import half_width, typed_day
from exchange import choices, lists, wording
from exchange.characters import has_invisible, plain_code, with_kanji
from exchange.columns import OWN_DOCUMENT, Column, Kind
from exchange.grid import Broken, Percent, Value, as_text
from exchange.remarks import Wording

Note = tuple[Wording, dict[str, object]]


@dataclass(frozen=True)
class Typed:
    """A value, and what was read otherwise than it is written."""

    value: Any
    notes: tuple[Note, ...] = ()


class Unreadable(Exception):
    """A cell that does not say what belongs there."""

    def __init__(self, wording_: Wording, **values: object) -> None:
        self.wording = wording_
        self.values = values
        super().__init__(wording_.message.ja)


def nearest(typed: str, known: Iterable[str]) -> str | None:
    """The known word that a wrong one was most likely meant to be."""
    found = difflib.get_close_matches(typed, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def read(column: Column, value: Value) -> Typed:
    """A cell that is not blank, as its column wants it. Raises `Unreadable`."""
    if isinstance(value, Broken):
        raise Unreadable(wording.BROKEN, error=value.error) if value.error else Unreadable(wording.UNCOMPUTED)
    if column.kind is Kind.CHOICE:
        return _choice(column, value)
    return _READERS[column.kind](value)


def text(value: Value) -> Typed:
    typed = as_text(value)
    if isinstance(value, (date, time, timedelta)):
        return Typed(typed, ((wording.TEXT_IS_A_DAY, {"text": typed}),))
    repaired, changes = with_kanji(typed)
    notes: list[Note] = [(wording.RADICALS, {"changes": "、".join(changes)})] if changes else []
    if has_invisible(repaired):
        notes.append((wording.INVISIBLE, {}))
    return Typed(repaired, tuple(notes))


def code(value: Value) -> Typed:
    """A code: half-width and trimmed. In quotation marks it is taken exactly as it stands."""
    typed = _code_text(value)
    exact = lists.unquoted(typed)
    if exact is not None:
        return Typed(exact)
    if isinstance(value, float) and not value.is_integer():
        return Typed(typed, ((wording.CODE_IS_A_FRACTION, {"code": typed}),))
    return Typed(plain_code(typed), _changed(typed, plain_code(typed)))


def codes(value: Value) -> Typed:
    typed = _code_text(value)
    found = tuple(lists.parts(typed, lists.CODES, plain_code))
    written = lists.parts(typed, lists.CODES)
    changed = tuple(note for old, new in zip(written, found, strict=False) for note in _changed(old, new))
    if isinstance(value, float) and not value.is_integer():
        changed = ((wording.CODE_IS_A_FRACTION, {"code": typed}),)
    return Typed(found, changed)


def is_plain(one: str) -> bool:
    """Whether a code may be written without quotation marks."""
    return plain_code(one) == one and lists.unquoted(one) is None and plain_code(OWN_DOCUMENT.ja) != one


def number(value: Value) -> Typed:
    match value:
        case bool():
            pass
        case int():
            return Typed(Decimal(value))
        case float() if isfinite(value):  # 1e999 in a file is read as infinite
            return Typed(Decimal(repr(value)))
        case Percent():
            return Typed(value.value, ((wording.PERCENT, {"value": f"{value.value.normalize():f}"}),))
        case str():
            negative = re.sub(r"^[△▲]\s*", "-", half_width(value))
            found = typed_number(negative)
            if found is not None:
                return Typed(found)
    raise Unreadable(wording.NOT_A_NUMBER, typed=as_text(value))


def integer(value: Value) -> Typed:
    found = number(value)
    if found.value != found.value.to_integral_value():
        raise Unreadable(wording.NOT_WHOLE, typed=as_text(value))
    return Typed(int(found.value), found.notes)


# 元号法; the letters are how forms shorten them. Year 1 of an era is its offset + 1.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925, "令": 2018, "平": 1988, "昭": 1925}
_ERA = r"(?P<era>令和|平成|昭和|[RHS令平昭])\s*\.?\s*(?P<year>元|\d{1,2})"
_ERA_DAY = re.compile(rf"{_ERA}\s*[年./-]\s*(?P<month>\d{{1,2}})\s*[月./-]\s*(?P<day>\d{{1,2}})\s*日?", re.ASCII)
_ERA_MONTH = re.compile(rf"{_ERA}\s*[年./-]\s*(?P<month>\d{{1,2}})\s*月?", re.ASCII)
_MONTH = re.compile(r"(?P<year>\d{4})\s*[年./-]\s*(?P<month>\d{1,2})\s*月?", re.ASCII)
_ERA_YEAR = re.compile(rf"{_ERA}\s*(年度?|FY)?", re.ASCII)
_YEAR = re.compile(r"(FY)?(?P<year>\d{4})\s*(年度?|FY)?", re.ASCII)
_DIGITS = re.compile(r"\d{8}", re.ASCII)
_MONTH_DAY = re.compile(r"(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*日?", re.ASCII)
_TIME = re.compile(
    r"(?P<hour>\d{1,2})\s*(?:[:時]\s*(?P<minute>\d{1,2})?)\s*分?(?::(?P<second>\d{2})(?:\.\d+)?)?", re.ASCII
)

# Excel counts days from here; years that plans speak of. A smaller number is rather a year than a day.
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range(10_000, 100_000)


def _western(found: re.Match[str]) -> int:
    if "era" not in found.re.groupindex:
        return int(found["year"])
    return _ERAS[found["era"]] + (1 if found["year"] == "元" else int(found["year"]))


def day(value: Value) -> Typed:
    """A day: a real one, an Excel serial, 2021-04-01, 20210401, 令和3年4月1日, R3.4.1."""
    typed = _plain(value)
    try:
        match value:
            case datetime():
                return Typed(value.date())
            case date():
                return Typed(value)
            case int() | float() if not isinstance(value, bool) and int(value) in _SERIALS:
                return Typed(_DAY_ZERO + timedelta(days=int(value)))
        if found := _ERA_DAY.fullmatch(typed):
            return Typed(date(_western(found), int(found["month"]), int(found["day"])))
        if _DIGITS.fullmatch(typed):
            return Typed(date(int(typed[:4]), int(typed[4:6]), int(typed[6:])))
        if isinstance(value, str) and typed.isdecimal() and int(typed) in _SERIALS:
            return Typed(_DAY_ZERO + timedelta(days=int(typed)))
        western = typed_day(typed)
    except (ValueError, OverflowError):  # no such day; a number as large as no number is
        western = None
    if western is None:
        raise Unreadable(wording.NOT_A_DAY, typed=as_text(value))
    return Typed(western)


def fiscal_year(value: Value) -> Typed:
    """A fiscal year by the year it starts in: 2021, 2021年度, 令和3年度, R3."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer():
        return Typed(int(value)) if int(value) not in _SERIALS else _no_year(value)
    typed = _plain(value)
    for pattern in (_ERA_YEAR, _YEAR):
        if isinstance(value, str) and (found := pattern.fullmatch(typed)):
            return Typed(_western(found))
    return _no_year(value)


def _no_year(value: Value) -> Typed:
    raise Unreadable(wording.NOT_A_YEAR, typed=as_text(value))


def fiscal_years(value: Value) -> Typed:
    if not isinstance(value, str):
        return Typed((fiscal_year(value).value,))
    return Typed(tuple(fiscal_year(part).value for part in lists.parts(value, lists.CODES)))


def month(value: Value) -> Typed:
    """A year and a month as YYYY-MM."""
    if isinstance(value, date):
        return Typed(f"{value:%Y-%m}")
    typed = _plain(value)
    for pattern in (_ERA_MONTH, _MONTH):
        if (found := pattern.fullmatch(typed)) and 1 <= int(found["month"]) <= 12:
            return Typed(f"{_western(found):04}-{int(found['month']):02}")
    raise Unreadable(wording.NOT_A_MONTH, typed=as_text(value))


def month_day(value: Value) -> Typed:
    """A day of every year; a spreadsheet makes a day of this year of it when it is typed."""
    if isinstance(value, date):
        return Typed(CalendarDay(value.month, value.day))
    if found := _MONTH_DAY.fullmatch(_plain(value)):
        return Typed(CalendarDay(int(found["month"]), int(found["day"])))
    raise Unreadable(wording.NOT_A_MONTH_DAY, typed=as_text(value))


def clock_time(value: Value) -> Typed:
    if isinstance(value, time):
        return Typed(value)
    try:
        if isinstance(value, float) and 0 <= value < 1:
            hour, minute = divmod(round(value * 24 * 60), 60)
            return Typed(time(hour, minute))
        typed = _plain(value)
        if re.fullmatch(r"\d{2}:\d{2}:\d{2}\.\d{6}", typed, re.ASCII):
            return Typed(time.fromisoformat(typed))
        if found := _TIME.fullmatch(typed):
            return Typed(time(int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)))
    except ValueError:
        pass
    raise Unreadable(wording.NOT_A_TIME, typed=as_text(value))


def yes_no(value: Value) -> Typed:
    answer = value if isinstance(value, bool) else choices.yes_or_no(as_text(value))
    if answer is None:
        raise Unreadable(wording.NOT_YES_OR_NO, typed=as_text(value))
    return Typed(answer)


def texts(value: Value) -> Typed:
    whole = text(value)
    return Typed(tuple(lists.parts(whole.value, lists.LINES)), whole.notes)


def document(value: Value) -> Typed:
    found = code(value)
    is_own = isinstance(value, str) and plain_code(value) in (plain_code(OWN_DOCUMENT.ja), OWN_DOCUMENT.en)
    return Typed("") if is_own else found


def _choice(column: Column, value: Value) -> Typed:
    if column.choices is None:
        raise TypeError(f"the column {column.heading.en} has no choices")
    typed = as_text(value)
    member = choices.chosen(column.choices, typed)
    if member is None:
        labels = [label.ja for label in choices.LABELS[column.choices].values()]
        hint = wording.did_you_mean(nearest(typed, labels))
        raise Unreadable(wording.NOT_A_CHOICE, typed=typed, hint=hint, choices="、".join(labels))
    return Typed(member)


def _code_text(value: Value) -> str:
    if isinstance(value, date):
        # 1-2 typed into a cell that is not formatted as text has become the second of January.
        raise Unreadable(wording.CODE_IS_A_DAY, day=as_text(value), guess=f"{value.month}-{value.day}")
    return as_text(value)


def _changed(typed: str, plain: str) -> tuple[Note, ...]:
    return () if typed.strip() == plain else ((wording.CODE_CHANGED, {"typed": typed.strip(), "code": plain}),)


def _plain(value: Value) -> str:
    return half_width(as_text(value)).replace("\N{MINUS SIGN}", "-")


_READERS: dict[Kind, Callable[[Value], Typed]] = {
    Kind.TEXT: text,
    Kind.TEXTS: texts,
    Kind.CODE: code,
    Kind.CODES: codes,
    Kind.DOCUMENT: document,
    Kind.YES_NO: yes_no,
    Kind.INTEGER: integer,
    Kind.NUMBER: number,
    Kind.FISCAL_YEAR: fiscal_year,
    Kind.FISCAL_YEARS: fiscal_years,
    Kind.DAY: day,
    Kind.MONTH: month,
    Kind.MONTH_DAY: month_day,
    Kind.TIME: clock_time,
}
