"""Characters as people count them."""

from __future__ import annotations

import pytest

from domain.text import length

COUNTED = {
    "": 0,
    "きく": 2,
    "か\u3099": 1,
    "ハ\u309aス": 2,
    "\u845b\U000e0100城": 2,
    "𠮷野家": 3,
    "１２３": 3,
    "一行目\n二行目": 6,
    "一行目\r\n二行目": 6,
    "👍🏽": 1,
    "👨\u200d👩\u200d👧": 1,
    "❤\ufe0f": 1,
    "🇯🇵🇫🇷": 2,
    "🇯🇵と🇫🇷": 3,
    "ゼロ\u200b幅": 3,
    "कि": 1,
    "e\u0301té": 3,
}
"""Text → how many characters people see; the browser counts the same (tests/web/test_report_form_in_browser.py)."""


@pytest.mark.parametrize("text", list(COUNTED), ids=ascii)
def test_characters_are_counted_as_people_see_them(text: str) -> None:
    assert length(text) == COUNTED[text]
