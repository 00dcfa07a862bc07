"""What stands in deploy/ can be run: units, environment, containers; nothing there names what does not exist."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from cli import app
from one_machine import free_port
from settings import Settings, new_payload_key, variable_of
from tests.databases import Databases
from tests.test_documentation import commands
from worker import GRACE

ROOT = Path(__file__).parent.parent
DEPLOY, UNITS = ROOT / "deploy", ROOT / "deploy" / "systemd"
INSTALLED, STATE = "/opt/meguru", "/var/lib/meguru"
KNOWN = {variable_of(name) for name in Settings.model_fields}
SECRET = {variable_of(name) for name, of in Settings.model_fields.items() if not of.repr}


@dataclass
class Unit:
    """A unit as systemd sees it: what is common to all of ours first, then its own. A key may stand several times."""

    file: Path
    said: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        common = [UNITS / "meguru-.service.d" / "common.conf"] if self.file.suffix == ".service" else []
        for file in (*common, self.file):
            text = file.read_text(encoding="utf-8").replace("\\\n", " ")
            for line in text.splitlines():
                if line and not line.startswith(("#", "[")):
                    key, _, value = line.partition("=")
                    self.said.setdefault(key, []).append(value)

    def command(self, instance: str = "1") -> list[str]:
        (line,) = self.said["ExecStart"]
        return shlex.split(line.replace("%i", instance).replace("%%", "%").replace("$$", "$"))


SERVICES = [Unit(file) for file in sorted(UNITS.glob("*.service"))]
PROCESSES = [unit for unit in SERVICES if "Type" not in unit.said]
"""All but the backup, which ends by itself."""


def name_of(unit: Unit) -> str:
    return unit.file.stem


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_a_unit_starts_something_that_exists_as_nobody_in_particular(unit: Unit) -> None:
    exists(unit.command(), INSTALLED)
    said = {key: values[-1] for key, values in unit.said.items()}
    assert (said["User"], said["WorkingDirectory"]) == ("meguru", INSTALLED)
    assert said["StateDirectory"].split()[0] == Path(STATE).name
    assert (said["NoNewPrivileges"], said["ProtectSystem"], said["PrivateTmp"]) == ("yes", "strict", "yes")
    assert (said["CapabilityBoundingSet"], said["ProtectHome"]) == ("", "yes")
    assert "MemoryMax" in said


@pytest.mark.parametrize("unit", PROCESSES, ids=name_of)
def test_a_process_is_started_again_and_given_time_to_end(unit: Unit) -> None:
    assert unit.said["Restart"] == ["always"]
    assert int(unit.said["TimeoutStopSec"][0]) >= GRACE.total_seconds() + 10


def exists(command: list[str], installed: str = "") -> None:
    """That a command is one of ours, and that what it names is there."""
    if command[0] == "/bin/sh":
        (inner,) = re.findall(rf"{INSTALLED}\S+ \w+", command[-1])
        command = inner.split()
    program = Path(command[0])
    assert (str(program.parent) == f"{installed}/.venv/bin") if installed else (program.parent == Path())
    assert (Path(sys.executable).parent / program.name).exists(), command
    if program.name == "python":
        assert (ROOT / command[1]).is_file(), command
    if program.name == "meguru":
        assert {command[1], " ".join(command[1:3])} & commands(app), command


def test_the_units_are_as_systemd_wants_them(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd on this machine")
    for file in UNITS.rglob("meguru*"):
        if file.is_file():
            (tmp_path / file.relative_to(UNITS)).parent.mkdir(exist_ok=True)
            here = file.read_text().replace(f"{INSTALLED}/.venv/bin", str(Path(sys.executable).parent))
            (tmp_path / file.relative_to(UNITS)).write_text(here.replace(INSTALLED, str(ROOT)))
    names = [
        file.name.replace("@.", "@1.") for file in tmp_path.glob("*.*") if file.is_file() and file.suffix != ".env"
    ]
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], env=environment, capture_output=True, text=True
    )
    assert (said.returncode, said.stderr) == (0, "")


def test_every_variable_that_deploy_names_is_a_setting() -> None:
    not_ours = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}
    named = {variable for unit in SERVICES for variable in environment_of(unit)} | set(secrets_of(SERVICES[0]))
    named |= set(re.findall(r"^#?([A-Z_]+)=", (UNITS / "meguru.env").read_text(), re.MULTILINE))
    for service in compose()["services"].values():
        named |= {*service.get("environment", {}), *service.get("secrets", [])} - not_ours
    assert named - KNOWN == {"CREDENTIALS_DIRECTORY", "POSTGRES_PASSWORD"}
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            assert set(re.findall(r"\b(?:MEGURU|TEMPORAL)_[A-Z_]*[A-Z]\b", file.read_text())) <= KNOWN, file.name


def environment_of(unit: Unit, instance: str = "1") -> dict[str, str]:
    pairs = (value.replace("%i", instance).partition("=") for value in unit.said.get("Environment", []))
    return {name: value for name, _, value in pairs}


def secrets_of(unit: Unit) -> list[str]:
    return unit.said["LoadCredential"]


def test_every_secret_can_be_kept_out_of_the_environment_and_the_command_line_has_it_too() -> None:
    assert set(secrets_of(SERVICES[0])) == SECRET
    command = (UNITS / "meguru-command").read_text()
    assert set(re.findall(r"LoadCredential=(\w+)", command)) == SECRET
    subprocess.run(["sh", "-n", UNITS / "meguru-command"], check=True)
    assert not SECRET & set(re.findall(r"^([A-Z_]+)=", (UNITS / "meguru.env").read_text(), re.MULTILINE))


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_every_container_runs_something_that_exists_and_nothing_it_names_is_missing() -> None:
    whole = compose()
    ours = {name: service for name, service in whole["services"].items() if service["image"] == "meguru"}
    assert {name: service.get("deploy", {}).get("replicas", 1) for name, service in ours.items()} == {
        "temporal": 1, "schema": 1, "web": 2, "worker": 3, "scheduler": 2,
    }  # fmt: skip
    for service in ours.values():
        exists(service["command"])
        assert (ROOT / "deploy" / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert set(service.get("secrets", [])) <= set(whole["secrets"])
        assert set(service.get("depends_on", {})) <= set(whole["services"])
    for service in whole["services"].values():
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(whole["volumes"])
        assert not SECRET & set(service.get("environment", {}))
    assert all(Path(secret["file"]).parent == Path("secrets") for secret in whole["secrets"].values())
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_image_holds_the_project_where_the_units_expect_it_and_runs_as_nobody() -> None:
    _, build, image = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")
    assert "uv sync --locked --no-dev" in build
    last = [line.partition(" ")[::2] for line in image.splitlines() if line and not line.startswith("#")]
    said = dict(last)
    assert (said["WORKDIR"], said["USER"]) == (INSTALLED, "meguru")
    assert f"{INSTALLED}/.venv/bin" in said["ENV"]
    assert not any(name in (DEPLOY / "Dockerfile").read_text() for name in SECRET)


@dataclass
class Machine:
    """A machine on which the units run, as far as one can be had without systemd: their commands, folders, settings."""

    folder: Path
    address: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def command(self, unit: Unit, instance: str) -> list[str]:
        """As in the unit, but in this project, in this folder, on this port."""
        places = {
            f"{INSTALLED}/.venv/bin": str(Path(sys.executable).parent),
            STATE: str(self.folder),
            "7233": self.address.partition(":")[2],
        }
        command = unit.command(instance)
        for there, here in places.items():
            command = [word.replace(there, here) for word in command]
        return command

    def environment(self, unit: Unit, instance: str) -> dict[str, str]:
        """Nothing from outside but where programs are; the file, with the addresses of this machine, comes last."""
        file = dict(re.findall(r"^([A-Z_]+)=(.*)$", (UNITS / "meguru.env").read_text(), re.MULTILINE))
        assert file["TEMPORAL_ADDRESS"] == "localhost:7233"
        here = {"TEMPORAL_ADDRESS": self.address, "MEGURU_SMTP_HOST": "127.0.0.1", "MEGURU_SMTP_PORT": "1"}
        outside = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "CREDENTIALS_DIRECTORY": str(self.folder)}
        return {**outside, **environment_of(unit, instance), **file, **here}

    def start(self, unit: Unit, instance: str = "1") -> None:
        with (self.folder / f"{name_of(unit)}.log").open("ab") as log:
            self.running[name_of(unit)] = subprocess.Popen(
                self.command(unit, instance),
                cwd=ROOT,
                env=self.environment(unit, instance),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + 120
        while not condition():
            if time.monotonic() > until or any(process.poll() is not None for process in self.running.values()):
                raise AssertionError("\n".join(file.read_text() for file in self.folder.glob("*.log")))
            time.sleep(0.1)

    def end(self) -> dict[str, int]:
        """End all as systemd does, Temporal after those that are started after it; how each ended."""
        temporal = self.running.pop("meguru-temporal")
        ended: dict[str, int] = {}
        for several in (self.running, {"meguru-temporal": temporal}):
            for process in several.values():
                process.send_signal(signal.SIGTERM)
            ended |= {name: process.wait(60) for name, process in several.items()}
        return ended


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    found = Machine(folder, f"127.0.0.1:{free_port()}")
    try:
        yield found
    finally:
        for process in found.running.values():
            process.kill()
            process.wait()


def test_the_units_run_an_installation_whose_secrets_come_from_files(databases: Databases, tmp_path: Path) -> None:
    units, port = {name_of(unit): unit for unit in SERVICES}, str(free_port())
    with databases.copied() as database, machine(tmp_path) as here:
        (tmp_path / "MEGURU_DATABASE_URL").write_text(database.engine.url.render_as_string(hide_password=False))
        (tmp_path / "MEGURU_PAYLOAD_KEYS").write_text(new_payload_key("2026-11"))
        (tmp_path / "backups").mkdir()
        for unit in PROCESSES:
            here.start(unit, port if "web" in name_of(unit) else "1")

        def is_ready() -> bool:
            with suppress(httpx2.TransportError):
                answer = httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=5)
                return "working on" in (tmp_path / "meguru-worker@.log").read_text() and answer.json()["status"] == "ok"
            return False

        here.wait_until(is_ready)
        backup = units["meguru-backup"]
        subprocess.run(here.command(backup, ""), cwd=ROOT, env=here.environment(backup, ""), check=True)
        (made,) = (tmp_path / "backups").iterdir()
        assert (made / "manifest.json").is_file()
        assert set(here.end().values()) <= {0, -signal.SIGTERM}, "none had to be killed"
