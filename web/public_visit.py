"""Pages that everybody may read: whose city they are of, and how they leave.

They are the same for all readers of a language, so browsers and proxies may keep them for a while: nobody's name,
menu or token stands on them, also when somebody is signed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from sqlmodel import Session

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from records import people, public_site
from records.change import NotFound
from records.plan_pages import PlanFrame
from web.context import parts_of
from web.pages import page

KEPT_SECONDS = 300
"""How long a page may be kept before it is asked for again. Meguru's own."""


@dataclass(frozen=True)
class Visit:
    """A city, its record to read in, and the moment."""

    city: t.Municipality
    session: Session
    at: datetime

    @property
    def address(self) -> str:
        """Where the city's public pages begin; ends with `/`."""
        return f"/public/{quote(self.city.code, safe='')}/"

    def frame(self, code: str) -> PlanFrame:
        return public_site.frame(self.session, code, self.at)

    def address_of(self, plan: t.Plan) -> str:
        return f"{self.address}plans/{quote(plan.code, safe='')}"


def visit_of(request: Request, municipality: str) -> Iterator[Visit]:
    """Raises `NotFound` for an unknown city, and for addresses that no database could hold."""
    if not request.scope["path"].isprintable():
        raise NotFound("public page")
    parts = parts_of(request)
    with parts.database.reading(EVERY_MUNICIPALITY) as session:
        city = people.municipality(session, municipality)
    with parts.database.reading(city.id) as session:
        yield Visit(city, session, parts.now())


PublicVisit = Annotated[Visit, Depends(visit_of)]


def public_page(request: Request, visit: Visit, template: str, **values: Any) -> Response:
    return for_everybody(page(request, template, visit=visit, **values))


def plan_page(request: Request, visit: Visit, template: str, frame: PlanFrame, part: str, **values: Any) -> Response:
    """A page of one plan; those that the signed-in pages have too are laid out as public ones."""
    return public_page(
        request,
        visit,
        template,
        layout="public/_frame.html",
        plan_address=visit.address_of(frame.plan),
        frame=frame,
        part=part,
        has_years=bool(public_site.closed_cycles(visit.session, frame.plan)),
        **values,
    )


def for_everybody(response: Response) -> Response:
    """The answer, kept for a while by whoever passes it on; the cookie tells the language."""
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Vary"] = "Cookie"
    return response
