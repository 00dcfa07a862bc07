"""指標の今: the latest value of a series, how it moved, and what keeps it from being compared or rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue
from domain.rating import Rate, Rating, rate, target_on
from domain.series import (
    AsOf,
    ValueChange,
    best,
    change_between,
    is_actual,
    ratio_of_parts,
    segments,
    time_of,
)


class Trend(StrEnum):
    """How the latest value differs from the one before it. BETTER and WORSE only where the plan says which is which."""

    BETTER = "better"
    WORSE = "worse"
    UP = "up"
    DOWN = "down"
    UNCHANGED = "unchanged"
    UNCHANGED_BUT_ROUNDED = "unchanged_but_rounded"  # the printed ratios differ, the numbers behind them do not
    NOT_COMPARABLE = "not_comparable"  # a break lies between, or only one of the two has a date


@dataclass(frozen=True)
class IndicatorState:
    """A series on a day. `before`, `change` and `trend` are None where no value is earlier, `rate` where none is due.

    `breaks` counts the redefinitions so far; `has_gap`: a value in between is missing; `has_undated`: of some value
    the source gives no time (記載なし).
    """

    latest: IndicatorValue | None
    before: IndicatorValue | None = None
    change: ValueChange | None = None
    trend: Trend | None = None
    target: IndicatorValue | None = None
    rate: Rate | None = None
    breaks: int = 0
    has_gap: bool = False
    has_undated: bool = False


def state_of(
    indicator: Indicator, day: date, *, rating: Rating | None, as_of: AsOf, others: Mapping[str, Indicator]
) -> IndicatorState:
    """What is known of a series on a day. `others` has the series of the plan by code: the parts of a ratio.

    A value without a date counts from the day of its document, and always where that has none either.
    """
    known = [v for v in indicator.values if is_actual(v) and _known_on(v, as_of) <= day]
    told = _one_per_time(known, as_of)
    runs = segments(_with(indicator, known), as_of)
    dated = [run for run in runs if run.is_dated]
    latest = told[-1] if told else None
    before = told[-2] if len(told) > 1 else None
    change = change_between(indicator, before, latest, as_of) if before and latest else None
    return IndicatorState(
        latest=latest,
        before=before,
        change=change,
        trend=_trend(indicator, before, latest, change, others) if before and latest else None,
        target=target_on(indicator.values, day),
        rate=rate(indicator, rating, day) if rating else None,
        breaks=sum(bool(run.break_reason.ja) for run in runs),
        has_gap=any(v.value is None for v in known) or any(not run.break_reason.ja for run in dated[1:]),
        has_undated=any(time_of(v) is None for v in known),
    )


def _known_on(value: IndicatorValue, as_of: AsOf) -> date:
    return time_of(value) or as_of.get(_document(value)) or date.min


def _document(value: IndicatorValue) -> str:
    return value.source.document if value.source else ""


def _one_per_time(values: Sequence[IndicatorValue], as_of: AsOf) -> list[IndicatorValue]:
    """The numbers in the order of time, of each time the one to trust."""
    times: dict[tuple[date, bool], list[IndicatorValue]] = {}
    for value in values:
        times.setdefault((_known_on(value, as_of), time_of(value) is None), []).append(value)
    found = (best(times[time]) for time in sorted(times))
    return [v for v in found if v is not None and v.value is not None]


def _with(indicator: Indicator, values: Sequence[IndicatorValue]) -> Indicator:
    return replace(indicator, values=tuple(values))


def _trend(
    indicator: Indicator,
    before: IndicatorValue,
    latest: IndicatorValue,
    change: ValueChange | None,
    others: Mapping[str, Indicator],
) -> Trend:
    if change is None:
        return Trend.NOT_COMPARABLE
    if change.difference == 0:
        return Trend.UNCHANGED
    if _exact_difference(indicator, before, latest, others) == 0:
        return Trend.UNCHANGED_BUT_ROUNDED
    rises = change.difference > 0
    match indicator.direction:
        case IndicatorDirection.HIGHER:
            return Trend.BETTER if rises else Trend.WORSE
        case IndicatorDirection.LOWER:
            return Trend.WORSE if rises else Trend.BETTER
        case _:
            return Trend.UP if rises else Trend.DOWN


def _exact_difference(
    indicator: Indicator, before: IndicatorValue, latest: IndicatorValue, others: Mapping[str, Indicator]
) -> Decimal | None:
    """The difference of a ratio by the numbers it divides: printed shares are rounded, and not always alike."""
    if indicator.kind is not IndicatorKind.RATIO:
        return None
    ratios = [
        ratio_of_parts(_beside(others.get(indicator.part), v), _beside(others.get(indicator.total), v))
        for v in (before, latest)
    ]
    return None if ratios[0] is None or ratios[1] is None else ratios[1] - ratios[0]


def _beside(other: Indicator | None, value: IndicatorValue) -> Decimal | None:
    """The number of another series at the time of a value, out of the same document."""
    wanted = (time_of(value), _document(value))
    alike = (v for v in other.values if is_actual(v) and (time_of(v), _document(v)) == wanted) if other else ()
    return next((v.value for v in alike), None)
