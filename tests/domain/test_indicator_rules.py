"""What contradicts itself in indicators and their rating, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.indicator_rules import mistakes, rating_mistakes
from domain.rating import Band, RatePreset, Rating
from domain.source import Source
from domain.text import Bilingual

NODES = {"2020-03": ["1", "1-1"]}
Path = tuple[str | int, ...]


def value(number: str, type: ValueType = ValueType.FINAL, **said: Any) -> IndicatorValue:
    return IndicatorValue(Decimal(number), type, **said)


def of_year(number: str, fiscal_year: int = 2020, type: ValueType = ValueType.FINAL, **said: Any) -> IndicatorValue:
    return value(number, type, fiscal_year=fiscal_year, **said)


def indicator(code: str, *values: IndicatorValue, **said: Any) -> Indicator:
    said = {"kind": IndicatorKind.COUNT, "direction": IndicatorDirection.HIGHER, **said}
    return Indicator(code, Bilingual(code), Bilingual("件"), values=values, **said)


RATIO = indicator("share", of_year("50"), kind=IndicatorKind.RATIO, part="women", total="all")
WOMEN, ALL = indicator("women", of_year("5")), indicator("all", of_year("10"))
TOTAL = indicator("calls", of_year("15"), sum_of=("women", "all"))
BAND = indicator("noise", of_year("40", type=ValueType.TARGET, upper=Decimal(50)), direction=IndicatorDirection.RANGE)
TARGET = ValueType.TARGET


def places(*indicators: Indicator) -> list[Path]:
    found = mistakes(indicators, NODES)
    assert all(m.message for m in found)
    return [m.path for m in found]


def test_indicators_that_fit_together_have_no_mistakes() -> None:
    assert places(RATIO, WOMEN, ALL, TOTAL, BAND, indicator("of a node", edition="2020-03", node="1-1")) == []


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (indicator("i", edition="2021-03", node="1-1"), "edition"),
        (indicator("i", edition="2020-03", node="9"), "node"),
        (indicator("i", edition="2020-03"), "node"),
        (indicator("i", node="1-1"), "edition"),
        (replace(RATIO, part="", total="i"), "total"),
        (replace(RATIO, part="i", total=""), "part"),
        (indicator("i", sum_of=("i",)), "sum_of"),
        (indicator("x", kind=IndicatorKind.COUNT, part="x"), "kind"),
        (indicator("x", kind=IndicatorKind.COUNT, total="x"), "kind"),
    ],
    ids=[
        "no such edition",
        "no such node",
        "an edition without a node",
        "a node without an edition",
        "no such total",
        "no such part",
        "no such row",
        "a count with a part",
        "a count with a total",
    ],
)
def test_an_indicator_names_only_what_there_is(wrong: Indicator, place: str) -> None:
    assert places(replace(wrong, code="x")) == [("indicators", 0, place)]


def test_an_indicator_stands_once() -> None:
    assert places(WOMEN, WOMEN) == [("indicators", 1)]


@pytest.mark.parametrize(
    ("values", "direction", "place"),
    [
        ([of_year("1", at=date(2020, 4, 1))], IndicatorDirection.HIGHER, (0, "at")),
        ([of_year("1", upper=Decimal(2))], IndicatorDirection.RANGE, (0, "upper")),
        ([of_year("1", type=TARGET, upper=Decimal(2))], IndicatorDirection.HIGHER, (0, "upper")),
        ([of_year("1", type=TARGET)], IndicatorDirection.RANGE, (0, "upper")),
        ([of_year("3", type=TARGET, upper=Decimal(2))], IndicatorDirection.RANGE, (0, "upper")),
        ([of_year("1"), of_year("2")], IndicatorDirection.HIGHER, (1,)),
        ([value("1"), value("2")], IndicatorDirection.HIGHER, (1,)),
    ],
    ids=[
        "of a day and of a year",
        "an actual with an upper limit",
        "an upper limit where higher is better",
        "a range without an upper limit",
        "a range that runs backwards",
        "two values of a year",
        "two values without a date",
    ],
)
def test_a_value_that_contradicts_itself_is_named_with_its_place(
    values: list[IndicatorValue], direction: IndicatorDirection, place: Path
) -> None:
    assert places(indicator("i", *values, direction=direction)) == [("indicators", 0, "values", *place)]


@pytest.mark.parametrize(
    "other",
    [
        of_year("2", type=ValueType.EXPECTED),
        of_year("2", 2021),
        of_year("2", source=Source("other")),
        of_year("2", label="別の行"),
        value("2", at=date(2020, 4, 1)),
    ],
    ids=["expected", "another year", "another document", "another label", "a day"],
)
def test_values_of_one_indicator_may_differ_in_type_time_document_or_label(other: IndicatorValue) -> None:
    assert places(indicator("i", of_year("1"), other)) == []


def test_a_total_equals_its_rows() -> None:
    wrong = replace(TOTAL, values=(of_year("16"),))
    assert mistakes([wrong, WOMEN, ALL], NODES)[0].message == "16 is not the sum of its rows, 15"
    assert places(wrong, WOMEN, ALL) == [("indicators", 0, "values", 0)]


@pytest.mark.parametrize(
    "rows",
    [
        (indicator("women", of_year("5", 2021)), ALL),
        (indicator("women", IndicatorValue(None, fiscal_year=2020)), ALL),
        (indicator("women", of_year("5", type=ValueType.EXPECTED)), ALL),
    ],
    ids=["of another year", "unknown", "of another type"],
)
def test_a_total_is_not_judged_by_rows_that_are_not_all_known(rows: tuple[Indicator, ...]) -> None:
    assert places(replace(TOTAL, values=(of_year("16"),)), *rows) == []


def test_a_total_that_is_unknown_is_no_mistake() -> None:
    assert places(replace(TOTAL, values=(IndicatorValue(None, fiscal_year=2020),)), WOMEN, ALL) == []


def rating(*bands: tuple[str, str]) -> Rating:
    return Rating(RatePreset.ACTUAL_OVER_TARGET, tuple(Band(Decimal(limit), grade) for limit, grade in bands))


@pytest.mark.parametrize("said", [None, rating(), rating(("100", "A"), ("0", "B"))], ids=["none", "no bands", "bands"])
def test_a_rating_by_the_plans_grades_has_no_mistakes(said: Rating | None) -> None:
    assert rating_mistakes(said, ["A", "B"]) == []


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (rating(("100", "A"), ("0", "C")), ("rating", "bands", 1, "grade")),
        (rating(("0", "B"), ("100", "A")), ("rating", "bands")),
        (rating(("100", "A"), ("100", "B")), ("rating", "bands")),
    ],
    ids=["no such grade", "from below", "two of one limit"],
)
def test_bands_stand_from_the_highest_and_name_grades(said: Rating, place: Path) -> None:
    assert [m.path for m in rating_mistakes(said, ["A", "B"])] == [place]


def share_of(printed: str) -> Indicator:
    return replace(RATIO, unit=Bilingual("％"), values=(of_year(printed),))


@pytest.mark.parametrize("printed", ["15.8", "15.7", "16", "15.79"])
def test_a_percentage_may_be_rounded_or_cut_at_its_last_place(printed: str) -> None:
    assert places(share_of(printed), indicator("women", of_year("3")), indicator("all", of_year("19"))) == []


def test_a_percentage_that_its_part_and_total_do_not_give_is_a_mistake() -> None:
    wrong = share_of("18.5")
    found = mistakes([wrong, indicator("women", of_year("3")), indicator("all", of_year("19"))], NODES)
    assert [(m.path, m.message) for m in found] == [(("indicators", 0, "values", 0), "18.5 is not 3 of 19 in percent")]
    assert places(wrong, indicator("women", of_year("3", 2021)), indicator("all", of_year("19"))) == [], "another year"
    assert places(replace(wrong, unit=Bilingual("人")), WOMEN, ALL) == [], "a ratio in another unit"
