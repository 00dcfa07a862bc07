"""Pages stay light: few bytes on the way, and no more questions to the database for a city with many plans."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest

import plan_files
from db.session import Database
from domain.text import Bilingual
from records import plans
from tests.web.desk_city import DeskCity, SignedInClient, collecting, counted_queries

PLANS = Path(__file__).parent.parent.parent / "plans"
STATIC = Path(__file__).parent.parent.parent / "web" / "static"
MOST_BYTES = 150_000
FIRST_PAGES = ("/desk", "/plans", "/organisation", "/desk/board")


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    return collecting(sample_database)


def bytes_on_the_way(client: SignedInClient, path: str) -> int:
    """A page with its style sheets, scripts and icon, compressed as a proxy does it, as a first visit loads them."""
    text = client.get(path).text
    files = {STATIC / name for name in re.findall(r'(?:href|src)="/static/([^"]+)"', text)}
    assert files, path
    return sum(len(gzip.compress(content)) for content in (text.encode(), *(file.read_bytes() for file in files)))


def test_no_page_weighs_more_than_150_kilobytes(city: DeskCity) -> None:
    planner, board = city.client(), f"/desk/cycles/{city.cycle}"
    pages = (*FIRST_PAGES, board, f"{board}/evaluation", f"{board}/evaluations", "/plans/iizuka-ict", "/desk/audit")
    weights = {path: bytes_on_the_way(planner, path) for path in pages}
    assert {path: weight for path, weight in weights.items() if weight > MOST_BYTES} == {}


def test_the_first_pages_ask_no_more_of_the_database_where_a_city_has_many_plans(city: DeskCity) -> None:
    planner = city.client()
    few = {path: queries(city, planner, path) for path in FIRST_PAGES}
    printed = plan_files.read_plan(PLANS / "iizuka-ict.yaml")
    with city.database.writing(city.municipality) as session:
        for number in range(6):
            more = replace(printed, code=f"more-{number}", municipality=printed.municipality, indicators=())
            plans.import_definition(session, city.change, more, Bilingual(""))
    assert "more-5" in planner.get("/plans").text
    assert {path: queries(city, planner, path) for path in FIRST_PAGES} == few


def queries(city: DeskCity, client: SignedInClient, path: str) -> int:
    client.get(path)  # whatever is loaded once
    with counted_queries(city.database.engine) as said:
        assert client.get(path).status == 200
    return len(said)
