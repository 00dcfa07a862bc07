"""The pictures of a dashboard as Vega-Lite specifications, each as SVG and PNG: stacked bars, grids of years, series.

The specification as text (`bars`, `grid`, `series_chart.as_text`) is what a picture is known by: the same text is the
same picture.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import vl_convert

from documents import fonts
from documents.content import Chart
from documents.text_width import columns, wrapped
from documents.year_grid import Grid

# Documents are set in the first; a page takes what the reader's machine has.
_FONTS = f"{fonts.FAMILY}, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
_VEGA_LITE = "6.4"
_INK, _PAPER, _LINE = "#1a1a1a", "#ffffff", "#5b6573"
FILLS = {
    # As in the bars (`documents/charts.py`), from best to worst; dark text on each has a contrast above 7:1.
    **{str(n): fill for n, fill in enumerate(("#8cb9e8", "#bfe0ee", "#d6e9b0", "#ffe08a", "#f9be7c", "#f3a192"))},
    "none": _PAPER,
    "outside": "#e6e6e6",
}
"""What the fill of a cell may be; web/static/dashboard.css has the same."""
_ROW, _NAME_COLUMNS, _NAME_LINES = 36, 44, 2
_LINE_HEIGHT = 15
_CELL_WIDTHS = (72, 120)
_LEGEND_WIDTH = 640
_TITLE_COLUMNS, _MARK_COLUMNS, _MARK_LINES = 64, 84, 4


def bars(chart: Chart) -> str:
    """Stacked bars, as in the annual report."""
    from documents import charts  # loads the renderer: a page without bars needs none of it

    return json.dumps(charts.specification(chart), ensure_ascii=False, sort_keys=True)


def grid(of: Grid) -> str:
    """The grid, its years above, its signs in the cells and in the legend."""
    width = min(max(_CELL_WIDTHS[0], _widest_sign(of) * 7 + 14), _CELL_WIDTHS[1])
    texts = [key.text for key in of.keys]
    specification = {
        "data": {"values": list(_cells(of))},
        "width": width * len(of.years),
        "height": _ROW * len(of.rows),
        "background": _PAPER,
        "padding": 8,
        "layer": [_boxes(of, texts), _signs()],
        "resolve": {"axis": {"x": "independent", "y": "independent"}},
        "config": {
            "font": _FONTS,
            "aria": False,  # the page names the picture, and its table says the same in words
            "view": {"stroke": None},
            "axis": {"labelColor": _INK, "labelFontSize": 12, "titleColor": _INK, "grid": False, "domain": False},
            "legend": {"labelColor": _INK, "labelFontSize": 12},
        },
    }
    return json.dumps(specification, ensure_ascii=False, sort_keys=True)


def titled(specification: str, title: str, marks: Sequence[str]) -> str:
    """A picture that leaves its page: its title and the marks of sample data go with it."""
    told = json.loads(specification)
    lines = [line for mark in marks for line in wrapped(mark, _MARK_COLUMNS, _MARK_LINES)]
    told["title"] = {
        "text": wrapped(title, _TITLE_COLUMNS, 2),
        "subtitle": lines,
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 15,
        "subtitleFontSize": 12,
        "color": _INK,
        "subtitleColor": _INK,
        "offset": 12,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=64)  # drawing takes longer than all the rest, and a page asks for several at once
def svg(specification: str) -> str:
    """The picture of a specification as an SVG file."""
    fonts.register_for_charts()
    return vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE)


def png(specification: str) -> bytes:
    """The picture fine enough for a slide or for print."""
    return vl_convert.svg_to_png(svg(specification), scale=2)


def _cells(of: Grid) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(of.rows):
        start = 0
        for cell in row.cells:
            end = start + cell.span
            yield {
                "row": number,
                "top": number,
                "bottom": number + 1,
                "start": start,
                "middle": (start + end) / 2,
                "end": end,
                "key": of.keys[cell.key].text,
                "sign": cell.sign,
            }
            start = end


def _boxes(of: Grid, texts: list[str]) -> dict[str, Any]:
    shown = [key.text for key in of.used_keys]
    names = [wrapped(row.name, _NAME_COLUMNS, _NAME_LINES) for row in of.rows]
    # JSON is a safe literal in a Vega expression: no text of a person is ever read as code.
    labels = f"{json.dumps(names)}[floor(datum.value)]"
    lifted = {"test": f"{json.dumps([len(name) for name in names])}[floor(datum.value)] == 2", "value": -8}
    years = [year.split("\n") for year in of.years]
    every = {"labelLimit": 0, "labelLineHeight": _LINE_HEIGHT, "labelOverlap": False, "ticks": False}
    y_axis = {
        "values": [number + 0.5 for number in range(len(of.rows))],
        "labelExpr": labels,
        "labelOffset": {"condition": lifted, "value": 0},
        "labelPadding": 8,
        **every,
    }
    x_axis = {
        "orient": "top",
        "values": [number + 0.5 for number in range(len(of.years))],
        "labelExpr": f"{json.dumps(years)}[floor(datum.value)]",
        "labelPadding": 8 + _LINE_HEIGHT * (max(map(len, years)) - 1),  # Vega lets further lines hang below the first
        **every,
    }
    widest = max(map(columns, shown), default=1) * 6 + 34
    legend = {
        "orient": "top",
        "title": None,
        "symbolType": "square",
        "symbolStrokeColor": _LINE,
        "symbolSize": 150,
        "labelLimit": 0,
        "columns": max(1, min(len(shown), _LEGEND_WIDTH // widest)),
        "values": shown,
    }
    return {
        "mark": {"type": "rect", "stroke": _LINE, "strokeWidth": 0.8},
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "title": None,
                "scale": _scale(len(of.years)),
                "axis": x_axis,
            },
            "x2": {"field": "end"},
            "y": {
                "field": "top",
                "type": "quantitative",
                "title": None,
                "scale": {**_scale(len(of.rows)), "reverse": True},
                "axis": y_axis,
            },
            "y2": {"field": "bottom"},
            "color": {
                "field": "key",
                "type": "nominal",
                "scale": {"domain": texts, "range": [FILLS[key.fill] for key in of.keys]},
                "legend": legend,
            },
        },
    }


def _signs() -> dict[str, Any]:
    return {
        "transform": [{"calculate": "datum.top + 0.5", "as": "level"}],
        "mark": {"type": "text", "color": _INK, "fontSize": 12, "baseline": "middle"},
        "encoding": {
            "x": {"field": "middle", "type": "quantitative", "axis": None},
            "y": {"field": "level", "type": "quantitative", "axis": None},
            "text": {"field": "sign"},
        },
    }


def _scale(ends: int) -> dict[str, Any]:
    return {"domain": [0, ends], "nice": False, "zero": False}


def _widest_sign(of: Grid) -> int:
    """The widest cell by its own room; what is joined has more."""
    signs = (columns(cell.sign) / cell.span for row in of.rows for cell in row.cells)
    return int(max(signs, default=1)) + 1
