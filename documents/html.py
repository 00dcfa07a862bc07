"""The annual report as HTML: one file that stands alone, to read in the application or to keep."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from documents import charts
from documents.content import Content

TEMPLATES = Path(__file__).parent / "templates"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(content: Content) -> str:
    """The page with its style inside and no script: it is served with a policy that allows no more."""
    return _environment.get_template("annual_report.html").render(
        report=content,
        labels=content.labels,
        # Both are our own texts; the chart renderer has escaped what people wrote.
        style=Markup((TEMPLATES / "document.css").read_text(encoding="utf-8")),
        chart=Markup(charts.svg(content.chart)) if content.chart else "",
    )
