"""The chart of a survey's question: one Vega-Lite specification, as SVG for pages and PDF, as PNG for Word.

A bar per answer and group, its figure beside it; where the source gives words only, the words stand in its place and
no bar is drawn. A survey before it is a hollow bar below.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import vl_convert

from documents import fonts
from documents.survey_results import Bar, SurveyChart
from documents.text_width import wrapped

WIDTH = 340
"""Of the plot in px, without its labels."""
_VEGA_LITE = "6.4"
# Documents are set in the first; a page takes what the reader's machine has.
_FONTS = f"{fonts.FAMILY}, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
_INK, _SOFT, _FILL, _STROKE, _GRID, _PAPER = "#1a1a1a", "#4d4d4d", "#8cb9e8", "#1f3a5f", "#e1e4e9", "#ffffff"
_LABEL_COLUMNS, _LABEL_LINES = 34, 3
_LINE, _BAR = 15, 16


def specification(chart: SurveyChart) -> dict[str, Any]:
    """The Vega-Lite specification. Figures, words and borders carry the meaning; colour only helps."""
    labels = [_label(bar) for bar in chart.bars]
    has_before = any(bar.had for bar in chart.bars)
    step = max(_LINE * max(map(len, labels)) + 12, 56 if has_before else 36)
    # JSON is a safe literal in a Vega expression: no text of a plan is ever read as code.
    texts = f"{json.dumps(labels)}[datum.value]"
    lifts = [
        {"test": f"{json.dumps([len(one) for one in labels])}[datum.value] == {n}", "value": -_LINE * (n - 1) / 2}
        for n in range(2, _LABEL_LINES + 2)
    ]
    y = {
        "field": "row",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "scale": {"domain": list(range(len(labels))), "paddingInner": 0.2, "paddingOuter": 0.1},
        "axis": {
            "labelExpr": texts,
            "labelLimit": 0,
            "labelLineHeight": _LINE,
            "labelOffset": {"condition": lifts, "value": 0},
            "labelPadding": 8,
            "ticks": False,
            "domain": False,
        },
    }
    x = {
        "field": "share",
        "type": "quantitative",
        "title": chart.unit,
        "scale": {"domain": [0, 100], "nice": False},
        "axis": {"values": [0, 20, 40, 60, 80, 100], "gridColor": _GRID, "domainColor": _SOFT},
    }
    beside: dict[str, Any] = {}
    if has_before:
        beside["yOffset"] = {"field": "survey", "type": "nominal", "sort": None, "scale": {"domain": list(chart.names)}}
    looks = {"domain": list(chart.names) if has_before else [chart.names[0]]}
    fill = {
        "field": "survey",
        "type": "nominal",
        "scale": {**looks, "range": [_FILL, _PAPER] if has_before else [_FILL]},
        "legend": {"orient": "top", "title": None, "symbolType": "square", "symbolStrokeColor": _STROKE}
        if has_before
        else None,
    }
    text = {"align": "left", "baseline": "middle", "dx": 5, "fontSize": 12}
    return {
        "width": WIDTH,
        "height": {"step": step, "for": "position"},
        "background": _PAPER,
        "padding": 4,
        "data": {"values": _pieces(chart)},
        "layer": [
            {
                "transform": [{"filter": "datum.share !== null"}],
                "mark": {"type": "bar", "height": _BAR, "stroke": _STROKE, "strokeWidth": 0.8},
                "encoding": {"x": x, "y": y, "color": fill, **beside},
            },
            {
                "transform": [{"filter": "datum.share !== null"}],
                "mark": {"type": "text", "color": _INK, **text},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}, **beside},
            },
            {
                "transform": [{"filter": "datum.share === null"}],
                "mark": {"type": "text", "color": _SOFT, **text},
                "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "text"}, **beside},
            },
        ],
        "config": {
            "font": _FONTS,
            "aria": False,  # the page names the picture, and its table says the values
            "view": {"stroke": None},
            "axis": {"labelColor": _INK, "titleColor": _INK, "titleFontWeight": "normal", "labelFontSize": 12},
            "legend": {"labelColor": _INK, "labelFontSize": 12},
        },
    }


def as_text(chart: SurveyChart) -> str:
    """The specification as JSON: the same text is the same picture."""
    return json.dumps(specification(chart), ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)
def svg(specification: str) -> str:
    """The picture of a specification (`as_text`) as an SVG element."""
    fonts.register_for_charts()
    return vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE)


def png(chart: SurveyChart) -> bytes:
    """The chart as a picture fine enough for print."""
    return vl_convert.svg_to_png(svg(as_text(chart)), scale=3)


def _label(bar: Bar) -> list[str]:
    group = [f"({bar.group})"] if bar.group else []
    return [*wrapped(bar.answer, _LABEL_COLUMNS, _LABEL_LINES), *group]


def _pieces(chart: SurveyChart) -> list[dict[str, Any]]:
    now, before = chart.names
    pieces: list[dict[str, Any]] = []
    for row, bar in enumerate(chart.bars):
        shares = ((now, bar.share, bar.said), *(((before, bar.before, bar.had),) if bar.had else ()))
        for survey, share, text in shares:
            value = None if share is None else float(share)
            pieces.append({"row": row, "survey": survey, "share": value, "text": text})
    return pieces
