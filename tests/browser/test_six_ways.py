"""The six ways in, one after the other in one demo, each by the keyboard alone; `make pictures` keeps what they saw."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from japan_calendar import business_calendar
from records import desk
from records.change import Change
from tests.browser.ways import citizen, planning, secretariat, section_head, staff, system
from tests.browser.ways.hands import PHONE, Hands, Pictures, pictures_into
from tests.running_demo import FISCAL_YEAR, RunningDemo

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
        city = session.exec(select(t.Municipality.id).where(t.Municipality.code == "iizuka")).one()
    with database.writing(city) as session:
        lifelong = session.exec(select(t.Department).where(t.Department.code == "lifelong")).one()
        report = session.exec(
            select(t.ProgressReport.id)
            .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
            .where(t.CollectionRound.fiscal_year == FISCAL_YEAR, t.Node.code == "4-1-1")
        ).one()
        why = "担当の見直し（模擬データ）"
        desk.reassign(session, Change("test", at), report, lifelong.id, why, TODAY, business_calendar((2024,)))
    database.dispose()


def test_the_secretariat_brings_a_matter_from_the_mail_to_its_decision(
    browser: Browser, demo: RunningDemo, pictures: Pictures, tmp_path: Path
) -> None:
    hands = Hands(browser, demo)
    meeting = secretariat.prepare(hands, demo, pictures, tmp_path)
    for _ in range(4):  # from Monday to the Friday of the meeting
        demo.move("next-day")
    secretariat.record(hands, meeting, pictures)
    hands.leave()


def test_staff_report_six_measures(browser: Browser, demo: RunningDemo, pictures: Pictures) -> None:
    hands = Hands(browser, demo)
    efforts = staff.play(hands, demo, pictures)
    hands.leave()
    print("\nform  keys  letters  page loads")
    for number, effort in enumerate(efforts, 1):
        print(f"{number:>4}  {effort.keys:>4}  {effort.letters:>7}  {effort.loads:>10}")
    told = (GUIDE / "README.md").read_text(encoding="utf-8")
    rows = [f"| {number} | {e.keys} | {e.letters} | {e.loads} |" for number, e in enumerate(efforts, 1)]
    assert [row for row in rows if row not in told] == [], "the guide's README states what it takes"


def test_a_section_head_sends_one_back_and_approves_the_others_on_a_phone(
    browser: Browser, demo: RunningDemo, pictures: Pictures
) -> None:
    demo.move("next-day")
    demo.wait_for_mails(1, "承認依頼", since=TODAY + timedelta(days=1))
    hands = Hands(browser, demo, PHONE)
    section_head.play(hands, demo, pictures)
    hands.leave()


def test_the_planning_division_has_all_it_needs_for_the_committee(
    browser: Browser, demo: RunningDemo, pictures: Pictures, tmp_path: Path
) -> None:
    for _ in range(5):  # to the week after the due date of 13 February
        demo.move("next-week")
    demo.wait_for_mails(1, "督促")
    hands = Hands(browser, demo)
    planning.extend_for_some(hands, pictures)
    planning.evaluate_all(hands, pictures)
    planning.close_the_year(hands, pictures, tmp_path)
    planning.look_ahead(hands, pictures)
    hands.leave()


def test_system_staff_in_a_closed_network_see_to_accounts_and_the_record(
    browser: Browser, demo: RunningDemo, pictures: Pictures
) -> None:
    hands = Hands(browser, demo)
    system.play(hands, demo, pictures)
    hands.leave()


def test_a_citizen_reads_what_became_of_the_plan_and_takes_the_figures_along(
    browser: Browser, demo: RunningDemo, pictures: Pictures, tmp_path: Path
) -> None:
    hands = Hands(browser, demo)
    citizen.play(hands, pictures, tmp_path)
    hands.leave()
