"""Documents as pages: HTML files that stand alone, to read in the application or to keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **values: Any) -> str:
    """The page with its style inside and no script: it is served with a policy that allows no more."""
    style = Markup((TEMPLATES / "document.css").read_text(encoding="utf-8"))  # our own text
    return _environment.get_template(template).render(style=style, **values)
