"""A crawler that attacks every form and parameter it meets, signed in and as a stranger, finds no hole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.outside import tools
from tests.outside.installation import PLANNER, Installation, Served

_START = ("/search?q=DX&kind=report", "/desk/audit?by=demo", "/opinions/iizuka/iizuka-ict", "/public/tokorozawa/")

_FEWEST_PAGES = 40


def test_planted_holes_are_found(planted: Served, tmp_path: Path) -> None:
    found, _ = tools.wapiti(planted.address, tmp_path)
    places = {(one.category, one.path, one.parameter) for one in found}
    assert ("SQL Injection", "/search", "q") in places
    assert ("Reflected Cross Site Scripting", "/greeting", "name") in places
    assert tools.unexplained(found)


def test_nothing_is_found_by_whoever_is_signed_in(
    installation: Installation, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    _nothing_is_found(installation, tmp_path, record_property, installation.cookie(PLANNER))


def test_nothing_is_found_by_a_stranger(
    installation: Installation, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    _nothing_is_found(installation, tmp_path, record_property, "")


def _nothing_is_found(
    installation: Installation, folder: Path, record_property: Callable[[str, object], None], cookie: str
) -> None:
    before = installation.answers().total()
    seconds = (30, 7) if cookie else (10, 4)
    found, pages = tools.wapiti(
        installation.address, folder, *_START, cookie=cookie, crawl_seconds=seconds[0], attack_seconds=seconds[1]
    )
    assert pages >= _FEWEST_PAGES, "too slow a machine: what was looked at says nothing"
    left = tools.unexplained(found)
    requests = installation.answers().total() - before
    explained = len(found) - len(left)
    record_property("figures", f"{pages} pages, {requests} requests, {len(left)} findings ({explained} explained)")
    assert left == []
    assert installation.broken() == []
