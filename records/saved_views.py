"""保存した表示: the filters and the order of a page that a person keeps under a name.

Any page with filters in its address can use it: it has a code of its own, and says which parameters it knows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session, col, select

from db import tables as t
from domain.text import length, typed_text
from records import audit
from records.change import Change, Conflict, NotFound

LONGEST_NAME, LONGEST_QUERY, MOST = 60, 1000, 30
"""Characters of a name and of a query, and views of a person for one page (Meguru's own limits)."""


def of_person(session: Session, user: int, page: str) -> Sequence[t.SavedView]:
    """The views that a person keeps for a page, by name."""
    query = select(t.SavedView).where(t.SavedView.user_id == user, t.SavedView.page == page)
    return session.exec(query.order_by(t.SavedView.name)).all()


def find(session: Session, user: int, view_id: int) -> t.SavedView:
    """A view of the person's own; nobody finds another's."""
    view = session.get(t.SavedView, view_id)
    if view is None or view.user_id != user:
        raise NotFound(f"view {view_id}")
    return view


def save(
    session: Session, change: Change, user: int, page: str, name: str, query: str, known: Collection[str]
) -> t.SavedView:
    """Keep a page's query under a name; of its parameters those that the page knows.

    Raises `Conflict`: `view_name_missing`, `view_name_too_long`, `view_name_taken`, `view_is_empty`, `too_many_views`.
    """
    name, kept = typed_text(name), known_only(query, known)
    _check_name(session, user, page, name)
    if not kept:
        raise Conflict("view_is_empty")
    if len(of_person(session, user, page)) >= MOST:
        raise Conflict("too_many_views")
    view = t.SavedView(user_id=user, page=page, name=name, query=kept)
    session.add(view)
    session.flush()
    audit.write(session, change, "view.saved", _subject(view), name=name)
    return view


def rename(session: Session, change: Change, user: int, view_id: int, name: str) -> t.SavedView:
    """Raises `NotFound`, and `Conflict` as `save` does for a name."""
    view, name = find(session, user, view_id), typed_text(name)
    if name == view.name:
        return view
    _check_name(session, user, view.page, name)
    audit.write(session, change, "view.renamed", _subject(view), before=view.name, name=name)
    view.name = name
    session.add(view)
    return view


def delete(session: Session, change: Change, user: int, view_id: int) -> t.SavedView:
    """Raises `NotFound`."""
    view = find(session, user, view_id)
    audit.write(session, change, "view.deleted", _subject(view), name=view.name)
    session.delete(view)
    return view


def known_only(query: str, known: Collection[str]) -> str:
    """A query string with the parameters that a page knows, each once, without empty ones."""
    typed = dict(parse_qsl(query[:LONGEST_QUERY], errors="replace"))
    return urlencode({name: typed[name] for name in known if typed.get(name)})


def _check_name(session: Session, user: int, page: str, name: str) -> None:
    if not name:
        raise Conflict("view_name_missing")
    if length(name) > LONGEST_NAME:
        raise Conflict("view_name_too_long")
    taken = select(t.SavedView).where(
        t.SavedView.user_id == user, t.SavedView.page == page, col(t.SavedView.name) == name
    )
    if session.exec(taken).first() is not None:
        raise Conflict("view_name_taken")


def _subject(view: t.SavedView) -> str:
    return f"{view.page}/{view.id}"
