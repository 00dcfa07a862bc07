"""The form of a transfer: what was typed, what is wrong with it, and the posts that it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.ladder import Rank
from domain.text import typed_day, typed_text
from records import people
from records.directory import HeldPost
from records.transfers import Post

PLACES = range(2)
"""How many posts somebody may take up at once; a third is for the organisation file."""
RANKS = tuple(rank for rank in Rank if rank is not Rank.PLANNING)


@dataclass(frozen=True)
class Typed:
    """What stands in the fields. `leaves` names posts by department and rank; `takes` are department and rank."""

    on: str = ""
    leaves: tuple[str, ...] = ()
    takes: tuple[tuple[str, str], ...] = tuple(("", Rank.STAFF.value) for _ in PLACES)

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        yield ("on", self.on)
        yield from (("leaves", post) for post in self.leaves)
        for place, (department, rank) in enumerate(self.takes):
            yield from ((f"department_{place}", department), (f"rank_{place}", rank))


@dataclass(frozen=True)
class Understood:
    """What the form says: posts and a day, or the codes of what is wrong, by field ("": the whole form)."""

    leaves: tuple[Post, ...]
    takes: tuple[Post, ...]
    on: date
    problems: Mapping[str, str]


def typed_of(posted: FormData) -> Typed:
    def said(name: str) -> str:
        value = posted.get(name, "")
        return typed_text(value) if isinstance(value, str) else ""

    return Typed(
        on=said("on"),
        leaves=tuple(str(chosen) for chosen in posted.getlist("leaves")),
        takes=tuple((said(f"department_{i}"), said(f"rank_{i}")) for i in PLACES),
    )


def post_name(department: t.Department, rank: Rank) -> str:
    """A post as the field of a form names it."""
    return f"{department.id}:{rank.value}"


def understand(session: Session, typed: Typed, held: Sequence[HeldPost]) -> Understood:
    """The posts of the form: those that are left among the ones held, those taken up in departments of the day."""
    problems: dict[str, str] = {}
    on = typed_day(typed.on)
    if on is None:
        problems["on"] = "day_not_readable"
    mine = {post_name(h.department, h.appointment.rank): Post(h.department, h.appointment.rank) for h in held}
    departments = {str(d.id): d for d in people.departments_on(session, on)} if on else {}
    takes = []
    for place, (department, rank) in enumerate(typed.takes):
        if not department:
            continue
        if on is not None and department not in departments:
            problems[f"department_{place}"] = "department_not_there"
        elif on is not None and rank in RANKS:
            takes.append(Post(departments[department], Rank(rank)))
    leaves = tuple(mine[name] for name in dict.fromkeys(typed.leaves) if name in mine)
    return Understood(leaves, tuple(takes), on or date.min, problems)
