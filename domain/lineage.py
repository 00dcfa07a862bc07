"""系譜: what became of each measure from one edition to the next. Told by links, never by code or title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.mistakes import Key, Mistake
from domain.source import Source
from domain.text import Bilingual

_NONE = Bilingual("")


class LineageKind(StrEnum):
    CONTINUED = "continued"  # 継続
    RENAMED = "renamed"  # 名称変更 (the number may have changed as well)
    RENUMBERED = "renumbered"  # 番号変更 (same name)
    MERGED = "merged"  # 統合
    SPLIT = "split"  # 分割
    ABOLISHED = "abolished"  # 廃止
    NEW = "new"  # 新規


@dataclass(frozen=True)
class LineageLink:
    """Codes of the edition before and of this one. Of MERGED, `before` goes into `after`, which lives on by itself."""

    kind: LineageKind
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reason: Bilingual = _NONE
    source: Source | None = None


class Coded(Protocol):
    """A node as lineage sees it."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...


ONE_TO_ONE = frozenset({LineageKind.CONTINUED, LineageKind.RENAMED, LineageKind.RENUMBERED})
"""The kinds in which a measure lives on as itself."""

_SHAPES: dict[LineageKind, tuple[str, str]] = {
    **dict.fromkeys(ONE_TO_ONE, ("one", "one")),
    LineageKind.MERGED: ("some", "one"),
    LineageKind.SPLIT: ("one", "several"),
    LineageKind.ABOLISHED: ("one", "none"),
    LineageKind.NEW: ("none", "one"),
}
_COUNTS = {
    "none": lambda n: n == 0,
    "one": lambda n: n == 1,
    "some": lambda n: n >= 1,
    "several": lambda n: n >= 2,
}


def is_renumbered(link: LineageLink) -> bool:
    """Whether the measure lives on under another code; a RENAMED one may be RENUMBERED as well."""
    return link.kind in ONE_TO_ONE and link.before != link.after


def mistakes(
    at: Key, links: Sequence[LineageLink], before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> list[Mistake]:
    """What is wrong with the links between two editions, given as code → title; `before` None: the first edition.

    Every node of both must be reached: those before by exactly one link, those after by one that says where they
    come from (a merged one may be named by further links). A title may only change under RENAMED, unless the link's
    reason says why it is the same title, such as a misprint.
    """
    if before is None or after is None:
        return [Mistake(at, "the first edition has no lineage")] if links else []
    found = [m for i, link in enumerate(links) for m in _link_mistakes((*at, i), link, before, after)]
    ends = Counter(code for link in links for code in link.before)
    found += [Mistake(at, f"nothing says what became of {code!r}") for code in before if not ends[code]]
    found += [Mistake(at, f"{code!r} of the edition before stands in {n} links") for code, n in ends.items() if n > 1]
    begun = Counter(code for link in links if link.kind is not LineageKind.MERGED for code in link.after)
    merged = Counter(
        code for link in links if link.kind is LineageKind.MERGED for code in link.after for _ in link.before
    )
    found += [
        Mistake(at, f"nothing says where {code!r} comes from") for code in after if not begun[code] and not merged[code]
    ]
    found += [Mistake(at, f"{code!r} of this edition comes from {n} links") for code, n in begun.items() if n > 1]
    found += [
        Mistake(at, f"only one goes into {code!r}: that lives on, nothing is merged")
        for code, n in merged.items()
        if n == 1 and not begun[code]
    ]
    return found


def _link_mistakes(at: Key, link: LineageLink, before: Mapping[str, str], after: Mapping[str, str]) -> list[Mistake]:
    found = []
    for side, codes, known, wanted in zip(
        ("before", "after"), (link.before, link.after), (before, after), _SHAPES[link.kind], strict=True
    ):
        if not _COUNTS[wanted](len(codes)):
            found.append(Mistake((*at, side), f"{link.kind} needs {wanted} here"))
        found += [Mistake((*at, side, i), f"there is no node {c!r}") for i, c in enumerate(codes) if c not in known]
    if found or link.kind not in ONE_TO_ONE:
        return found
    (old,), (new,) = link.before, link.after
    if link.kind is LineageKind.CONTINUED and old != new:
        found.append(Mistake(at, f"{old!r} becomes {new!r}: renumbered, not continued"))
    if link.kind is LineageKind.RENUMBERED and old == new:
        found.append(Mistake(at, f"{old!r} keeps its code: not renumbered"))
    if link.kind is LineageKind.RENAMED and before[old] == after[new]:
        found.append(Mistake(at, f"{old!r} keeps its title: not renamed"))
    if link.kind is not LineageKind.RENAMED and before[old] != after[new] and not link.reason.ja:
        found.append(Mistake(at, f"the title of {old!r} changes: renamed, or else the reason why it is the same"))
    return found


def lives_on_as(links: Sequence[LineageLink]) -> dict[str, str]:
    """Code of the edition before → the code under which the measure lives on as itself."""
    return {link.before[0]: link.after[0] for link in links if link.kind in ONE_TO_ONE and link.before and link.after}


def same_as_before(before: Sequence[Coded], after: Sequence[Coded], links: Sequence[LineageLink]) -> dict[str, str]:
    """Code of this edition → the code of the edition before that is the same node.

    By the links; a node that no link names is the same where code and title are (Meguru's own rule, for the
    levels above the reported ones, whose lineage need not be told).
    """
    told = {new: old for old, new in lives_on_as(links).items()}
    gone = {code for link in links for code in link.before}
    come = {code for link in links for code in link.after}
    kept = {n.code: n.title for n in before if n.code not in gone}
    return told | {n.code: n.code for n in after if n.code not in come and kept.get(n.code) == n.title}


def kinds_of(link: LineageLink) -> tuple[LineageKind, ...]:
    """Everything that a link says happened: RENAMED and RENUMBERED may be one link."""
    if link.kind is LineageKind.RENAMED and is_renumbered(link):
        return LineageKind.RENAMED, LineageKind.RENUMBERED
    return (link.kind,)


@dataclass(frozen=True)
class Tally:
    """How many nodes met with each kind (all kinds are there); a RENAMED one that was renumbered too is RENAMED.

    Of MERGED and SPLIT the nodes before are counted: those that went in, those that were divided.
    """

    counts: Mapping[LineageKind, int]
    renumbered_total: int


def tally(links: Iterable[LineageLink]) -> Tally:
    counts = dict.fromkeys(LineageKind, 0)
    renumbered = 0
    for link in links:
        counts[link.kind] += max(1, len(link.before))
        renumbered += is_renumbered(link)
    return Tally(counts, renumbered)


class CodedEdition(Protocol):
    """An edition as lineage sees it."""

    @property
    def code(self) -> str: ...
    @property
    def nodes(self) -> Sequence[Coded]: ...
    @property
    def lineage(self) -> Sequence[LineageLink]: ...


@dataclass(frozen=True)
class Station:
    """A node as it stands in one edition."""

    edition: str
    code: str
    title: str


@dataclass(frozen=True)
class Turn:
    """What an edition did to a node; no `kinds`: nobody says (記載なし).

    `others`: the nodes that were merged into it, those it went into, the one it was split from or those it was
    split into.
    """

    edition: str
    kinds: tuple[LineageKind, ...]
    others: tuple[Station, ...] = ()
    reason: Bilingual = _NONE
    source: Source | None = None


@dataclass(frozen=True)
class Life:
    """A node over the editions: as long as it lives on as itself, under whatever code and title.

    `turns` lead from each station to the next. `begin` is None when it stood in the first edition, `end` when it
    stands in the newest. Of nodes merged into a new one that nothing else began, `begin` and `merged_in` both tell.
    """

    stations: tuple[Station, ...]
    turns: tuple[Turn, ...]
    begin: Turn | None
    merged_in: tuple[Turn, ...]
    end: Turn | None

    @property
    def split_from(self) -> Station | None:
        return self.begin.others[0] if self.begin and LineageKind.SPLIT in self.begin.kinds else None

    @property
    def split_into(self) -> tuple[Station, ...]:
        return self.end.others if self.end and LineageKind.SPLIT in self.end.kinds else ()


def life_of(editions: Sequence[CodedEdition], edition: str, code: str) -> Life:
    """The whole life of a node that stands in one of the editions, which come in their order.

    Raises `LookupError` when there is no such node.
    """
    at = next((i for i, e in enumerate(editions) if e.code == edition), None)
    if at is None or all(n.code != code for n in editions[at].nodes):
        raise LookupError(f"edition {edition!r} has no node {code!r}")
    first, line = at, [code]
    while first > 0 and (earlier := _same(editions, first).get(line[0])) is not None:
        first, line = first - 1, [earlier, *line]
    while (newest := first + len(line)) < len(editions):
        later = {old: new for new, old in _same(editions, newest).items()}.get(line[-1])
        if later is None:
            break
        line.append(later)
    return Life(
        stations=tuple(_stations(editions[i], [c])[0] for i, c in enumerate(line, first)),
        turns=tuple(_turn(editions, i, _after(editions[i], c)) for i, c in enumerate(line[1:], first + 1)),
        begin=_begin(editions, first, line[0]) if first else None,
        merged_in=tuple(
            _turn(editions, i, link, link.before)
            for i, c in enumerate(line, first)
            if i
            for link in editions[i].lineage
            if link.kind is LineageKind.MERGED and c in link.after
        ),
        end=_end(editions, newest, line[-1]) if newest < len(editions) else None,
    )


def _same(editions: Sequence[CodedEdition], i: int) -> dict[str, str]:
    return same_as_before(editions[i - 1].nodes, editions[i].nodes, editions[i].lineage)


def _after(edition: CodedEdition, code: str) -> LineageLink:
    """The link by which a node lives on under a code; told by nobody, it keeps code and title."""
    link = next((link for link in edition.lineage if link.kind in ONE_TO_ONE and code in link.after), None)
    return link or LineageLink(LineageKind.CONTINUED, (code,), (code,))


def _begin(editions: Sequence[CodedEdition], i: int, code: str) -> Turn:
    links = [link for link in editions[i].lineage if code in link.after]
    own = next((link for link in links if link.kind is not LineageKind.MERGED), None)
    if own is not None:
        return _turn(editions, i, own, own.before)
    if not links:
        return Turn(editions[i].code, ())
    return _turn(editions, i, links[0], [c for link in links for c in link.before])


def _end(editions: Sequence[CodedEdition], i: int, code: str) -> Turn:
    link = next((link for link in editions[i].lineage if code in link.before), None)
    if link is None:
        return Turn(editions[i].code, ())
    into = _stations(editions[i], link.after)
    return Turn(editions[i].code, kinds_of(link), into, link.reason, link.source)


def _turn(editions: Sequence[CodedEdition], i: int, link: LineageLink, others: Sequence[str] = ()) -> Turn:
    return Turn(editions[i].code, kinds_of(link), _stations(editions[i - 1], others), link.reason, link.source)


def _stations(edition: CodedEdition, codes: Sequence[str]) -> tuple[Station, ...]:
    titles = {n.code: n.title for n in edition.nodes}
    return tuple(Station(edition.code, c, titles.get(c, "")) for c in codes)
