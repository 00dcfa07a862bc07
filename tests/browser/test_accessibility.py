"""Every main page, in both languages and at desktop and phone width: axe finds nothing to complain of."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.page_checks import WIDTHS, complaints_of, invalid, violations
from tests.running_demo import RunningDemo

PASSWORD = "meguru-demo-1"
PAGES = {
    "": (
        *("/demo", "/demo/inbox", "/demo/inbox?city=tokorozawa&year=2026", "/demo/inbox/1", "/sign-in", "/plans/none"),
        "/opinions/iizuka/iizuka-ict",
    ),
    "sato.hanako@iizuka.example": ("/requests", "/reports/343", "/plans", "/plans/iizuka-ict"),
    "tanaka.makoto@iizuka.example": ("/approvals",),
    "nakajima.sakura@iizuka.example": (
        *("/desk", "/desk/cycles/6", "/desk/mails/200", "/desk/reports/343", "/desk/cycles/6/close-collection"),
        *("/desk/cycles/6/evaluation", "/desk/cycles/6/evaluation/68", "/plans/iizuka-ict/measures/16"),
        *("/desk/cycles/3", "/desk/cycles/3/evaluation", "/desk/reviews/1", "/desk/reviews/1/term"),
        *(
            f"/plans/iizuka-ict/{page}"
            for page in ("measures/106", "measures/2", "achievements", "comparison", "about")
        ),
        *("/plans/iizuka-ict/comparison?show=all", "/plans/iizuka-ict/glossary"),
        *("/organisation", "/organisation/departments/1", "/organisation/people/2", "/organisation/people/2/transfer"),
        *("/organisation/reorganisations/new", "/desk/plans/iizuka-ict/opinions"),
    ),
    "kikaku@tokorozawa.example": (
        *(f"/plans/tokorozawa-dx{page}" for page in ("", "/achievements", "/bodies", "/projects", "/about")),
        *("/plans/tokorozawa-dx/glossary", "/desk/plans/tokorozawa-dx/projects"),
        *("/desk", *(f"/desk/plans/tokorozawa-dx/bodies/{body}" for body in ("strategy-committee", "dx-leaders"))),
        *(f"/plans/tokorozawa-comprehensive{page}" for page in ("", "/indicators", "/views", "/about")),
    ),
    "kikaku@misato.example": (
        *("/plans", "/plans/misato-policy", "/plans/misato-policy/views"),
        *("/plans/misato-policy/about", "/plans/misato-policy/measures/132", "/plans/misato-policy/measures/136"),
    ),
}
"""Who → the pages they see ("" is nobody signed in). The ids are those of the demo's replayed past."""


@pytest.fixture(scope="module")
def demo(played_past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    folder = shutil.copytree(played_past, tmp_path_factory.mktemp("demo") / "data")
    running = RunningDemo(folder, day_seconds=86_400)
    running.wait_for_mails(17)
    yield running
    running.end()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    browser: Browser, demo: RunningDemo, who: str, width: str
) -> None:
    url = f"http://localhost:{demo.port}"
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900})
    page = context.new_page()
    if who:
        page.goto(f"{url}/sign-in")
        page.fill("#email", who)
        page.fill("#password", PASSWORD)
        page.click("form[action='/sign-in'] button")
    complaints = {}
    for turn in ("their language", "the other language"):
        if turn == "the other language":
            page.get_by_role("button", name=re.compile("English|日本語")).click()
        for path in PAGES[who]:
            if found := complaints_of(page, url, path):
                complaints[f"{path} ({turn})"] = found
    context.close()
    assert complaints == {}, "\n".join(f"{path}: {found}" for path, found in complaints.items())


def test_axe_itself_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_context().new_page()
    page.set_content("<html><body><img src='x.png'><input></body></html>")
    assert {found.partition(":")[0] for found in violations(page)} >= {"image-alt", "label"}
    page.context.close()


def test_axe_finds_a_target_that_is_too_small_for_a_finger(browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.set_content("<main>" + "<button style='width:9px;height:9px;padding:0;margin:0'>x</button>" * 3 + "</main>")
    assert "target-size" in {found.partition(":")[0] for found in violations(page)}
    page.context.close()


def test_the_checker_of_html_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = "<!doctype html><html lang=ja><title>x</title><p><div></div></p><ul><a href=''>x</a></ul>"
    found = invalid({"/wrong": wrong, "/right": "<!doctype html><html lang=ja><title>x</title><p>x</p>"}, tmp_path)
    assert {one.partition(":")[0] for one in found} == {"/wrong"}
