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
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import plan_files
import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo.mailbox import Mailbox
from demo.samples import PLANS, living_plans
from domain.evaluation import CycleState
from domain.inquiry import InquiryKind
from domain.mail_ledger import MailState
from domain.phase_review import ReviewState
from records import audit, leaders, plans, reviews
from tests.running_demo import ROOT, RunningDemo

PLAN = "iizuka-ict"
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


def plan_times(data_dir: Path) -> dict[str, datetime]:
    times = json.loads((data_dir / "clocks.json").read_text())
    return {plan: datetime.fromisoformat(time) for plan, time in times.items()}


def mails_in(data_dir: Path) -> int:
    return len(list((data_dir / "inbox").glob("*.eml")))


@pytest.fixture
def data_dir(played_past: Path, tmp_path: Path) -> Path:
    return shutil.copytree(played_past, tmp_path / "demo")


@pytest.fixture
def past(played_past: Path, tmp_path: Path) -> Iterator[Session]:
    """What a first start begins from: the record of the cities whose past was played."""
    file = shutil.copy(played_past / "meguru.sqlite", tmp_path / "past.sqlite")
    database = Database(f"sqlite:///{file}")
    with database.reading(EVERY_MUNICIPALITY) as session:
        yield session
    database.dispose()


def waiting(past: Session, *, starts: bool) -> list[str]:
    """The processes that are to be started, or to be told something."""
    query = select(t.Outbox.workflow_id).where(col(t.Outbox.relayed_at).is_(None), t.Outbox.is_start == starts)
    return list(past.exec(query.order_by(col(t.Outbox.id))))


def test_the_first_start_plays_the_past_opens_on_the_plans_ends_whole_and_goes_on_where_it_was(tmp_path: Path) -> None:
    data_dir = tmp_path / "demo"
    for left_by_an_interrupted_start in ("past/mails", "inbox"):
        (data_dir / left_by_an_interrupted_start).mkdir(parents=True)
        (data_dir / left_by_an_interrupted_start / "000001.eml").write_text("half a past")
    demo = RunningDemo(data_dir, day_seconds=86_400)
    first_page = demo.page("/demo")
    for plan in ("飯塚市地域情報化計画", "施策内容（案）", "第6次所沢市総合計画", "所沢市DX推進基本方針"):
        assert plan in first_page
    assert "模擬データ" in first_page
    demo.wait_for_mails(ASKED)
    assert "進捗報告のお願い" in demo.page("/demo/inbox?city=iizuka")
    assert "前期の見直し" in demo.page("/demo/inbox?year=2020")
    assert not (data_dir / "past").exists()
    pids = demo.pids()
    assert set(pids) == {"temporal", "web", "scheduler", "worker"}
    assert demo.end() == 0
    assert not any(is_alive(pid) for pid in pids.values())

    left_at, arrived = plan_times(data_dir), mails_in(data_dir)
    assert set(left_at) == {plan.code for plan in living_plans()}
    again = RunningDemo(data_dir, day_seconds=86_400)
    try:
        assert mails_in(data_dir) == arrived, "the same data, and no mail twice"
        passed = [(time - left_at[plan]).total_seconds() for plan, time in plan_times(data_dir).items()]
        assert max(passed) < 60, "while the demo was off, no day passed"
    finally:
        again.end()


def test_what_is_under_way_is_started_before_it_is_told_the_time(past: Session) -> None:
    """Iizuka's round opens on the first morning, the others' are open; around the key projects much waits."""
    started = waiting(past, starts=True)
    assert {one for one in started if one.startswith("annual-cycle/")} == {
        "annual-cycle/iizuka/iizuka-ict/2023",
        "annual-cycle/misato/misato-policy/2026",
        "annual-cycle/tokorozawa/tokorozawa-comprehensive/2026",
        "annual-cycle/tokorozawa/tokorozawa-dx/2027",
    }
    kinds = Counter(one.partition("/")[0] for one in started)
    assert kinds == {"annual-cycle": 4, "key-project": 2, "matter": 1, "successor": 2, "meeting": 1}
    rounds = [one for one in waiting(past, starts=False) if one.startswith("collection/")]
    assert len(rounds) == 3, "their cycle starts them"
    assert set(waiting(past, starts=False)) - set(rounds) == set(started)


def test_every_plan_has_a_year_that_was_played_to_its_end(past: Session) -> None:
    closed = {
        plan.code: {c.fiscal_year for c in past.exec(select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id))}
        - {c.fiscal_year for c in open_cycles(past, plan)}
        for plan in plans.every(past)
    }
    assert closed == {
        "iizuka-ict": set(range(2018, 2023)),
        "misato-policy": {2025},
        "tokorozawa-comprehensive": {2025},
        "tokorozawa-dx": {2026},
    }
    assert [(r.term, r.state) for r in reviews.of_plan(past, plans.find(past, PLAN))] == [("early", ReviewState.CLOSED)]
    assert set(past.exec(select(t.Mail.state))) == {MailState.SENT}


def open_cycles(past: Session, plan: t.Plan) -> list[t.AnnualCycle]:
    query = select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id, t.AnnualCycle.state != CycleState.CLOSED)
    return list(past.exec(query))


def test_the_audit_chain_of_every_city_is_unbroken(played_past: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{shutil.copy(played_past / 'meguru.sqlite', tmp_path / 'past.sqlite')}")
    with database.reading(EVERY_MUNICIPALITY) as session:
        cities = [city.id for city in session.exec(select(t.Municipality))]
    for city in cities:
        with database.reading(city) as session:
            assert audit.verify(session).broken_at is None
    database.dispose()
    assert len(cities) == 3


def test_the_key_projects_wait_for_everything_that_can_wait(past: Session) -> None:
    query = select(t.Inquiry.kind).where(col(t.Inquiry.settled_on).is_(None))
    kinds = Counter(past.exec(query))
    assert kinds == {InquiryKind.CHECK_IN: 1, InquiryKind.MATTER: 1, InquiryKind.SUCCESSOR: 2, InquiryKind.MEETING: 1}
    assert leaders.departments_without(past, plans.find(past, "tokorozawa-dx"), date(2027, 4, 12))


@pytest.mark.parametrize("plan", [plan.code for plan in living_plans()])
def test_the_past_has_left_the_plan_as_it_is_printed_but_for_being_public(past: Session, plan: str) -> None:
    printed = replace(plan_files.read_plan(PLANS / f"{plan}.yaml"), is_public=True)
    assert plans.changes_of(past, printed) == ()


def test_every_measure_of_iizuka_has_somebody_who_answers_for_it(past: Session) -> None:
    edition = plans.edition_in_force(past, plans.find(past, PLAN), date(2024, 1, 15))
    measures = plans.measures_of(past, edition.id)
    assert (edition.code, len(measures)) == ("2021-03", 40)
    owners = plans.owners_on(past, edition.id, date(2024, 1, 15))
    assert [m.code for m in measures if m.id not in owners] == []


def test_everybody_one_may_be_is_there_and_can_sign_in(past: Session) -> None:
    known = {user.email: user.password_hash for user in past.exec(select(t.User))}
    wanted = {scene.who for plan in living_plans() for scene in plan.scenes}
    assert [email for email in wanted if not known.get(email)] == []
    assert [email for email, hashed in known.items() if not hashed] == ["ishii.misaki@iizuka.example"]


def test_the_documents_of_every_year_and_of_the_review_are_kept(past: Session) -> None:
    kept = Counter(past.exec(select(t.Document.kind)))
    assert kept["annual-report"] == (5 + 3) * 4
    assert {kept[kind] for kind in ("phase-review-report", "comparison-table", "revised-plan")} == {4}


def test_every_mail_of_the_past_is_in_the_inbox_in_the_order_of_the_plans_time(
    past: Session, played_past: Path
) -> None:
    box = Mailbox(played_past / "inbox", lambda _: wall_clock.now())
    found = [box.find(envelope.number) for envelope in reversed(box.envelopes())]
    kept = [mail for mail in found if mail is not None]
    assert {envelope.fiscal_year for envelope in box.envelopes()} == {*range(2018, 2023), 2025, 2026, 2027}
    assert [mail.plan_time for mail in kept] == sorted(mail.plan_time for mail in kept)
    ledger = past.exec(select(t.Mail)).all()
    assert {str(mail.message["Message-ID"]) for mail in kept} == {mail.message_id for mail in ledger}
    assert len(kept) == len(ledger)
    about_samples = ("模擬データ", "simulated", "サンプル", "(sample)")
    assert [mail.number for mail in kept if not any(word in mail.body for word in about_samples)] == []


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
        assert "@tokorozawa.example" in demo.page("/demo/inbox?year=2026")
        assert "@tokorozawa.example" not in demo.page("/demo/inbox?city=misato")
    finally:
        demo.end()


def test_the_clocks_of_all_plans_move_together_and_the_mails_of_the_day_leave(data_dir: Path) -> None:
    """The next morning the coordinating section hears of the check-in that the team of S-1 owes."""
    demo = RunningDemo(data_dir, day_seconds=86_400)
    try:
        demo.wait_for_mails(3, "第24回状況確認", fiscal_year=2027)
        demo.move("next-day")
        demo.wait_for_mails(1, "第21回状況確認の遅れ", fiscal_year=2027)
        demo.wait_for_mails(2, "【上申】", "@tokorozawa.example", fiscal_year=2026, since=date(2027, 2, 18))
    finally:
        demo.end()
    days = {plan: time.date() for plan, time in plan_times(data_dir).items()}
    assert days == {
        "iizuka-ict": date(2024, 1, 16),
        "misato-policy": date(2027, 2, 17),
        "tokorozawa-comprehensive": date(2027, 2, 18),
        "tokorozawa-dx": date(2027, 4, 13),
    }


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [str(Path(sys.executable).parent / "meguru"), "demo", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run([*command, "--data-dir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "--port" in ended.stderr
