"""検索: one field over everything the person may see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain import search_text
from records import search
from records.search_sources import Kind
from web import search_words
from web.attempts import SEARCHING
from web.context import Reading, SignedInPerson, language_of
from web.pages import page

router = APIRouter()

LONGEST = 200
"""Characters of a search that are looked at; more is no mistake."""


@router.get("/search", dependencies=[SEARCHING])
def show_search(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    query: Annotated[str, Query(alias="q")] = "",
    kind: str = "",
) -> Response:
    asked, language = query[:LONGEST], language_of(request)
    only = Kind(kind) if kind in set(Kind) else None
    words = search_text.words_of(asked)
    groups = search.search(session, person.actor, asked, person.at, search_words.document_name, only)
    return page(
        request,
        "search/search.html",
        asked=asked,
        only=only,
        words=words,
        groups=[(g, [search_words.found(one, words, language) for one in g.entries]) for g in groups if g.entries],
        total=sum(len(group.entries) for group in groups),
        kinds={kind: search_words.kind_in_words(kind, language) for kind in Kind},
        cut=[search_words.kind_in_words(group.kind, language) for group in groups if group.is_cut],
    )
