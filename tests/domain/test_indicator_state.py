"""Where a series stands on a day: its latest value, how it moved, and what keeps it from being compared or rated."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import plan_files
from domain.indicator import Indicator, IndicatorDirection, IndicatorValue, ValueType
from domain.indicator_state import IndicatorState, Trend, state_of
from domain.rating import RatePreset, Rating
from domain.text import Bilingual
from tests.domain import small_plan

DAY = date(2024, 3, 31)
PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "tokorozawa-comprehensive.yaml")


def on(indicator: Indicator, day: date = DAY, rating: Rating | None = None) -> IndicatorState:
    return state_of(indicator, day, rating=rating, as_of={}, others={})


def series(*values: tuple[int, int | None], direction: IndicatorDirection = IndicatorDirection.HIGHER) -> Indicator:
    """Yearly values by fiscal year; None is known to be missing."""
    told = (IndicatorValue(None if v is None else Decimal(v), fiscal_year=year) for year, v in values)
    return replace(small_plan.APPLICATIONS, values=tuple(told), direction=direction)


@pytest.mark.parametrize(
    ("direction", "rising", "falling"),
    [
        (IndicatorDirection.HIGHER, Trend.BETTER, Trend.WORSE),
        (IndicatorDirection.LOWER, Trend.WORSE, Trend.BETTER),
        (IndicatorDirection.NONE, Trend.UP, Trend.DOWN),
        (IndicatorDirection.RANGE, Trend.UP, Trend.DOWN),
    ],
)
def test_better_and_worse_are_said_only_where_the_plan_says_which_is_which(
    direction: IndicatorDirection, rising: Trend, falling: Trend
) -> None:
    assert on(series((2021, 3), (2022, 5), direction=direction)).trend is rising
    assert on(series((2021, 5), (2022, 3), direction=direction)).trend is falling
    assert on(series((2021, 5), (2022, 5), direction=direction)).trend is Trend.UNCHANGED


def test_the_future_of_a_series_is_not_known_yet() -> None:
    told = on(series((2021, 3), (2022, 5), (2024, 9)), date(2023, 3, 31))
    assert told.latest is not None
    assert told.latest.fiscal_year == 2022
    assert on(series((2022, 5)), date(2022, 3, 31)).latest is None


def test_a_missing_value_is_a_gap_and_never_the_latest() -> None:
    told = on(series((2020, 3), (2021, 4), (2022, None)))
    assert told.latest is not None
    assert (told.latest.value, told.has_gap) == (Decimal(4), True)
    assert on(series((2020, 3), (2021, 4))).has_gap is False
    assert on(series((2019, 3), (2021, 4))).has_gap is True, "a year is skipped"


def test_nothing_is_compared_across_a_redefinition() -> None:
    anew = replace(series((2021, 3), (2022, 5)).values[1], break_reason=Bilingual("数え方を変えた"))
    told = on(replace(series((2021, 3)), values=(series((2021, 3)).values[0], anew)))
    assert (told.trend, told.change, told.breaks) == (Trend.NOT_COMPARABLE, None, 1)


def test_a_rate_needs_a_target() -> None:
    rating = Rating(RatePreset.ACTUAL_OVER_TARGET)
    aim = IndicatorValue(Decimal(10), ValueType.TARGET, fiscal_year=2025)
    with_target = replace(series((2022, 5)), values=(*series((2022, 5)).values, aim))
    rated = on(with_target, rating=rating).rate
    assert rated is not None
    assert rated.percent == 50
    assert on(with_target, rating=rating).target == aim
    unrated = on(series((2022, 5)), rating=rating)
    assert (unrated.target, unrated.rate) == (None, None)


def test_of_the_comprehensive_plan_no_rounding_is_read_as_a_movement_and_nothing_is_rated() -> None:
    others = {i.code: i for i in PLAN.indicators}
    as_of = {d.code: d.as_of for d in PLAN.documents}
    told = {
        i.code: state_of(i, date(2026, 3, 31), rating=PLAN.rating, as_of=as_of, others=others) for i in PLAN.indicators
    }
    rounded = [code for code, state in told.items() if state.trend is Trend.UNCHANGED_BUT_ROUNDED]
    assert rounded == ["women-bucho-ratio"], "3 of 19 people in both documents, printed 15.7 and 15.8"
    assert {state.rate for state in told.values()} == {None}
    assert all(state.latest for state in told.values())
    kinds = Counter(state.trend for state in told.values())
    assert kinds[Trend.BETTER] + kinds[Trend.WORSE] + kinds[Trend.UNCHANGED_BUT_ROUNDED] <= 10, "ten have a direction"
    assert sum(state.breaks for state in told.values()) == 5
