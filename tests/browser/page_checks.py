"""What must hold of every page, whoever looks at it: axe, zoom, targets for fingers, valid HTML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page

_MODULES = Path(__file__).parent.parent.parent / "node_modules"
_AXE = (_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
_VNU = _MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"

WIDTHS = {"desktop": 1280, "phone": 320}
"""The narrow one is also what is left of the wide one at 400 % zoom (WCAG 1.4.10)."""

VISITED: dict[str, str] = {}
"""The HTML of every page that was checked in this process, by its address without the host; see `conftest`."""


def complaints(page: Page, address: str, paths: list[str]) -> dict[str, list[str]]:
    """What is wrong with pages that must open, by path; nothing where all is well."""
    return {path: said for path in paths if (said := complaints_of(page, address, path, 200))}


def complaints_of(page: Page, address: str, path: str, status: int | None = None) -> list[str]:
    """What is wrong with one page, whatever it answers with, or with the `status` that it must have."""
    answer = page.goto(address + path)
    assert answer is not None
    assert status in (None, answer.status), path
    if answer.headers.get("content-type", "").startswith("text/html"):
        VISITED[path] = answer.text()
    wide, said = sideways(page), violations(page)
    if wide > 0:
        said.append(f"{wide} px too wide")
    if page.viewport_size and page.viewport_size["width"] == WIDTHS["desktop"]:
        said += _at_half_the_width(page)
    return said


_WHEREVER_NARROW = ["target-size", "scrollable-region-focusable", "color-contrast", "link-in-text-block"]
"""The rules that go by how a page is laid out; all others say the same at every width, and are asked at one."""


def violations(page: Page) -> list[str]:
    """What axe finds, with the rule for the size of targets (24 px, WCAG 2.5.8), which is off unless asked for."""
    page.evaluate(_AXE)
    is_narrow = page.viewport_size is not None and page.viewport_size["width"] == WIDTHS["phone"]
    options = {"runOnly": _WHEREVER_NARROW} if is_narrow else {"rules": {"target-size": {"enabled": True}}}
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def _at_half_the_width(page: Page) -> list[str]:
    """What is left of the wide window at 200 % zoom (WCAG 1.4.4): nothing sticks out of the page."""
    window = page.viewport_size
    assert window is not None
    page.set_viewport_size({**window, "width": window["width"] // 2})
    wide = sideways(page)
    page.set_viewport_size(window)
    return [f"{wide} px too wide at 200 % zoom"] if wide > 0 else []


def invalid(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What the Nu checker has to say about the HTML of pages. Without Java it is skipped, except where CI has it."""
    java = shutil.which("java")
    if java is None:
        if os.environ.get("MEGURU_TEST_BROWSER") == "required":
            pytest.fail("no Java on this machine, but MEGURU_TEST_BROWSER=required")
        return []
    names = {}
    for number, (path, text) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(text, encoding="utf-8")
        names[f"file:{file}"] = path
    command = [java, "-jar", str(_VNU), "--exit-zero-always", "--stdout", "--format", "json", str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    said = [m for m in json.loads(answer.stdout)["messages"] if m["type"] != "info" or m.get("subType") == "warning"]
    return [f"{names[m['url']]}: {m['message']} ({m.get('extract', '').strip()[:160]})" for m in said]
