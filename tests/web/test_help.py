"""The user guide under /help: whole, without scripts, and one step away from the screen it tells of."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from urllib.parse import urljoin, urlsplit

import pytest

from tests.web.conftest import Site
from web import guide

ROOT = Path(__file__).parent.parent.parent
SOURCES = ROOT / "docs" / "guide" / "pages"
PAGES = [file.stem for file in sorted(SOURCES.glob("*.md"))]


class _Addresses(HTMLParser):
    """Everything that a page points at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in ("href", "src") and value is not None]


def address_of(page: str) -> str:
    return "/help/" if page == "index" else f"/help/{page}/"


def test_every_page_of_the_guide_stands_in_its_contents() -> None:
    with (ROOT / "zensical.toml").open("rb") as file:
        nav = tomllib.load(file)["project"]["nav"]
    assert sorted(name for entry in nav for name in entry.values()) == [f"{page}.md" for page in PAGES]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_guide_opens_for_everybody_and_all_it_points_at_is_there(site: Site, page: str) -> None:
    stranger = site.stranger().client
    answer = stranger.get(address_of(page))
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["content-security-policy"]
    parsed = _Addresses(answer.text)
    assert "script" not in parsed.tags
    assert "style" not in parsed.tags
    for found in parsed.found:
        target = urlsplit(urljoin(address_of(page), found))
        assert target.netloc == "", found
        assert normpath(target.path).startswith("/help"), found
        assert stranger.get(target.path).status_code == 200, found


def test_a_page_that_the_guide_does_not_have_says_so_in_the_guides_own_words(site: Site) -> None:
    answer = site.stranger().client.get("/help/nothing/")
    assert answer.status_code == 404
    assert "目次から探してください" in answer.text


def test_the_foot_of_a_screen_leads_to_the_page_that_tells_of_it(site: Site) -> None:
    leads = {"/requests": "staff", "/approvals": "section-head", "/desk": "planning", "/desk/audit": "administrator"}
    for path, page in leads.items():
        who = {"/requests": "information_staff", "/approvals": "information_head"}.get(path, "planning")
        answer = site.browser(who).get(path)
        assert f'href="/help/{page}/"' in answer.text, path
    assert 'href="/help/"' in site.stranger().get("/sign-in").text


def test_every_page_that_screens_lead_to_exists() -> None:
    assert {name for _, name in guide._TELLS_OF} <= set(PAGES)


def test_pictures_of_the_guide_are_all_shown_and_all_there() -> None:
    shown = {
        name for page in SOURCES.glob("*.md") for name in re.findall(r"\(pictures/([\w-]+\.png)\)", page.read_text())
    }
    assert shown == {file.name for file in (SOURCES / "pictures").glob("*.png")}
