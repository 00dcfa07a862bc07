"""The chart of a series: lines stop at breaks and gaps, and both are drawn as such."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from documents import series, series_chart
from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.source import Source, SourceDocument
from domain.text import Bilingual

OLD, NEW = (
    SourceDocument("old", Bilingual("古い冊子"), date(2021, 4, 1)),
    SourceDocument("new", Bilingual("新しい冊子")),
)
DOCUMENTS = (NEW, OLD)


def indicator(*values: IndicatorValue) -> Indicator:
    kind, direction = IndicatorKind.COUNT, IndicatorDirection.HIGHER
    return Indicator("users", Bilingual("利用者", "Users"), Bilingual("人", "people"), kind, direction, values)


def year(fiscal_year: int, value: int | None, **more: Any) -> IndicatorValue:
    return IndicatorValue(None if value is None else Decimal(value), fiscal_year=fiscal_year, **more)


def undated(value: int, document: str, **more: Any) -> IndicatorValue:
    return IndicatorValue(Decimal(value), source=Source(document), **more)


def layer(found: dict[str, Any], mark: str, number: int = 0) -> list[dict[str, Any]]:
    layers = [one for one in found["layer"] if one["mark"]["type"] == mark]
    values: list[dict[str, Any]] = layers[number]["data"]["values"]
    return values


def drawn(*values: IndicatorValue, language: str = "ja") -> dict[str, Any]:
    return series_chart.specification(indicator(*values), DOCUMENTS, language)


def lines(found: dict[str, Any]) -> list[list[float]]:
    points = layer(found, "line")
    return [[p["y"] for p in points if p["segment"] == s] for s in sorted({p["segment"] for p in points})]


REDEFINED = Bilingual("数え方が変わりました。")


def test_a_whole_series_is_one_line_in_the_order_of_time() -> None:
    assert lines(drawn(year(2020, 3), year(2018, 1), year(2019, 2))) == [[1, 2, 3]]


def test_a_break_ends_the_line_and_a_dashed_rule_stands_in_the_gap() -> None:
    found = drawn(year(2018, 1), year(2019, 2), year(2020, 9, break_reason=REDEFINED), year(2021, 8))
    assert lines(found) == [[1, 2], [9, 8]]
    (rule,) = layer(found, "rule")
    places = [p["x"] for p in layer(found, "line")]
    assert places[1] < rule["x"] < places[2]
    assert rule["sign"] == "※1"
    assert next(one["mark"]["strokeDash"] for one in found["layer"] if one["mark"]["type"] == "rule")


def test_the_breaks_are_told_in_words_with_the_same_signs() -> None:
    told = indicator(year(2018, 1), year(2019, 2, break_reason=REDEFINED), year(2020, 3, break_reason=REDEFINED))
    assert [(b.sign, b.reason) for b in series.breaks(told, DOCUMENTS)] == [("※1", REDEFINED), ("※2", REDEFINED)]


def test_a_missing_value_leaves_a_gap_that_says_so_and_is_no_zero() -> None:
    found = drawn(year(2018, 1), year(2019, None), year(2020, 3))
    assert lines(found) == [[1], [3]]
    assert layer(found, "rule") == []
    (gap,) = [text for text in layer(found, "text", 1) if text["text"] == "値なし"]
    assert gap["x"] == date(2020, 3, 31).toordinal()
    assert 0 not in [p["y"] for p in layer(found, "point")]


def test_a_year_that_is_skipped_is_a_gap_too() -> None:
    assert lines(drawn(year(2018, 1), year(2019, 2), year(2022, 3))) == [[1, 2], [3]]


def test_values_stand_apart_as_far_as_their_days_do() -> None:
    points = layer(drawn(year(2018, 1), year(2019, 2), year(2022, 3)), "point")
    first, second, third = (p["x"] for p in points)
    assert (second - first, third - second) == (366, 1096 - 1)


def test_values_without_a_date_follow_in_the_order_of_their_documents() -> None:
    found = drawn(undated(5, "new"), undated(4, "old"), year(2018, 1))
    assert [p["y"] for p in layer(found, "point")] == [1, 4, 5]
    assert lines(found) == [[1], [4, 5]], "a value with a date and one without are never joined"
    labels = json.loads(re.match(r"(\[.*\])\[indexof", found["encoding"]["x"]["axis"]["labelExpr"])[1])  # type: ignore[index]
    assert labels == [["平成30年度", "2018"], ["記載なし", "古い冊子"], ["記載なし", "新しい冊子"]]


def test_a_target_and_a_baseline_are_no_part_of_the_line_and_look_different() -> None:
    found = drawn(
        year(2018, 1, type=ValueType.BASELINE), year(2018, 1), year(2019, 2), year(2025, 9, type=ValueType.TARGET)
    )
    assert lines(found) == [[1, 2]]
    point = next(one for one in found["layer"] if one["mark"]["type"] == "point")
    shapes = point["encoding"]["shape"]["scale"]
    assert dict(zip(shapes["domain"], shapes["range"], strict=True)) == {
        "基準値": "square",
        "実績値": "circle",
        "目標値": "diamond",
    }
    assert point["encoding"]["shape"]["legend"]


def test_a_series_of_one_kind_needs_no_legend() -> None:
    point = next(one for one in drawn(year(2018, 1), year(2019, 2))["layer"] if one["mark"]["type"] == "point")
    assert point["encoding"]["shape"]["legend"] is None


def test_a_target_range_is_drawn_from_one_limit_to_the_other() -> None:
    found = drawn(year(2018, 1), year(2025, 4, type=ValueType.TARGET, upper=Decimal(6)))
    assert [(r["y"], r["y2"]) for r in layer(found, "bar")] == [(4, 6)]
    assert "4–6" in [t["text"] for t in layer(found, "text", 2)]


@pytest.mark.parametrize(("language", "tick", "unit"), [("ja", "令和2年度", "人"), ("en", "FY2020", "people")])
def test_the_picture_says_years_and_unit_in_the_language_of_the_reader(language: str, tick: str, unit: str) -> None:
    told = indicator(year(2020, 1), year(2021, 2))
    picture = series_chart.svg(series_chart.as_text(told, DOCUMENTS, language))
    assert tick in picture
    assert f">{unit}<" in picture


def test_the_picture_brings_no_style_or_script_and_takes_no_text_for_either() -> None:
    nasty = Bilingual("<script>alert(1)</script>']+alert(1)+['")
    named = SourceDocument("old", nasty)
    told = indicator(undated(4, "old"), undated(5, "new"), year(2019, 2))
    picture = series_chart.svg(series_chart.as_text(told, (named, NEW), "ja"))
    assert "<script" not in picture
    assert "<style" not in picture
    assert " style=" not in picture


def test_a_long_series_names_its_ends_and_leaves_the_rest_to_the_table() -> None:
    found = drawn(*(year(2000 + n, n) for n in range(12)))
    assert [t["text"] for t in layer(found, "text", 2)] == ["0", "11"]


def test_one_number_is_no_series() -> None:
    assert not series.is_drawn(indicator(year(2018, 1), year(2019, None)))
    assert series.is_drawn(indicator(year(2018, 1), year(2020, 2)))


def test_figures_of_four_digits_stand_together_because_a_year_may_be_among_them() -> None:
    assert series.quantity_text(Decimal(2018)) == "2018"
    assert series.quantity_text(Decimal("12345.50")) == "12,345.50"
