"""What stands in a mail that is previewed before any round is open. Invented, and marked so."""

from __future__ import annotations

from domain.text import Bilingual

DEPARTMENT = Bilingual("サンプル課", "Sample Section")
RETURN_COMMENT = Bilingual(
    "（サンプル）数量の根拠を書いてください。", "(sample) Please say what the figure is based on."
)
MARK = Bilingual("サンプル：実在の依頼ではありません。", "Sample: this is no real request.")
MEASURES = 3
"""How many measures a sample names."""
