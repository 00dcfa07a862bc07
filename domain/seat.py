"""What a transfer (人事異動) means for who sits in a body or a team.

The sources say by what somebody sits there and nothing of transfers: all of this is Meguru's own default.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from typing import NamedTuple

from domain.body import SeatBasis
from domain.ladder import Rank

_FROM_BELOW = tuple(Rank)
ENDS_AT_ONCE = (SeatBasis.OFFICE, SeatBasis.RANK)
"""By what somebody sits only as long as it lasts; who was nominated stays until a successor is named."""


class HeldPost(NamedTuple):
    """A rank in a department (its id)."""

    department: int
    rank: Rank


def goes_on(
    basis: SeatBasis, before: Set[HeldPost], after: Set[HeldPost], sits_for: Collection[int] = frozenset()
) -> bool:
    """Whether the holder of a seat goes on in it, by the posts held before a transfer and after it.

    `sits_for` are the departments for which somebody sits, such as a DX推進リーダー: the 部 and its sections.
    Whoever sits for one goes on while inside; by office, with the post itself; by rank, with that rank in whatever
    department; by nomination, as long as one of the departments stays the same.
    """
    was_in, is_in = ({post.department for post in posts} for posts in (before, after))
    if was_in & set(sits_for):
        return bool(is_in & set(sits_for))
    if basis is SeatBasis.OFFICE:
        return bool(before & after)
    if basis is SeatBasis.RANK:
        return _highest(before) in {post.rank for post in after}
    return bool(was_in & is_in)


def _highest(posts: Set[HeldPost]) -> Rank | None:
    return max((post.rank for post in posts), key=_FROM_BELOW.index, default=None)
