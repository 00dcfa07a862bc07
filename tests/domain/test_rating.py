"""How far an indicator has come: worked examples, and what holds for every number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.fiscal_year import FiscalYear
from domain.indicator import IndicatorDirection, IndicatorValue
from domain.rating import (
    FORMULAS,
    Band,
    Rate,
    RatePreset,
    Rating,
    actual_over_target,
    formula_of,
    grade_of,
    kept,
    progress_from_baseline,
    rate,
    rounded,
    within,
)
from tests.domain.series_values import REDEFINED, baseline, expected, final, indicator, number, target

OVER, PROGRESS, PACE = RatePreset.ACTUAL_OVER_TARGET, RatePreset.PROGRESS_FROM_BASELINE, RatePreset.PACE
HIGHER, LOWER = IndicatorDirection.HIGHER, IndicatorDirection.LOWER
MAINTAIN, RANGE, NONE = IndicatorDirection.MAINTAIN, IndicatorDirection.RANGE, IndicatorDirection.NONE

Example = tuple[RatePreset, IndicatorDirection, str | None, str | None, str | None, str | None]
EXAMPLES: list[Example] = [
    # preset, direction, baseline (2020), target (2025), actual (2022), rate as it is shown
    (OVER, HIGHER, None, "200", "150", "75.0"),
    (OVER, HIGHER, None, "200", "250", "125.0"),
    (OVER, HIGHER, None, "3", "2", "66.7"),  # 66.66… is rounded, not cut
    (OVER, HIGHER, None, "16", "1", "6.3"),  # 6.25 is rounded half up
    (OVER, HIGHER, None, "10", "0", "0.0"),  # zero is a number
    (OVER, HIGHER, None, "10", "-2", "-20.0"),
    (OVER, HIGHER, None, "0", "0", "100.0"),  # met; there is no quotient
    (OVER, HIGHER, None, "0", "-1", None),  # not met; there is no quotient
    (OVER, HIGHER, None, "-5", "-3", "100.0"),  # -3 is better than -5
    (OVER, LOWER, None, "20", "25", "80.0"),
    (OVER, LOWER, None, "20", "16", "125.0"),
    (OVER, LOWER, None, "0", "4", "0.0"),
    (OVER, LOWER, None, "20", "0", "100.0"),  # nothing is left: met, and no quotient says by how much
    (OVER, LOWER, None, "-5", "3", None),
    (OVER, HIGHER, None, "200", None, None),
    (OVER, HIGHER, None, None, "150", None),
    (PROGRESS, HIGHER, "10", "20", "18", "80.0"),
    (PROGRESS, HIGHER, "10", "20", "8", "-20.0"),  # worse than at the baseline
    (PROGRESS, HIGHER, "10", "20", "23", "130.0"),
    (PROGRESS, LOWER, "500", "400", "420", "80.0"),
    (PROGRESS, LOWER, "500", "400", "500", "0.0"),
    (PROGRESS, LOWER, "30", "0", "10", "66.7"),
    (PROGRESS, HIGHER, "-10", "10", "5", "75.0"),
    (PROGRESS, HIGHER, "20", "20", "20", "100.0"),  # the target asks to hold what there is
    (PROGRESS, HIGHER, "20", "20", "21", "100.0"),
    (PROGRESS, HIGHER, "20", "20", "19", "0.0"),
    (PROGRESS, LOWER, "20", "20", "19", "100.0"),
    (PROGRESS, LOWER, "20", "20", "21", "0.0"),
    (PROGRESS, HIGHER, "20", "15", "18", "100.0"),  # a decline that shall stay small: 18 is above the 15 allowed
    (PROGRESS, HIGHER, "20", "15", "14", "0.0"),
    (PROGRESS, HIGHER, None, "20", "18", None),
    (PROGRESS, HIGHER, "10", None, "18", None),
    (PACE, HIGHER, "10", "20", "14", "100.0"),  # 40 % of the way in 2 of 5 years
    (PACE, HIGHER, "10", "20", "12", "50.0"),
    (PACE, LOWER, "500", "400", "440", "150.0"),
    (PACE, HIGHER, "10", "20", "9", "-25.0"),
    (PACE, HIGHER, "20", "20", "20", "100.0"),  # to hold is due at any time
    (PACE, HIGHER, None, "20", "14", None),
    (OVER, MAINTAIN, "80", None, "80", "100.0"),
    (PROGRESS, MAINTAIN, "80", None, "95", "100.0"),
    (PACE, MAINTAIN, "80", None, "60", "75.0"),
    (OVER, MAINTAIN, "80", "70", "70", "100.0"),  # a target goes before the baseline
    (OVER, MAINTAIN, "0", None, "-1", None),
    (OVER, MAINTAIN, None, None, "80", None),
    (OVER, NONE, "10", "20", "18", None),
    (PROGRESS, NONE, "10", "20", "18", None),
    (PACE, NONE, "10", "20", "18", None),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: " ".join(str(part) for part in e))
def test_the_worked_examples(example: Example) -> None:
    preset, direction, base, goal, reached, shown = example
    told = [baseline(base, 2020)] if base else []
    told += [target(goal, 2025)] if goal else []
    found = rate(indicator(*told, final(reached, 2022), direction=direction), Rating(preset), FiscalYear(2022))
    assert (found and rounded(found.percent)) == number(shown)


@pytest.mark.parametrize("preset", RatePreset)
@pytest.mark.parametrize(
    ("reached", "shown"),
    [
        ("30", "75.0"),
        ("40", "100.0"),
        ("45", "100.0"),
        ("50", "100.0"),
        ("62.5", "80.0"),
        ("-4", "-10.0"),
        (None, None),
    ],
)
def test_a_range_is_met_between_its_limits_under_every_preset(
    preset: RatePreset, reached: str | None, shown: str | None
) -> None:
    ranged = indicator(
        baseline("20", 2020), target("40", 2025, upper=Decimal(50)), final(reached, 2022), direction=RANGE
    )
    found = rate(ranged, Rating(preset), FiscalYear(2022))
    assert (found and rounded(found.percent)) == number(shown)


# Which values are taken

PATH = (baseline("10", 2019), target("20", 2022), target("50", 2025))


def by_progress(*values: IndicatorValue, at: int | date = 2022, preset: RatePreset = PROGRESS) -> Rate | None:
    when = FiscalYear(at) if isinstance(at, int) else at
    return rate(indicator(*values), Rating(preset), when)


def test_the_rate_says_which_values_it_used() -> None:
    reached = final("18", 2022)
    assert by_progress(*PATH, reached) == Rate(Decimal(80), PROGRESS, reached, PATH[1], PATH[0])


def test_a_rate_names_only_values_that_it_needed() -> None:
    over = by_progress(*PATH, final("18", 2022), preset=OVER)
    assert over is not None
    assert (over.baseline, over.target) == (None, PATH[1])
    hold = indicator(baseline("80", 2019), final("80", 2022), direction=MAINTAIN)
    held = rate(hold, Rating(OVER), FiscalYear(2022))
    assert held is not None
    assert (held.baseline, held.target) == (hold.values[0], None)


@pytest.mark.parametrize(
    ("year", "due"), [(2020, 2022), (2021, 2022), (2022, 2022), (2023, 2025), (2025, 2025), (2030, 2025)]
)
def test_the_target_in_force_is_the_next_one_due_and_then_the_last(year: int, due: int) -> None:
    found = by_progress(*PATH, final("18", 2020), at=year)
    assert found is not None
    assert found.target is not None
    assert found.target.fiscal_year == due


def test_the_latest_actual_counts_and_none_from_later() -> None:
    reached = [final(str(amount), year) for year, amount in ((2022, 18), (2020, 12), (2023, 40))]
    found = by_progress(*PATH, *reached)
    assert found is not None
    assert found.actual == reached[0]
    assert by_progress(*PATH, *reached, at=2019) is None


def test_an_actual_of_a_day_counts_from_that_day_on() -> None:
    reached = final("18", date(2022, 10, 1))
    assert by_progress(*PATH, reached, at=date(2022, 9, 30)) is None
    found = by_progress(*PATH, reached, at=date(2022, 10, 1))
    assert found is not None
    assert found.percent == 80


@pytest.mark.parametrize("turned", [False, True])
def test_a_final_value_goes_before_an_expected_one_of_the_same_year(turned: bool) -> None:
    both = [final("18", 2022), expected("19", 2022)]
    found = by_progress(*PATH, *(reversed(both) if turned else both))
    assert found is not None
    assert (found.actual, found.is_expected) == (both[0], False)


def test_an_expected_value_of_a_later_year_counts_and_is_told() -> None:
    found = by_progress(*PATH, final("12", 2021), expected("18", 2022))
    assert found is not None
    assert found.percent == 80
    assert found.is_expected


def test_an_expected_number_goes_before_a_final_one_that_is_missing() -> None:
    found = by_progress(*PATH, expected("18", 2022), final(None, 2022))
    assert found is not None
    assert found.is_expected


@pytest.mark.parametrize(
    "values",
    [
        (*PATH, final("12", 2021), final(None, 2022)),
        (baseline(None, 2019), *PATH[1:], final("18", 2022)),
        (PATH[0], target(None, 2022), PATH[2], final("18", 2022)),
        (*PATH, final("18")),
        PATH,
        (),
    ],
    ids=[
        "the latest actual is missing",
        "the baseline is missing",
        "the target is missing",
        "nobody knows of when the actual is",
        "no actual",
        "nothing",
    ],
)
@pytest.mark.parametrize("preset", [PROGRESS, PACE])
def test_what_is_unknown_gives_no_rate(values: tuple[IndicatorValue, ...], preset: RatePreset) -> None:
    assert by_progress(*values, preset=preset) is None


def test_a_baseline_and_a_target_without_a_date_count_where_no_dated_one_does() -> None:
    reached = final("18", 2022)
    found = by_progress(baseline("10"), target("20"), reached)
    assert found is not None
    assert found.percent == 80
    dated = by_progress(baseline("0"), target("99"), *PATH, reached)
    assert dated is not None
    assert dated.percent == 80


def test_the_newest_baseline_before_the_actual_counts() -> None:
    found = by_progress(
        baseline("10", 2019), baseline("15", 2021), baseline("19", 2023), target("20", 2025), final("18", 2022), at=2024
    )
    assert found is not None
    assert found.percent == 60


def test_pace_is_measured_in_the_fiscal_years_up_to_the_actual() -> None:
    told = (baseline("10", date(2020, 3, 31)), target("20", date(2024, 3, 31)))  # 2019 to 2023
    found = by_progress(*told, final("15", date(2021, 9, 30)), preset=PACE)  # half the way in 2 of 4 years
    assert found is not None
    assert found.percent == 100


@pytest.mark.parametrize(("year", "percent"), [(2020, None), (2021, 250), (2025, 50), (2027, 50)])
def test_pace_says_nothing_at_the_baseline_and_is_progress_once_the_target_is_due(
    year: int, percent: int | None
) -> None:
    found = by_progress(baseline("10", 2020), target("20", 2025), final("15", year), at=2030, preset=PACE)
    assert (found and found.percent) == percent


def test_pace_needs_to_know_the_years() -> None:
    reached = final("15", 2022)
    assert by_progress(baseline("10"), target("20", 2025), reached, preset=PACE) is None
    assert by_progress(baseline("10", 2020), target("20"), reached, preset=PACE) is None


# Breaks


@pytest.mark.parametrize("preset", RatePreset)
def test_no_rate_reaches_across_a_break(preset: RatePreset) -> None:
    told = (baseline("10", 2019), target("20", 2025), final("12", 2020), final("90", 2022, break_reason=REDEFINED))
    assert by_progress(*told, preset=preset, at=2020) is not None
    assert by_progress(*told, preset=preset, at=2022) is None
    assert by_progress(*told, final("95", 2023), preset=preset, at=2023) is None


def test_after_a_break_a_new_baseline_and_a_new_target_count() -> None:
    anew = (baseline("80", 2021, break_reason=REDEFINED), target("100", 2025), final("90", 2022))
    found = by_progress(*PATH, final("12", 2020), *anew)
    assert found is not None
    assert (found.baseline, found.target) == anew[:2]
    assert found.percent == 50
    before = by_progress(*PATH, final("12", 2020), *anew, at=2020)
    assert before is not None
    assert before.target == PATH[1], "the old actual keeps the old target"


def test_a_target_may_say_that_it_is_set_in_the_new_terms() -> None:
    told = (target("20", 2025), target("100", 2026, break_reason=REDEFINED))
    found = by_progress(*told, final("90", 2022, break_reason=REDEFINED), preset=OVER)
    assert found is not None
    assert found.target == told[1]


# Grades and rounding

BANDS = tuple(Band(Decimal(limit), grade) for limit, grade in ((100, "A"), (80, "B"), (50, "C")))


@pytest.mark.parametrize(
    ("percent", "grade"),
    [("130", "A"), ("100", "A"), ("99.99", "B"), ("80", "B"), ("50", "C"), ("49", "C"), ("-20", "C"), (None, None)],
)
def test_a_rate_gets_the_grade_of_the_first_band_it_reaches(percent: str | None, grade: str | None) -> None:
    assert grade_of(number(percent), BANDS) == grade


def test_without_bands_there_is_no_grade() -> None:
    assert grade_of(Decimal(100), ()) is None


def test_a_rate_carries_the_grade_of_the_plans_bands() -> None:
    found = rate(indicator(*PATH, final("18", 2022)), Rating(PROGRESS, BANDS), FiscalYear(2022))
    assert found is not None
    assert found.grade == "B"


@pytest.mark.parametrize(
    ("exact", "shown"),
    [("66.66", "66.7"), ("6.25", "6.3"), ("6.24", "6.2"), ("-6.25", "-6.3"), ("-0.04", "0.0"), ("80", "80.0")],
)
def test_a_rate_is_shown_with_one_decimal_rounded_half_up(exact: str, shown: str) -> None:
    assert str(rounded(Decimal(exact))) == shown


# What people read


def test_every_preset_says_its_formula_in_both_languages() -> None:
    assert set(FORMULAS) == set(RatePreset)
    for preset in RatePreset:
        for direction in IndicatorDirection:
            said = formula_of(preset, direction)
            assert (said is None) == (direction is NONE)
            assert said is None or all((said.name.ja, said.name.en, said.formula.ja, said.formula.en))


def test_the_formula_said_is_the_one_of_the_direction() -> None:
    lower = formula_of(OVER, LOWER)
    assert lower is not None
    assert lower.formula.ja.startswith("目標値 ÷ 実績値")
    assert formula_of(PROGRESS, LOWER) == FORMULAS[PROGRESS], "a decreasing indicator needs no other formula"


# What holds for every number

numbers = st.decimals(-10_000, 10_000, places=2, allow_nan=False, allow_infinity=False)
positive = st.decimals("0.01", 10_000, places=2, allow_nan=False, allow_infinity=False)
directions = st.sampled_from([HIGHER, LOWER])


def worse_first(one: Decimal, other: Decimal, direction: IndicatorDirection) -> list[Decimal]:
    return sorted((one, other), reverse=direction is LOWER)


@settings(deadline=None)
@given(numbers, numbers, numbers, numbers, directions)
def test_a_better_actual_never_has_less_progress(
    base: Decimal, goal: Decimal, one: Decimal, other: Decimal, direction: IndicatorDirection
) -> None:
    rates = [progress_from_baseline(a, base, goal, direction) for a in worse_first(one, other, direction)]
    assert None not in rates
    assert rates == sorted(r for r in rates if r is not None)


@settings(deadline=None)
@given(numbers, positive, positive, directions)
def test_a_better_actual_above_zero_never_has_a_lower_rate(
    goal: Decimal, one: Decimal, other: Decimal, direction: IndicatorDirection
) -> None:
    rates = [actual_over_target(a, goal, direction) for a in worse_first(one, other, direction)]
    known = [r for r in rates if r is not None]
    assert known == sorted(known)
    assert rates[1] is not None or rates[0] is None, "what is better is known where the worse one is"


@settings(deadline=None)
@given(numbers, numbers, numbers)
def test_more_of_what_is_to_be_kept_never_lowers_the_rate(level: Decimal, one: Decimal, other: Decimal) -> None:
    known = [r for a in sorted((one, other)) if (r := kept(a, level)) is not None]
    assert known == sorted(known)
    assert all(r <= 100 for r in known)


@settings(deadline=None)
@given(positive, positive, numbers)
def test_only_what_lies_in_a_range_is_at_100(lower: Decimal, width: Decimal, reached: Decimal) -> None:
    found = within(reached, lower, lower + width)
    assert found is not None
    assert (found == 100) == (lower <= reached <= lower + width)
    assert found <= 100


@settings(deadline=None)
@given(numbers, numbers, directions)
def test_the_baseline_is_at_0_and_the_target_at_100(
    base: Decimal, goal: Decimal, direction: IndicatorDirection
) -> None:
    assume(goal < base if direction is LOWER else goal > base)
    assert progress_from_baseline(base, base, goal, direction) == 0
    assert progress_from_baseline(goal, base, goal, direction) == 100


@settings(deadline=None)
@given(numbers, numbers, numbers)
def test_a_decreasing_indicator_progresses_as_its_mirror_does(base: Decimal, goal: Decimal, reached: Decimal) -> None:
    assert progress_from_baseline(-reached, -base, -goal, LOWER) == progress_from_baseline(reached, base, goal, HIGHER)


@settings(deadline=None)
@given(numbers, numbers, directions)
def test_the_rate_is_100_or_more_exactly_where_the_target_is_met(
    goal: Decimal, reached: Decimal, direction: IndicatorDirection
) -> None:
    found = actual_over_target(reached, goal, direction)
    is_met = reached <= goal if direction is LOWER else reached >= goal
    assert (found is not None and found >= 100) == is_met


@settings(deadline=None)
@given(numbers, numbers, numbers, directions)
def test_progress_is_100_or_more_exactly_where_the_target_is_met(
    base: Decimal, goal: Decimal, reached: Decimal, direction: IndicatorDirection
) -> None:
    found = progress_from_baseline(reached, base, goal, direction)
    assert found is not None
    assert (found >= 100) == (reached <= goal if direction is LOWER else reached >= goal)


@settings(deadline=None)
@given(st.decimals(-10_000, 10_000, places=6, allow_nan=False, allow_infinity=False))
def test_what_is_shown_is_the_nearest_tenth(exact: Decimal) -> None:
    assert abs(rounded(exact) - exact) <= Decimal("0.05")
