"""Search over everything a person may see; see ADR 14 for how and how far.

Each kind of thing has a source (`records/search_sources.py`, `records/search_work.py`) that reads only what the person
may open; here it is compared with what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from domain import search_text
from domain.roles import Actor
from domain.text import Bilingual
from records import search_sources, search_work
from records.search_sources import Entry, Kind, Look

MOST_OF_A_KIND = 10
"""How many of a kind are shown beside the others; of a single kind `MOST_OF_ONE_KIND`."""
MOST_OF_ONE_KIND = 200

_SOURCES: dict[Kind, Callable[[Look], Iterable[Entry]]] = {
    Kind.PLAN: search_sources.plans_,
    Kind.NODE: search_sources.nodes,
    Kind.INDICATOR: search_sources.indicators,
    Kind.REPORT: search_work.reports,
    Kind.EVALUATION: search_work.evaluations,
    Kind.OPINION: search_work.opinions,
    Kind.PROJECT: search_work.projects,
    Kind.CHECK_IN: search_work.check_ins,
    Kind.TRIAL: search_work.trials,
    Kind.MATTER: search_work.matters,
    Kind.MEETING: search_work.meetings_,
    Kind.ATTACHMENT: search_work.attachments,
    Kind.DOCUMENT: search_sources.documents,
    Kind.TERM: search_sources.terms,
    Kind.DEPARTMENT: search_sources.departments,
    Kind.PERSON: search_sources.people_,
}
"""In the order of the page."""


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `has_more`: there is more than is shown; `is_cut`: older rows were not looked at."""

    kind: Kind
    entries: tuple[Entry, ...]
    has_more: bool
    is_cut: bool


def search(
    session: Session,
    actor: Actor,
    query: str,
    at: datetime,
    document_names: Callable[[str], Bilingual],
    only: Kind | None = None,
) -> tuple[Group, ...]:
    """What holds every word of `query`, kind by kind; nothing where no word was typed.

    `document_names` says what a kind of document is called. `only`: one kind, with many more of it.
    """
    words = search_text.words_of(query)
    if not words:
        return ()
    most = MOST_OF_ONE_KIND if only else MOST_OF_A_KIND
    look = Look(session, actor, words, at, document_names)
    found = (_group(look, kind, most) for kind in ([only] if only else _SOURCES))
    return tuple(group for group in found if group.entries or group.is_cut)


def _group(look: Look, kind: Kind, most: int) -> Group:
    look.is_cut = False
    found: dict[tuple[object, ...], Entry] = {}
    for entry in _SOURCES[kind](look):
        if _fits(entry, look.words):
            found.setdefault((entry.page, entry.key, entry.plan and entry.plan.id), entry)
        if len(found) > most:
            break
    return Group(kind, tuple(found.values())[:most], len(found) > most, look.is_cut)


def _fits(entry: Entry, words: tuple[str, ...]) -> bool:
    """Whether an entry says something of it itself, and together with where it belongs all of it."""
    own = _folded(entry.own)
    if not any(word in text for text in own for word in words):
        return False
    return all(any(word in text for text in (*own, *_folded(entry.context))) for word in words)


def _folded(texts: Iterable[Bilingual]) -> list[str]:
    return [search_text.folded(part) for text in texts for part in (text.ja, text.en) if part]
