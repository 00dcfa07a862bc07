"""The picture of a key project's route: one Vega-Lite specification, as SVG for pages and PDF, as PNG for Word.

Shapes and words carry the meaning, colour only helps; nothing is red. `told` says the same as a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import vl_convert

from documents import fonts
from documents.route_picture_layout import WIDTH, layout
from documents.route_picture_parts import Box, Layout, Look, Mark, Rule, Said
from documents.route_picture_words import summary, told
from documents.writable import writable
from domain.route import Route

__all__ = ["png", "specification", "summary", "svg", "told"]

_VEGA_LITE = "6.4"
# Documents are set in the first; a page takes what the reader's machine has.
_FONTS = f"{fonts.FAMILY}, {fonts.EMOJI_FAMILY}, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
_INK, _SOFT, _ACCENT, _FAINT, _GRID, _PAPER = "#1a1a1a", "#4d4d4d", "#1f3a5f", "#767f8c", "#dfe3e9", "#ffffff"

_MARKS: dict[Look, dict[str, Any]] = {
    Look.WORKED: {"shape": "circle", "fill": "#8cb9e8", "stroke": _INK, "size": 130},
    Look.PARTLY: {"shape": "triangle-up", "fill": "#bfe0ee", "stroke": _INK, "size": 130},
    Look.LEARNT: {"shape": "square", "fill": "#ffe08a", "stroke": _INK, "size": 120},
    Look.UNCLEAR: {"shape": "cross", "fill": _PAPER, "stroke": _INK, "size": 130},
    Look.RUNNING: {"shape": "triangle-right", "fill": _PAPER, "stroke": _INK, "size": 110},
    Look.TURN: {"shape": "diamond", "fill": _ACCENT, "stroke": _PAPER, "size": 190},
    Look.GOES_ON: {"shape": "diamond", "fill": _PAPER, "stroke": _ACCENT, "size": 60},
    Look.EVENT: {"shape": "triangle-down", "fill": _SOFT, "stroke": _SOFT, "size": 90},
    Look.ENDED: {"shape": "square", "fill": _ACCENT, "stroke": _ACCENT, "size": 170},
    Look.NOW: {"shape": "triangle-right", "fill": _ACCENT, "stroke": _ACCENT, "size": 190},
    Look.ON_TIME: {"shape": "circle", "fill": _ACCENT, "stroke": _ACCENT, "size": 30},
    Look.LATE: {"shape": "circle", "fill": _PAPER, "stroke": _ACCENT, "size": 45},
    Look.AWAITED: {"shape": "triangle-right", "fill": _PAPER, "stroke": _ACCENT, "size": 55},
    Look.OVERDUE: {"shape": "square", "fill": _PAPER, "stroke": _ACCENT, "size": 55},
    Look.DROPPED: {"shape": "stroke", "fill": _SOFT, "stroke": _SOFT, "size": 60},
}
_BOXES: dict[Look, dict[str, Any]] = {
    Look.GOAL_BEFORE: {"fill": _PAPER, "stroke": _FAINT, "strokeDash": [4, 3]},
    Look.GOAL_NOW: {"fill": "#e3ecf7", "stroke": _ACCENT},
    Look.TEAM: {"fill": "#eef2f7", "stroke": _FAINT},
}
_RULES: dict[Look, dict[str, Any]] = {
    Look.GRID: {"color": _GRID},
    Look.TODAY: {"color": _SOFT, "strokeDash": [3, 3]},
    Look.DEAD_END: {"color": _FAINT, "strokeDash": [5, 4]},
    Look.WAY: {"color": _ACCENT, "strokeCap": "round"},
    Look.LEADER: {"color": _FAINT},
}
_TEXTS: dict[Look, dict[str, Any]] = {
    Look.NAME: {"color": _ACCENT, "fontWeight": "bold"},
    Look.SAID: {"color": _INK},
    Look.SOFT: {"color": _SOFT},
    Look.STRONG: {"color": _INK, "fontWeight": "bold"},
    Look.SAMPLE: {"color": "#9b1c1c", "fontWeight": "bold"},
}
_BELOW = (Look.GRID, Look.TODAY)


def specification(route: Route, language: str) -> dict[str, Any]:
    """The Vega-Lite specification; its scales are px."""
    placed = layout(writable(route), language)
    # From the bottom up: lines that only help, boxes, the way, marks, and texts with a rim that keeps them readable.
    layers = [
        *(_rules(placed, look) for look in _BELOW),
        *(_boxes(placed, look) for look in _BOXES),
        *(_rules(placed, look) for look in _RULES if look not in _BELOW),
        *(_marks(placed, look) for look in _MARKS),
        *_rims(placed),
        *(_texts(placed, look, ends) for look in _TEXTS for ends in (False, True)),
    ]
    return {
        "width": WIDTH,
        "height": placed.height,
        "background": _PAPER,
        "padding": 0,
        "layer": [layer for layer in layers if layer["data"]["values"]],
        "resolve": {"scale": {"strokeWidth": "independent"}},
        "config": {"font": _FONTS, "aria": False, "view": {"stroke": None}, "text": {"fontSize": 12}},
    }


def svg(route: Route, language: str) -> str:
    """The picture as an SVG element; who shows it names it (`summary`) and tells it (`told`)."""
    return _svg(json.dumps(specification(route, language), ensure_ascii=False, sort_keys=True))


def png(route: Route, language: str) -> bytes:
    """The picture fine enough for print."""
    return vl_convert.svg_to_png(svg(route, language), scale=3)


@lru_cache(maxsize=64)  # drawing takes longer than all the rest of a document, and every format wants it
def _svg(specification: str) -> str:
    fonts.register_for_charts()
    return vl_convert.vegalite_to_svg(specification, vl_version=_VEGA_LITE)


def _rules(placed: Layout, look: Look) -> dict[str, Any]:
    values = [_values(rule) for rule in placed.rules if rule.look is look]
    width = {"field": "width", "type": "quantitative", "scale": None, "legend": None}
    return _layer(placed, values, {"type": "rule", **_RULES[look]}, strokeWidth=width, **_ENDS)


def _boxes(placed: Layout, look: Look) -> dict[str, Any]:
    values = [_values(box) for box in placed.boxes if box.look is look]
    return _layer(placed, values, {"type": "rect", "cornerRadius": 3, **_BOXES[look]}, **_ENDS)


def _marks(placed: Layout, look: Look) -> dict[str, Any]:
    values = [_values(mark) for mark in placed.marks if mark.look is look]
    return _layer(placed, values, {"type": "point", "opacity": 1, "strokeWidth": 1.2, **_MARKS[look]})


def _texts(placed: Layout, look: Look, ends: bool) -> dict[str, Any]:
    values = [_values(said) for said in placed.texts if said.look is look and said.ends is ends]
    return _layer(placed, values, {**_text_mark(ends), **_TEXTS[look]}, text={"field": "text"})


def _rims(placed: Layout) -> Iterable[dict[str, Any]]:
    """A white rim where a line could run behind a text; texts in boxes need none."""
    for ends in (False, True):
        values = [_values(s) for s in placed.texts if s.ends is ends and s.look in (Look.SOFT, Look.STRONG)]
        rim = {"stroke": _PAPER, "strokeWidth": 3, "color": _PAPER}
        yield _layer(placed, values, {**_text_mark(ends), **rim}, text={"field": "text"})


def _text_mark(ends: bool) -> dict[str, Any]:
    return {"type": "text", "align": "right" if ends else "left", "baseline": "middle"}


_ENDS: dict[str, Any] = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}


def _layer(placed: Layout, values: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
    x = {"domain": [0, WIDTH], "range": [0, WIDTH], "nice": False, "zero": False}
    y = {"domain": [0, placed.height], "range": [0, placed.height], "nice": False, "zero": False}
    place = {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": x},
        "y": {"field": "y", "type": "quantitative", "axis": None, "scale": y},
    }
    return {"data": {"values": values}, "mark": mark, "encoding": {**place, **encoding}}


def _values(one: Mark | Box | Rule | Said) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name not in ("look", "ends")}
