"""The annual report as PDF/UA, set by typst."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

import typst

from documents import charts, fonts
from documents.content import Content

TEMPLATE = Path(__file__).parent / "templates" / "annual_report.typ"
_JAPAN = timezone(timedelta(hours=9))
_log = logging.getLogger(__name__)


def render(content: Content) -> bytes:
    """The PDF. The same report always gives the same bytes: the file is dated by the day of issue."""
    data = asdict(content) | {
        "issued": content.issued.isoformat(),
        "fonts": [fonts.FAMILY, fonts.EMOJI_FAMILY],
        "chart_svg": charts.svg(content.chart) if content.chart else "",
    }
    # The text goes in as data and is never read as markup.
    inputs = {"report": json.dumps(data, ensure_ascii=False)}
    issued_at = datetime.combine(content.issued, time(), tzinfo=_JAPAN)
    try:
        return _compile(inputs, issued_at, ["ua-1"])
    except typst.TypstError as error:
        if not error.message.startswith("PDF/UA-1 error"):
            raise
        # A character that no font of ours can draw must not cost the city its report.
        _log.warning("The report is not PDF/UA: %s", error.message)
        return _compile(inputs, issued_at, [])


def _compile(inputs: dict[str, str], issued_at: datetime, standards: list[typst.PDFStandard]) -> bytes:
    return typst.compile(
        TEMPLATE,
        font_paths=fonts.for_typst(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=issued_at,
    )
