"""The chart of an annual report: one Vega-Lite specification, as SVG for pages and PDF, as PNG for Word."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

from documents import fonts
from documents.content import Chart
from documents.text_width import columns, wrapped

PLOT_WIDTH = 430
LABEL_COLUMNS = 30
"""Width of a policy's name beside its bar, in half-width columns; the rest goes to the next line."""

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
    base = alt.Chart(alt.InlineData(values=_pieces(chart, keys, PLOT_WIDTH / longest)))
    y = alt.Y(
        "row:O",
        sort=None,
        title=None,
        scale=alt.Scale(domain=list(range(len(names))), paddingInner=0.3, paddingOuter=0.15),
        # JSON is a safe literal in a Vega expression: no text of a person is ever read as code.
        axis=alt.Axis(
            labelExpr=f"{json.dumps(names)}[datum.value]",
            labelLimit=0,
            labelFontSize=12,
            labelLineHeight=_LINE,
            labelOffset=_centred(names),
            ticks=False,
            domain=False,
            labelPadding=8,
        ),
    )
    bars = base.mark_bar(stroke=_INK, strokeWidth=0.8).encode(
        x=alt.X(
            "start:Q",
            title=chart.count_label,
            scale=alt.Scale(domain=[0, longest], nice=False),
            axis=alt.Axis(tickMinStep=1, format="d", gridColor="#d9dde3", domainColor="#5b6573"),
        ),
        x2="end:Q",
        y=y,
        color=alt.Color(
            "answer:N",
            title=None,
            scale=alt.Scale(domain=keys, range=_fills(len(keys))),
            legend=alt.Legend(
                orient="top",
                symbolType="square",
                symbolStrokeColor=_INK,
                symbolStrokeWidth=0.8,
                symbolSize=150,
                labelFontSize=12,
                labelLimit=0,
                columns=_legend_columns(keys),
            ),
        ),
        tooltip=[
            alt.Tooltip("policy:N", title=chart.policy_label),
            alt.Tooltip("answer:N", title=chart.progress_label),
            alt.Tooltip("measures:Q", title=chart.count_label),
        ],
    )
    texts = base.mark_text(color=_INK, fontSize=12).encode(x="middle:Q", y=y, text="text:N")
    step = max(36, _LINE * max(map(len, names)) + 14)
    layered = alt.layer(bars, texts).properties(width=PLOT_WIDTH, height=alt.Step(step))
    configured = layered.configure(font=f"{fonts.FAMILY}, {fonts.EMOJI_FAMILY}", aria=False, background="#ffffff")
    said: dict[str, Any] = (
        configured.configure_view(stroke=None)
        .configure_axis(labelColor=_INK, titleColor=_INK, titleFontWeight="normal", titleFontSize=12, labelFontSize=12)
        .configure_legend(labelColor=_INK)
        .to_dict()
    )
    return said


@lru_cache(maxsize=4)  # drawing takes longer than all the rest of a document, and every format wants it
def svg(chart: Chart) -> str:
    """The chart as an SVG element."""
    fonts.register_for_charts()
    return vl_convert.vegalite_to_svg(specification(chart), vl_version=_vega_lite())


def png(chart: Chart) -> bytes:
    """The chart as a picture fine enough for print."""
    return vl_convert.svg_to_png(svg(chart), scale=3)


def _vega_lite() -> str:
    """The Vega-Lite version that the specification is written for, as the converter names it (6.4)."""
    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


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
