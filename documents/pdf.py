"""The annual report as PDF/UA, set by typst."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from documents import charts
from documents.content import Content
from documents.typesetting import typeset

TEMPLATE = Path(__file__).parent / "templates" / "annual_report.typ"


def render(content: Content) -> bytes:
    """The PDF. The same report always gives the same bytes."""
    data = asdict(content) | {
        "issued": content.issued.isoformat(),
        "chart_svg": charts.svg(content.chart) if content.chart else "",
    }
    return typeset(TEMPLATE, "report", data, content.issued)
