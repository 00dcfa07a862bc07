"""The form by which somebody is given a seat: chosen from the accounts, or named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from domain.organisation import is_address
from domain.text import half_width, typed_text
from records.seats import Sitter
from web.refused import Typed


@dataclass(frozen=True)
class TypedSitter:
    """What stands in the fields."""

    user: str = ""
    name: str = ""
    email: str = ""
    post: str = ""

    @property
    def fields(self) -> Mapping[str, str]:
        return {"user": self.user, "name": self.name, "email": self.email, "post": self.post}


def typed_sitter(user: Typed = "", name: Typed = "", email: Typed = "", post: Typed = "") -> TypedSitter:
    return TypedSitter(user, typed_text(name), half_width(email), typed_text(post))


PostedSitter = Annotated[TypedSitter, Depends(typed_sitter)]


def understand(typed: TypedSitter, accounts: Collection[int]) -> tuple[Sitter, Mapping[str, str]]:
    """Who is meant, and the codes of what is wrong by field."""
    if typed.user and typed.name:
        return Sitter(), {"user": "sitter_both"}
    if typed.user:
        known = next((account for account in accounts if str(account) == typed.user), None)
        return Sitter(known, post=typed.post), {} if known is not None else {"user": "sitter_missing"}
    problems = {} if typed.name else {"user": "sitter_missing"}
    if typed.email and not is_address(typed.email):
        problems["email"] = "seat_address_not_readable"
    return Sitter(None, typed.name, typed.email, typed.post), problems
