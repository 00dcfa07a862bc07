"""The chart of an indicator: one Vega-Lite specification, as SVG for pages and documents.

Where the indicator was redefined the line stops, a dashed rule with a sign stands in the gap, and the reason is told
in words beside the chart (`series.breaks`). Where a value is missing the line stops as well, and its place says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import vl_convert

from documents import fonts
from documents.series import (
    as_of,
    breaks,
    document_of,
    in_order,
    number_text,
    time_text,
    value_type_labels,
)
from documents.text_width import wrapped
from domain.fiscal_year import FiscalYear, era_fiscal_year, era_year
from domain.indicator import Indicator, IndicatorValue, ValueType
from domain.series import is_actual, segments, time_of
from domain.source import SourceDocument
from i18n import translate

WIDTH, HEIGHT = 300, 130
"""Of the plot in px, without its axes."""
# The specification is plain data: pages draw it too, and need not load the library that makes the charts of reports.
_VEGA_LITE = "6.4"
# Documents are set in the first; a page takes what the reader's machine has.
_FONTS = f"{fonts.FAMILY}, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
_INK, _SOFT, _STROKE, _GRID, _PAPER = "#1a1a1a", "#4d4d4d", "#0017c1", "#e1e4e9", "#ffffff"
_SHAPES = {
    ValueType.BASELINE: "square",
    ValueType.FINAL: "circle",
    ValueType.EXPECTED: "triangle-up",
    ValueType.TARGET: "diamond",
}
_HOLLOW = (ValueType.EXPECTED, ValueType.TARGET)  # not yet so
_TICK_COLUMNS, _TICK_LINES = 24, 4
_MOST_LABELLED = 8
"""A series of more values carries figures at the ends of its lines only; the table has them all."""


def specification(indicator: Indicator, documents: Sequence[SourceDocument], language: str) -> dict[str, Any]:
    """The Vega-Lite specification of a series that is drawn (`series.is_drawn`). Shapes and words carry the meaning."""
    axis = _Axis(indicator, documents, language)
    types = [kind for kind in _SHAPES if any(v.type is kind for v in axis.places)]
    labels = value_type_labels(language)
    names = [labels[kind] for kind in types]
    looks = {
        "shape": [_SHAPES[kind] for kind in types],
        "stroke": [_STROKE for _ in types],
        "fill": [_PAPER if kind in _HOLLOW else _STROKE for kind in types],
    }
    look = {"field": "type", "type": "nominal", "legend": {"orient": "top", "title": None} if len(types) > 1 else None}
    unit = {"title": indicator.unit.in_language(language), "titleAngle": 0, "titleAnchor": "end", "titleY": -10}
    y = {"field": "y", "type": "quantitative", "axis": {"tickCount": 4, "titleAlign": "right", "titleX": -4, **unit}}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "background": _PAPER,
        "padding": 4,
        "encoding": {"x": axis.encoding()},
        "layer": [
            _layer(_rules(indicator, documents, axis), {"type": "rule", "strokeDash": [4, 4], "color": _SOFT}),
            _layer(
                _rules(indicator, documents, axis),
                {"type": "text", "baseline": "bottom", "dy": -2, "fontSize": 12},
                y={"value": 0},
                text={"field": "sign"},
            ),
            _layer(
                _gaps(axis, translate(language, "値なし")),
                {"type": "text", "baseline": "bottom", "dy": -4, "color": _SOFT, "fontSize": 11},
                y={"value": HEIGHT},
                text={"field": "text"},
            ),
            _layer(
                _lines(indicator, documents, axis),
                {"type": "line", "color": _STROKE, "strokeWidth": 2},
                y=y,
                detail={"field": "segment"},
            ),
            _layer(
                _ranges(axis),
                {"type": "bar", "size": 6, "color": _STROKE, "opacity": 0.3},
                y=y,
                y2={"field": "y2"},
            ),
            _layer(
                _points(axis, labels),
                {"type": "point", "size": 70, "strokeWidth": 2, "opacity": 1},
                y=y,
                **{way: {**look, "scale": {"domain": names, "range": values}} for way, values in looks.items()},
            ),
            _layer(
                _figures(indicator, documents, axis),
                {"type": "text", "baseline": "bottom", "dy": -8, "fontSize": 12, "color": _INK},
                y=y,
                text={"field": "text"},
            ),
        ],
        "config": {
            "font": _FONTS,
            "aria": False,  # the page names the picture, and its table says the values
            "view": {"stroke": None},
            "axis": {"labelColor": _INK, "titleColor": _INK, "titleFontWeight": "normal", "gridColor": _GRID},
            "legend": {"labelColor": _INK, "labelFontSize": 12},
        },
    }


def as_text(indicator: Indicator, documents: Sequence[SourceDocument], language: str) -> str:
    """The specification as JSON: the same text is the same picture."""
    return json.dumps(specification(indicator, documents, language), ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=512)  # one takes some 50 ms, and stays the same until the plan is imported anew
def svg(specification: str) -> str:
    """The picture of a specification (`as_text`) as an SVG file."""
    fonts.register_for_charts()
    return vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE)


class _Axis:
    """Where the values stand, in days. Those without a date follow the dated ones at even steps, by document."""

    def __init__(self, indicator: Indicator, documents: Sequence[SourceDocument], language: str) -> None:
        names = {d.code: d.name.in_language(language) for d in documents}
        self.places: dict[IndicatorValue, int] = {}
        self.ticks: dict[int, list[str]] = {}
        found: dict[tuple[str, str], int] = {}
        values = in_order(indicator, documents)
        days = [time.toordinal() for v in values if (time := time_of(v))]
        step = max((days[-1] - days[0]) // 4, 365) if days else 365
        for value in values:
            time = time_of(value)
            if time is not None:
                self.places[value] = time.toordinal()
                self.ticks[time.toordinal()] = _tick(value, language)
                continue
            key = (document_of(value), value.label)
            at = found.setdefault(key, max(self.places.values(), default=0) + step)
            self.places[value] = at
            label = value.label or names.get(document_of(value), "")
            self.ticks[at] = [translate(language, "記載なし"), *wrapped(label, _TICK_COLUMNS, _TICK_LINES - 1)]

    def encoding(self) -> dict[str, Any]:
        first, last = min(self.ticks), max(self.ticks)
        margin = max((last - first) / 8, 1)
        at = sorted(self.ticks)
        # JSON is a safe literal in a Vega expression: no text of a plan is ever read as code.
        texts = f"{json.dumps([self.ticks[x] for x in at])}[indexof({json.dumps(at)}, datum.value)]"
        return {
            "field": "x",
            "type": "quantitative",
            "title": None,
            "scale": {"domain": [first - margin, last + margin], "nice": False, "zero": False},
            "axis": {
                "values": at,
                "labelExpr": texts,
                "labelOverlap": "greedy",
                "labelSeparation": 6,
                "grid": False,
                "labelLimit": 0,
            },
        }


def _layer(values: Iterator[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
    return {"data": {"values": list(values)}, "mark": mark, "encoding": encoding}


def _points(axis: _Axis, labels: dict[ValueType, str]) -> Iterator[dict[str, Any]]:
    for value, x in axis.places.items():
        if value.value is not None:
            yield {"x": x, "y": float(value.value), "type": labels[value.type]}


def _ranges(axis: _Axis) -> Iterator[dict[str, Any]]:
    for value, x in axis.places.items():
        if value.value is not None and value.upper is not None:
            yield {"x": x, "y": float(value.value), "y2": float(value.upper)}


def _lines(indicator: Indicator, documents: Sequence[SourceDocument], axis: _Axis) -> Iterator[dict[str, Any]]:
    for number, segment in enumerate(segments(indicator, as_of(documents))):
        for value in segment.values:
            yield {"x": axis.places[value], "y": float(value.value or 0), "segment": number}


def _figures(indicator: Indicator, documents: Sequence[SourceDocument], axis: _Axis) -> Iterator[dict[str, Any]]:
    ends = {v for segment in segments(indicator, as_of(documents)) for v in (segment.values[0], segment.values[-1])}
    drawn = set()
    for value, x in axis.places.items():
        is_named = len(axis.places) <= _MOST_LABELLED or value in ends or not is_actual(value)
        if value.value is None or not is_named or (x, value.value) in drawn:
            continue
        drawn.add((x, value.value))
        upper = f"–{number_text(value.upper)}" if value.upper is not None else ""
        yield {"x": x, "y": float(value.upper or value.value), "text": number_text(value.value) + upper}


def _rules(indicator: Indicator, documents: Sequence[SourceDocument], axis: _Axis) -> Iterator[dict[str, Any]]:
    for found in breaks(indicator, documents):
        after = axis.places[found.after]
        before = max(x for x in axis.ticks if x < after)  # a missing value may lie between
        yield {"x": (before + after) / 2, "sign": found.sign}


def _gaps(axis: _Axis, text: str) -> Iterator[dict[str, Any]]:
    """The times at which the value is known to be missing."""
    for x in axis.ticks:
        if all(value.value is None for value, at in axis.places.items() if at == x):
            yield {"x": x, "text": text}


def _tick(value: IndicatorValue, language: str) -> list[str]:
    """The time of a value under the axis: the era year above the western one."""
    if value.fiscal_year is not None and value.at is None:
        year = value.fiscal_year
        return [f"FY{year}"] if language == "en" else [era_fiscal_year(FiscalYear(year)), str(year)]
    day = value.at or date.min
    return [time_text(value, language)] if language == "en" else [era_year(day), day.isoformat()]
