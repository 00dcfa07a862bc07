"""The fonts of the documents: they travel with the program, so a closed network prints the same pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst
from noto_cjk import font_path

FAMILY = "Noto Sans CJK JP"
EMOJI_FAMILY = "Noto Emoji"


def directories() -> tuple[str, ...]:
    """Where the font files lie: Japanese regular and bold, and the emoji that people paste into answers."""
    japanese = (font_path("sans", "jp", style).parent for style in ("regular", "bold"))
    return tuple(str(folder) for folder in (*japanese, Path(__file__).parent / "vendor"))


@cache
def for_typst() -> typst.Fonts:
    """The fonts for PDF, found once per process.

    System fonts are left out, so that every machine makes the same file; typst's own ones stay for rare signs.
    """
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(directories()))


@cache
def register_for_charts() -> None:
    """Makes the fonts known to the chart renderer, once per process."""
    import vl_convert  # here: a PDF without charts needs none of it

    for folder in directories():
        vl_convert.register_font_directory(folder)
