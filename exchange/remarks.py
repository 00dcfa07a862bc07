"""What is to be said about a file that people wrote: where it is, what is wrong or was changed, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.text import Bilingual


@dataclass(frozen=True)
class Place:
    """A place in a file; what is empty is not narrowed down. `row` counts from 1, `column` is a letter."""

    sheet: str = ""
    row: int | None = None
    column: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Remark:
    """A mistake, or as a warning something that was read otherwise than it is written."""

    sheet: str
    row: int | None
    column: str
    heading: str
    message: Bilingual
    remedy: Bilingual

    def where(self, language: str) -> str:
        """The place in words: 「施策」シート、12行目、C列（名称）; "" for the file as a whole."""
        if language == "en":
            parts = [f"sheet “{self.sheet}”" if self.sheet else ""]
            parts += [f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
            return ", ".join(filter(None, parts)) + (f" ({self.heading})" if self.heading else "")
        parts = [f"「{self.sheet}」シート" if self.sheet else ""]
        parts += [f"{self.row}行目" if self.row else "", f"{self.column}列" if self.column else ""]
        return "、".join(filter(None, parts)) + (f"（{self.heading}）" if self.heading else "")

    def in_language(self, language: str) -> str:
        """The whole remark as one line."""
        said = " ".join(filter(None, (self.message.in_language(language), self.remedy.in_language(language))))
        where = self.where(language)
        if language == "en":
            return f"{where}: {said}" if where else said
        said = said.replace("。 ", "。")
        return f"{where}：{said}" if where else said


@dataclass(frozen=True)
class Wording:
    """What is said in one kind of case; the texts hold {names} that are filled in at the place."""

    message: Bilingual
    remedy: Bilingual

    def at(self, place: Place, **values: object) -> Remark:
        return Remark(
            place.sheet,
            place.row,
            place.column,
            place.heading,
            _filled(self.message, values),
            _filled(self.remedy, values),
        )


def _filled(text: Bilingual, values: dict[str, object]) -> Bilingual:
    def say(language: str) -> str:
        said = {
            key: value.in_language(language) if isinstance(value, Bilingual) else value for key, value in values.items()
        }
        return text.in_language(language).format(**said).strip()

    return Bilingual(say("ja"), say("en"))


class WrongTable(Exception):
    """A file that cannot be read as a plan, with every mistake found in it, and what else was noticed."""

    def __init__(self, mistakes: Iterable[Remark], warnings: Sequence[Remark] = ()) -> None:
        self.mistakes = tuple(mistakes)
        self.warnings = tuple(warnings)
        super().__init__("\n".join(mistake.in_language("ja") for mistake in self.mistakes))


def letter(column: int) -> str:
    """The letter over a column that is counted from 1: A, B, …, Z, AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
