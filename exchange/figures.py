"""Figures as offices write them into tables: with their unit, their year, in words, or not yet there."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.indicator import IndicatorDirection
from domain.questions import number as plain_number
from domain.text import half_width
from exchange import choices, table_wording, typed, wording
from exchange.grid import Percent, Value, as_text
from exchange.plain_cells import unbroken
from exchange.typed import Note, Unreadable


@dataclass(frozen=True)
class Time:
    """When a value stands for: a day or a fiscal year; neither: 記載なし."""

    at: date | None = None
    fiscal_year: int | None = None

    def __bool__(self) -> bool:
        return self.at is not None or self.fiscal_year is not None


@dataclass(frozen=True)
class Figure:
    """A number with what stands beside it in its cell. `value` None: said in words (`printed`).

    `bound`: the target is met by more (以上) or by less (以下).
    """

    value: Decimal | None
    printed: str = ""
    unit: str = ""
    time: Time = Time()
    bound: IndicatorDirection | None = None
    notes: tuple[Note, ...] = ()


_YEAR = r"(?:(?:令和|平成|昭和|(?<![A-Za-z])[RHS]|令|平|昭)\.?\s*(?:元|\d{1,2})|(?<!\d)(?:19|20)\d{2})(?!\d)"
_RANGE = re.compile(rf"({_YEAR})\s*年?度?\s*[~〜‐―ー-]\s*(元|\d{{1,4}})(?=\s*年)")
_TIME = re.compile(
    rf"(?P<day>{_YEAR}\s*[年./-]\s*\d{{1,2}}\s*[月./-]\s*\d{{1,2}}(?!\d)日?)"
    rf"|(?P<month>{_YEAR}\s*年\s*\d{{1,2}}\s*月)|(?P<year>{_YEAR}\s*(?:年度?)?)"
)


def time_in(text: str) -> Time:
    """The last day, month or year that a heading or a cell names; a month stands for its last day."""
    plain = _RANGE.sub(_end_of_range, half_width(text))
    found = Time()
    for match in _TIME.finditer(plain):
        try:
            if match["day"]:
                found = Time(at=typed.day(match["day"]).value)
            elif match["month"]:
                year, month = map(int, typed.month(match["month"]).value.split("-"))
                found = Time(at=date(year, month, calendar.monthrange(year, month)[1]))
            else:
                found = Time(fiscal_year=typed.fiscal_year(match["year"].strip()).value)
        except Unreadable:
            continue
    return found


def _end_of_range(found: re.Match[str]) -> str:
    """Of 令和7～11年度 the last year."""
    first, last = found.groups()
    return last if len(last) == 4 else re.sub(r"(元|\d+)$", last, first)


_NOTHING = frozenset({"", "-", "―", "ー", "—", "–", "‐", "/", "…", "...", "・・・"})
_NOT_YET = ("未", "集計中", "調査中", "検討中", "算定中", "調査なし", "実施なし", "該当なし", "なし", "n/a", "中止")
_IN_WORDS = ("増", "減", "維持", "向上", "上昇", "低下", "拡大", "縮小", "充実", "継続", "推進", "改善", "現状", "実施")
_IN_BRACKETS = re.compile(r"^(?P<rest>.*?)\s*\((?P<inside>[^()]*)\)$", re.DOTALL)
_FIGURE = re.compile(
    r"(?P<about>約|およそ|概ね|おおむね)?\s*(?P<number>[△▲+-]?\s*[\d,]+(?:\.\d+)?)\s*(?P<unit>.*)", re.DOTALL
)
_BOUNDS = {
    **dict.fromkeys(("以上", "超", "を超える", "より多い"), IndicatorDirection.HIGHER),
    **dict.fromkeys(("以下", "以内", "未満", "より少ない"), IndicatorDirection.LOWER),
}


def figure(value: Value, unit: str) -> Figure | None:
    """The figure in a cell whose row has a unit ("" unknown); None for a dash. Raises `Unreadable`."""
    match unbroken(value):
        case bool() | date():
            raise Unreadable(table_wording.NOT_A_FIGURE, typed=as_text(value))
        case float() as number:  # a spreadsheet shows 15 digits of what it computed
            return Figure(Decimal(format(number, ".15g")))
        case int() as whole:
            return Figure(Decimal(whole))
        case Percent(value=shown):
            return _percent(Decimal(format(shown, ".13g")).normalize(), unit)
        case str() as text:
            return _typed(text, unit)
        case _:
            raise Unreadable(table_wording.NOT_A_FIGURE, typed=as_text(value))


def _percent(shown: Decimal, unit: str) -> Figure:
    plain = Decimal(format(shown, "f"))
    notes: tuple[Note, ...] = () if half_width(unit) == "%" else ((wording.PERCENT, {"value": plain}),)
    return Figure(plain, unit="%", notes=notes)


def _typed(text: str, unit: str) -> Figure | None:
    whole = plain = half_width(text).replace("\N{MINUS SIGN}", "-")
    if plain in _NOTHING:
        return None
    time = Time()
    if (bracketed := _IN_BRACKETS.fullmatch(plain)) and (time := time_in(bracketed["inside"])):
        plain = bracketed["rest"].strip()
    printed = " ".join(text.split())
    found = _FIGURE.fullmatch(plain)
    number = plain_number(re.sub(r"^[△▲]\s*", "-", found["number"])) if found else None
    if found is None or number is None:
        if plain.casefold().startswith(_NOT_YET):
            return Figure(None, printed, time=time)
        if plain.startswith(_IN_WORDS):
            return Figure(None, printed, time=time, notes=((table_wording.IN_WORDS, {"typed": printed}),))
        raise Unreadable(table_wording.NOT_A_FIGURE, typed=printed)
    number = Decimal(format(number.normalize(), "f"))  # 5.0 is 5, as a workbook has it; `printed` keeps the rest
    own, bound = _without_bound(found["unit"].strip())
    if own and unit and half_width(own) != half_width(unit):
        raise Unreadable(table_wording.OTHER_UNIT, typed=printed, unit=unit)
    return Figure(number, "" if whole == str(number) else printed, own, time, bound)


def _without_bound(unit: str) -> tuple[str, IndicatorDirection | None]:
    ending = next((words for words in _BOUNDS if unit.endswith(words)), "")
    return unit.removesuffix(ending).strip(), _BOUNDS.get(ending)


_DIRECTIONS = (
    (IndicatorDirection.MAINTAIN, r"維持|現状|横ばい|継続|→"),
    (IndicatorDirection.HIGHER, r"増|上昇|向上|高|多|拡大|以上|プラス|[↑↗⬆+]"),
    (IndicatorDirection.LOWER, r"減|低|少|縮|以下|抑|マイナス|[↓↘⬇]"),
)


def direction(text: str) -> IndicatorDirection:
    """Which way is better, in the words of a table. Raises `Unreadable`."""
    chosen = choices.chosen(IndicatorDirection, text)
    if isinstance(chosen, IndicatorDirection):
        return chosen
    plain = half_width(text)
    if plain in _NOTHING:
        return IndicatorDirection.NONE
    found = [(match.start(), way) for way, words in _DIRECTIONS if (match := re.search(words, plain))]
    if not found:
        raise Unreadable(table_wording.DIRECTION_UNKNOWN, typed=text)
    return min(found)[1]
