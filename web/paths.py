"""Addresses of pages, and the numbers in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from db import tables as t

RowId = Annotated[int, Path(ge=1, le=2_147_483_647)]
"""The id of a row; what no database could hold is refused before it is asked."""


def board_of(round_: t.CollectionRound) -> str:
    """The address of the page that shows a round's board: a cycle's or a review's."""
    return f"/desk/cycles/{round_.cycle_id}" if round_.cycle_id else f"/desk/reviews/{round_.review_id}/proposals"
