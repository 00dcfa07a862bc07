"""`meguru demo` from a newcomer's chair: it plays a past, goes on from it, and ends with everything it started."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import plan_files
import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo.mailbox import Mailbox
from demo.samples import PLAN, PLANS
from domain.evaluation import CycleState
from domain.mail_ledger import MailState
from domain.phase_review import ReviewState
from records import audit, plans, reviews
from tests.running_demo import ROOT, RunningDemo

ASKED = 17
"""The staff of all departments that answer for a measure: everybody gets one mail when the round opens."""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children_of(pid: int) -> list[int]:
    """A process's children and theirs."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [child for one in map(int, found) for child in (one, *children_of(one))]


def plan_time(data_dir: Path) -> datetime:
    return datetime.fromisoformat(json.loads((data_dir / "clock.json").read_text())["plan_time"])


@pytest.fixture
def data_dir(played_past: Path, tmp_path: Path) -> Path:
    return shutil.copytree(played_past, tmp_path / "demo")


@pytest.fixture
def past(played_past: Path, tmp_path: Path) -> Iterator[Session]:
    """What a first start begins from: the record of the city whose past was played."""
    file = shutil.copy(played_past / "meguru.sqlite", tmp_path / "past.sqlite")
    database = Database(f"sqlite:///{file}")
    with database.reading(EVERY_MUNICIPALITY) as session:
        city = plans.find(session, PLAN).municipality_id
    with database.reading(city) as session:
        yield session
    database.dispose()


def test_the_first_start_plays_the_past_opens_on_the_plan_ends_whole_and_goes_on_where_it_was(tmp_path: Path) -> None:
    data_dir = tmp_path / "demo"
    for left_by_an_interrupted_start in ("past/iizuka-ict", "inbox"):
        (data_dir / left_by_an_interrupted_start).mkdir(parents=True)
        (data_dir / left_by_an_interrupted_start / "000001.eml").write_text("half a past")
    demo = RunningDemo(data_dir, day_seconds=86_400)
    first_page = demo.page("/demo")
    assert "飯塚市地域情報化計画" in first_page
    assert "模擬データ" in first_page
    demo.wait_for_mails(ASKED)
    assert "進捗報告のお願い" in demo.page("/demo/inbox")
    assert "前期の見直し" in demo.page("/demo/inbox?year=2020")
    assert not (data_dir / "past").exists()
    pids = demo.pids()
    assert set(pids) == {"temporal", "web", "scheduler", "worker"}
    assert demo.end() == 0
    assert not any(is_alive(pid) for pid in pids.values())

    left_at = plan_time(data_dir)
    again = RunningDemo(data_dir, day_seconds=86_400)
    try:
        assert len(again.mails()) == ASKED, "the same data, and no mail twice"
        assert (plan_time(data_dir) - left_at).total_seconds() < 60, "while the demo was off, no day passed"
    finally:
        again.end()


def test_nothing_of_the_past_is_left_running_and_the_year_that_begins_is_asked_for(past: Session) -> None:
    plan = plans.find(past, PLAN)
    cycles = past.exec(select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id)).all()
    states = {cycle.fiscal_year: cycle.state for cycle in cycles}
    assert states == dict.fromkeys(range(2018, 2023), CycleState.CLOSED) | {2023: CycleState.OPENING}
    assert [(r.term, r.state) for r in reviews.of_plan(past, plan)] == [("early", ReviewState.CLOSED)]
    waiting = past.exec(select(t.Outbox.workflow_id).where(col(t.Outbox.relayed_at).is_(None))).all()
    assert set(waiting) == {"annual-cycle/iizuka/iizuka-ict/2023"}
    assert set(past.exec(select(t.Mail.state))) == {MailState.SENT}
    assert audit.verify(past).broken_at is None


def test_the_past_has_left_the_plan_as_it_is_printed(past: Session) -> None:
    printed = plan_files.read_plan(PLANS / f"{PLAN}.yaml")
    assert plans.changes_of(past, printed) == ()
    edition = plans.edition_in_force(past, plans.find(past, PLAN), date(2024, 1, 15))
    measures = plans.measures_of(past, edition.id)
    assert (edition.code, len(measures)) == ("2021-03", 40)
    owners = plans.owners_on(past, edition.id, date(2024, 1, 15))
    assert [m.code for m in measures if m.id not in owners] == []


def test_the_documents_of_every_year_and_of_the_review_are_kept(past: Session) -> None:
    kept = Counter(past.exec(select(t.Document.kind)))
    assert kept["annual-report"] == 5 * 4
    assert {kept[kind] for kind in ("phase-review-report", "comparison-table", "revised-plan")} == {4}


def test_every_mail_of_the_past_is_in_the_inbox_in_the_order_of_the_plans_time(
    past: Session, played_past: Path
) -> None:
    box = Mailbox(played_past / "inbox", wall_clock.now)
    kept = [mail for year in sorted(box.years()) for mail in reversed(box.of_year(year))]
    assert box.years() == [2022, 2021, 2020, 2019, 2018]
    assert [mail.plan_time for mail in kept] == sorted(mail.plan_time for mail in kept)
    ledger = past.exec(select(t.Mail)).all()
    assert {str(mail.message["Message-ID"]) for mail in kept} == {mail.message_id for mail in ledger}
    assert len(kept) == len(ledger)
    assert [mail.number for mail in kept if "模擬データ" not in mail.body and "simulated data" not in mail.body] == []


def test_an_interrupted_past_leaves_no_record_and_no_process(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "meguru"), "demo", "--no-browser", "--data-dir", str(tmp_path)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 60
    while not list((tmp_path / "past").rglob("*.eml")):
        assert time.monotonic() < until, "the past does not begin"
        time.sleep(0.1)
    children = children_of(demo.pid)
    assert len(children) > 2, "Temporal, the past, and what the past has started"
    os.killpg(demo.pid, signal.SIGINT)  # as Ctrl-C does
    assert demo.wait(30) == 0
    assert demo.stdout is not None
    demo.stdout.close()
    assert not (tmp_path / "meguru.sqlite").exists()
    until = time.monotonic() + 10
    while any(is_alive(pid) for pid in children):
        assert time.monotonic() < until, "something is left running"
        time.sleep(0.1)


def test_a_demo_that_was_killed_is_cleared_away_by_the_next_one(data_dir: Path) -> None:
    demo = RunningDemo(data_dir, day_seconds=86_400)
    orphans = demo.pids()
    demo.end(signal.SIGKILL)
    assert any(is_alive(pid) for pid in orphans.values())
    again = RunningDemo(data_dir, day_seconds=86_400)
    try:
        assert not any(is_alive(pid) for pid in orphans.values())
        assert "飯塚市地域情報化計画" in again.page("/demo")
    finally:
        again.end()


def test_the_inbox_shows_fifty_mails_at_a_time(data_dir: Path) -> None:
    demo = RunningDemo(data_dir, day_seconds=86_400)
    try:
        of_year = demo.mails(fiscal_year=2020)
        first = demo.page("/demo/inbox?year=2020")
        assert first.count('href="/demo/inbox/') == 50
        older = demo.page(f"/demo/inbox?year=2020&before={of_year[-50].number}")
        assert older.count('href="/demo/inbox/') == len(of_year) - 50
        assert f'href="/demo/inbox/{of_year[0].number}"' in older
    finally:
        demo.end()


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [str(Path(sys.executable).parent / "meguru"), "demo", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run([*command, "--data-dir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "--port" in ended.stderr
