"""What a chart draws of an indicator, how its values compare, and how printed ratios come from their parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.indicator import IndicatorValue, ValueType
from domain.series import (
    NOT_STATED,
    PrintedRatio,
    Segment,
    ValueChange,
    change_between,
    printed_as,
    ratio_of_parts,
    segments,
    time_of,
    year_of,
)
from domain.source import Source
from tests.domain.series_values import REDEFINED, baseline, expected, final, indicator, number, target

R3, R6 = Source("r3"), Source("r6")
AS_OF = {"r3": date(2021, 4, 1), "r6": date(2024, 4, 1), "old": None}


def drawn(*values: IndicatorValue) -> list[list[str]]:
    """The runs of a chart by their amounts."""
    return [[str(v.value) for v in run.values] for run in segments(indicator(*values), AS_OF)]


def april(year: int) -> date:
    return date(year, 4, 1)


def test_actuals_are_drawn_in_the_order_of_time() -> None:
    assert drawn(final("3", 2022), final("1", 2020), final("2", 2021)) == [["1", "2", "3"]]


def test_baselines_and_targets_are_no_part_of_the_line() -> None:
    assert drawn(baseline("0", 2020), target("9", 2021), final("1", 2020), final("2", 2021)) == [["1", "2"]]


def test_a_series_is_cut_at_a_break_and_says_why() -> None:
    values = (final("1", 2020), final("2", 2021), final("30", 2022, break_reason=REDEFINED), final("31", 2023))
    assert segments(indicator(*values)) == (Segment(values[:2]), Segment(values[2:], break_reason=REDEFINED))


def test_a_baseline_that_begins_the_series_anew_cuts_it_too() -> None:
    values = (final("1", 2020), baseline("20", 2021, break_reason=REDEFINED), final("30", 2021), final("31", 2022))
    assert segments(indicator(*values)) == (Segment(values[:1]), Segment(values[2:], break_reason=REDEFINED))


def test_a_value_known_to_be_missing_is_a_gap() -> None:
    assert drawn(final("1", 2020), final(None, 2021), final("3", 2022)) == [["1"], ["3"]]


def test_a_break_that_falls_into_a_gap_is_told_where_the_series_goes_on() -> None:
    values = (final("1", 2020), final(None, 2021, break_reason=REDEFINED), final("3", 2022))
    assert [s.break_reason.ja for s in segments(indicator(*values))] == ["", REDEFINED.ja]


def test_after_a_gap_no_break_is_told_again() -> None:
    values = (final("1", 2020, break_reason=REDEFINED), final(None, 2021), final("3", 2022))
    assert [s.break_reason.ja for s in segments(indicator(*values))] == [REDEFINED.ja, ""]


def test_a_year_that_nobody_tells_is_a_gap() -> None:
    assert drawn(final("1", 2020), final("2", 2021), final("4", 2023)) == [["1", "2"], ["4"]]


def test_days_years_apart_are_joined_unless_the_series_is_of_each_year() -> None:
    assert drawn(final("31", april(2021)), final("33", april(2024))) == [["31", "33"]]
    yearly = (final("1", april(2021)), final("2", april(2022)), final("4", april(2024)))
    assert drawn(*yearly) == [["1", "2"], ["4"]]
    assert drawn(*yearly, final("5", date(2024, 10, 1))) == [["1", "2", "4", "5"]], "no longer one day of each year"


def test_of_one_year_the_final_value_is_drawn() -> None:
    assert drawn(final("2", 2020), expected("1", 2020), expected("3", 2021)) == [["2", "3"]]


def test_a_break_told_by_the_expected_value_counts_for_the_final_one() -> None:
    values = (final("1", 2020), expected("20", 2021, break_reason=REDEFINED), final("21", 2021))
    assert drawn(*values) == [["1"], ["21"]]


def test_values_without_a_date_stand_apart_in_the_order_of_their_documents() -> None:
    newer, older, dated = final("2", source=R6), final("1", source=R3), final("7", 2019)
    found = segments(indicator(newer, older, dated), AS_OF)
    assert found == (Segment((dated,)), Segment((older, newer), is_dated=False))
    assert [s.label for s in found] == [Segment(()).label, NOT_STATED]
    assert found[0].label.ja == ""


def test_values_of_a_document_without_a_date_come_last_and_as_they_are_written() -> None:
    values = (final("9", source=Source("old")), final("8", source=Source("unheard of")), final("1", source=R6))
    assert drawn(*values) == [["1", "9", "8"]]


def test_values_without_a_date_are_cut_at_breaks_and_gaps_too() -> None:
    assert drawn(final("504", source=R3), final("444", source=R6, break_reason=REDEFINED)) == [["504"], ["444"]]
    assert drawn(final("1", source=R3), final(None, source=R6), final("3")) == [["1"], ["3"]]


def test_an_indicator_without_actuals_draws_nothing() -> None:
    assert segments(indicator()) == ()
    assert segments(indicator(baseline("1", 2020), target("2", 2025), final(None, 2021))) == ()


years = st.integers(2015, 2026)
amounts = st.one_of(st.none(), st.integers(0, 99).map(str))
points = st.builds(
    lambda amount, year, is_final, breaks: (final if is_final else expected)(
        amount, year, **({"break_reason": REDEFINED} if breaks else {})
    ),
    amounts,
    st.one_of(st.none(), years),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None)
@given(st.lists(points, max_size=12, unique_by=lambda v: (v.type, v.fiscal_year)))
def test_every_run_holds_neighbouring_years_and_only_its_first_may_begin_anew(values: list[IndicatorValue]) -> None:
    found = segments(indicator(*values))
    for run in found:
        assert run.values
        assert all(v.value is not None for v in run.values)
        assert not any(v.break_reason.ja for v in run.values[1:])
        if run.is_dated:
            first = run.values[0].fiscal_year
            assert first is not None
            assert [v.fiscal_year for v in run.values] == list(range(first, first + len(run.values)))
    told = {v.fiscal_year for v in values if v.value is not None and v.fiscal_year is not None}
    assert {v.fiscal_year for run in found if run.is_dated for v in run.values} == told, "no year is lost"


def test_the_value_of_a_fiscal_year_stands_at_its_last_day() -> None:
    assert time_of(final("1", 2020)) == date(2021, 3, 31)
    assert time_of(final("1", april(2021))) == april(2021)
    assert time_of(final("1")) is None
    assert [year_of(v) for v in (final("1", 2020), final("1", april(2021)), final("1"))] == [2020, 2021, None]


# Changes


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("80", "100", ValueChange(Decimal(20), Decimal(25))),
        ("100", "80", ValueChange(Decimal(-20), Decimal(-20))),
        ("5", "5", ValueChange(Decimal(0), Decimal(0))),
        ("0", "5", ValueChange(Decimal(5), None)),
        ("-4", "5", ValueChange(Decimal(9), None)),
        (None, "5", None),
        ("5", None, None),
    ],
)
def test_a_change_is_a_difference_and_a_share_of_the_value_before(
    before: str | None, after: str | None, change: ValueChange | None
) -> None:
    values = final(before, 2020), final(after, 2023)
    assert change_between(indicator(*values), *values) == change


def test_there_is_no_change_across_a_break() -> None:
    values = (
        final("1", 2020),
        final("2", 2021),
        final("30", 2022, break_reason=REDEFINED),
        final("33", 2023),
    )
    series = indicator(*values)
    assert change_between(series, values[0], values[1]) is not None
    assert change_between(series, values[1], values[2]) is None
    assert change_between(series, values[0], values[3]) is None
    assert change_between(series, values[2], values[3]) == ValueChange(Decimal(3), Decimal(10))


def test_values_without_a_date_change_in_the_order_of_their_documents() -> None:
    newer, older = final("150", source=R6), final("100", source=R3)
    assert change_between(indicator(newer, older), older, newer, AS_OF) == ValueChange(Decimal(50), Decimal(50))
    redefined = final("150", source=R6, break_reason=REDEFINED)
    assert change_between(indicator(redefined, older), older, redefined, AS_OF) is None
    oldest = final("100", source=R3, break_reason=REDEFINED)
    assert change_between(indicator(newer, oldest), oldest, newer, AS_OF) is not None, "both come after the break"


def test_a_value_with_a_date_and_one_without_are_not_compared() -> None:
    values = final("1182", 2020, source=R3), final("433", source=R6)
    assert change_between(indicator(*values), *values, AS_OF) is None


def test_a_target_and_an_actual_in_the_same_terms_are_compared() -> None:
    values = target("200", 2025), final("150", 2022)
    assert values[0].type is ValueType.TARGET
    assert change_between(indicator(*values), values[1], values[0]) == ValueChange(Decimal(50), Decimal(5000) / 150)


# Printed ratios (the examples are those of the yearbooks of Tokorozawa)


@pytest.mark.parametrize(
    ("printed", "part", "total", "way"),
    [
        ("25.8", "8", "31", PrintedRatio.ROUNDED),
        ("13.8", "5", "36", PrintedRatio.CUT),
        ("13.9", "5", "36", PrintedRatio.ROUNDED),
        ("15.7", "3", "19", PrintedRatio.CUT),
        ("15.8", "3", "19", PrintedRatio.ROUNDED),
        ("31.3", "294", "940", PrintedRatio.ROUNDED),
        ("30.5", "431", "1409", PrintedRatio.CUT),
        ("20", "7", "35", PrintedRatio.ROUNDED),
        ("20.0", "7", "35", PrintedRatio.ROUNDED),
        ("16", "3", "19", PrintedRatio.ROUNDED),
        ("15", "3", "19", PrintedRatio.CUT),
        ("15.6", "3", "19", PrintedRatio.DIFFERS),
        ("12.5", "1", "8", PrintedRatio.ROUNDED),
        ("0.0", "0", "8", PrintedRatio.ROUNDED),
        ("15.8", None, "19", None),
        ("15.8", "3", None, None),
        ("15.8", "3", "0", None),
        (None, "3", "19", None),
    ],
)
def test_a_printed_ratio_is_told_to_be_rounded_cut_or_different(
    printed: str | None, part: str | None, total: str | None, way: PrintedRatio | None
) -> None:
    assert printed_as(number(printed), number(part), number(total)) == way


def test_a_ratio_of_parts_is_exact_and_unknown_without_them() -> None:
    assert ratio_of_parts(Decimal(7), Decimal(35)) == 20
    assert ratio_of_parts(Decimal(0), Decimal(35)) == 0
    assert ratio_of_parts(None, Decimal(35)) is None
    assert ratio_of_parts(Decimal(7), None) is None
    assert ratio_of_parts(Decimal(7), Decimal(0)) is None
