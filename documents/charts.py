"""The chart of an annual report: one Vega-Lite specification, as SVG for pages and PDF, as PNG for Word."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import vl_convert

from documents import fonts
from documents.content import Chart
from documents.text_width import columns, wrapped

PLOT_WIDTH = 430
LABEL_COLUMNS = 30
"""Width of a policy's name beside its bar, in half-width columns; the rest goes to the next line."""

# The specification is plain data: a library that makes it takes longer to load than all renderers together.
_VEGA_LITE = "6.4"
_INK = "#1a1a1a"
# From best to worst; dark text on each has a contrast above 7:1. "No report" is white.
_FILLS = ("#8cb9e8", "#bfe0ee", "#d6e9b0", "#ffe08a", "#f9be7c", "#f3a192")
_NO_REPORT = "#ffffff"
_SMALLEST_LABELLED = 26
_LINE = 15
_MOST_LINES = 3


def specification(chart: Chart) -> dict[str, Any]:
    """The Vega-Lite specification: stacked bars, one per policy, each piece signed ①②… and bordered.

    Signs, order and borders carry the meaning; colour only helps.
    """
    names = [wrapped(row.policy, LABEL_COLUMNS, _MOST_LINES) for row in chart.rows]
    keys = [f"{sign} {answer}" for sign, answer in zip(chart.signs, chart.answers, strict=True)]
    longest = max(row.total for row in chart.rows)
    y = _rows(names)
    return {
        "data": {"values": _pieces(chart, keys, PLOT_WIDTH / longest)},
        "width": PLOT_WIDTH,
        "height": {"step": max(36, _LINE * max(map(len, names)) + 14)},
        "background": "#ffffff",
        "layer": [
            {
                "mark": {"type": "bar", "stroke": _INK, "strokeWidth": 0.8},
                "encoding": {
                    "x": {
                        "field": "start",
                        "type": "quantitative",
                        "title": chart.count_label,
                        "scale": {"domain": [0, longest], "nice": False},
                        "axis": {"tickMinStep": 1, "format": "d", "gridColor": "#d9dde3", "domainColor": "#5b6573"},
                    },
                    "x2": {"field": "end"},
                    "y": y,
                    "color": _answers(keys),
                    "tooltip": [
                        {"field": "policy", "type": "nominal", "title": chart.policy_label},
                        {"field": "answer", "type": "nominal", "title": chart.progress_label},
                        {"field": "measures", "type": "quantitative", "title": chart.count_label},
                    ],
                },
            },
            {
                "mark": {"type": "text", "color": _INK, "fontSize": 12},
                "encoding": {
                    "x": {"field": "middle", "type": "quantitative"},
                    "y": y,
                    "text": {"field": "text", "type": "nominal"},
                },
            },
        ],
        "config": {
            "font": f"{fonts.FAMILY}, {fonts.EMOJI_FAMILY}",
            "aria": False,  # the page names the picture, and its table says the numbers
            "view": {"stroke": None},
            "axis": {
                "labelColor": _INK,
                "titleColor": _INK,
                "titleFontWeight": "normal",
                "titleFontSize": 12,
                "labelFontSize": 12,
            },
            "legend": {"labelColor": _INK},
        },
    }


def _rows(names: list[list[str]]) -> dict[str, Any]:
    """Where the bars stand, each with the name of its policy."""
    return {
        "field": "row",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "scale": {"domain": list(range(len(names))), "paddingInner": 0.3, "paddingOuter": 0.15},
        # JSON is a safe literal in a Vega expression: no text of a person is ever read as code.
        "axis": {
            "labelExpr": f"{json.dumps(names)}[datum.value]",
            "labelLimit": 0,
            "labelFontSize": 12,
            "labelLineHeight": _LINE,
            "labelOffset": _centred(names),
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }


def _answers(keys: list[str]) -> dict[str, Any]:
    """The fill of each answer, and the legend that names them."""
    return {
        "field": "answer",
        "type": "nominal",
        "title": None,
        "scale": {"domain": keys, "range": _fills(len(keys))},
        "legend": {
            "orient": "top",
            "symbolType": "square",
            "symbolStrokeColor": _INK,
            "symbolStrokeWidth": 0.8,
            "symbolSize": 150,
            "labelFontSize": 12,
            "labelLimit": 0,
            "columns": _legend_columns(keys),
        },
    }


@lru_cache(maxsize=4)  # drawing takes longer than all the rest of a document, and every format wants it
def svg(chart: Chart) -> str:
    """The chart as an SVG element."""
    fonts.register_for_charts()
    return vl_convert.vegalite_to_svg(specification(chart), vl_version=_VEGA_LITE)


def png(chart: Chart) -> bytes:
    """The chart as a picture fine enough for print."""
    return vl_convert.svg_to_png(svg(chart), scale=3)


def _pieces(chart: Chart, keys: list[str], width_of_one: float) -> list[dict[str, Any]]:
    """One piece of bar per policy and answer. Pieces too narrow for their sign go without; the table has them."""
    pieces = []
    for index, row in enumerate(chart.rows):
        start = 0
        for sign, key, measures in zip(chart.signs, keys, row.counts, strict=True):
            end = start + measures
            if measures:
                readable = measures * width_of_one >= _SMALLEST_LABELLED
                pieces.append(
                    {
                        "row": index,
                        "policy": row.policy,
                        "answer": key,
                        "measures": measures,
                        "start": start,
                        "middle": (start + end) / 2,
                        "end": end,
                        "text": f"{sign}{measures}" if readable else "",
                    }
                )
            start = end
    return pieces


def _fills(answers: int) -> list[str]:
    """Colours spread from best to worst, and white for the last answer, "no report"."""
    said = answers - 1
    last = len(_FILLS) - 1
    spread = [_FILLS[round(index * last / max(said - 1, 1)) % len(_FILLS)] for index in range(said)]
    return [*spread, _NO_REPORT]


def _legend_columns(keys: list[str]) -> int:
    widest = max(map(columns, keys)) * 6 + 34
    return max(1, min(len(keys), 620 // widest))


def _centred(names: list[list[str]]) -> dict[str, Any]:
    """Lifts names of several lines, which Vega hangs from the middle of the bar, so that they stand beside it."""
    counts = json.dumps([len(name) for name in names])
    lifted = [
        {"test": f"{counts}[datum.value] == {lines}", "value": -_LINE * (lines - 1) / 2}
        for lines in range(2, _MOST_LINES + 1)
    ]
    return {"condition": lifted, "value": 0}
