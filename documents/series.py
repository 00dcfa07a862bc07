"""An indicator's series as charts and tables show it: order, breaks, and the words for times, kinds and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from documents.labels import date_text, fiscal_year_text
from domain.indicator import Indicator, IndicatorValue, ValueType
from domain.indicator_state import Trend
from domain.series import segments, time_of
from domain.source import SourceDocument
from domain.text import Bilingual
from i18n import translate


@dataclass(frozen=True)
class Break:
    """Where a series begins anew, between the last value before and the first after, with its sign in the chart."""

    sign: str
    before: IndicatorValue
    after: IndicatorValue
    reason: Bilingual


def value_type_labels(language: str) -> dict[ValueType, str]:
    return {
        ValueType.BASELINE: translate(language, "基準値"),
        ValueType.TARGET: translate(language, "目標値"),
        ValueType.EXPECTED: translate(language, "実績値（見込）"),
        ValueType.FINAL: translate(language, "実績値"),
    }


def trend_labels(language: str) -> dict[Trend, str]:
    return {
        Trend.BETTER: translate(language, "良くなった"),
        Trend.WORSE: translate(language, "悪くなった"),
        Trend.UP: translate(language, "増えた"),
        Trend.DOWN: translate(language, "減った"),
        Trend.UNCHANGED: translate(language, "変わらない"),
        Trend.UNCHANGED_BUT_ROUNDED: translate(language, "変わらない（端数の扱いの違い）"),
        Trend.NOT_COMPARABLE: translate(language, "比べられない"),
    }


def time_text(value: IndicatorValue, language: str) -> str:
    """The time of a value with both years; "" where the source names none."""
    if value.at is not None:
        return date_text(language, value.at)
    return "" if value.fiscal_year is None else fiscal_year_text(language, value.fiscal_year)


def number_text(value: Decimal | None) -> str:
    """A number with its thousands separated; "" where it is missing."""
    return "" if value is None else f"{value:,f}"


def quantity_text(value: Decimal) -> str:
    """A figure out of a text; a year may be among them, so four digits stand together."""
    return number_text(value) if abs(value) >= 10_000 else f"{value:f}"


def is_drawn(indicator: Indicator) -> bool:
    """Whether there is a series to draw; a single number is read in the table alone."""
    return sum(v.value is not None for v in indicator.values) > 1


def breaks(indicator: Indicator, documents: Sequence[SourceDocument]) -> tuple[Break, ...]:
    """The breaks of the series in the order of the chart."""
    found = pairwise(segments(indicator, as_of(documents)))
    anew = [(old, new) for old, new in found if new.break_reason.ja]
    return tuple(
        Break(f"※{number}", old.values[-1], new.values[0], new.break_reason)
        for number, (old, new) in enumerate(anew, 1)
    )


def in_order(indicator: Indicator, documents: Sequence[SourceDocument]) -> tuple[IndicatorValue, ...]:
    """All values as a table lists them: by time, those without a date last, in the order of their documents."""
    days = as_of(documents)
    dated = sorted((v for v in indicator.values if time_of(v)), key=lambda v: time_of(v) or date.max)
    undated = [v for v in indicator.values if time_of(v) is None]
    return (*dated, *sorted(undated, key=lambda v: days.get(document_of(v)) or date.max))


def as_of(documents: Sequence[SourceDocument]) -> dict[str, date | None]:
    """Puts values without a date in the order of the documents they stand in (`domain.series`)."""
    return {d.code: d.as_of for d in documents}


def document_of(value: IndicatorValue) -> str:
    return value.source.document if value.source else ""
