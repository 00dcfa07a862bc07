"""A form as a whole, where its fields are not known by name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


def revision_seen(posted: FormData) -> int:
    """The revision of a row that a form was opened with (its field `seen`); 0: there was none."""
    typed = str(posted.get("seen", ""))
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
