"""The six ways in, one after the other in one demo, each by the keyboard alone; `make pictures` keeps what they saw."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlmodel import select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from japan_calendar import business_calendar
from records import desk
from records.change import Change
from tests.browser.ways import staff
from tests.browser.ways.hands import Hands, Pictures, pictures_into
from tests.running_demo import RunningDemo

TODAY = date(2024, 1, 15)
"""What the clock of Iizuka's plan shows when the demo begins."""
GUIDE = Path(__file__).parent.parent.parent / "docs" / "guide"


@pytest.fixture(scope="module")
def demo(played_past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    folder = shutil.copytree(played_past, tmp_path_factory.mktemp("demo") / "data")
    running = RunningDemo(folder, day_seconds=86_400)
    running.wait_for_mails(17)
    _give_a_sixth_measure(Database(f"sqlite:///{folder / 'meguru.sqlite'}"))
    yield running
    running.end()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    return pictures_into(tmp_path_factory.mktemp("pictures"))


def _give_a_sixth_measure(database: Database) -> None:
    """The sample department with five measures takes over one more."""
    at = wall_clock.now()
    with database.reading(EVERY_MUNICIPALITY) as session:
        lifelong = session.exec(select(t.Department).where(t.Department.code == "lifelong")).one()
        report = session.exec(
            select(t.ProgressReport.id)
            .join(t.Node, t.Node.id == t.ProgressReport.node_id)  # type: ignore[arg-type]  # columns, not values
            .join(t.CollectionRound, t.CollectionRound.id == t.ProgressReport.round_id)  # type: ignore[arg-type]
            .join(t.Plan, t.Plan.id == t.CollectionRound.plan_id)  # type: ignore[arg-type]
            .where(t.Plan.code == "iizuka-ict", t.CollectionRound.fiscal_year == 2023, t.Node.code == "1-3-4")
        ).one()
    with database.writing(lifelong.municipality_id) as session:
        why = "担当の見直し（模擬データ）"
        desk.reassign(session, Change("test", at), report, lifelong.id, why, TODAY, business_calendar((2024,)))
    database.dispose()


def test_staff_report_six_measures(browser: Browser, demo: RunningDemo, pictures: Pictures) -> None:
    hands = Hands(browser, demo)
    efforts = staff.play(hands, demo, pictures)
    hands.leave()
    print("\nform  keys  letters  page loads")
    for number, effort in enumerate(efforts, 1):
        print(f"{number:>4}  {effort.keys:>4}  {effort.letters:>7}  {effort.loads:>10}")
