"""用語集: the terms of a plan inside its texts, each with its meaning for whoever points at it or tabs to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from domain.reference import GlossaryTerm
from domain.text import Bilingual

_LATIN, _KATAKANA = "A-Za-z0-9", r"\u30a1-\u30ff"
"""A term is not cut out of a longer word in these letters; between kanji and kana nobody can tell."""


class Glossary:
    """The glossary for one page. A term is marked where it comes up first, as a book does, and not again."""

    def __init__(self, terms: Sequence[GlossaryTerm], language: str) -> None:
        self._terms = terms
        self._language = language
        self._japanese = _spelt(tuple(terms), "ja")
        self._english = _spelt(tuple(terms), "en")
        self._told: set[int] = set()

    def explain(self, text: Bilingual) -> Markup:
        """The text in the page's language, safe for the page, with the terms in it marked; the longest term wins.

        In English only the terms that the Japanese has: an application is not always an app.
        """
        if self._language == "en" and text.en:
            meant = {number for _, number in self._japanese.found_in(text.ja)}
            return self._explained(text.en, [f for f in self._english.found_in(text.en) if f[1] in meant])
        return self._explained(text.ja, self._japanese.found_in(text.ja))

    def _explained(self, text: str, found: Sequence[tuple[re.Match[str], int]]) -> Markup:
        pieces, done = [], 0
        for match, number in found:
            if number in self._told:
                continue
            self._told.add(number)
            pieces += [escape(text[done : match.start()]), self._marked(number, match.group())]
            done = match.end()
        return Markup("").join([*pieces, escape(text[done:])])

    def _marked(self, number: int, word: str) -> Markup:
        meaning = self._terms[number].meaning.in_language(self._language)
        return Markup(
            '<span class="term"><dfn class="term__word" tabindex="0" aria-describedby="term-{0}">{1}</dfn>'
            '<span class="term__meaning" role="tooltip" id="term-{0}">{2}</span></span>'
        ).format(number, word, meaning)


@dataclass(frozen=True)
class _Spellings:
    """A pattern with a group for each spelling, the longest first, and the terms that the groups stand for."""

    pattern: re.Pattern[str] | None
    terms: tuple[int, ...]

    def found_in(self, text: str) -> list[tuple[re.Match[str], int]]:
        matches = self.pattern.finditer(text) if self.pattern else ()
        return [(match, self.terms[(match.lastindex or 0) - 1]) for match in matches]


@lru_cache(maxsize=64)
def _spelt(terms: tuple[GlossaryTerm, ...], language: str) -> _Spellings:
    spellings = [(word, number) for number, term in enumerate(terms) for word in _words(term, language)]
    spellings.sort(key=lambda found: -len(found[0]))
    if not spellings:
        return _Spellings(None, ())
    pattern = re.compile("|".join(f"({_bounded(word)})" for word, _ in spellings))
    return _Spellings(pattern, tuple(number for _, number in spellings))


def _words(term: GlossaryTerm, language: str) -> Iterator[str]:
    """How a term is spelt in a text; what is written in Latin letters reads the same in both languages."""
    words = {term.term, *term.also}
    if language == "en":
        words = {term.term_en, *(word for word in words if word.isascii())}
    return (word for word in words if word)


def _bounded(word: str) -> str:
    before = next((f"(?<![{letters}])" for letters in (_LATIN, _KATAKANA) if re.match(f"[{letters}]", word)), "")
    after = next((f"(?![{letters}])" for letters in (_LATIN, _KATAKANA) if re.search(f"[{letters}]$", word)), "")
    if word.isascii() and not word.isupper():  # an English word: its case and its number vary
        return f"{before}(?i:{re.escape(word)})(?:e?s)?{after}"
    return f"{before}{re.escape(word)}{after}"
