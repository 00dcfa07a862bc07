"""Somebody at a keyboard, who is counted; and the pictures that are taken of what they see."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.running_demo import RunningDemo

PASSWORD = "meguru-demo-1"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_MOST_TABS = 250
_COLOURS = 64
"""Enough for screens; a picture is a third of its size with them."""


@dataclass
class Pictures:
    """Where pictures go: the guide's own folder in `make pictures`, else beside the test's other output."""

    folder: Path
    taken: list[str] = field(default_factory=list)

    def take(self, page: Page, name: str, *, height: int = 0) -> None:
        """What stands in the window from the head of the page on; `height`: as if the window were so high (pixels)."""
        window = page.viewport_size
        assert window is not None
        page.set_viewport_size({**window, "height": height or window["height"]})
        page.evaluate("scrollTo(0, 0)")
        shown = Image.open(io.BytesIO(page.screenshot()))
        page.set_viewport_size(window)
        shown.quantize(_COLOURS).save(self.folder / f"{name}.png", optimize=True)
        self.taken.append(name)


def pictures_into(folder: Path) -> Pictures:
    chosen = Path(os.environ.get("MEGURU_PICTURES", folder))
    chosen.mkdir(parents=True, exist_ok=True)
    return Pictures(chosen)


class Hands:
    """A person at a browser of their own. They have a keyboard and no mouse.

    `keys` counts every key pressed but those of typed text, which `letters` counts; `loads` counts pages.
    A script error or a refused asset fails the way when they `leave`.
    """

    def __init__(self, browser: Browser, demo: RunningDemo, size: dict[str, int] | None = None) -> None:
        self.url = f"http://localhost:{demo.port}"
        self.keys = self.letters = self.loads = 0
        self.complaints: list[str] = []
        context = browser.new_context(accept_downloads=True, viewport=size or DESKTOP, locale="ja-JP")  # type: ignore[arg-type]  # a dict of these two keys
        self.page = context.new_page()
        self.page.on("domcontentloaded", self._loaded)
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address: str) -> None:
        """Follow an address from a mail, a paper or a bookmark."""
        self.page.goto(address if address.startswith("http") else self.url + address)

    def sign_in(self, email: str) -> None:
        """On the page of the sign-in, to which a link leads who is not signed in."""
        self.to(self.page.locator("#email"))
        self.write(email)
        self.press("Tab")
        self.write(PASSWORD)
        self.enter()
        expect(self.page.get_by_role("button", name="サインアウト")).to_be_visible()

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.letters += len(text)

    def write_into(self, locator: Locator, text: str) -> None:
        """Replace what stands in a field."""
        self.to(locator)
        self.press("Control+a")
        self.write(text)

    def write_day(self, day: date) -> None:
        """Type a day into the date field that has the focus: month first or year first, as the browser shows it."""
        field = self.page.locator(":focus")
        for typed in (f"{day:%m%d%Y}", f"{day:%Y}\t{day:%m%d}"):
            for letter in typed:
                self.page.keyboard.press("Tab" if letter == "\t" else letter)
            if field.input_value() == day.isoformat():
                break
        self.letters += 8
        expect(field).to_have_value(day.isoformat())

    def to(self, locator: Locator) -> None:
        """Tab until it has the focus; it must be there and be reached."""
        expect(locator).to_be_visible()
        for _ in range(_MOST_TABS):
            if locator.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"the Tab key does not reach {locator}")

    def choose(self, radio: Locator) -> None:
        """Reach a group of radio buttons and go down to one of them."""
        group = radio.evaluate("element => element.name")
        for _ in range(_MOST_TABS):
            if self.page.evaluate("name => document.activeElement.name === name", group):
                break
            self.press("Tab")
        self.press("Space")
        for _ in range(20):
            if radio.is_checked():
                return
            self.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not reach {radio}")

    def follow(self, name: str | re.Pattern[str], role: str = "link") -> None:
        """Go to a link or button by its name and press it; wait for the page it leads to."""
        self.to(self.page.get_by_role(role, name=name).first)  # type: ignore[arg-type]  # a role by its name
        self.enter()

    def enter(self) -> None:
        """Press Enter on what leads to another page."""
        with self.page.expect_navigation():
            self.press("Enter")

    def leave(self) -> None:
        # A form that is refused answers 422, which the browser counts as an error; everything else is one.
        assert [text for text in self.complaints if "status of 422" not in text] == []
        self.page.context.close()

    def _loaded(self, _: object) -> None:
        self.loads += 1
