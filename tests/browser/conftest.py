"""The HTML of every page that the browser tests checked is valid."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.page_checks import VISITED, invalid


@pytest.fixture(scope="session", autouse=True)
def valid_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end all at once: the checker takes longer to start than to read a page."""
    yield
    said = invalid(VISITED, tmp_path_factory.mktemp("pages")) if VISITED else []
    assert said == [], "\n".join(said)
