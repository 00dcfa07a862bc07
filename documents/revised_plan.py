"""What a revised plan list (改訂後の計画一覧) says: the content every format renders.

Texts are already in the list's language; "" means that nothing was said (shown as 「記載なし」).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.comparison_table import EditionFacts
from domain.lineage import LineageKind, Tally


@dataclass(frozen=True)
class PlannedText:
    """One field of a node's content, by its label; no `paragraphs`: the plan does not say."""

    label: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class PlannedNode:
    """A node of the edition. Those above the reported levels are headings and have neither class nor department.

    `kinds` is what the edition made of it, None in a plan's first edition; `was` is "code title" before where that
    differs, `took_up` those that were merged into it.
    """

    level: str
    is_heading: bool
    is_reported: bool
    code: str
    title: str
    measure_class: str
    department: str
    kinds: tuple[LineageKind, ...] | None
    was: str
    took_up: tuple[str, ...]
    texts: tuple[PlannedText, ...]


@dataclass(frozen=True)
class Correction:
    """正誤: a title that reads otherwise than before although the node was not renamed."""

    code: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class LogEntry:
    """One edition in the change log; `tally` is None for the first, `is_shown` holds for the edition of the list."""

    edition: EditionFacts
    reason: str
    tally: Tally | None
    corrections: tuple[Correction, ...]
    is_shown: bool


@dataclass(frozen=True)
class RevisedPlan:
    """A plan as one edition has it, departments as on its first day, with the change log of all its editions.

    `has_classes`: the plan tells classes of measures. `marks` are sentences that must stand on every format.
    """

    language: str
    municipality: str
    plan: str
    measure_label: str
    edition: EditionFacts
    is_first: bool
    has_classes: bool
    issued_on: date
    nodes: tuple[PlannedNode, ...]
    log: tuple[LogEntry, ...]
    marks: tuple[str, ...] = ()
