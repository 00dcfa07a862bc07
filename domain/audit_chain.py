"""What can be wrong with an audit chain, and the anchors that say what it was.

A chain that somebody with the database in hand makes anew, with right digests, fits by itself. Only what was written
down elsewhere contradicts it: an anchor (控え) names an entry and its digest, and lives on write-once storage, in a
mailbox or on paper.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.text import half_width

GROUPS, _WIDTH = 12, 4
"""On paper a digest is its first 48 digits (192 bits), in groups that can be read aloud. Meguru's own."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEAL = "hmac-sha256:"
_GROUP = rf"[0-9a-f]{{{_WIDTH}}}"
_ON_PAPER = re.compile(
    rf"(?:(\S+)\s+)?(\d+)\s+({_GROUP}(?:[^0-9a-z]*{_GROUP}){{{GROUPS - 1}}})", re.ASCII | re.IGNORECASE
)


class Fault(StrEnum):
    """What was done to a chain."""

    REWRITTEN = "rewritten"
    REMOVED = "removed"
    """Entries before the one that is named are missing."""
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    """Its end is missing."""
    REPLACED = "replaced"
    """Not one anchor fits: it was made wholly anew."""


@dataclass(frozen=True)
class Anchor:
    """What a city's chain was. `digest` is that of the entry `sequence`, or its beginning when it was on paper."""

    municipality: str
    sequence: int
    digest: str
    at: datetime | None = None
    seal: str = ""

    @property
    def on_paper(self) -> str:
        return f"{self.municipality} {self.sequence} {in_groups(self.digest)}"

    @property
    def line(self) -> str:
        """As one line of JSON."""
        said = {**asdict(self), "at": self.at.isoformat() if self.at else ""}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    def sealed(self, key: bytes) -> Anchor:
        """With a seal that only who knows the key can make."""
        unsealed = replace(self, seal="")
        return replace(self, seal=_SEAL + hmac.digest(key, unsealed.line.encode(), "sha256").hex())

    def is_sealed_with(self, key: bytes) -> bool:
        return hmac.compare_digest(self.sealed(key).seal.encode(), self.seal.encode())


class UnreadableAnchor(Exception):
    """A line that is no anchor; the message is the line's number."""


def in_groups(digest: str) -> str:
    return "-".join(digest[at : at + _WIDTH] for at in range(0, GROUPS * _WIDTH, _WIDTH))


def read(text: str) -> tuple[Anchor, ...]:
    """The anchors of a file. Raises `UnreadableAnchor`."""
    return tuple(_read(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def _read(line: str, number: int) -> Anchor:
    try:
        said = json.loads(line)
        anchor = Anchor(**{**said, "at": datetime.fromisoformat(said["at"])})
        is_one = anchor.sequence > 0 and bool(_DIGEST.fullmatch(anchor.digest)) and isinstance(anchor.seal, str)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableAnchor(number) from error
    if not is_one or not isinstance(anchor.municipality, str):
        raise UnreadableAnchor(number)
    return anchor


def from_paper(typed: str, municipality: str = "") -> Anchor | None:
    """An anchor as somebody typed it from paper; None when it is none. `municipality`: where the paper names none."""
    found = _ON_PAPER.fullmatch(half_width(typed))
    if found is None or int(found[2]) == 0:
        return None
    return Anchor(found[1] or municipality, int(found[2]), "".join(re.findall(_GROUP, found[3].lower())))


@dataclass(frozen=True)
class Contradiction:
    """What the anchors say was done, to some or all of the entries `first` to `last`."""

    fault: Fault
    first: int
    last: int


@dataclass(frozen=True)
class Comparison:
    """A chain beside its anchors: the last entry that they vouch for (0: none), and what they contradict."""

    vouched: int
    contradiction: Contradiction | None = None


NOTHING_COMPARED = Comparison(0)


def compare(anchors: Sequence[Anchor], digests: Mapping[int, str], entries: int) -> Comparison:
    """The chain's `entries` with their digests (those of the anchored ones suffice) beside its anchors.

    An anchor vouches for everything up to its entry, so what was changed begins after the last one that fits.
    """
    vouched = 0
    for anchor in sorted(anchors, key=lambda anchor: anchor.sequence):
        if anchor.sequence > entries:
            return Comparison(vouched, Contradiction(Fault.TRUNCATED, entries + 1, anchor.sequence))
        if not digests[anchor.sequence].startswith(anchor.digest):
            fault = Fault.REWRITTEN if vouched else Fault.REPLACED
            return Comparison(vouched, Contradiction(fault, vouched + 1, anchor.sequence))
        vouched = anchor.sequence
    return Comparison(vouched)
