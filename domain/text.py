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


# Marks that join the character before them (dakuten, variation selectors) and invisible joiners.
_NOT_COUNTED = ("Mn", "Me", "Cf")


def length(text: str) -> int:
    """Characters as people count them: a composed kana or a variant of a kanji (葛󠄀) is one, a line end none."""
    composed = unicodedata.normalize("NFC", text)
    return sum(1 for c in composed if c != "\n" and unicodedata.category(c) not in _NOT_COUNTED)


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)


def typed_day(text: str) -> date | None:
    """A day as a browser sends it or people type it: 2021-02-15, ２０２１年２月１５日; None when it is none."""
    read = _DAY.fullmatch(half_width(text))
    try:
        return date(*(int(part) for part in read.groups())) if read else None
    except ValueError:
        return None


_TIME = re.compile(r"(\d{1,2})[:時](\d{2})分?", re.ASCII)


def typed_time(text: str) -> time | None:
    """A time of day as a browser sends it or people type it: 10:00, １０時００分; None when it is none."""
    read = _TIME.fullmatch(half_width(text))
    try:
        return time(int(read[1]), int(read[2])) if read else None
    except ValueError:
        return None
