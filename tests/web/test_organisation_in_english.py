"""The pages about departments and people in English: nothing but names stays Japanese."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.reorganisation import SuccessionKind
from tests.changing_hall import Hall
from tests.city import LAST_YEAR, MARK
from tests.web.conftest import Answer, Browser, Site
from web.labels import problem_in_words
from web.organisation_words import ORGANISATION_PROBLEMS

JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]+")
NEW_YEAR = "2021-04-01"


@pytest.fixture
def planner(site: Site) -> Browser:
    """Everybody and everything has an English name; the planner reads English."""
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
        for row in (*session.exec(select(t.Department)), *session.exec(select(t.Municipality))):
            row.name_en = row.code.title()
            session.add(row)
        for node in session.exec(select(t.Node)):
            node.title_en = f"Measure {node.code}"
            session.add(node)
    return site.browser("planning")


def japanese_in(page: Answer) -> list[str]:
    """What is left of Japanese beside the language switch, the sign of Meguru and what was typed."""
    text = unescape(re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL))
    for typed in ("日本語", "巡", "組織の見直し", LAST_YEAR["next_step"]):
        text = text.replace(typed, "")
    return JAPANESE.findall(text)


def test_every_page_and_form_reads_in_english(site: Site, planner: Browser) -> None:
    hall = Hall(site.city)
    information, staff = (
        site.city.departments["information"],
        f"/organisation/people/{site.city.user('citizens_staff').id}",
    )
    assert MARK.en in planner.get("/organisation").text
    hall.enter("information", SuccessionKind.SPLIT, {"citizens": (), "information": ()}, on=date(2021, 1, 10))
    hall.enter("citizens", SuccessionKind.DISSOLVED, {}, on=date(2021, 6, 1))
    split = {"kind": "split", "on": NEW_YEAR, "department": str(information), "reason": "Why", "chosen_0": "new"}
    split |= {"code_0": "digital", "name_0": "Digital", "chosen_1": str(information)}
    move = {"on": NEW_YEAR, "department_0": str(information), "rank_0": "staff"}
    move["leaves"] = f"{site.city.departments['citizens']}:staff"
    paths = [
        "/organisation",
        "/organisation?done=entered",
        "/organisation?done=withdrawn",
        "/organisation?on=2010-01-01",
    ]
    paths += [f"/organisation/departments/{information}", f"/organisation/departments/{information}/handover"]
    paths += [staff, f"{staff}?done=transferred", f"{staff}/transfer", f"{staff}/handover"]
    seen = {path: planner.get(path) for path in (*paths, "/organisation/reorganisations/new")}
    seen["split"] = planner.post("/organisation/reorganisations/preview", split)
    for kind, day in (("renamed", NEW_YEAR), ("dissolved", NEW_YEAR), ("merged", "2021-01-11")):
        seen[kind] = planner.post("/organisation/reorganisations/preview", {**split, "kind": kind, "on": day})
    seen["nothing"] = planner.post("/organisation/reorganisations/preview")
    seen["transfer"] = planner.post(f"{staff}/transfer/preview", move)
    seen["no transfer"] = planner.post(f"{staff}/transfer/preview", {"on": "soon"})
    refused = {name: page.status for name, page in seen.items() if page.status != 200}
    assert refused == {"nothing": 422, "no transfer": 422}
    assert {name: japanese for name, page in seen.items() if (japanese := japanese_in(page))} == {}


def test_every_problem_is_said_in_english() -> None:
    said = {problem: problem_in_words(problem, "en") for problem in ORGANISATION_PROBLEMS}
    assert {problem: words for problem, words in said.items() if JAPANESE.search(words)} == {}
