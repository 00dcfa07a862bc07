"""新旧の比較: what differs between two editions of a plan, told by lineage, never by code or title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from domain.lineage import LineageKind, LineageLink, Station, kinds_of, life_of, same_as_before
from domain.plan import Edition, PlanNode
from domain.text import Bilingual

_LETTERS = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)


class Span(NamedTuple):
    """A piece of a title, and whether the other title has something else there."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class ComparisonRow:
    """A node before and after; no `kinds`: nobody says what became of it (記載なし).

    The spans put together are the titles; only of a node that lives on as itself can they be changed.
    """

    level: str
    before: Station | None
    after: Station | None
    kinds: tuple[LineageKind, ...]
    reasons: tuple[Bilingual, ...] = ()
    before_title: tuple[Span, ...] = ()
    after_title: tuple[Span, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.kinds != (LineageKind.CONTINUED,) or any(span.is_changed for span in self.after_title)


@dataclass(frozen=True)
class _Way:
    """One way from a node to what became of it; `code` None: it ended. `kinds` are all those on the way."""

    start: str
    code: str | None
    kinds: frozenset[LineageKind] = frozenset()
    reasons: tuple[Bilingual, ...] = ()


def compare(editions: Sequence[Edition], before: str, after: str) -> tuple[ComparisonRow, ...]:
    """The rows of two editions of one plan, given with all its editions in their order.

    Each node of the edition after has one row, in its order; those of the edition before that ended or were merged
    stand at the end of their parent. Editions between the two are followed: only what differs in the end is told.
    Raises `LookupError` when there is no such edition, `ValueError` when the second is not later.
    """
    codes = [e.code for e in editions]
    if before not in codes or after not in codes:
        raise LookupError(f"there is no edition {before!r} or {after!r}")
    if codes.index(before) >= codes.index(after):
        raise ValueError(f"edition {after!r} is not later than {before!r}")
    return _Comparison(editions[codes.index(before) : codes.index(after) + 1]).rows()


class _Comparison:
    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = editions
        self.before, self.after = editions[0], editions[-1]
        self.old = {n.code: n for n in self.before.nodes}
        self.new = {n.code: n for n in self.after.nodes}
        self.ways = _ways(editions)
        self.own = {way.code: way for way in self.ways if way.code is not None and not _is_ended(way)}

    def rows(self) -> tuple[ComparisonRow, ...]:
        ended: dict[str | None, list[ComparisonRow]] = defaultdict(list)
        for way in self.ways:
            if _is_ended(way):
                ended[self._place(self.old[way.start])].append(self._ended_row(way))
        found: list[ComparisonRow] = []
        closing = self._closing()
        for node in self.after.nodes:
            found.append(self._row(node))
            found += [row for parent in closing[node.code] for row in ended.pop(parent, ())]
        return (*found, *(row for rows in ended.values() for row in rows))

    def _row(self, node: PlanNode) -> ComparisonRow:
        way = self.own.get(node.code)
        station = Station(self.after.code, node.code, node.title)
        if way is None:
            kinds, reasons = self._birth(node.code)
            return ComparisonRow(node.level, None, station, kinds, reasons, (), _whole(node.title))
        old = Station(self.before.code, way.start, self.old[way.start].title)
        if LineageKind.SPLIT in way.kinds:
            titles = _whole(old.title), _whole(node.title)
            return ComparisonRow(node.level, old, station, (LineageKind.SPLIT,), way.reasons, *titles)
        titles = changed_spans(old.title, node.title)
        return ComparisonRow(node.level, old, station, _net_kinds(way, old, station), way.reasons, *titles)

    def _birth(self, code: str) -> tuple[tuple[LineageKind, ...], tuple[Bilingual, ...]]:
        """How a node came about that is none of the edition before."""
        begin = life_of(self.editions, self.after.code, code).begin
        while begin is not None and LineageKind.SPLIT in begin.kinds:
            begin = life_of(self.editions, begin.others[0].edition, begin.others[0].code).begin
        if begin is None or not begin.kinds:
            return (), ()
        reasons = (begin.reason,) if begin.reason.ja else ()
        if LineageKind.MERGED in begin.kinds and any(way.code == code for way in self.ways):
            return (LineageKind.MERGED,), ()  # the rows of those that were merged give the reasons
        return (LineageKind.NEW,), reasons

    def _ended_row(self, way: _Way) -> ComparisonRow:
        old = self.old[way.start]
        new = self.new[way.code] if way.code is not None else None
        ends = {LineageKind.MERGED, LineageKind.SPLIT, LineageKind.ABOLISHED}
        return ComparisonRow(
            old.level,
            Station(self.before.code, old.code, old.title),
            Station(self.after.code, new.code, new.title) if new else None,
            tuple(kind for kind in LineageKind if kind in way.kinds & ends),
            way.reasons,
            _whole(old.title),
            _whole(new.title) if new else (),
        )

    def _place(self, ended: PlanNode) -> str | None:
        """The node after that the nearest parent lives on in; None: no parent does."""
        parent = self.old.get(ended.parent)
        if parent is None:
            return None
        heir = next((way.code for way in self.ways if way.start == parent.code and way.code is not None), None)
        return heir if heir is not None else self._place(parent)

    def _closing(self) -> dict[str, list[str]]:
        """Code of a node → the nodes whose last descendant it is, the deepest first."""
        nodes = self.after.nodes
        last = {n.code: i for i, n in enumerate(nodes)}
        closing: dict[str, list[str]] = defaultdict(list)
        for node in reversed(nodes):  # parents stand before their children
            if node.parent in last:
                last[node.parent] = max(last[node.parent], last[node.code])
            closing[nodes[last[node.code]].code].append(node.code)
        return closing


def _is_ended(way: _Way) -> bool:
    return way.code is None or LineageKind.MERGED in way.kinds


def _ways(editions: Sequence[Edition]) -> list[_Way]:
    """What became of each node of the first edition in the last; a node that was split has several ways.

    Two ways that meet again are one; where one of them is the node living on, the other is not told.
    """
    ways = [_Way(n.code, n.code) for n in editions[0].nodes]
    for before, after in pairwise(editions):
        links = {code: link for link in after.lineage for code in link.before}
        kept = same_as_before(before.nodes, after.nodes, after.lineage)
        ways = [further for way in ways for further in _further(way, links, kept)]
    alone: dict[tuple[str, str | None], _Way] = {}
    for way in sorted(ways, key=_is_ended):
        known = alone.setdefault((way.start, way.code), way)
        if _is_ended(known):
            reasons = tuple(dict.fromkeys((*known.reasons, *way.reasons)))
            alone[way.start, way.code] = _Way(way.start, way.code, known.kinds | way.kinds, reasons)
    places = {n.code: i for i, n in enumerate(editions[0].nodes)}
    return sorted(alone.values(), key=lambda way: places[way.start])


def _further(way: _Way, links: Mapping[str, LineageLink], kept: Mapping[str, str]) -> list[_Way]:
    if way.code is None:
        return [way]
    link = links.get(way.code)
    if link is None:
        return [_Way(way.start, way.code if way.code in kept else None, way.kinds, way.reasons)]
    kinds = way.kinds | set(kinds_of(link))
    reasons = (*way.reasons, link.reason) if link.reason.ja else way.reasons
    return [_Way(way.start, code, kinds, reasons) for code in link.after or (None,)]


def _net_kinds(way: _Way, before: Station, after: Station) -> tuple[LineageKind, ...]:
    is_renamed = LineageKind.RENAMED in way.kinds and before.title != after.title
    kinds = ((LineageKind.RENAMED, is_renamed), (LineageKind.RENUMBERED, before.code != after.code))
    return tuple(kind for kind, holds in kinds if holds) or (LineageKind.CONTINUED,)


def _whole(title: str) -> tuple[Span, ...]:
    return (Span(title, False),) if title else ()


def changed_spans(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Two titles in pieces, each marked where the other has something else; a word in Latin letters is one."""
    one, other = _LETTERS.findall(before), _LETTERS.findall(after)
    old: list[Span] = []
    new: list[Span] = []
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if i < j:
            old.append(Span("".join(one[i:j]), tag != "equal"))
        if k < m:
            new.append(Span("".join(other[k:m]), tag != "equal"))
    return tuple(old), tuple(new)
