"""The form of an account: what was typed, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session
from starlette.datastructures import FormData

import i18n
from db import tables as t
from domain.ladder import Rank
from domain.organisation import address
from domain.roles import Office
from domain.text import half_width, typed_day, typed_text
from records import accounts, people
from records.accounts import Described
from records.transfers import Post
from web.forms.transfer_form import RANKS


@dataclass(frozen=True)
class Typed:
    """What stands in the fields; `department`, `rank`, `on` and `invite` only where an account is new."""

    name: str = ""
    name_en: str = ""
    email: str = ""
    language: str = "ja"
    office: str = Office.NONE.value
    department: str = ""
    rank: str = Rank.STAFF.value
    on: str = ""
    invite: str = ""


@dataclass(frozen=True)
class Understood:
    """What the form says, and the codes of what is wrong, by field. `post`: the first one, and its first day."""

    described: Described
    post: tuple[Post, date] | None
    problems: Mapping[str, str]


def typed_of(posted: FormData) -> Typed:
    def said(name: str) -> str:
        value = posted.get(name, "")
        return typed_text(value) if isinstance(value, str) else ""

    return Typed(**{name: said(name) for name in Typed.__dataclass_fields__})


def typed_from(user: t.User) -> Typed:
    """The form of an account as it is."""
    return Typed(user.name, user.name_en, user.email, user.language, user.office.value)


def understand(session: Session, typed: Typed, user: t.User | None = None) -> Understood:
    """`user`: whose account it is; a new one may have a post from a day on."""
    office = Office(typed.office) if typed.office in set(Office) else None
    described = Described(
        typed.name, typed.name_en, address(half_width(typed.email)), typed.language, office or Office.NONE
    )
    problems = accounts.problems(session, described, user)
    if typed.language not in i18n.LANGUAGES:
        problems["language"] = "language_missing"
    if office is None:
        problems["office"] = "office_missing"
    post = None
    if user is None and typed.department:
        on = typed_day(typed.on)
        there = {str(one.id): one for one in people.departments_on(session, on)} if on else {}
        if on is None:
            problems["on"] = "day_not_readable"
        elif typed.department not in there:
            problems["department"] = "department_not_there"
        elif typed.rank not in RANKS:
            problems["rank"] = "rank_of_no_department"
        else:
            post = Post(there[typed.department], Rank(typed.rank)), on
    return Understood(described, post, problems)
