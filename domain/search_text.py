"""Searching in Japanese text: what counts as the same, and where in a text it stands.

Two texts are the same when they differ only in width (ＤＸ, DX), case, kana (カード, かーど), the long vowel that ends
a longer word (サーバー, サーバ), blanks, hyphens, middle dots and invisible marks. Variants of a kanji (髙, 高) stay
apart: people and places are told from each other by them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

MOST_WORDS, LONGEST_WORD = 8, 60
"""What is searched for at once (Meguru's own limits); what is beyond is left out."""

_HYPHENS = r"\-\u2010-\u2015\u2212"
_LONG_VOWEL = re.compile(f"(?<=[ぁ-ゖァ-ヺ])[{_HYPHENS}]")
"""What is typed for ー after kana: サ－バ."""
_LEFT_OUT = re.compile(
    # The ー that JIS Z 8301 lets writers leave out: at the end of a word of three sounds or more before it.
    "(?<=[ァ-ヺー]{3})ー(?![ァ-ヺー])|(?<=[ぁ-ゖー]{3})ー(?![ぁ-ゖー])"
    # Blanks, hyphens, middle dots; joiners and selectors of variants, which nobody sees.
    rf"|[\s・{_HYPHENS}\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_ALIKE = {ord("〜"): "~", **{code: chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}}
"""One character for one: katakana as hiragana; the two wave dashes."""


@dataclass(frozen=True)
class Piece:
    """A part of a text as it is shown; `is_hit`: it is what was searched for."""

    text: str
    is_hit: bool = False


def folded(text: str) -> str:
    """A text in the one form in which it is compared."""
    return _LEFT_OUT.sub("", _even(unicodedata.normalize("NFKC", text).casefold())).translate(_ALIKE)


def words_of(query: str) -> tuple[str, ...]:
    """The folded words of what was typed: parted by blanks, each once; all of them must be found."""
    typed = unicodedata.normalize("NFKC", query).split()
    found = dict.fromkeys(word for part in typed if (word := folded(part[:LONGEST_WORD])))
    return tuple(found)[:MOST_WORDS]


def holds_all(texts: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each word stands in one of the texts."""
    several = [folded(text) for text in texts]
    return all(any(word in text for text in several) for word in words)


def holds_any(text: str, words: Sequence[str]) -> bool:
    plain = folded(text)
    return any(word in plain for word in words)


def hits(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where words stand in a text as it was written: (from, before), those that touch as one."""
    plain, places = _with_places(text)
    found: list[tuple[int, int]] = []
    for word in words:
        at = plain.find(word)
        while word and at >= 0:
            found.append((places[at][0], places[at + len(word) - 1][1]))
            at = plain.find(word, at + len(word))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def excerpt(text: str, words: Sequence[str], before: int = 30, longest: int = 160) -> tuple[Piece, ...]:
    """A text on one line around its first hit, cut to `longest` characters ("…" where it was cut), hits told apart."""
    line = " ".join(text.split())
    found = hits(line, words)
    start = max(found[0][0] - before, 0) if found else 0
    end = min(start + longest, len(line))
    pieces, done = [Piece("…")] if start else [], start
    for first, last in found:
        if first >= end:
            break
        pieces += [Piece(line[done:first]), Piece(line[first : min(last, end)], is_hit=True)]
        done = min(last, end)
    pieces += [Piece(line[done:end]), *([Piece("…")] if end < len(line) else [])]
    return tuple(piece for piece in pieces if piece.text)


def ideographs(word: str) -> tuple[tuple[str, ...], ...]:
    """The kanji of a folded word, each in all the characters that fold to it.

    Any text in which the word stands holds one character of each: by this a database can leave out the others without
    losing a hit. Kana and letters have too many forms to be asked for, and so have a few kanji (日: ㊐, ㏠, …).
    """
    written = [(c, *_other_forms().get(c, ())) for c in dict.fromkeys(word) if _is_ideograph(c)]
    return tuple(forms for forms in written if len(forms) <= _MOST_FORMS)


_MOST_FORMS = 6


def _even(text: str) -> str:
    return _LONG_VOWEL.sub("ー", text)


def _with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters what of the text it came from."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        for letter in unicodedata.normalize("NFKC", text[start:end]).casefold():
            letters.append(letter)
            places.append((start, end))
    even = _even("".join(letters))
    gone = {at for match in _LEFT_OUT.finditer(even) for at in range(*match.span())}
    kept = [at for at in range(len(even)) if at not in gone]
    return "".join(even[at] for at in kept).translate(_ALIKE), [places[at] for at in kept]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Each character with the marks that join it: dakuten (half-width too), accents."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not (unicodedata.combining(text[at]) or text[at] in "ﾞﾟ"):
            yield start, at
            start = at


def _is_ideograph(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or letter >= "\U00020000"


@cache
def _other_forms() -> dict[str, tuple[str, ...]]:
    """Kanji → the characters beside it that fold to it: radicals (⾏), compatibility forms (﨑 is none), ㈱, ㍻."""
    found: dict[str, list[str]] = defaultdict(list)
    # CJK radicals … compatibility forms, squared words, supplement.
    for code in (*range(0x2E80, 0x3400), *range(0xF900, 0xFB00), *range(0x1F200, 0x1F300), *range(0x2F800, 0x2FA20)):
        for letter in dict.fromkeys(unicodedata.normalize("NFKC", chr(code))):
            if _is_ideograph(letter) and letter != chr(code):
                found[letter].append(chr(code))
    return {letter: tuple(forms) for letter, forms in found.items()}
