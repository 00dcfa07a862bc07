"""The suggested grade: what a measure's indicators come to by the plan's own rating, and why they come to none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator, IndicatorDirection, IndicatorValue
from domain.rating import Band, RatePreset, Rating
from domain.suggestion import NoSuggestion, Reached, suggested
from tests.domain.series_values import REDEFINED, baseline, expected, final, indicator, target

BANDS = tuple(Band(Decimal(low), grade) for low, grade in ((100, "A"), (80, "B"), (60, "C"), (0, "D")))
OVER, PROGRESS = Rating(RatePreset.ACTUAL_OVER_TARGET, BANDS), Rating(RatePreset.PROGRESS_FROM_BASELINE, BANDS)
YEAR = FiscalYear(2022)
LOWER, NONE, MAINTAIN = IndicatorDirection.LOWER, IndicatorDirection.NONE, IndicatorDirection.MAINTAIN


def series(*values: IndicatorValue, direction: IndicatorDirection = IndicatorDirection.HIGHER) -> Indicator:
    return indicator(*values, direction=direction)


def test_the_grade_is_that_of_the_band_the_rate_falls_into() -> None:
    found = suggested([series(target("200", 2025), final("170", 2022))], OVER, YEAR)
    (one,) = found.of_each
    assert (found.grade, found.why_not, found.is_expected) == ("B", None, False)
    assert one.rate is not None
    assert one.rate.percent == 85
    assert one.reached == Reached(Decimal(80), Decimal(100))


@pytest.mark.parametrize(
    ("actual", "reached"),
    [
        ("200", Reached(Decimal(100), None)),
        ("199", Reached(Decimal(80), Decimal(100))),
        ("10", Reached(None, Decimal(60))),
        ("-4", Reached(None, Decimal(60))),
    ],
)
def test_the_highest_band_has_no_upper_limit_and_the_last_catches_whatever_is_below(
    actual: str, reached: Reached
) -> None:
    (one,) = suggested([series(target("200", 2025), final(actual, 2022))], OVER, YEAR).of_each
    assert one.reached == reached


def test_an_expected_value_suggests_a_grade_and_says_that_it_is_expected() -> None:
    found = suggested([series(target("200", 2025), expected("210", 2022))], OVER, YEAR)
    assert (found.grade, found.is_expected) == ("A", True)


def test_an_actual_of_an_earlier_year_is_shown_and_suggests_nothing() -> None:
    found = suggested([series(target("200", 2025), final("200", 2021))], OVER, YEAR)
    (one,) = found.of_each
    assert (found.grade, found.why_not) == ("", NoSuggestion.ACTUAL_OF_ANOTHER_YEAR)
    assert one.rate is not None
    assert one.grade == ""


@pytest.mark.parametrize(
    ("one", "rating", "why"),
    [
        (series(target("200", 2025)), OVER, NoSuggestion.NO_ACTUAL),
        (series(target("200", 2025), final("180", 2023)), OVER, NoSuggestion.NO_ACTUAL),  # after the year
        (series(final("180", 2022)), OVER, NoSuggestion.NO_TARGET),
        (series(target("200", 2025), final("180", 2022), direction=NONE), OVER, NoSuggestion.NO_DIRECTION),
        (series(target("200", 2025), final("180", 2022)), PROGRESS, NoSuggestion.NO_BASELINE),
        (series(baseline("100", 2020), final("180", 2022)), PROGRESS, NoSuggestion.NO_TARGET),
        (series(final("180", 2022), direction=MAINTAIN), PROGRESS, NoSuggestion.NO_TARGET),
        (series(target("-5", 2025), final("3", 2022), direction=LOWER), OVER, NoSuggestion.NOT_COMPUTABLE),
    ],
)
def test_where_a_number_is_missing_there_is_no_suggestion_and_the_reason_says_which(
    one: Indicator, rating: Rating, why: NoSuggestion
) -> None:
    found = suggested([one], rating, YEAR)
    assert (found.grade, found.why_not) == ("", why)


def test_a_target_of_another_definition_is_none_of_this_one() -> None:
    anew = IndicatorValue(Decimal(180), fiscal_year=2022, break_reason=REDEFINED)
    found = suggested([series(target("200", 2025), anew)], OVER, YEAR)
    assert found.why_not is NoSuggestion.NO_TARGET


def test_several_indicators_that_agree_suggest_their_grade_and_those_without_one_are_left_out() -> None:
    good, also = (series(target("200", 2025), final(value, 2022)) for value in ("170", "190"))
    found = suggested([good, series(final("3", 2022)), also], OVER, YEAR)
    assert (found.grade, found.rated, len(found.of_each)) == ("B", 2, 3)


def test_several_indicators_that_differ_suggest_nothing_and_each_is_shown() -> None:
    found = suggested([series(target("200", 2025), final(value, 2022)) for value in ("170", "210")], OVER, YEAR)
    assert (found.grade, found.why_not) == ("", NoSuggestion.GRADES_DIFFER)
    assert [one.grade for one in found.of_each] == ["B", "A"]


def test_several_indicators_of_which_none_has_a_grade_say_each_why() -> None:
    found = suggested([series(final("3", 2022)), series(target("200", 2025))], OVER, YEAR)
    assert found.why_not is NoSuggestion.NONE_RATED
    assert [one.why_not for one in found.of_each] == [NoSuggestion.NO_TARGET, NoSuggestion.NO_ACTUAL]


def test_a_value_that_waits_for_approval_is_named_as_the_reason() -> None:
    waiting = series(target("200", 2025), final("100", 2021))
    found = suggested([waiting], OVER, YEAR, frozenset({waiting.code}))
    assert found.why_not is NoSuggestion.AWAITS_APPROVAL


@pytest.mark.parametrize("rating", [None, Rating(RatePreset.PACE)])
def test_a_plan_without_bands_suggests_nothing(rating: Rating | None) -> None:
    found = suggested([series(target("200", 2025), final("170", 2022))], rating, YEAR)
    assert (found.grade, found.why_not) == ("", NoSuggestion.NO_RATING)


def test_a_measure_without_an_indicator_has_no_suggestion() -> None:
    assert suggested([], OVER, YEAR).why_not is NoSuggestion.NO_INDICATOR


def test_a_judgement_other_than_the_suggested_one_wants_a_comment() -> None:
    found = suggested([series(target("200", 2025), final("170", 2022))], OVER, YEAR)
    assert found.wants_comment("A", " ")
    assert not found.wants_comment("A", "年度末に目標を超えた。")
    assert not found.wants_comment("B", "")
    assert not found.wants_comment("", "")
    assert not suggested([], OVER, YEAR).wants_comment("A", "")
