"""Texts for people: Japanese is the source, English stands in `locales/en/LC_MESSAGES/meguru.po`."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("ja", "en")
CATALOGUE = Path(__file__).parent / "locales" / "en" / "LC_MESSAGES" / "meguru.po"


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; an unknown one, like Japanese, gives the source texts."""
    if language != "en":
        return NullTranslations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain="meguru")


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Marks a text for the catalogue where it is written down; it is translated where it is shown."""
    return text


def translate(language: str, text: str, **values: object) -> str:
    """`text` (Japanese) in a language, with `%(name)s` places filled in."""
    said: str = translations(language).ugettext(text)
    return said % values if values else said
