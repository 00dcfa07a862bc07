"""Values of indicators, written short for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.text import Bilingual

REDEFINED = Bilingual("数え方が変わった", "Counted in another way")


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def value(amount: str | None, when: int | date | None, type: ValueType, **said: Any) -> IndicatorValue:
    """A value of a fiscal year, of a day, or without a date."""
    time = {"at": when} if isinstance(when, date) else {"fiscal_year": when}
    return IndicatorValue(number(amount), type, **time, **said)


def baseline(amount: str | None, when: int | date | None = None, **said: Any) -> IndicatorValue:
    return value(amount, when, ValueType.BASELINE, **said)


def target(amount: str | None, when: int | date | None = None, **said: Any) -> IndicatorValue:
    return value(amount, when, ValueType.TARGET, **said)


def expected(amount: str | None, when: int | date | None = None, **said: Any) -> IndicatorValue:
    return value(amount, when, ValueType.EXPECTED, **said)


def final(amount: str | None, when: int | date | None = None, **said: Any) -> IndicatorValue:
    return value(amount, when, ValueType.FINAL, **said)


def indicator(*values: IndicatorValue, direction: IndicatorDirection = IndicatorDirection.HIGHER) -> Indicator:
    return Indicator("i", Bilingual("件数"), Bilingual("件"), IndicatorKind.COUNT, direction, values)
