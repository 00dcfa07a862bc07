"""The annual report as HTML: one file that stands alone, to read in the application or to keep."""

from __future__ import annotations

from markupsafe import Markup

from documents import charts
from documents.content import Content
from documents.pages import page


def render(content: Content) -> str:
    return page(
        "annual_report.html",
        report=content,
        labels=content.labels,
        chart=Markup(charts.svg(content.chart)) if content.chart else "",  # the renderer has escaped what people wrote
    )
