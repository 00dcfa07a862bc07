"""Text as offices type it: two languages, full-width digits, characters counted as people count."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time
from typing import Protocol


@dataclass(frozen=True)
class Bilingual:
    """A text of the plan's data in Japanese, with English beside it where somebody wrote it."""

    ja: str
    en: str = ""

    def in_language(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.ja


class Named(Protocol):
    """Something with a Japanese name and, where somebody wrote one, an English name beside it."""

    name: str
    name_en: str


class Titled(Protocol):
    """Something with a Japanese title and, where somebody wrote one, an English title beside it."""

    title: str
    title_en: str


def named(thing: Named, language: str) -> str:
    return Bilingual(thing.name, thing.name_en).in_language(language)


def titled(thing: Titled, language: str) -> str:
    return Bilingual(thing.title, thing.title_en).in_language(language)


def half_width(text: str) -> str:
    """Full-width digits, letters and blanks as half-width ones (NFKC), trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def typed_text(text: str) -> str:
    """What a person typed, with line ends made alike and outer blanks cut; nothing else is changed."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


# Marks that join the character before them (dakuten, variation selectors, vowel signs) and invisible joiners.
_JOINING = ("Mn", "Mc", "Me", "Cf")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_JOINER = "\u200d"


def length(text: str) -> int:
    """Characters as people count them; a line end is none, whichever way it is written.

    One each: a composed kana, a variant of a kanji (葛󠄀), a kanji outside the first plane (𠮷), a flag, a picture put
    together of several (👍🏽). `web/static/length.js` counts the same. Meguru's own where Unicode leaves a choice.
    """
    counted, before, flag_letters = 0, "", 0
    for character in unicodedata.normalize("NFC", text):
        is_flag_letter = _FLAG_LETTERS[0] <= character <= _FLAG_LETTERS[1]
        flag_letters = flag_letters + 1 if is_flag_letter else 0
        is_part = (
            character in "\n\r"
            or unicodedata.category(character) in _JOINING
            or _SKIN_TONES[0] <= character <= _SKIN_TONES[1]
            or (before == _JOINER and unicodedata.category(character) == "So")
            or (is_flag_letter and flag_letters % 2 == 0)
        )
        counted += not is_part
        before = character
    return counted


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)


def typed_day(text: str) -> date | None:
    """A day as a browser sends it or people type it: 2021-02-15, ２０２１年２月１５日; None when it is none."""
    read = _DAY.fullmatch(half_width(text))
    try:
        return date(*(int(part) for part in read.groups())) if read else None
    except ValueError:
        return None


_MONTH_DAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)


def typed_month_day(text: str) -> tuple[int, int] | None:
    """A day that every year has, as people type it: 4/1, ４月１日; None when it is none (29 February, too)."""
    read = _MONTH_DAY.fullmatch(half_width(text))
    try:
        day = date(2001, int(read[1]), int(read[2])) if read else None
    except ValueError:
        return None
    return (day.month, day.day) if day else None


_TIME = re.compile(r"(\d{1,2})[:時](\d{2})分?", re.ASCII)


def typed_time(text: str) -> time | None:
    """A time of day as a browser sends it or people type it: 10:00, １０時００分; None when it is none."""
    read = _TIME.fullmatch(half_width(text))
    try:
        return time(int(read[1]), int(read[2])) if read else None
    except ValueError:
        return None
