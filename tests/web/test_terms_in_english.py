"""The pages of a term and of surveys in English: nothing but what people typed stays Japanese."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from tests.term_city import LEARNT, PLANNER, add_project, definition, make_term_city
from tests.web.desk_city import Page, SignedInClient
from tests.web.test_surveys import TYPED, csv_of, send, take
from tests.web.test_terms import DESK, DOCUMENT, TERM
from web.labels import problem_in_words
from web.term_words import TERM_PROBLEMS

JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]+")
SURVEYS, SURVEY_DESK = "/plans/tokorozawa-dx/surveys", "/desk/plans/tokorozawa-dx/surveys"


@pytest.fixture
def planner(empty_database: Database) -> SignedInClient:
    city = make_term_city(empty_database)
    add_project(city, "1-1")
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = "Hanako", "en"
            session.add(user)
    return SignedInClient(empty_database, PLANNER)


def japanese_in(page: Page) -> list[str]:
    text = unescape(re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL))
    typed = [
        "日本語",
        "巡",
        LEARNT,
        "予約の窓口",
        "2025年の試行",
        "2025年に試しました。",
        TYPED["name"],
        TYPED["fiscal_year"],
    ]
    typed += ("予約できれば待たない。", "二週間、予約を受けました。", "職員が隣に付く日をつくります。")
    typed += [point.ja for one in definition().term_evaluations for point in (*one.good, *one.to_do)]  # as a draft
    for one in typed:
        text = text.replace(one, "")
    return JAPANESE.findall(text)


def test_every_page_and_form_reads_in_english(planner: SignedInClient) -> None:
    found = {}

    def look(page: Page, name: str) -> None:
        assert '<html lang="en">' in page.text, name
        if said := japanese_in(page):
            found[name] = said

    for path in (TERM, DOCUMENT, DESK, f"{DOCUMENT}?draft=1", SURVEYS, SURVEY_DESK):
        look(planner.get(path), path)
    planner.post(f"{DESK}/take-over")
    look(planner.get(f"{DESK}?done=taken_over"), "taken over")
    planner.post(f"{DESK}/decide", {"seen": "1-1-1-1"})
    for done in ("saved", "decided", "reopened"):
        look(planner.get(f"{DESK}?done={done}"), done)
    look(planner.get(TERM), "decided term")
    look(planner.post(f"{DESK}/reopen", {"reason": ""}), "no reason")
    look(send(planner, b"a,b\r\n1,2"), "wrong file")
    look(send(planner, csv_of(), name=""), "wrong form")
    preview = send(planner, csv_of())
    look(preview, "preview")
    take(planner, preview)
    look(planner.get(SURVEYS), "compared")
    for done in ("imported", "put_away", "gone"):
        look(planner.get(f"{SURVEY_DESK}?done={done}"), done)
    assert found == {}


def test_every_problem_has_its_english() -> None:
    said = {problem: problem_in_words(problem, "en") for problem in TERM_PROBLEMS}
    assert {problem: text for problem, text in said.items() if JAPANESE.search(text)} == {}
