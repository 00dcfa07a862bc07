"""Setting a document as PDF/UA with typst."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import typst

from documents import fonts

_JAPAN = timezone(timedelta(hours=9))
_log = logging.getLogger(__name__)


def typeset(template: Path, name: str, content: Mapping[str, Any], issued: date) -> bytes:
    """The PDF of a template that reads `content` as JSON under `name`; the text is never read as markup.

    The same content always gives the same bytes: the file is dated by its day of issue.
    """
    inputs = _inputs(name, content)
    issued_at = datetime.combine(issued, time(), tzinfo=_JAPAN)
    try:
        return _compile(template, inputs, issued_at, ["ua-1"])
    except typst.TypstError as error:
        if not error.message.startswith("PDF/UA-1 error"):
            raise
        # A character that no font of ours can draw must not cost the city its document.
        _log.warning("The document is not PDF/UA: %s", error.message)
        return _compile(template, inputs, issued_at, [])


def counted(template: Path, name: str, content: Mapping[str, Any], label: str) -> dict[int, int]:
    """Number → page, as the template says it in metadata under a label: pairs of the two."""
    found = typst.query(
        template,
        f"<{label}>",
        field="value",
        font_paths=fonts.for_typst(),
        ignore_system_fonts=True,
        sys_inputs=_inputs(name, content),
    )
    return dict(json.loads(found))


def _inputs(name: str, content: Mapping[str, Any]) -> dict[str, str]:
    data = {**content, "fonts": [fonts.FAMILY, fonts.EMOJI_FAMILY]}
    return {name: json.dumps(data, ensure_ascii=False, default=vars)}  # a dataclass as it is, without a copy


def _compile(template: Path, inputs: dict[str, str], issued_at: datetime, standards: list[typst.PDFStandard]) -> bytes:
    return typst.compile(
        template,
        font_paths=fonts.for_typst(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=issued_at,
    )
