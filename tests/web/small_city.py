"""The small plan of `tests.domain.small_plan` as pages show it, with one person who looks at it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from sqlmodel import col, select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.plan import PlanDefinition
from domain.roles import Office
from domain.text import Bilingual
from records import plans
from records.change import Change
from tests.web.desk_city import SignedInClient

READER = "reader@small.example"


def reading(database: Database, *definitions: PlanDefinition, email: str = READER) -> SignedInClient:
    """A browser of somebody in the city whose plans these are; all are plans of one city."""
    change = Change("test", wall_clock.now())
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definitions[0]).id
    with database.writing(municipality) as session:
        for definition in definitions:
            plans.import_definition(session, change, definition, Bilingual(""))
        session.add(t.User(email=email, name="読む人", office=Office.NONE))
    return SignedInClient(database, email)


def measure(database: Database, plan: str, edition: str, code: str) -> str:
    """The address of a node's page."""
    return f"/plans/{plan}/measures/{node_ids(database, plan, edition)[code]}"


def node_ids(database: Database, plan: str, edition: str) -> dict[str, int]:
    query = (
        select(t.Node.code, t.Node.id)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .join(t.Plan, col(t.Plan.id) == col(t.Edition.plan_id))
        .where(t.Plan.code == plan, t.Edition.code == edition)
        .order_by(col(t.Node.position))
    )
    with database.reading(EVERY_MUNICIPALITY) as session:
        return dict(session.exec(query).all())


def every_page(client: SignedInClient, database: Database, plan: PlanDefinition) -> Sequence[str]:
    """The words of every page of a plan."""
    parts: tuple[str, ...] = ("", "/indicators", "/achievements", "/views", "/bodies", "/about", "/glossary")
    parts += ("/comparison?show=all",) if len(plan.editions) > 1 else ()
    parts += ("/surveys",) if plan.surveys else ()
    parts += tuple(f"/terms/{code}" for code in dict.fromkeys(e.term for e in plan.term_evaluations))
    paths = [f"/plans/{plan.code}{part}" for part in parts]
    paths += [f"/plans/{plan.code}?edition={e.code}" for e in plan.editions]
    for edition in plan.editions:
        paths += [f"/plans/{plan.code}/measures/{i}" for i in node_ids(database, plan.code, edition.code).values()]
    pages = [client.get(path) for path in paths]
    assert {page.status for page in pages} == {200}
    return [words(page.text) for page in pages]


def words(page: str) -> str:
    """A page as it is read: without tags and without what opens only by pointing, with blanks joined."""
    term = r'<span class="term"><dfn[^>]*>(.*?)</dfn><span class="term__meaning"[^>]*>.*?</span></span>'
    page = re.sub(r"</?(ins|del)>", "", re.sub(term, r"\1", page))
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
