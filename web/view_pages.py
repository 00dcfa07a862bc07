"""The pages of which a person may save views: the code of each, its addresses and the parameters it knows.

A further page joins by a line in `PAGES`, and shows `_saved_views.html` with what `kept_views` gives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from db import tables as t
from i18n import N_
from records import saved_views
from records.change import NotFound
from web import board_query
from web.context import Person


@dataclass(frozen=True)
class ViewPage:
    """`address`: what the path of the page looks like (a view may be used on any of them)."""

    code: str
    title: str
    address: re.Pattern[str]
    parameters: tuple[str, ...]

    def checked(self, address: str) -> str:
        """An address that a form brought back. Raises `NotFound` for one of another page."""
        if not self.address.fullmatch(address):
            raise NotFound(f"page {self.code} at {address}")
        return address


CITY_BOARD = ViewPage("city-board", N_("市の進捗ボード"), re.compile(r"/desk/board"), board_query.PARAMETERS)
ROUND_BOARD = ViewPage(
    "round-board",
    N_("進捗ボード"),
    re.compile(r"/desk/(cycles/\d{1,9}|reviews/\d{1,9}/proposals)"),
    tuple(name for name in board_query.PARAMETERS if name not in ("plan", "round")),
)
PAGES = {page.code: page for page in (CITY_BOARD, ROUND_BOARD)}


@dataclass(frozen=True)
class KeptViews:
    """What a page shows of a person's views. `query`: what would be saved now; "": nothing."""

    page: ViewPage
    address: str
    query: str
    views: Sequence[t.SavedView]


def kept_views(session: Session, person: Person, page: ViewPage, address: str, query: str) -> KeptViews:
    kept = saved_views.known_only(query, page.parameters)
    return KeptViews(page, address, kept, saved_views.of_person(session, person.user.id, page.code))


def page_of(code: str) -> ViewPage:
    """Raises `NotFound`."""
    if code not in PAGES:
        raise NotFound(f"page {code}")
    return PAGES[code]
