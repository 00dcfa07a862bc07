"""The page of a search: in the head of every page, grouped, marked, in both languages, and for whoever is signed in."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlmodel import select

from db import tables as t
from records.search_sources import Age, Entry, Kind, Page
from tests.city import COMPLETE, City
from tests.test_texts import japanese_in
from tests.web.conftest import Answer, Site
from web import search_words


def headings(answer: Answer) -> list[str]:
    return re.findall(r'<h2 id="kind-(\w+)"', answer.text)


def links(answer: Answer) -> list[str]:
    return re.findall(r'<p class="found__title"><a href="([^"]+)"', answer.text)


@pytest.fixture
def reported(site: Site) -> Site:
    """A measure of each department has been reported on."""
    site.city.submit("1-1-1", "information_staff", {**COMPLETE, "achievements": "ツチノコ<b>の鑑定</b>をしました。"})
    return site


def test_every_page_carries_the_search_once(site: Site) -> None:
    planning = site.browser("planning")
    for path in ("/desk", "/plans", "/search", "/search?q=x"):
        assert planning.get(path).text.count('role="search"') == 1, path
    assert 'role="search"' not in site.stranger().get("/sign-in").text


def test_what_is_found_is_grouped_linked_and_marked_as_it_was_written(reported: Site) -> None:
    answer = reported.browser("information_staff").get("/search?q=つちのこ 鑑定")
    assert headings(answer) == ["report"]
    assert links(answer) == [f"/reports/{reported.city.report('1-1-1').id}"]
    assert "<mark>ツチノコ</mark>&lt;b&gt;の<mark>鑑定</mark>" in answer.text
    assert "1件を表示しています" in answer.words
    assert answer.field("q") == "つちのこ 鑑定"


def test_every_link_of_a_search_may_be_opened_by_whoever_found_it(reported: Site) -> None:
    for who in ("planning", "information_staff", "citizens_staff", "administrator"):
        browser = reported.browser(who)
        found = browser.get("/search?q=の")
        assert len(links(found)) > 5
        assert {browser.get(unescape(link)).status for link in links(found)} == {200}, who


def test_another_department_sees_nothing_and_is_told_what_to_do(reported: Site) -> None:
    answer = reported.browser("citizens_staff").get("/search?q=ツチノコ")
    assert headings(answer) == []
    assert "「ツチノコ」に当てはまるものは見つかりませんでした。" in answer.words


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_finds_nothing(reported: Site) -> None:
    assert reported.stranger().get("/search?q=ツチノコ").status == 303


def test_one_kind_is_looked_through_further_than_all_together(site: Site) -> None:
    planning = site.browser("planning")
    everything = planning.get("/search?q=の")
    assert 'href="/search?q=%E3%81%AE&amp;kind=node"' in everything.text
    only = planning.get("/search?q=の&kind=node")
    assert headings(only) == ["node"]
    assert len(links(only)) > 10
    assert planning.get("/search?q=の&kind=nonsense").status == 200


@pytest.mark.parametrize("query", ["", "%E3%80%80", "・", "-", "x" * 5000, "%00", "<script>alert(1)</script>", "%25_"])
def test_whatever_is_typed_is_answered(site: Site, query: str) -> None:
    answer = site.browser("planning").get(f"/search?q={query}")
    assert answer.status == 200
    assert "<script>alert" not in answer.text


def test_a_search_changes_nothing(site: Site) -> None:
    planning = site.browser("planning")
    before = site.city.count(t.AuditEntry, t.Outbox)
    planning.get("/search?q=情報")
    assert site.city.count(t.AuditEntry, t.Outbox) == before


def test_every_kind_and_every_page_has_its_words_and_its_address() -> None:
    assert set(search_words.KINDS) == set(Kind)
    for page in Page:
        plan = t.Plan(id=1, code="plan", name="計画", definition={})
        entry = Entry(Kind.NODE, page, "3/4", search_words.document_name("annual-report"), plan=plan, age=Age.BEFORE)
        assert (search_words.address_of(entry) == "") == (page is Page.NOWHERE)
        assert "{" not in search_words.address_of(entry)


def test_a_hit_in_the_other_language_is_quoted_beside_the_title(real_city: City, site: Site) -> None:
    with real_city.database.reading(real_city.municipality) as session:
        node = session.exec(select(t.Node).where(t.Node.title_en != "")).first()
    assert node is not None
    english = max(node.title_en.split(), key=len)
    answer = site.browser("planning").get(f"/search?q={english}&kind=node")
    assert f"{node.code} {node.title}" in answer.words
    assert f"<mark>{english}</mark>" in answer.text


def test_the_page_reads_in_english(real_city: City, site: Site) -> None:
    with real_city.database.writing(real_city.municipality) as session:
        for user in session.exec(select(t.User)).all():
            user.language = "en"
            session.add(user)
    for who in ("planning", "information_staff"):
        browser = site.browser(who)
        for path in (
            "/search",
            "/search?q=-",
            "/search?q=nothingatall",
            "/search?q=Wi-Fi",
            "/search?q=network&kind=node",
        ):
            page = re.sub(r'<p class="found__.*?</p>|<span>[^<]*</span>', "", browser.get(path).text)
            words = unescape(re.sub(r"<[^>]*>", " ", page))
            assert set(japanese_in(words)) <= {"日本語", "巡"}, path
