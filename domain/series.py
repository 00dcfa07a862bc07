"""実績値の推移: what a chart draws, and how values compare.

Runs of comparable actuals, cut where the indicator was redefined and where a value is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import groupby, pairwise

from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator, IndicatorValue, ValueType
from domain.text import Bilingual

NOT_STATED = Bilingual("記載なし", "Not stated")
_NONE = Bilingual("")

AsOf = Mapping[str, date | None]
"""Code of a source document → the day its figures stand for."""


def time_of(value: IndicatorValue) -> date | None:
    """The day a value stands for; a fiscal year's value stands at its last day. None: 記載なし."""
    if value.at is not None:
        return value.at
    return None if value.fiscal_year is None else FiscalYear(value.fiscal_year).last_day


def year_of(value: IndicatorValue) -> int | None:
    """The fiscal year a value is of; None: 記載なし."""
    if value.at is not None:
        return FiscalYear.of(value.at).starts_in
    return value.fiscal_year


def is_actual(value: IndicatorValue) -> bool:
    return value.type in (ValueType.EXPECTED, ValueType.FINAL)


def definition_of(indicator: Indicator, value: IndicatorValue) -> int:
    """By how many redefinitions a value comes after the first; only values of one definition are compared.

    An actual and a dated baseline are placed by their time. When a target was set is not told by the time it is
    for, so it is placed, as an undated baseline is, by the breaks listed before it; a target with a
    `break_reason` of its own is set in the terms of its time. (Meguru's own rule: doubt gives no comparison.)
    """
    time = time_of(value)
    is_placed_by_list = (value.type is ValueType.TARGET and not value.break_reason.ja) or time is None
    before = indicator.values
    if is_placed_by_list:
        before = before[: before.index(value)]
    breaks = {time_of(v) for v in before if v.break_reason.ja and v.type is not ValueType.TARGET} - {None}
    return sum(1 for at in breaks if is_placed_by_list or (at is not None and time is not None and at <= time))


@dataclass(frozen=True)
class Segment:
    """Actuals that one line may join. Those without a date (記載なし) are in the order of their documents.

    `break_reason` says why the indicator's series begins anew here; empty at its start and after a gap.
    """

    values: tuple[IndicatorValue, ...]
    is_dated: bool = True
    break_reason: Bilingual = _NONE

    @property
    def label(self) -> Bilingual:
        """What stands in the place of the times: 記載なし where there are none."""
        return _NONE if self.is_dated else NOT_STATED


@dataclass(frozen=True)
class _Point:
    """One time of the series: its best actual (None: a gap, or a baseline alone) and why it begins anew."""

    value: IndicatorValue | None
    is_gap: bool
    break_reason: Bilingual


def segments(indicator: Indicator, as_of: AsOf | None = None) -> tuple[Segment, ...]:
    """The runs that a chart draws: dated ones in the order of time, then those without a date.

    A run ends at a break and at a gap: a value known to be missing, or a year that a yearly series skips. At one
    time a final value stands for an expected one. `as_of` puts the values without a date in the order of their
    source documents; those of an undated document come last.
    """
    dated, undated = _lines(indicator, as_of or {})
    is_yearly = _has_yearly_days(dated)
    by_time = groupby(dated, key=time_of)
    by_document = groupby(undated, key=lambda v: (_document(v), v.label))
    return (
        *_cut([_point(list(same)) for _, same in by_time], is_dated=True, is_yearly=is_yearly),
        *_cut([_point(list(same)) for _, same in by_document], is_dated=False, is_yearly=False),
    )


def _lines(indicator: Indicator, as_of: AsOf) -> tuple[list[IndicatorValue], list[IndicatorValue]]:
    """Baselines and actuals in their order: the dated ones, and those without a date."""
    measured = [v for v in indicator.values if v.type is not ValueType.TARGET]
    dated = sorted((v for v in measured if time_of(v)), key=lambda v: time_of(v) or date.max)
    undated = [v for v in measured if time_of(v) is None]
    return dated, sorted(undated, key=lambda v: as_of.get(_document(v)) or date.max)


def _document(value: IndicatorValue) -> str:
    return value.source.document if value.source else ""


def best(values: Iterable[IndicatorValue]) -> IndicatorValue | None:
    """Of the actuals of one time the one to trust: a number before a gap, FINAL before EXPECTED, the last written."""
    found = None
    for value in values:
        if is_actual(value) and (found is None or _trust(value) >= _trust(found)):
            found = value
    return found


def _trust(value: IndicatorValue) -> tuple[bool, bool]:
    return value.value is not None, value.type is ValueType.FINAL


def _point(same_time: Sequence[IndicatorValue]) -> _Point:
    value = best(same_time)
    reason = next((v.break_reason for v in same_time if v.break_reason.ja), _NONE)
    is_gap = value is not None and value.value is None
    return _Point(None if is_gap else value, is_gap, reason)


def _cut(points: Iterable[_Point], *, is_dated: bool, is_yearly: bool) -> list[Segment]:
    found: list[Segment] = []
    run: list[IndicatorValue] = []
    reason = _NONE
    for point in points:
        skips = bool(run) and point.value is not None and _skips_a_year(run[-1], point.value, is_yearly)
        if run and (point.break_reason.ja or point.is_gap or skips):
            found.append(Segment(tuple(run), is_dated, reason))
            run, reason = [], _NONE
        if point.break_reason.ja:
            reason = point.break_reason
        if point.value is not None:
            run.append(point.value)
    return [*found, Segment(tuple(run), is_dated, reason)] if run else found


def _skips_a_year(before: IndicatorValue, after: IndicatorValue, is_yearly: bool) -> bool:
    if before.fiscal_year is not None and after.fiscal_year is not None:
        return after.fiscal_year - before.fiscal_year > 1
    if is_yearly and before.at is not None and after.at is not None:
        return after.at.year - before.at.year > 1
    return False


def _has_yearly_days(dated: Sequence[IndicatorValue]) -> bool:
    """Whether a series is of one day of each year: two neighbours a year apart tell (Meguru's own rule)."""
    days = [v.at for v in dated if is_actual(v) and v.at is not None]
    same_day = len({(d.month, d.day) for d in days}) == 1
    return same_day and any(b.year - a.year == 1 for a, b in pairwise(days))


@dataclass(frozen=True)
class ValueChange:
    """From one value to another: in the indicator's unit (of a ratio: points), and in % of the value before.

    `percent` is None where the value before is not above zero. Unrounded.
    """

    difference: Decimal
    percent: Decimal | None


def change_between(
    indicator: Indicator, before: IndicatorValue, after: IndicatorValue, as_of: AsOf | None = None
) -> ValueChange | None:
    """How a value of the series differs from an earlier one.

    None where either is unknown, where a break lies between them, and where one has a date and the other none.
    """
    if before.value is None or after.value is None or not _is_comparable(indicator, before, after, as_of or {}):
        return None
    difference = after.value - before.value
    return ValueChange(difference, difference * 100 / before.value if before.value > 0 else None)


def _is_comparable(indicator: Indicator, one: IndicatorValue, other: IndicatorValue, as_of: AsOf) -> bool:
    if time_of(one) and time_of(other):
        return definition_of(indicator, one) == definition_of(indicator, other)
    _, undated = _lines(indicator, as_of)
    if one not in undated or other not in undated:
        return False
    first, last = sorted((undated.index(one), undated.index(other)))
    return not any(v.break_reason.ja for v in undated[first + 1 : last + 1])


def ratio_of_parts(part: Decimal | None, total: Decimal | None) -> Decimal | None:
    """`part` in % of `total`, unrounded; None where either is unknown or the total is zero."""
    return None if part is None or not total else part * 100 / total


class PrintedRatio(StrEnum):
    """How a printed ratio comes from its parts."""

    ROUNDED = "rounded"  # 四捨五入 (or exact)
    CUT = "cut"  # 切捨て
    DIFFERS = "differs"  # neither


def printed_as(printed: Decimal | None, part: Decimal | None, total: Decimal | None) -> PrintedRatio | None:
    """Whether a ratio (%) was rounded or cut at its last printed place; None where a number is unknown.

    Rounding is named first where both give the same. `printed` carries its places: 20.0 has one, 20 none.
    """
    ratio = ratio_of_parts(part, total)
    if printed is None or ratio is None:
        return None
    for way, rounding in ((PrintedRatio.ROUNDED, ROUND_HALF_UP), (PrintedRatio.CUT, ROUND_DOWN)):
        if ratio.quantize(printed, rounding) == printed:
            return way
    return PrintedRatio.DIFFERS
