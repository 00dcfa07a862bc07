"""An installation for the tools of a file, and what they did as lines at the end of the run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.installation import Installation, Served, installed, served


@pytest.fixture(scope="module")
def installation(played_past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """With all that the demo's past leaves, and an open review that takes opinions from everybody."""
    folder = tmp_path_factory.mktemp("installation")
    record = folder / "meguru.sqlite"
    shutil.copy(played_past / record.name, record)
    with installed(record, folder / "web.log") as running:
        yield running


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site with holes."""
    with served("tests.outside.holes:planted_in_pages", tmp_path_factory.mktemp("planted") / "web.log") as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}, {report.duration:.0f} s")
