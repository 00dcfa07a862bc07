"""Characters that look like others: radicals for kanji, full-width forms in codes, blanks that nobody sees."""

from __future__ import annotations

import re
import unicodedata

# Radicals that Unicode does not decompose, or decomposes into a form that is not the Japanese one, and the kanji that
# a PDF means by them (Unicode, EquivalentUnifiedIdeograph.txt; the second group: the shinjitai of that kanji).
_KANJI = dict(
    zip(
        "⺁⺌⺍⺕⺟⺠⺡⺢⺫⺮⺼⻁⻄⻆⻌⻍⻎⻏⻑⻖⻗⻘⻝⻞⻟⻣⻤⻨⻩⻫⻭⻯⻲",
        "厂小小彐母民氵氺罒竹月虎西角辶辶辶阝長阝雨青食食食骨鬼麦黄斉歯竜亀",
        strict=True,
    )
) | dict(zip("⼾⾭⿊⿈", "戸青黒黄", strict=True))

_RADICAL = re.compile("[\u2e80-\u2fdf]")

_ODD_BLANKS = "\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f"
_NO_WIDTH = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff"
_INVISIBLE = re.compile(f"[{_ODD_BLANKS}{_NO_WIDTH}]")
_WITHOUT_WIDTH = re.compile(f"[{_NO_WIDTH}]")

_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
_LONG_VOWEL_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ー―─](?=[0-9])")


def with_kanji(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with kanji for radicals, and what was replaced, such as ⺠→民, each once."""
    changes: dict[str, str] = {}

    def kanji(found: re.Match[str]) -> str:
        radical = found.group()
        changes[radical] = _KANJI.get(radical) or unicodedata.normalize("NFKC", radical)
        return changes[radical]

    repaired = _RADICAL.sub(kanji, text)
    return repaired, tuple(f"{old}→{new}" for old, new in changes.items() if old != new)


def has_invisible(text: str) -> bool:
    return _INVISIBLE.search(text) is not None


def plain_code(text: str) -> str:
    """A code as it is meant: half-width, with plain hyphens and blanks, trimmed, without radicals.

    Circled and Roman numerals stay what they are (NFKC would make ① and Ⅰ the same as 1 and I).
    """
    text, _ = with_kanji(text)
    text = "".join(_half_width(character) for character in text)
    text = _LONG_VOWEL_BETWEEN_DIGITS.sub("-", text.translate(_HYPHENS))
    return " ".join(_WITHOUT_WIDTH.sub("", text).split())


def _half_width(character: str) -> str:
    if "\uff01" <= character <= "\uff5e" or character == "\u3000":
        return unicodedata.normalize("NFKC", character)
    return character
