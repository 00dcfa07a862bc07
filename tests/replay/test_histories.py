"""Histories of running cities replay with today's code: no workflow may forget what it has promised."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from temporal_client import DATA_CONVERTER
from worker import WORKFLOW_RUNNER, WORKFLOWS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_a_recorded_history_replays_with_todays_code(file: Path) -> None:
    async def replay() -> None:
        history = WorkflowHistory.from_json(file.stem, json.loads(file.read_text(encoding="utf-8")))
        replayer = Replayer(workflows=WORKFLOWS, workflow_runner=WORKFLOW_RUNNER, data_converter=DATA_CONVERTER)
        await replayer.replay_workflow(history)

    asyncio.run(replay())


def test_every_workflow_type_has_a_recorded_history() -> None:
    recorded = {
        json.loads(file.read_text(encoding="utf-8"))["events"][0]["workflowExecutionStartedEventAttributes"][
            "workflowType"
        ]["name"]
        for file in HISTORIES
    }
    assert recorded == {workflow.__name__ for workflow in WORKFLOWS}
