"""`meguru demo` from a newcomer's chair: it starts, it ends with everything it started, it goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.running_demo import ROOT, RunningDemo


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def plan_time(data_dir: Path) -> datetime:
    return datetime.fromisoformat(json.loads((data_dir / "clock.json").read_text())["plan_time"])


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "demo"


def test_the_demo_opens_on_the_plan_ends_whole_and_goes_on_where_it_was(data_dir: Path) -> None:
    demo = RunningDemo(data_dir, day_seconds=86_400)
    assert "飯塚市地域情報化計画" in demo.page("/demo")
    demo.wait_for_mails(18)
    assert "進捗報告のお願い" in demo.page("/demo/inbox")
    pids = demo.pids()
    assert set(pids) == {"temporal", "web", "scheduler", "worker"}
    assert demo.end() == 0
    assert not any(is_alive(pid) for pid in pids.values())

    left_at = plan_time(data_dir)
    again = RunningDemo(data_dir, day_seconds=86_400)
    try:
        assert len(list((data_dir / "inbox").glob("*.eml"))) == 18, "the same data, and no mail twice"
        assert (plan_time(data_dir) - left_at).total_seconds() < 60, "while the demo was off, no day passed"
    finally:
        again.end()


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


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [str(Path(sys.executable).parent / "meguru"), "demo", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run([*command, "--data-dir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "--port" in ended.stderr
