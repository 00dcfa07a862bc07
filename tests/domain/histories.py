"""Plans that were revised again and again: random editions with their lineage, without a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from hypothesis import strategies as st

from domain import lineage
from domain.lineage import Coded, LineageKind, LineageLink
from domain.mistakes import Mistake
from domain.plan import Edition, PlanNode
from domain.text import Bilingual

K = LineageKind
CODES = tuple(f"1-{n}" for n in range(1, 41))
FIRST_YEAR = 2018


class _Fate(Enum):
    KEPT = auto()
    RENAMED = auto()
    RENUMBERED = auto()
    RENAMED_AND_RENUMBERED = auto()
    ABOLISHED = auto()
    SPLIT = auto()
    JOINS = auto()  # one that lives on
    POOLED = auto()  # with others into a new one


_ONE_TO_ONE = (_Fate.KEPT, _Fate.RENAMED, _Fate.RENUMBERED, _Fate.RENAMED_AND_RENUMBERED)


@dataclass
class _Revision:
    """The next edition while it is written."""

    draw: st.DrawFn
    before: tuple[PlanNode, ...]
    number: int

    def __post_init__(self) -> None:
        self.nodes: list[PlanNode] = []
        self.links: list[LineageLink] = []
        self.titles = 0

    def write(self) -> Edition:
        fates = {n.code: self.draw(st.sampled_from(_Fate)) for n in self.before}
        # Who keeps a code takes it first: any other code, also one of the edition before, is then free for others.
        keeping = [n for n in self.before if fates[n.code] in (_Fate.KEPT, _Fate.RENAMED)]
        for node in keeping:
            self._live_on(node, fates[node.code])
        for node in self.before:
            if fates[node.code] in (_Fate.RENUMBERED, _Fate.RENAMED_AND_RENUMBERED):
                self._live_on(node, fates[node.code])
        survivors = [n.code for n in self.nodes]
        pooled = [n for n in self.before if fates[n.code] is _Fate.POOLED]
        if len(pooled) > 1:
            self._link(K.MERGED, [n.code for n in pooled], [self._new_node()])
        for node in self.before:
            match fates[node.code]:
                case _Fate.SPLIT:
                    parts = [self._new_node() for _ in range(self.draw(st.integers(2, 3)))]
                    self._link(K.SPLIT, [node.code], parts)
                case _Fate.JOINS if survivors:
                    self._link(K.MERGED, [node.code], [self.draw(st.sampled_from(survivors))])
                case _Fate.ABOLISHED | _Fate.JOINS:
                    self._link(K.ABOLISHED, [node.code], [])
                case _Fate.POOLED if len(pooled) == 1:
                    self._link(K.ABOLISHED, [node.code], [])
        for _ in range(self.draw(st.integers(0, 2))):
            self._link(K.NEW, [], [self._new_node()])
        return _edition(self.number, self.draw(st.permutations(self.nodes)), self.draw(st.permutations(self.links)))

    def _live_on(self, node: PlanNode, fate: _Fate) -> None:
        moves = fate in (_Fate.RENUMBERED, _Fate.RENAMED_AND_RENUMBERED)
        code = self._free_code(node.code) if moves else node.code
        renamed = fate in (_Fate.RENAMED, _Fate.RENAMED_AND_RENUMBERED)
        title = self._new_title() if renamed else node.title
        self.nodes.append(PlanNode(code, "measure", title))
        kind = K.RENAMED if renamed else K.RENUMBERED if moves else K.CONTINUED
        self._link(kind, [node.code], [code])

    def _new_node(self) -> str:
        code = self._free_code("")
        self.nodes.append(PlanNode(code, "measure", self._new_title()))
        return code

    def _free_code(self, but: str) -> str:
        taken = {n.code for n in self.nodes} | {but}
        return self.draw(st.sampled_from([c for c in CODES if c not in taken]))

    def _new_title(self) -> str:
        self.titles += 1
        return f"第{self.number}版の施策{self.titles}"

    def _link(self, kind: LineageKind, before: list[str], after: list[str]) -> None:
        self.links.append(LineageLink(kind, tuple(before), tuple(after)))


def _edition(number: int, nodes: list[PlanNode], links: list[LineageLink]) -> Edition:
    year = FIRST_YEAR + number
    return Edition(f"{year}-03", Bilingual(f"第{number}版"), "", date(year, 4, 1), tuple(nodes), tuple(links))


@st.composite
def histories(draw: st.DrawFn, editions: int = 4) -> tuple[Edition, ...]:
    """From two editions up to a number of them; codes come back for other measures, titles never."""
    codes = draw(st.lists(st.sampled_from(CODES[:12]), min_size=1, max_size=6, unique=True))
    told = [_edition(0, [PlanNode(c, "measure", f"最初の施策{c}") for c in codes], [])]
    for number in range(1, draw(st.integers(2, editions))):
        told.append(_Revision(draw, told[-1].nodes, number).write())
    return tuple(told)


def mistakes_between(before: Edition, after: Edition) -> list[Mistake]:
    return lineage.mistakes(("lineage",), after.lineage, titles(before.nodes), titles(after.nodes))


def titles(nodes: tuple[Coded, ...]) -> dict[str, str]:
    return {n.code: n.title for n in nodes}
