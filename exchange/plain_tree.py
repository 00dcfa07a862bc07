"""The tree in somebody's own table: each row names a node with those above it; codes that are missing are made."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from exchange import table_wording
from exchange.characters import plain_code
from exchange.grid import as_text
from exchange.plain_cells import code_of, text_of
from exchange.plain_sheet import PlainRow, PlainSheet
from exchange.remarks import Wording
from exchange.table_mapping import LevelColumns
from exchange.tables import Findings, plain_heading

_PARTS = re.compile(r"[-.．]")


@dataclass(eq=False)
class Branch:
    """A node while the table is read. `said`: what its rows say beside the title, and in which row.

    `implied`: a number that the table does not write, but those below begin with (1-1 above 1-1-1 and 1-1-2).
    """

    level: int
    number: str
    title: str
    row: int
    parent: Branch | None = None
    title_en: str = ""
    children: list[Branch] = field(default_factory=list)
    code: str = ""
    implied: str = ""
    said: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plain_title = plain_heading(self.title)


@dataclass(frozen=True)
class Line:
    """What a row names: its node of each level (None: it has none there), and whether the last of them is new."""

    branches: tuple[Branch | None, ...]
    is_new: bool


class Tree:
    """Grows row by row; `finish` then gives every node its code.

    A row without a title that says something in one of the columns `goes_on` belongs to the node above.
    """

    def __init__(
        self, levels: Sequence[LevelColumns], sheet: PlainSheet, goes_on: Collection[str], findings: Findings
    ) -> None:
        self._levels = levels
        self._sheet = sheet
        self._goes_on = goes_on
        self._findings = findings
        self._current: list[Branch | None] = [None] * len(levels)
        own = {sheet.positions.get(c) for lv in levels for c in (lv.title, lv.number, lv.title_en)}
        self._beside = [position for position in sheet.positions.values() if position not in own]
        self._named: dict[str, list[Branch]] = defaultdict(list)
        self.roots: list[Branch] = []

    def read(self, row: PlainRow) -> Line | None:
        """What a row names; None where it is only a heading inside the table, or a mistake keeps it out."""
        mistakes = len(self._findings.mistakes)
        filled = [i for i in range(len(self._levels)) if self._says(row, i)]
        is_whole = filled[-1:] == [len(self._levels) - 1]
        if not is_whole and all(self._is_current(row, i) for i in filled):
            return self._continued(row)
        last = self._current[-1]
        for i in filled:
            branch = self._branch(row, i)
            if branch is None:
                return None
            if branch is not self._current[i]:
                self._current[i:] = [branch, *[None] * (len(self._levels) - i - 1)]
        if not is_whole:
            if self._has_more(row):
                place = self._sheet.place(row.row, self._levels[-1].title)
                self._findings.warnings.append(table_wording.BESIDE_A_HEADING.at(place, level=self._levels[-1].label))
            return None
        if len(self._findings.mistakes) > mistakes:
            return None
        found = self._current[-1]
        return Line(tuple(self._current), found is not last and found is not None and found.row == row.row)

    def _says(self, row: PlainRow, i: int) -> bool:
        level = self._levels[i]
        return any(self._sheet.value(row, column) is not None for column in (level.title, level.number))

    def _is_current(self, row: PlainRow, i: int) -> bool:
        current, title = self._current[i], self._sheet.value(row, self._levels[i].title)
        return current is not None and (title is None or plain_heading(as_text(title)) == current.plain_title)

    def _has_more(self, row: PlainRow) -> bool:
        return any(row.value(p) is not None and p not in row.repeated for p in self._beside)

    def _continued(self, row: PlainRow) -> Line | None:
        """A row without a title of its own: more about the node above, or a title that was forgotten."""
        if self._current[-1] is not None and any(self._sheet.value(row, c) is not None for c in self._goes_on):
            return Line(tuple(self._current), False)
        if self._has_more(row):
            lowest = self._levels[-1]
            place = self._sheet.place(row.row, lowest.title)
            self._findings.mistakes.append(table_wording.ROW_WITHOUT_TITLE.at(place, level=lowest.label))
        return None

    def _branch(self, row: PlainRow, i: int) -> Branch | None:
        """The node of a level that a row names; a new one where none is called so yet."""
        level = self._levels[i]
        parent = next((b for b in reversed(self._current[:i]) if b is not None), None)
        if i > 0 and parent is None:
            place = self._sheet.place(row.row, self._levels[0].title)
            self._findings.mistakes.append(table_wording.NOTHING_UPPER.at(place, level=self._levels[0].label))
            return None
        number = code_of(self._sheet, row, level.number, self._findings)
        title = self._title(row, level.title)
        place = self._sheet.place(row.row, level.title)
        siblings = parent.children if parent else self.roots
        found = _alike((b for b in siblings if b.level == i), number, title)
        if found is not None:
            if title and plain_heading(title) != found.plain_title:
                said = {"number": number, "row": found.row, "title": found.title}
                self._findings.mistakes.append(table_wording.TITLE_DIFFERS.at(place, **said))
            found.number = found.number or number
            return found
        if not title:
            if self._sheet.value(row, level.title) is None:  # else the mistake is named already
                self._findings.mistakes.append(table_wording.NO_TITLE.at(place, number=number))
            return None
        if parent is not None and parent.level < i - 1:
            skipped = {"level": self._levels[i - 1].label, "upper": parent.title}
            place = self._sheet.place(row.row, self._levels[i - 1].title)
            self._findings.warnings.append(table_wording.LEVEL_SKIPPED.at(place, **skipped))
        branch = Branch(i, number, title, row.row, parent)
        branch.title_en = self._title(row, level.title_en)
        siblings.append(branch)
        return branch

    def _title(self, row: PlainRow, column: str) -> str:
        return text_of(self._sheet, row, column, self._findings, is_title=True)

    def all(self) -> Iterator[Branch]:
        """Every node, each before those under it."""
        return _walk(self.roots)

    def find(self, reference: str) -> list[Branch]:
        """The nodes that a code, a title, or both together (1-1 防災) name; codes count first."""
        if not self._named:
            for branch in self.all():
                ways = (branch.code, branch.number, *(f"{n}{branch.title}" for n in ("", branch.code, branch.number)))
                for way in dict.fromkeys(plain_heading(way) for way in ways if way):
                    self._named[way].append(branch)
        wanted = plain_heading(plain_code(reference))
        found = self._named.get(wanted, [])
        return [b for b in found if wanted == plain_heading(b.code)] or found

    def finish(self) -> None:
        """Give every node its code: the table's, joined with the parent's where numbers begin anew, or a made one."""
        by_level = [[b for b in self.all() if b.level == i] for i in range(len(self._levels))]
        self._imply()
        given: set[str] = set()
        are_joined = []
        for nodes in by_level:
            numbers = [b.number or b.implied for b in nodes if b.number or b.implied]
            are_joined.append(_begin_anew(numbers, given))
            given |= set() if are_joined[-1] else set(numbers)
        for level, nodes, joined in zip(self._levels, by_level, are_joined, strict=True):
            for branch in (b for b in nodes if b.number or b.implied):
                upper = f"{branch.parent.code}-" if branch.parent and joined else ""
                branch.code = upper + (branch.number or branch.implied)
                given.add(branch.code)
            if joined:
                self._warn(table_wording.NUMBERS_JOINED, level, [b for b in nodes if b.number])
            self._number_anew(level, nodes, given)
            if unnumbered := [b for b in nodes if not b.number]:
                self._warn(table_wording.NUMBERS_MADE, level, unnumbered)
        self._refuse_doubled()

    def _imply(self) -> None:
        """Find the numbers that only those below show; what several would be called by, nobody is."""
        for branch in reversed(list(self.all())):
            heads = {_head(child.number or child.implied) for child in branch.children}
            if not branch.number and len(heads) == 1:
                branch.implied = heads.pop()
        counts = Counter(b.number or b.implied for b in self.all())
        for branch in self.all():
            if branch.implied and counts[branch.implied] > 1:
                branch.implied = ""

    def _number_anew(self, level: LevelColumns, nodes: Sequence[Branch], given: set[str]) -> None:
        """1, 1-1, 1-1-1 by the place among the siblings; headed by the level's code where others are called so."""
        places: dict[Branch, int] = {}
        counts: dict[Branch | None, int] = defaultdict(int)
        for branch in nodes:
            counts[branch.parent] += 1
            places[branch] = counts[branch.parent]

        def made(branch: Branch, place: int) -> str:
            return f"{branch.parent.code}-{place}" if branch.parent else str(place)

        unnumbered = [b for b in nodes if not b.code]
        is_taken = len(unnumbered) == len(nodes) and any(made(b, places[b]) in given for b in nodes)
        for branch in unnumbered:
            place = places[branch]
            head = f"{level.code}-" if is_taken else ""
            while f"{head}{made(branch, place)}" in given:
                place += 1
            branch.code = f"{head}{made(branch, place)}"
            given.add(branch.code)

    def _warn(self, said: Wording, level: LevelColumns, nodes: Sequence[Branch]) -> None:
        examples = "、".join(b.code for b in nodes[:3]) + ("…" if len(nodes) > 3 else "")
        place = self._sheet.place(None, level.number or level.title)
        self._findings.warnings.append(said.at(place, level=level.label, count=len(nodes), examples=examples))

    def _refuse_doubled(self) -> None:
        first: dict[str, Branch] = {}
        for branch in self.all():
            other = first.setdefault(branch.code, branch)
            if other is not branch:
                level = self._levels[branch.level]
                place = self._sheet.place(branch.row, level.number or level.title)
                said = {"number": branch.code, "row": other.row, "title": other.title}
                self._findings.mistakes.append(table_wording.NUMBER_TWICE.at(place, **said))


def _alike(branches: Iterable[Branch], number: str, title: str) -> Branch | None:
    """The node of the same number; where one of both has no number, of the same title."""
    known = list(branches)
    found = next((b for b in known if number and b.number == number), None)
    wanted = plain_heading(title)
    return found or next((b for b in known if wanted and b.plain_title == wanted and not (number and b.number)), None)


def _begin_anew(numbers: Sequence[str], above: Collection[str]) -> bool:
    """Whether numbers count under each parent only: they have no parts and come back (1, 2, 1, 2)."""
    if any(_PARTS.search(number) for number in numbers):
        return False
    return len(set(numbers)) < len(numbers) or any(number in above for number in numbers)


def _head(number: str) -> str:
    """A number without its last part: 1-1 of 1-1-2; "" where it has but one."""
    cuts = [found.start() for found in _PARTS.finditer(number)]
    return number[: cuts[-1]] if cuts else ""


def _walk(branches: Iterable[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _walk(branch.children)
