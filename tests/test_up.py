"""`meguru up` from an office's chair: one command starts all parts on the city's own database, Ctrl-C ends them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from one_machine import free_port

MEGURU = str(Path(sys.executable).parent / "meguru")


def start(folder: Path, port: int) -> tuple[subprocess.Popen[str], list[str]]:
    """The command run in an empty folder, once it says that it is ready; and what it said."""
    environment = {"MEGURU_WEB_PORT": str(port), "MEGURU_BASE_URL": f"http://localhost:{port}", "COLUMNS": "200"}
    process = subprocess.Popen(
        [MEGURU, "up", "--keep-mails"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            return process, said
    raise AssertionError("".join(said))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_command_starts_everything_on_a_database_of_its_own_and_ends_it(tmp_path: Path) -> None:
    port = free_port()
    process, said = start(tmp_path, port)
    try:
        assert any(f"http://localhost:{port}" in line for line in said)
        assert httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=10).json() == {"status": "ok"}
        assert (tmp_path / "meguru.sqlite").is_file(), "the database lies where the command was called"
        pids = json.loads((tmp_path / ".meguru" / "processes.json").read_text())
        assert set(pids) == {"temporal", "mail", "web", "scheduler", "worker"}
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stdout is not None
        process.stdout.close()
    assert not any(is_alive(pid) for pid in pids.values())


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [MEGURU, "up"], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "MEGURU_WEB_PORT": port}
        )
    assert ended.returncode == 1
    assert "MEGURU_WEB_PORT" in ended.stderr
    assert not (tmp_path / "meguru.sqlite").exists()


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_part_that_ends_by_itself_ends_the_others_and_its_log_is_named(tmp_path: Path, name: str) -> None:
    process, _ = start(tmp_path, free_port())
    pids = json.loads((tmp_path / ".meguru" / "processes.json").read_text())
    os.kill(pids[name], signal.SIGKILL)
    assert process.stdout is not None
    said = process.stdout.read()
    process.stdout.close()
    assert process.wait(30) == 1
    assert f"{name} ended by itself" in said
    assert f"{name}.log" in said
    assert not any(is_alive(pid) for pid in pids.values())
