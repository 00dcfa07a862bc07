"""Who goes on in a seat after a transfer, by what they sit there."""

from __future__ import annotations

import pytest

from domain.body import SeatBasis
from domain.ladder import Rank
from domain.seat import HeldPost, goes_on

PLANNING, CITIZENS, WATER = 1, 2, 3
HEAD, DEPUTY, DIRECTOR = Rank.SECTION_HEAD, Rank.DEPUTY_DIRECTOR, Rank.DIRECTOR

Posts = frozenset[HeldPost]


def posts(*held: tuple[int, Rank]) -> Posts:
    return frozenset(HeldPost(*one) for one in held)


BEFORE = posts((PLANNING, DEPUTY))


@pytest.mark.parametrize(
    ("basis", "after", "expected"),
    [
        (SeatBasis.NOMINATION, posts((PLANNING, DIRECTOR)), True),
        (SeatBasis.NOMINATION, posts((CITIZENS, DEPUTY)), False),
        (SeatBasis.NOMINATION, posts(), False),
        (SeatBasis.RANK, posts((CITIZENS, DEPUTY)), True),
        (SeatBasis.RANK, posts((PLANNING, DIRECTOR)), False),
        (SeatBasis.RANK, posts((PLANNING, HEAD)), False),
        (SeatBasis.RANK, posts(), False),
        (SeatBasis.OFFICE, posts((PLANNING, DEPUTY), (CITIZENS, HEAD)), True),
        (SeatBasis.OFFICE, posts((PLANNING, DIRECTOR)), False),
        (SeatBasis.OFFICE, posts((CITIZENS, DEPUTY)), False),
    ],
)
def test_a_seat_lasts_as_long_as_what_it_rests_on(basis: SeatBasis, after: Posts, expected: bool) -> None:
    assert goes_on(basis, BEFORE, after) is expected


def test_one_of_two_departments_is_enough_for_who_was_nominated() -> None:
    before = posts((PLANNING, HEAD), (CITIZENS, HEAD))
    assert goes_on(SeatBasis.NOMINATION, before, posts((CITIZENS, HEAD), (WATER, HEAD)))


def test_by_rank_the_highest_counts() -> None:
    before = posts((PLANNING, DIRECTOR), (CITIZENS, HEAD))
    assert not goes_on(SeatBasis.RANK, before, posts((CITIZENS, HEAD)))


def test_who_sits_for_a_department_goes_on_inside_it() -> None:
    inside = {PLANNING, CITIZENS}
    assert goes_on(SeatBasis.NOMINATION, BEFORE, posts((CITIZENS, HEAD)), inside)
    assert not goes_on(SeatBasis.NOMINATION, BEFORE, posts((WATER, DEPUTY)), inside)


def test_who_never_was_in_the_department_they_sit_for_is_asked_about_like_anybody_else() -> None:
    assert goes_on(SeatBasis.NOMINATION, BEFORE, posts((PLANNING, DIRECTOR)), {WATER})
    assert not goes_on(SeatBasis.NOMINATION, BEFORE, posts((CITIZENS, DEPUTY)), {WATER})
