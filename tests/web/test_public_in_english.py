"""The public pages in English: nothing but what the plans say, what has a Japanese name only and what people typed."""

from __future__ import annotations

import re
from dataclasses import fields
from html import unescape

from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import Direction
from domain.phase_review import ReviewState
from records import plan_reading
from tests.busy_project import WRITTEN, busy
from tests.city import DEPARTMENTS, LAST_YEAR, OPENED_AT, City
from tests.project_city import AT, GOAL, MARK, PATH, TEXTS, ProjectCity
from tests.project_city import DEPARTMENTS as OTHER_DEPARTMENTS
from tests.public_city import ANSWERED, OPINION, citizen, evaluate_last_year, hear, keep, last_year, show
from tests.test_texts import _japanese_of, japanese_in

TYPED = {
    *(OPINION, ANSWERED, WRITTEN, GOAL, PATH, MARK, TEXTS.title, TEXTS.hypothesis, TEXTS.beneficiaries, "届くお知らせ"),
    *("選んだ分野だけが届けば、読まれるお知らせが増える。", "日本語", "巡", "窓口課"),
    *(LAST_YEAR.values()),
    *(DEPARTMENTS.values()),
    *(OTHER_DEPARTMENTS.values()),
}


def _words(page: str) -> str:
    page = re.sub(r'<span lang="ja">.*?</span>', "", page)  # the headings of the CSV, which are Japanese
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?(ins|del)>", "", page))).split())


def _own(database: Database) -> set[str]:
    """What stands in the plans without an English text beside it."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        said = [plan_reading.read(session, plan) for plan in session.exec(select(t.Plan))]
        return {text for one in said for f in fields(one) for text in _japanese_of(getattr(one, f.name))}


def _japanese(database: Database, pages: dict[str, bytes]) -> dict[str, list[str]]:
    own = sorted(_own(database) | TYPED, key=len, reverse=True)
    found = {}
    for path, content in pages.items():
        if "." in path.rpartition("/")[2] or "/documents/" in path:  # pictures, data, documents
            continue
        page = _words(content.decode())
        for text in own:
            page = page.replace(" ".join(text.split()), "")
        if japanese := japanese_in(page):
            found[path] = japanese
    return found


def test_the_pages_of_a_plan_are_english_too(real_city: City) -> None:
    show(real_city.database)
    hear(real_city, state=ReviewState.CLOSED)
    evaluate_last_year(real_city, "A", Direction.EXPAND)
    with real_city.database.writing(real_city.municipality) as session:
        keep(session, "annual-report", cycle_id=last_year(session).id)
    reader = citizen(real_city.database, OPENED_AT)
    reader.speaks_english()
    assert _japanese(real_city.database, reader.pages_from("/public/iizuka/")) == {}


def test_the_pages_of_key_projects_are_english_too(project_city: ProjectCity) -> None:
    busy(project_city)
    show(project_city.city.database)
    reader = citizen(project_city.city.database, AT)
    reader.speaks_english()
    pages = reader.pages_from("/public/tokorozawa/")
    assert _japanese(project_city.city.database, pages) == {}


def test_a_city_without_public_plans_says_so_in_english(real_city: City) -> None:
    reader = citizen(real_city.database, OPENED_AT)
    reader.speaks_english()
    assert _japanese(real_city.database, reader.pages_from("/public/iizuka/")) == {}
