"""Saved views: kept from a board, used as links, renamed and deleted; nobody sees another's."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables as t
from tests.web.conftest import Browser, Site
from tests.web.test_city_board import speak_english
from tests.web.test_organisation_in_english import japanese_in

BOARD = "/desk/board"
LATE = {"page": "city-board", "back": BOARD, "query": "show=late&sort=late&done=extended", "name": "遅れている課"}
VIEWS = "/views?page=city-board&back=/desk/board"


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def kept(site: Site) -> list[t.SavedView]:
    with site.city.database.reading(site.city.municipality) as session:
        return list(session.exec(select(t.SavedView).order_by(t.SavedView.name)))


def test_a_view_is_saved_from_the_board_and_leads_back_to_what_it_showed(site: Site, planner: Browser) -> None:
    page = planner.get(f"{BOARD}?show=late&sort=late")
    assert page.field("query") == "show=late&sort=late"
    saved = planner.post("/views", LATE)
    assert saved.to == f"{BOARD}?show=late&sort=late", "what the page does not know is left out"
    page = planner.get(saved.to)
    assert '<a href="/desk/board?show=late&amp;sort=late" aria-current="true">遅れている課</a>' in page.text
    assert "いまの表示を名前を付けて保存する" not in page.words, "it is saved already"
    assert "遅れている課" in planner.get(BOARD).words
    assert site.city.audited()[-1] == "view.saved"


def test_a_view_is_renamed_and_deleted(site: Site, planner: Browser) -> None:
    planner.post("/views", LATE)
    (view,) = kept(site)
    renamed = planner.post(f"/views/{view.id}/rename", {"back": BOARD, "name": "急ぐもの"})
    assert "名前を変えました。" in planner.get(renamed.to).words
    assert [one.name for one in kept(site)] == ["急ぐもの"]
    deleted = planner.post(f"/views/{view.id}/delete", {"back": BOARD})
    assert "削除しました。" in planner.get(deleted.to).words
    assert kept(site) == []


def test_a_refused_name_is_told_and_kept_in_the_form(site: Site, planner: Browser) -> None:
    planner.post("/views", LATE)
    twice = planner.post("/views", LATE)
    assert (twice.status, twice.field("name"), twice.field("query")) == (409, "遅れている課", "show=late&sort=late")
    assert "同じ名前の表示があります" in twice.words
    nameless = planner.post("/views", {**LATE, "name": " "})
    assert (nameless.status, "表示の名前を入力してください。" in nameless.words) == (409, True)
    (view,) = kept(site)
    long = planner.post(f"/views/{view.id}/rename", {"back": BOARD, "name": "長" * 61})
    assert (long.status, "60文字以内" in long.words, "長" * 61 in long.text) == (409, True, True)


def test_a_view_of_one_page_is_none_of_another_and_leads_to_no_other_address(site: Site, planner: Browser) -> None:
    planner.post("/views", {**LATE, "page": "round-board", "back": f"/desk/cycles/{site.city.cycle}"})
    assert "遅れている課" in planner.get(f"/desk/cycles/{site.city.cycle}").words
    assert "遅れている課" not in planner.get(BOARD).words
    for odd in ("https://elsewhere.example", "//elsewhere.example", "/desk", "/desk/board/../audit"):
        assert planner.post("/views", {**LATE, "back": odd}).status == 404
    assert planner.post("/views", {**LATE, "page": "nothing"}).status == 404
    assert [planner.get(path).status for path in ("/views", "/views?page=city-board&back=//x")] == [404, 404]


def test_nobody_sees_or_changes_the_view_of_another(site: Site, planner: Browser) -> None:
    planner.post("/views", LATE)
    (view,) = kept(site)
    audited = site.city.audited()
    for who in ("information_staff", "administrator", "neighbour_staff"):
        browser = site.browser(who)
        assert "遅れている課" not in browser.get(VIEWS).words
        for what in ("rename", "delete"):
            assert browser.post(f"/views/{view.id}/{what}", {"back": BOARD, "name": "私の"}).status == 404
    assert planner.post(f"/views/{view.id}/delete", {"back": BOARD}, csrf=False).status == 403
    assert planner.post("/views", LATE, csrf=False).status == 403
    assert site.stranger().get(VIEWS).status == 303
    assert site.city.audited() == audited


def test_saved_views_read_in_english(site: Site) -> None:
    speak_english(site)
    planner = site.browser("planning")
    planner.post("/views", {**LATE, "name": "Late ones"})
    pages = [
        planner.get(VIEWS),
        planner.get(f"{VIEWS}&query=show%3Dall&done=renamed"),
        planner.get(f"{VIEWS}&done=deleted"),
        planner.post("/views", {**LATE, "name": ""}),
        planner.post("/views", {**LATE, "name": "Late ones"}),
        planner.post("/views", {**LATE, "name": "None", "query": ""}),
        planner.get(f"{BOARD}?show=late"),
    ]
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
