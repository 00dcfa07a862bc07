"""A city that is in none of the sources goes from its Excel table to an open round by the README's steps."""

from __future__ import annotations

import asyncio
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from temporalio.testing import WorkflowEnvironment

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.calendar import JST
from domain.clock import PlanClock
from domain.evaluation import CycleState
from records import plans
from records.change import Change
from relay import Relay
from temporal_client import DATA_CONVERTER
from tests.command_line import Installation, blank, empty
from tests.conftest import REAL_DAY, RememberingMailer
from tests.own_city import ADDRESSES, write_table
from tests.test_cli_tables import ANSWERS
from worker import build_worker

__all__ = ["blank", "empty"]

ROOT = Path(__file__).parent.parent
PLANNER = "keikaku@city.example.lg.jp"
A_TUESDAY = datetime(2026, 6, 2, 8, 59, tzinfo=JST)


def steps(page: Path, heading: str) -> list[str]:
    """The commands of a section, without their remarks."""
    section = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[0].splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "machizukuri.xlsx")


def test_the_readme_s_steps_lead_from_excel_to_an_open_round(
    empty: Installation, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    up, *commands = (s for s in steps(ROOT / "README.md", "Bring your own plan") if s.startswith(".venv/bin/meguru"))
    assert up == ".venv/bin/meguru up --keep-mails"
    typed = {"plan": ANSWERS, "user": "correct horse battery\n" * 2, "cycle": ""}
    arguments = [command.removeprefix(".venv/bin/meguru ").split() for command in commands]
    assert [one[0] for one in arguments] == list(typed)

    async def play() -> None:
        path = str(Path(sys.executable).parent / "temporal-test-server")
        mailer = RememberingMailer()
        async with await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=path, data_converter=DATA_CONVERTER
        ) as environment:
            with ThreadPoolExecutor(8) as executor:
                async with build_worker(environment.client, empty.database, mailer, "https://meguru.example", executor):
                    for one in arguments:
                        result = empty.run(*one, typed=typed[one[0]])
                        assert result.exit_code == 0, result.output
                        if one[0] == "plan":  # a day on which offices are open, whenever this test runs
                            set_clock(empty, await environment.get_current_time())
                    await Relay(empty.database, environment.client, wall_clock.now, holder="test").drain()
                    await environment.sleep(timedelta(minutes=5))
                    for _ in range(400):
                        if len(mailer.sent) >= len(ADDRESSES):
                            break
                        await asyncio.sleep(0.02)
        assert {str(m["To"]).rpartition("<")[2].strip(">") for m in mailer.sent} == {
            f"{name}@midori.example" for name in ADDRESSES.values()
        }
        assert all("みどり市まちづくり計画（サンプル）" in str(m["Subject"]) for m in mailer.sent)

    asyncio.run(play())
    with empty.database.reading(EVERY_MUNICIPALITY) as session:
        assert [c.state for c in session.exec(select(t.AnnualCycle))] == [CycleState.COLLECTING]
        assert [r.opened_on for r in session.exec(select(t.CollectionRound))] == [A_TUESDAY.date()]
        assert len(session.exec(select(t.ProgressReport)).all()) == 40
        requests = session.exec(select(t.UpdateRequest)).all()
    assert len(requests) == len(ADDRESSES)
    assert None not in {request.department_id for request in requests}


def set_clock(city: Installation, at: datetime) -> None:
    with city.database.reading(EVERY_MUNICIPALITY) as session:
        plan = plans.find(session, "machizukuri")
    with city.database.writing(plan.municipality_id) as session:
        clock = PlanClock(A_TUESDAY, at, REAL_DAY)
        plans.set_clock(session, Change("test", at), plans.find(session, "machizukuri"), clock)
