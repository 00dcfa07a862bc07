"""The annual report as HTML: a page of the application, or a file that stands alone."""

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


def render(content: Content, *, stylesheet: str | None) -> str:
    """The page. It links to `stylesheet`; None puts the style into the page itself, for a download."""
    return _environment.get_template("annual_report.html").render(
        report=content,
        labels=content.labels,
        stylesheet=stylesheet,
        # Both are our own texts; the chart renderer has escaped what people wrote.
        style=Markup((TEMPLATES / "document.css").read_text(encoding="utf-8")) if stylesheet is None else "",
        chart=Markup(charts.svg(content.chart)) if content.chart else "",
    )
