"""What a sheet is made of: columns that lead into the plan's definition, and the words on their headings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.text import Bilingual

Path = tuple[str, ...]
"""The way from a thing to one of its values: names of fields."""

NUMBER: Path = ("#",)
"""Not in the definition: counts the rows of one parent, so that equal rows stay apart and others can name them."""

MAPPING_KEY: Path = ("@",)
"""The key under which the rows of a mapping are kept together; of a sheet `by` several fields, the field."""

_NONE = Bilingual("")


class Kind(StrEnum):
    """How a cell is typed, checked and shown."""

    TEXT = "text"
    TEXTS = "texts"  # one a line
    CODE = "code"
    CODES = "codes"  # separated by 「、」
    DOCUMENT = "document"  # the code of a document, or the word for the plan's own
    CHOICE = "choice"  # one of an enumeration, by its label
    YES_NO = "yes_no"
    INTEGER = "integer"
    NUMBER = "number"
    FISCAL_YEAR = "fiscal_year"
    FISCAL_YEARS = "fiscal_years"
    DAY = "day"
    MONTH = "month"  # YYYY-MM
    MONTH_DAY = "month_day"  # of every year
    TIME = "time"
    DERIVED = "derived"  # a formula; never read


@dataclass(frozen=True)
class Column:
    """One column: `path` leads from the row's thing to its value.

    A `required` column must be filled where its thing is there at all; `refers` is the code of the sheet whose keys
    may stand here; `may_be_unknown` gives an empty cell as a value, where the definition has no default for it.
    """

    path: Path
    heading: Bilingual
    kind: Kind = Kind.TEXT
    width: int = 14
    guidance: Bilingual = _NONE
    required: bool = False
    choices: type[StrEnum] | None = None
    refers: str = ""
    may_be_unknown: bool = False

    @property
    def is_bilingual(self) -> bool:
        return self.kind in (Kind.TEXT, Kind.TEXTS) and self.path[-1:] in (("ja",), ("en",))

    @property
    def holder(self) -> Path:
        """The way to what must be there for this value to be missed: a text in two languages is one value."""
        return self.path[:-2] if self.is_bilingual else self.path[:-1]


class Group(StrEnum):
    """What a sheet is for, seen by the colour of its tab."""

    EDITED = "edited"
    FACTS = "facts"
    SETTINGS = "settings"


@dataclass(frozen=True)
class Sheet:
    """One tuple of the definition's dataclasses; `field` leads there from a row of `parent`.

    `key` is the path of the column by which other sheets name a row, `called` the heading they do it under. The
    things on the way that are always there, even with nothing in them, are named in `always`. An `upright` sheet
    holds one thing, its headings down the side. Of a `mapping`, the first column is the key. A sheet for the same
    kind of things in several places names in `by` the fields that lead to each; its first column says which.
    """

    code: str
    name: Bilingual
    own: tuple[Column, ...]
    note: Bilingual
    group: Group
    parent: Sheet | None = None
    field: Path = ()
    key: Path = ()
    called: Bilingual = _NONE
    always: tuple[Path, ...] = ()
    upright: bool = False
    mapping: bool = False
    by: tuple[str, ...] = ()

    @cached_property
    def above(self) -> tuple[Column, ...]:
        """The columns that name the thing to which a row belongs."""
        owner = self.parent
        if owner is None or owner.upright:
            return ()
        kind, width = owner.key_column.kind, owner.key_column.width
        naming = Column(owner.key, owner.called, kind, width, _OWNER, required=True, refers=owner.code)
        return (*owner.above, naming)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (*self.above, *self.own)

    @cached_property
    def key_column(self) -> Column:
        return next(c for c in self.own if c.path == self.key)

    @cached_property
    def key_at(self) -> int:
        """Where the key stands in `columns`."""
        return len(self.above) + self.own.index(self.key_column)


_OWNER = Bilingual("この行がどれに属するかを、コードで書きます。", "Says by its code what this row belongs to.")


def pair(
    name: str,
    ja: str,
    en: str,
    *,
    width: int = 30,
    kind: Kind = Kind.TEXT,
    guidance: Bilingual = _NONE,
    required: bool = False,
) -> tuple[Column, Column]:
    """A text in two languages: the Japanese column and, beside it, the English one. Dots in `name` go deeper."""
    path = tuple(name.split("."))
    return (
        Column((*path, "ja"), Bilingual(ja, en), kind, width, guidance, required),
        Column((*path, "en"), Bilingual(f"{ja}（英語）", f"{en} (English)"), kind, width, IN_ENGLISH),
    )


IN_ENGLISH = Bilingual("英語があれば書きます。空欄でもかまいません。", "The English text, if there is one.")

OWN_DOCUMENT = Bilingual("（この計画）", "(this plan)")
"""A source that names neither document nor heading: it stands in the plan's own document, nobody said where."""


def source(name: str = "source", ja: str = "出典", en: str = "Source") -> tuple[Column, ...]:
    """Where a fact stands: its document, and the heading in it in two languages."""
    return (
        Column(
            (*name.split("."), "document"),
            Bilingual(f"{ja}の文書", f"{en}: document"),
            Kind.DOCUMENT,
            guidance=Bilingual(
                "「文書」シートのコードです。空欄なら、この計画の文書です。",
                "A code of the sheet of documents. Empty: the plan's own document.",
            ),
            refers="documents",
        ),
        *pair(
            f"{name}.heading",
            f"{ja}の見出し",
            f"{en}: heading",
            width=28,
            guidance=Bilingual("文書の中の見出しです。", "The heading inside the document."),
        ),
    )


def note() -> tuple[Column, Column]:
    return pair("note", "備考", "Note")


def number(ja: str = "番号", en: str = "No.") -> Column:
    return Column(
        NUMBER,
        Bilingual(ja, en),
        Kind.INTEGER,
        7,
        Bilingual(
            "並び順を示すだけの番号です。行を足すときは空欄でかまいません。",
            "Only counts the rows. Leave it empty in a row you add.",
        ),
    )


_CODE_HEADING = Bilingual("コード", "Code")


def code(heading: Bilingual = _CODE_HEADING, width: int = 14, name: str = "code") -> Column:
    """The column of a code by which a row is named."""
    return Column(tuple(name.split(".")), heading, Kind.CODE, width, _CODE, required=True)


_CODE = Bilingual(
    "ほかの行と重ならない短い記号です（半角の英数字）。ほかのシートからは、このコードで指し示します。",
    "A short code that no other row has. Other sheets name this row by it.",
)
