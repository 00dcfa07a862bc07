"""What a comparison table (新旧対照表) says: the content every format renders.

Texts are already in the table's language; "" means that nothing was said (shown as 「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.lineage import LineageKind, Tally


@dataclass(frozen=True)
class EditionFacts:
    """An edition: `decided` is a month (YYYY-MM), `measures` counts what departments report on."""

    name: str
    decided: str
    effective_on: date
    is_draft: bool
    measures: int


@dataclass(frozen=True)
class TitlePart:
    """A piece of a title, and whether the other title has something else there."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class ComparedNode:
    code: str
    title: tuple[TitlePart, ...]


@dataclass(frozen=True)
class ComparedRow:
    """A node before and after. `after` of one that was merged is the node that takes it up.

    No `kinds`: nobody says what became of it. Departments report on those that are `is_reported`.
    """

    level: str
    is_reported: bool
    before: ComparedNode | None
    after: ComparedNode | None
    kinds: tuple[LineageKind, ...]
    reasons: tuple[str, ...]
    is_changed: bool


@dataclass(frozen=True)
class ComparisonTable:
    """Two editions of one plan side by side; the rows stand in the order of the edition after.

    `reason` is that of the edition after, `tally` counts what departments report on. `marks` are sentences that must
    stand on every format, such as the mark of sample data.
    """

    language: str
    municipality: str
    plan: str
    measure_label: str
    before: EditionFacts
    after: EditionFacts
    reason: str
    tally: Tally
    issued_on: date
    rows: tuple[ComparedRow, ...]
    marks: tuple[str, ...] = ()
